"""« Faire pareil chez nous »: the first road map that an alliance gives, as a page and as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any  # records and contexts

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliage.catalogue.records import record_of
from alliage.exports.road_map import Example, PartnerLine, RoadMap, RoleLine
from alliage.rules.road_map import first_steps
from alliage.vocabulary.starting import starting
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import typology
from alliage.web.alliance import form_of, found_alliance
from alliage.web.asked import asked_text, asked_where
from alliage.web.road_map_files import FORMATS, road_map_file


def _told_end(record: Mapping[str, Any]) -> str:
    """The sentence that warns who copies an alliance that stopped; empty else."""
    if record["status"] != "ended":
        return ""
    year = f" en {record['end_year']}" if record["end_year"] else ""
    return (
        f"Cette alliance s’est arrêtée{year}. Elle reste utile à lire\u00a0: voyez d’abord ce que l’on sait de sa fin."
    )


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


def _example(request: HttpRequest, record: Mapping[str, Any]) -> Example:
    return Example(
        title=record["title"],
        address=request.build_absolute_uri(reverse("alliance", args=[record["id"]])),
        ended=_told_end(record),
        around_the_table=tuple(
            PartnerLine(p["name"], terms("actor_kinds").label(p["kind"]).lower() if p["kind"] else "", p["role"] or "")
            for p in record["partners"]
        ),
        taught=_taught(record),
        sources=tuple((s.get("title") or s["url"], s["url"]) for s in record["sources"] if s.get("url")),
    )


def _road_map(request: HttpRequest, record: Mapping[str, Any]) -> RoadMap:
    """The first road map: the roles of the form, who played them there, who could here."""
    mode, trend = form_of(record)
    where = asked_where(request)
    place = where.label or where.typed
    model = mode or typology().mode("cooperation-economique")
    roles = []
    for role in model.roles:
        there = [p["name"] for p in record["partners"] if role.id in p["contributions"]]
        here = asked_text(request, f"role-{role.id}", 200)
        roles.append(RoleLine(role.id, role.label, role.hint, ", ".join(there[:4]), here))
    address = request.build_absolute_uri(reverse("same", args=[record["id"]]))
    return RoadMap(
        title=f"Faire pareil chez nous — {place}" if place else "Faire pareil chez nous",
        identity=address,
        address=address,
        begun_on=timezone.localdate(),
        steps=first_steps(model.first_steps),
        need=record["need"] or record["summary"] or "",
        place=place,
        form=mode.label if mode else "non renseignée",
        trend=trend.label if trend else "",
        roles=tuple(roles),
        agreement=(trend or model).agreement,
        local_authority=(trend or model).local_authority,
        engages=(trend or model).engages,
        before_you_start=starting().before_you_start,
        who_can_help=starting().who_can_help,
        model_notice=starting().model_notice,
        example=_example(request, record),
    )


@require_safe
def same(request: HttpRequest, id: str) -> HttpResponse:
    """The page: place, roles to fill, first steps, the type of agreement; without account."""
    found = found_alliance(id, "same")
    if isinstance(found, HttpResponse):
        return found
    record = record_of(found)
    context = {
        "record": record,
        "road_map": _road_map(request, record),
        "where": asked_where(request),
        "starting": starting(),
        "mode": form_of(record)[0],
        "formats": FORMATS,
    }
    return render(request, "pages/same.html", context)


@require_safe
def same_file(request: HttpRequest, id: str, kind: str) -> HttpResponse:
    """The same road map as a file."""
    found = found_alliance(id, "same_file", kind=kind)
    if isinstance(found, HttpResponse):
        return found
    return road_map_file(_road_map(request, record_of(found)), kind, f"feuille-de-route-{id}")
