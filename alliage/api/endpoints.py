"""Read-only JSON over the same search and queries as the pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any  # records are JSON

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from ninja import NinjaAPI
from ninja.errors import ValidationError

from alliage import __version__
from alliage.api.on_the_map import on_the_map
from alliage.api.parameters import ANYWHERE, ERRORS, FILTERS, PAGING
from alliage.api.shapes import (
    AllianceDetail,
    AllianceLine,
    AllianceList,
    Suggestions,
    TypologyShape,
)
from alliage.catalogue import queries
from alliage.catalogue.records import record_of
from alliage.search.index import IndexUnavailable, shortage
from alliage.search.request import BadRequest, read_request
from alliage.search.results import CursorExpired, Hit
from alliage.search.shared import search_in
from alliage.search.suggest import suggest, suggest_places
from alliage.vocabulary.typology import typology

api = NinjaAPI(
    title="Alliage",
    version=__version__,
    description="Les alliances de la base, en lecture. Mêmes paramètres et mêmes réponses que les pages.",
    openapi_url="openapi.json",
    docs_url=None,
    urls_namespace="api",
)
api.add_router("", on_the_map)


def problem(request: HttpRequest, status: int, code: str, message: str, field: str | None = None) -> HttpResponse:
    """An error in the one shape of design §4."""
    return api.create_response(request, {"error": {"code": code, "message": message, "field": field}}, status=status)


@api.exception_handler(BadRequest)
def _bad_request(request: HttpRequest, error: BadRequest) -> HttpResponse:
    return problem(request, 400, "bad_parameter", str(error), error.field)


@api.exception_handler(CursorExpired)
def _cursor_expired(request: HttpRequest, error: CursorExpired) -> HttpResponse:
    return problem(request, 410, "cursor_expired", str(error), "cursor")


@api.exception_handler(IndexUnavailable)
def _unavailable(request: HttpRequest, error: IndexUnavailable) -> HttpResponse:
    full = shortage(settings.INDEX_DIR)
    message = f"La recherche se prépare. {full or 'Réessayez dans un instant.'}"
    answer = problem(request, 503, "index_unavailable", message)
    answer["Retry-After"] = "60" if full else "5"
    return answer


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0] if error.errors else {}
    field = str((first.get("loc") or ["?"])[-1])
    return problem(request, 400, "bad_parameter", f"Le paramètre « {field} » n’est pas compris.", field)


_LINE = tuple(AllianceLine.model_fields)
_ALLIANCE_SIGN = "-id-"


def lines_of(hits: Sequence[Hit], request: HttpRequest) -> list[dict[str, Any]]:
    """Hits as the lines of a list."""
    before, after = request.build_absolute_uri(reverse("alliance", args=[_ALLIANCE_SIGN])).split(_ALLIANCE_SIGN)
    lines = []
    for hit in hits:
        line = {name: hit.record.get(name) for name in _LINE}
        line["status"] = line["status"] or "unknown"
        line["url"] = f"{before}{hit.record['id']}{after}"
        line["reason"] = hit.reason or None
        lines.append(line)
    return lines


@api.get(
    "/alliances",
    response={200: AllianceList, **ERRORS},
    openapi_extra={"parameters": [*FILTERS, *PAGING]},
    url_name="alliances",
)
def alliances(request: HttpRequest) -> Any:
    """Une page de la liste, avec le compte, les facettes et le curseur de la page suivante."""
    asked = read_request({name: request.GET.getlist(name) for name in request.GET})
    answer = search_in(settings.INDEX_DIR).answer(asked)
    told = {
        "count": answer.count,
        "results": lines_of(answer.hits, request),
        "facets": {
            name: [{"value": v.value, "label": v.label, "count": v.count} for v in values]
            for name, values in answer.facets.items()
        },
        "next": answer.next or None,
    }
    # Written as it stands: checking four hundred small objects against AllianceList took longer than the search. That it
    # has this shape is what tests/api holds.
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/json; charset=utf-8")


@api.get("/alliances/{slug:id}", response={200: AllianceDetail, **ERRORS}, url_name="alliance")
def alliance(request: HttpRequest, id: str) -> Any:
    """La fiche entière, avec ses sources et sa provenance ; un ancien identifiant répond 301."""
    found, moved = queries.alliance_by_slug(id)
    if moved:
        return HttpResponsePermanentRedirect(reverse("api:alliance", args=[moved]))
    if found is None:
        return problem(
            request, 404, "not_found", f"Aucune alliance publiée ne porte l’identifiant « {id[:100]} ».", "id"
        )
    return {
        **record_of(found),
        "provenance": {"source": found.source, "external_id": found.external_id, **found.provenance},
        "url": request.build_absolute_uri(reverse("alliance", args=[found.slug])),
    }


@api.get("/typology", response={200: TypologyShape, **ANYWHERE}, url_name="typology")
def typology_(request: HttpRequest) -> Any:
    """La typologie, avec le nombre d’alliances de chaque forme et de chaque tendance."""
    counts, known = search_in(settings.INDEX_DIR).matrix(), typology()
    return {
        "approaches": [{"id": a.id, "label": a.label} for a in known.approaches],
        "stances": [{"id": s.id, "label": s.label} for s in known.stances],
        "modes": [
            {
                "id": m.id,
                "label": m.label,
                "approach": m.approach,
                "stance": m.stance,
                "definition": m.definition,
                "plain": m.plain,
                "count": counts.get(m.id, 0),
                "trends": [
                    {"id": t.id, "label": t.label, "plain": t.plain, "count": counts.get(t.id, 0)} for t in m.trends
                ],
            }
            for m in known.modes
        ],
        "eras": [
            {"id": e.id, "label": e.label, "when": e.when, "modes": list(e.modes), "text": e.text} for e in known.eras
        ],
    }


@api.get("/suggest", response={200: Suggestions, **ANYWHERE}, url_name="suggest")
def suggestions(request: HttpRequest, q: str = "", kind: str = "") -> Any:
    """Alliances, organisations, tendances, domaines et lieux dont le nom commence ainsi.

    `kind=place` : les lieux seuls, par nom d’aujourd’hui ou d'autrefois, code postal (toutes ses communes) ou code.
    """
    reader = search_in(settings.INDEX_DIR).reader
    found = suggest_places(q[:200]) if kind == "place" else suggest(reader, q[:200])
    return {
        "results": [
            {"kind": s.kind, "label": s.label, "value": s.value, "note": s.note, "url": _address(s.kind, s.value)}
            for s in found
        ]
    }


def _address(kind: str, value: str) -> str:
    if kind in ("alliance", "organisation"):
        return reverse(kind, args=[value])
    return f"{reverse('examples')}?{kind}={value}"
