"""One alliance, one organisation. « Faire pareil chez nous » is in same.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any  # records and contexts

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from alliage.catalogue import queries
from alliage.catalogue.models import Alliance
from alliage.catalogue.records import record_of
from alliage.search.index import IndexUnavailable
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import Mode, Trend, typology
from alliage.web.asked import the_search


def found_alliance(id: str, name: str, **more: str) -> Alliance | HttpResponse:
    """The published alliance of an id, or where it went."""
    found, moved = queries.alliance_by_slug(id)
    if moved:
        return HttpResponsePermanentRedirect(reverse(name, kwargs={"id": moved, **more}))
    if found is None:
        raise Http404
    return found


def form_of(record: Mapping[str, Any]) -> tuple[Mode | None, Trend | None]:
    """The mode and trend of a record, when known."""
    mode = typology().mode(record["mode"]) if record["mode"] in terms("modes") else None
    trend = typology().trend(record["trend"]) if record["trend"] in terms("trends") else None
    return mode, trend


def _gaps(record: Mapping[str, Any]) -> list[str]:
    """What the record does not tell, said openly."""
    missing = []
    if not record["start_year"]:
        missing.append("l’année de début")
    if not record["results"]:
        missing.append("des résultats datés")
    if not record["resources"]:
        missing.append("les moyens engagés")
    if not record["lessons"]:
        missing.append("les leçons")
    if record["status"] in (None, "unknown"):
        missing.append("si elle est toujours active")
    return missing


@require_safe
def alliance(request: HttpRequest, id: str) -> HttpResponse:
    """The page of an alliance: a case study that says what is not known."""
    found = found_alliance(id, "alliance")
    if isinstance(found, HttpResponse):
        return found
    record = record_of(found)
    mode, trend = form_of(record)
    try:
        similar = the_search().similar(record)
    except IndexUnavailable:
        similar = []
    context = {
        "alliance": found,
        "record": record,
        "mode": mode,
        "trend": trend,
        "similar": similar,
        "gaps": _gaps(record),
        "lines": list(found.sheet_lines.all()),
        "provenance": found.provenance,
    }
    return render(request, "pages/alliance.html", context)


@require_safe
def organisation(request: HttpRequest, id: str) -> HttpResponse:
    """An organisation, its names, and the alliances in which it plays a part."""
    found, moved = queries.organisation_by_slug(id)
    if moved:
        return HttpResponsePermanentRedirect(reverse("organisation", args=[moved]))
    if found is None:
        raise Http404
    alliances = queries.organisation_alliances(found)
    if not alliances:
        raise Http404
    other_names = [n.name for n in found.names.all() if n.name != found.name]
    modes = sorted({a.mode for a, _ in alliances if a.mode})
    context = {"organisation": found, "alliances": alliances, "other_names": other_names, "modes": modes}
    return render(request, "pages/organisation.html", context)
