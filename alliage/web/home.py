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
from alliage.web.asked import asked_where, the_search

CASES = 3
TRIES = (
    "rouvrir un commerce de village",
    "emploi et handicap",
    "mécénat de petites entreprises",
    "moins de gaspillage à la cantine",
)


def home(request: HttpRequest) -> HttpResponse:
    """The home page, with three cases when a need is told."""
    q, where = request.GET.get("q", "").strip()[:400], asked_where(request)
    search = the_search()
    context: dict[str, Any] = {
        "q": q,
        "where": where,
        "tries": TRIES,
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
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "parts/answer.html", context)
    return render(request, "pages/home.html", context)


def matrix() -> dict[str, Any]:
    """The matrix with counts and two stories a trend; all bars share one scale."""
    search = the_search()
    counts = search.matrix()
    trends = [t.id for t in typology().trends]
    return {
        "counts": counts,
        "largest": max((counts.get(t, 0) for t in trends), default=1) or 1,
        "rows": [
            (approach, [m for m in typology().modes if m.approach == approach.id]) for approach in typology().approaches
        ],
        "stories": {t: stories_of(t) for t in trends},
    }


def stories_of(trend: str, number: int = 2) -> list[dict[str, Any]]:
    """The first alliances of a trend: those that the founding sheet names come first."""
    search = the_search()
    named = search.answer(
        SearchRequest(filters={"trend": (trend,), "collection": ("fiche-origine",)}, limit=number, sort="title"),
        facets=(),
    )
    return [dict(hit.record) for hit in named.hits]
