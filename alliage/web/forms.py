"""The typology pages: the matrix, a mode, a trend."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliage.search.request import SearchRequest
from alliage.vocabulary.typology import typology
from alliage.web.asked import the_search
from alliage.web.matrix import matrix

CASES = 6


@require_safe
def typology_page(request: HttpRequest) -> HttpResponse:
    """The four forms and sixteen trends, the eras, what makes an alliance balanced."""
    return render(request, "pages/typology.html", {"typology": typology(), "matrix": matrix()})


@require_safe
def mode_page(request: HttpRequest, mode: str) -> HttpResponse:
    """One form of alliance: definition, what moves, the local authority's part, what it engages, cases."""
    try:
        found = typology().mode(mode)
    except KeyError:
        raise Http404 from None
    search = the_search()
    answer = search.answer(SearchRequest(filters={"mode": (mode,)}, limit=CASES), facets=("trend", "domain"))
    counts = {v.value: v.count for v in answer.facets["trend"]}
    eras = [e for e in typology().eras if mode in e.modes]
    context = {"mode": found, "answer": answer, "counts": counts, "eras": eras, "typology": typology()}
    return render(request, "pages/mode.html", context)


@require_safe
def trend_page(request: HttpRequest, mode: str, trend: str) -> HttpResponse:
    """One trend, its cases and what it asks."""
    try:
        found = typology().trend(trend)
    except KeyError:
        raise Http404 from None
    if found.mode != mode:
        raise Http404
    answer = the_search().answer(SearchRequest(filters={"trend": (trend,)}, limit=CASES), facets=("domain",))
    context = {"trend": found, "mode": typology().mode(mode), "answer": answer}
    return render(request, "pages/trend.html", context)
