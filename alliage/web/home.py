"""The home page: a need in plain words, three cases at once; then the matrix, the eras, the doors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any  # a template context

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from alliage.search.request import SearchRequest
from alliage.vocabulary.founding_sheet import founding_sheet
from alliage.vocabulary.place_prepositions import where_in_french
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
    if not (q or where.typed):
        return render(request, "pages/home.html", context)
    # A place typed alone in the field of needs is a place too: « Figeac », « 46100 », « Lot ».
    named = where if where.typed else asked_where(request, "q")
    context |= {"named": named, "in_need_field": named is not where}
    if q or where.place:
        asked = SearchRequest(q=q, near=where.place.token if where.place else "", limit=CASES)
        answer = search.answer(asked, facets=("mode",)) if q else None
        if named.place and (answer is None or (named is not where and not answer.count)):
            asked, context["around"] = _around(named.place)
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
            nothing = f"Rien de recensé {where_in_french(place, place.shown)}. " if around is not held[0] else ""
            return asked, f"{nothing}Les plus récentes {where_in_french(around)}"
    return SearchRequest(limit=CASES), f"Rien de recensé {where_in_french(place, place.shown)} ni autour. Ailleurs :"
