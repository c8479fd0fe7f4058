"""One alliance, « Faire pareil chez nous » as a page and as a document, one organisation."""

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
from alliage.exports.roadmap import PartnerLine, RoadMap, RoleLine, write_docx
from alliage.search.index import IndexUnavailable
from alliage.vocabulary.starting import starting
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import Mode, Trend, typology
from alliage.web.asked import asked_text, asked_where, the_search

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _found(id: str, name: str) -> Alliance | HttpResponse:
    """The published alliance of an id, or where it went."""
    found, moved = queries.alliance_by_slug(id)
    if moved:
        return HttpResponsePermanentRedirect(reverse(name, args=[moved]))
    if found is None:
        raise Http404
    return found


def _form_of(record: Mapping[str, Any]) -> tuple[Mode | None, Trend | None]:
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
    found = _found(id, "alliance")
    if isinstance(found, HttpResponse):
        return found
    record = record_of(found)
    mode, trend = _form_of(record)
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


def _told_end(record: Mapping[str, Any]) -> str:
    """The sentence that warns who copies an alliance that stopped; empty else."""
    if record["status"] != "ended":
        return ""
    year = f" en {record['end_year']}" if record["end_year"] else ""
    return f"Cette alliance s’est arrêtée{year}. Elle reste utile à lire : voyez d’abord ce que l’on sait de sa fin."


def _taught(record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What the example teaches: results with their year, means, lessons, doubts."""
    told = [
        (
            "Résultat" if r.get("nature") != "objectif" else "Objectif",
            f"{r['text']} ({r.get('year') or 'année non dite'})",
        )
        for r in record["results"]
    ]
    told += [("Moyens engagés", r["text"]) for r in record["resources"]]
    told += [("Leçon, à notre lecture", record["lessons"])] if record["lessons"] else []
    told += [("Ce qu’il faut savoir", record["doubts"])] if record["doubts"] else []
    return tuple(told)


def _road_map(request: HttpRequest, record: Mapping[str, Any]) -> RoadMap:
    """The first road map: the roles of the form, who played them there, who could here."""
    mode, trend = _form_of(record)
    where = asked_where(request)
    model = mode or typology().mode("cooperation-economique")
    agreement = trend.agreement if trend else model.agreement
    roles = []
    for role in model.roles:
        there = [p["name"] for p in record["partners"] if role.id in p["contributions"]]
        here = asked_text(request, f"role-{role.id}", 200)
        roles.append(RoleLine(role.id, role.label, role.hint, ", ".join(there[:4]), here))
    return RoadMap(
        title=record["title"],
        address=request.build_absolute_uri(reverse("alliance", args=[record["id"]])),
        need=record["need"] or record["summary"] or "",
        place=where.label or where.typed,
        form=mode.label if mode else "non renseignée",
        trend=trend.label if trend else "",
        ended=_told_end(record),
        taught=_taught(record),
        around_the_table=tuple(
            PartnerLine(p["name"], terms("actor_kinds").label(p["kind"]).lower() if p["kind"] else "", p["role"] or "")
            for p in record["partners"]
        ),
        roles=tuple(roles),
        steps=model.first_steps,
        agreement=agreement,
        local_authority=(trend or model).local_authority,
        engages=(trend or model).engages,
        before_you_start=starting().before_you_start,
        who_can_help=starting().who_can_help,
        model_notice=starting().model_notice,
        sources=tuple((s.get("title") or s["url"], s["url"]) for s in record["sources"] if s.get("url")),
    )


@require_safe
def same(request: HttpRequest, id: str) -> HttpResponse:
    """« Faire pareil chez nous »: place, roles to fill, three first steps, the type of agreement; without account."""
    found = _found(id, "same")
    if isinstance(found, HttpResponse):
        return found
    record = record_of(found)
    road_map = _road_map(request, record)
    context = {
        "record": record,
        "road_map": road_map,
        "where": asked_where(request),
        "starting": starting(),
        "mode": _form_of(record)[0],
        "docx_url": f"{reverse('same_docx', args=[id])}?{request.GET.urlencode()}",
    }
    return render(request, "pages/same.html", context)


@require_safe
def same_docx(request: HttpRequest, id: str) -> HttpResponse:
    """The same road map as an editable document."""
    found = _found(id, "same_docx")
    if isinstance(found, HttpResponse):
        return found
    response = HttpResponse(write_docx(_road_map(request, record_of(found))), content_type=DOCX)
    response["Content-Disposition"] = f'attachment; filename="feuille-de-route-{id}.docx"'
    return response


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
