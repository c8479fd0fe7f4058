"""« S’équiper »: the tools with their filters, the matrix of steps and profiles, one tool, the list as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any  # a template context
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from alliage.exports.tool_list import tool_row, tools_csv, tools_json
from alliage.rules.tools import FACETS, NONE, ToolFilter, counts, matching, questions_helped, stage_by_actor, tools_for
from alliage.search.request import BadRequest, SearchRequest
from alliage.vocabulary.method import bank
from alliage.vocabulary.profiles import profiles
from alliage.vocabulary.starting import starting
from alliage.vocabulary.terms import terms
from alliage.vocabulary.tool_links import read_links
from alliage.vocabulary.tools import LETTERS, Tool, tools
from alliage.vocabulary.typology import typology
from alliage.web.asked import asked_text, the_search

FIRST_SHOWN = 24
LONGEST_WORDS = 100
FACET_LABELS = {"stage": "Étape", "actor": "Pour qui", "mode": "Forme", "kind": "Sorte", "cost": "Prix"}
ALL_LABELS = {
    "stage": "toutes les étapes", "actor": "tout le monde", "mode": "toutes les formes", "kind": "toutes les sortes",
    "cost": "tous les prix",
}  # fmt: skip
NOTHING_ASKED = ToolFilter()
HEATS = 4  # shades of the matrix


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """What is known of a card's address: `state` is ok, dead, unknown, or none without an address; `told` says it."""

    state: str
    told: str
    checked_on: dt.date | None = None
    since: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet, and how many cards would be left with it."""

    value: str
    label: str
    count: int
    chosen: bool


def labels_of(facet: str) -> Mapping[str, str]:
    """The values of a facet with their labels, in the order of content; « none » comes last."""
    known: Mapping[str, Mapping[str, str]] = {
        "stage": {s.id: s.label for s in bank().stages},
        "actor": {p.id: p.label for p in profiles().values()},
        "mode": {m.id: m.label for m in terms("modes").values()},
        "kind": {k.id: k.label for k in tools().kinds.values()},
        "cost": {"gratuit": "Gratuit", "payant": "Payant"},
    }
    return {**known[facet], NONE: "Non renseigné"}


def asked_tools(request: HttpRequest) -> ToolFilter:
    """The filter of this address. Raises BadRequest for a value that does not exist."""
    given = {}
    for facet in FACETS:
        value = request.GET.get(facet, "").strip()
        if value and value not in labels_of(facet):
            raise BadRequest(
                facet,
                f"«\u00a0{value[:40]}\u00a0» n’est pas une valeur possible de «\u00a0{FACET_LABELS[facet]}\u00a0».",
            )
        given[facet] = value
    return ToolFilter(**given, q=asked_text(request, "q", LONGEST_WORDS))


def link_of(tool: Tool) -> LinkSeen:
    """What the last check, else the content, says of a card's address."""
    if not tool.url:
        return LinkSeen("none", "adresse non renseignée")
    found = read_links(settings.HOME).get(tool.url)
    if found and found.state == "ok":
        return LinkSeen("ok", f"lien vérifié le {_day(found.checked_on)}", found.checked_on)
    if found and found.state == "dead":
        since = found.since or found.checked_on
        return LinkSeen("dead", f"lien mort depuis le {_day(since)}\u00a0: {found.cause}", found.checked_on, since)
    if tool.link == "dead":
        return LinkSeen("dead", f"lien mort\u00a0: {tool.link_note}", tool.last_checked)
    if tool.link == "ok" and tool.last_checked:
        return LinkSeen("ok", f"lien vérifié le {_day(tool.last_checked)}", tool.last_checked)
    if found:
        return LinkSeen("unknown", f"lien incertain le {_day(found.checked_on)}\u00a0: {found.cause}", found.checked_on)
    return LinkSeen("unknown", "lien non vérifié")


def _day(day: dt.date) -> str:
    return date_format(day, "j F Y")


def _address(wanted: ToolFilter, **changed: str) -> str:
    """The list under a filter, some of its values changed."""
    values = {name: changed.get(name, getattr(wanted, name)) for name in (*FACETS, "q")}
    asked = urlencode({n: v for n, v in values.items() if v})
    return f"{reverse('tools')}{'?' + asked if asked else ''}"


