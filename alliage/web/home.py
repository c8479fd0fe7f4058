"""The home page: a need in plain words, three cases at once; then the matrix, the eras, the doors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any  # a template context

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from alliage.search.request import SearchRequest
from alliage.vocabulary.founding_sheet import founding_sheet
from alliage.vocabulary.typology import typology
from alliage.web.asked import NEEDS_TO_TRY, asked_text, asked_where, the_search
from alliage.web.matrix import matrix

CASES = 3


def home(request: HttpRequest) -> HttpResponse:
    """The home page, with three cases when a need is told."""
    q, where = asked_text(request, "q", 400), asked_where(request)
    search = the_search()
    context: dict[str, Any] = {
        "q": q,
        "where": where,
        "tries": NEEDS_TO_TRY,
        "matrix": matrix(),
        "typology": typology(),
        "figure": founding_sheet().figure(71),
    }
    context["total"] = search.answer(SearchRequest(limit=1), facets=()).count
    if q or where.place:
        asked = SearchRequest(q=q, near=where.place.token if where.place else "", limit=CASES)
        answer = search.answer(asked, facets=("mode",))
        context |= {
            "answer": answer,
            "all_url": f"{reverse('examples')}?{replace(asked, limit=20).query_string()}",
        }
    return render(request, "pages/home.html", context)
