"""The home page: a need in plain words, three cases at once; then the matrix, the eras, the doors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any  # a template context

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from alliage.search.request import SearchRequest
from alliage.vocabulary.founding_sheet import founding_sheet
from alliage.vocabulary.places import Place, gazetteer
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
        if q or where.place is None:
            asked = SearchRequest(q=q, near=where.place.token if where.place else "", limit=CASES)
        else:
            asked, context["around"] = _around(where.place)
        answer = search.answer(asked, facets=("mode",))
        context |= {
            "answer": answer,
            "all_url": f"{reverse('examples')}?{replace(asked, limit=20).query_string()}",
        }
    return render(request, "pages/home.html", context)


def _around(place: Place) -> tuple[SearchRequest, str]:
    """The alliances of a place, or of the smallest place around it that has some, and how to say it."""
    held = list(reversed(gazetteer().ancestors(place)))
    for around in held:
        asked = SearchRequest(filters={"place": (around.token,)}, limit=CASES)
        if the_search().answer(asked, facets=()).count:
            nothing = f"Rien de recensé à {place.shown}. " if around is not held[0] else ""
            return asked, f"{nothing}{gazetteer().label(around)} : les plus récentes"
    return SearchRequest(limit=CASES), f"Rien de recensé autour de {place.shown}. Ailleurs :"