def _choices(wanted: ToolFilter) -> list[tuple[str, str, str, list[Choice]]]:
    """For each facet: its name, label, the label of « all », and the values that some card has or that is chosen."""
    counted = counts(tools(), wanted)
    found = []
    for facet in FACETS:
        chosen = getattr(wanted, facet)
        choices = [
            Choice(value, label, counted[facet].get(value, 0), value == chosen)
            for value, label in labels_of(facet).items()
            if counted[facet].get(value) or value == chosen
        ]
        found.append((facet, FACET_LABELS[facet], ALL_LABELS[facet], choices))
    return found


def step_matrix(wanted: ToolFilter = NOTHING_ASKED) -> dict[str, Any]:
    """Profiles by steps: each cell has a count, a shade from 0 to HEATS, and the address of its list."""
    counted = stage_by_actor(tools(), wanted)
    most = max(counted.values(), default=0)
    stages = bank().stages
    rows = []
    for profile in profiles().values():
        cells = [
            {
                "count": (n := counted.get((stage.id, profile.id), 0)),
                "stage": stage,
                "heat": -(-HEATS * n // most) if n else 0,
                "url": _address(wanted, stage=stage.id, actor=profile.id),
                "chosen": (wanted.stage, wanted.actor) == (stage.id, profile.id),
            }
            for stage in stages
        ]
        rows.append((profile, cells))
    return {"stages": stages, "rows": rows}


@require_safe
def tools_page(request: HttpRequest) -> HttpResponse:
    """The cards that answer the filter, the matrix, and what was always here: agreements, who can help, road map."""
    wanted = asked_tools(request)
    found = matching(tools(), wanted)
    whole = bool(request.GET.get("tout"))
    asked = [(f, v) for f in FACETS if (v := getattr(wanted, f))]
    files = urlencode({n: v for n in (*FACETS, "q") if (v := getattr(wanted, n))})
    context = {
        "wanted": wanted,
        "filtered": wanted != NOTHING_ASKED,
        "facets": _choices(wanted),
        "chips": [(FACET_LABELS[f], labels_of(f)[v], _address(wanted, **{f: ""})) for f, v in asked]
        + ([("Mots", wanted.q, _address(wanted, q=""))] if wanted.q else []),
        "count": len(found),
        "cards": [(tool, link_of(tool)) for tool in (found if whole else found[:FIRST_SHOWN])],
        "left": 0 if whole else max(0, len(found) - FIRST_SHOWN),
        "all_url": f"{_address(wanted)}{'&' if wanted != NOTHING_ASKED else '?'}tout=1#outils",
        "files_query": f"?{files}" if files else "",
        "matrix": step_matrix(wanted),
        "kinds": tools().kinds,
        "typology": typology(),
        "starting": starting(),
    }
    return render(request, "pages/tools.html", context)


@require_safe
def tool_page(request: HttpRequest, id: str) -> HttpResponse:
    """One tool: what for, for whom, which questions it helps with, which alliances used it, who says so."""
    tool = tools().by_id.get(id)
    if tool is None:
        raise Http404
    cases = the_search().answer(SearchRequest(ids=tool.used_by, limit=20, sort="title"), facets=()).hits if tool.used_by else []  # fmt: skip
    helped = questions_helped(tool)
    near = {f.tool.id: f for stage in tool.stages[:3] for f in tools_for(stage=stage, limit=4) if f.tool.id != tool.id}
    context = {
        "tool": tool,
        "kind": tools().kinds[tool.kind],
        "read": date_format(dt.date.fromisoformat(f"{tool.read}-01"[:10]), "j F Y" if len(tool.read) > 7 else "F Y"),
        "letter": LETTERS[tool.medoc],
        "link": link_of(tool),
        "better": tools().by_id.get(tool.see),
        "stages": [(s, [q for q in helped if q.stage == s.id]) for s in bank().stages if s.id in tool.stages],
        "actors": [profiles()[a] for a in tool.actors],
        "modes": [terms("modes")[m] for m in tool.modes],
        "cases": cases,
        "near": list(near.values())[:4],
    }
    return render(request, "pages/tool.html", context)


@require_safe
def tools_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list as a file, under the same filter."""
    site = settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
    rows = []
    for tool in matching(tools(), asked_tools(request)):
        link = link_of(tool)
        seen = (link.state, link.checked_on.isoformat() if link.checked_on else "", link.since.isoformat() if link.since else "")  # fmt: skip
        rows.append(tool_row(tool, f"{site}{reverse('tool', args=[tool.id])}", seen))
    if kind == "json":
        return HttpResponse(tools_json(rows), content_type="application/json; charset=utf-8")
    response = HttpResponse(tools_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="outils.csv"'
    return response
