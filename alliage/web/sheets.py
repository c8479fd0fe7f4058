"""The kit sheets: their list, each as a page to read and print, each as a PDF; live parts filled in from the base."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any  # template contexts and blocks of JSON

import nh3
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from alliage.exports.sheet_blocks import blocks_of
from alliage.exports.sheet_pdf import PrintedSheet, write_pdf
from alliage.rules.tools import Fit, tools_for
from alliage.search.request import SearchRequest
from alliage.search.results import Hit
from alliage.vocabulary.founding_sheet import SheetRow, founding_sheet
from alliage.vocabulary.method import Question, Stage, bank
from alliage.vocabulary.sheets import Block, Sheet, sheets
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import typology
from alliage.web.asked import the_search
from alliage.web.matrix import matrix
from alliage.web.templatetags.french import mode_class, place_label, without_figure
from alliage.web.tools import step_matrix

MODES_TOLD = ("cooperation-economique", "innovation-societale", "mecenat")  # the three cases are of three forms
QUESTIONS_A_STAGE = 3
FIRST_STAGES = ("pourquoi", "avec-qui", "s-organiser")
_TAGS = {"h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "pre", "hr", "br"} | {
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=200)
def html_of(text: str) -> SafeString:
    """Markdown as HTML that holds nothing but text and its structure."""
    clean = nh3.clean(_markdown().render(text), tags=_TAGS, attributes={"a": {"href"}}, link_rel="noopener")
    # A table wider than a phone moves in its own frame, which the keyboard reaches.
    framed = clean.replace(
        "<table>", '<div class="scroll" tabindex="0" role="group" aria-label="Tableau"><table class="rows">'
    )
    return mark_safe(framed.replace("</table>", "</table></div>"))


def _cases() -> list[Hit]:
    """Three well-documented alliances with lessons, one of each of three forms."""
    return list(_cases_of(the_search().reader.latest().id))


@lru_cache(maxsize=2)
def _cases_of(generation: str) -> tuple[Hit, ...]:
    found = []
    for mode in MODES_TOLD:
        filters = {"mode": (mode,), "documentation": ("bien-documentee",), "lessons": ("oui",)}
        found += the_search().answer(SearchRequest(filters=filters, limit=1, sort="recent"), facets=()).hits
    return tuple(found)


def _stages() -> list[tuple[Stage, list[Question]]]:
    """Each stage with its first questions, those that a group can talk about: neither who one is nor where."""
    told = {s.id: [q for q in bank().of_stage(s.id) if q.kind == "text" or q.unsure] for s in bank().stages}
    return [(s, told[s.id][:QUESTIONS_A_STAGE]) for s in bank().stages]


def _figures(values: tuple[str, ...]) -> list[SheetRow]:
    rows = {row.id: row for row in founding_sheet().figures}
    return [rows[v] for v in values]


def _first_tools() -> list[tuple[Stage, tuple[Fit, ...]]]:
    return [(s, tools_for(stage=s.id, limit=2)) for s in bank().stages if s.id in FIRST_STAGES]


def _shown(block: Block) -> dict[str, Any]:
    """A block as the page shows it."""
    if not block.live:
        return {"html": html_of(block.text)}
    make: dict[str, Callable[[], Any]] = {
        "matrice": matrix,
        "trois-cas": _cases,
        "etapes": _stages,
        "outils": step_matrix,
        "premiers-outils": _first_tools,
        "chiffres": lambda: _figures(block.values),
    }
    return {"live": block.live, "value": make[block.live]()}


@require_safe
def sheets_page(request: HttpRequest) -> HttpResponse:
    """The sheets of the kit, in their order."""
    return render(request, "pages/sheets.html", {"sheets": list(sheets().values())})


@require_safe
def sheet_page(request: HttpRequest, id: str) -> HttpResponse:
    """One sheet, and the one before and after it."""
    sheet = _found(id)
    order = list(sheets().values())
    at = order.index(sheet)
    context = {
        "sheet": sheet,
        "typology": typology(),
        "blocks": [_shown(block) for block in sheet.blocks],
        "before": order[at - 1] if at else None,
        "after": order[at + 1] if at + 1 < len(order) else None,
        "number": at + 1,
        "total": len(order),
    }
    return render(request, "pages/sheet.html", context)


@require_safe
def sheet_pdf(request: HttpRequest, id: str) -> HttpResponse:
    """The same sheet as a tagged PDF."""
    sheet = _found(id)
    now = timezone.localtime()
    blocks: list[dict[str, Any]] = []
    for block in sheet.blocks:
        blocks += blocks_of(block.text) if not block.live else _printed(request, block)
    _whole_addresses(request, blocks)
    order = list(sheets().values())
    printed = PrintedSheet(
        title=sheet.title,
        publisher=settings.PUBLISHER or "Alliage",
        summary=sheet.summary,
        above=f"Fiche {order.index(sheet) + 1} sur {len(order)} · {sheet.audience} · {sheet.minutes}\u00a0minutes de lecture",
        blocks=tuple(blocks),
        sources=tuple({"name": s.name, "url": _whole(request, s.url)} for s in sheet.sources),
        footer=f"Fiche du {date_format(now, 'j F Y')}, à jour à l’adresse",
        address=request.build_absolute_uri(reverse("sheet", args=[sheet.id])),
    )
    response = HttpResponse(write_pdf(printed, at=now), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="fiche-{sheet.id}.pdf"'
    return response


def _found(id: str) -> Sheet:
    if (sheet := sheets().get(id)) is None:
        raise Http404
    return sheet


def _whole(request: HttpRequest, url: str) -> str:
    return request.build_absolute_uri(url) if url.startswith("/") else url


def _whole_addresses(request: HttpRequest, value: Any) -> None:
    """Addresses of this site made whole, wherever runs of text hold one."""
    if isinstance(value, dict):
        if isinstance(value.get("url"), str) and value["url"]:
            value["url"] = _whole(request, value["url"])
        for part in value.values():
            _whole_addresses(request, part)
    elif isinstance(value, list):
        for part in value:
            _whole_addresses(request, part)


def _run(text: str, bold: bool = False, url: str = "") -> list[dict[str, Any]]:
    return [{"text": text, "bold": bold, "italic": False, "url": url}]


def _printed(request: HttpRequest, block: Block) -> list[dict[str, Any]]:
    """A live part as blocks of the PDF."""
    if block.live == "matrice":
        return [_printed_matrix()]
    if block.live == "trois-cas":
        return [{"kind": "cases", "cases": [_printed_case(request, hit) for hit in _cases()]}]
    if block.live == "chiffres":
        return [{"kind": "figures", "figures": [_printed_figure(row) for row in _figures(block.values)]}]
    if block.live == "etapes":
        head = [_run("Étape"), _run("De quoi il s’agit"), _run("Des questions à se poser")]
        rows = [
            [_run(stage.label, bold=True), _run(stage.plain), _run(" ".join(q.text for q in questions) or "–")]
            for stage, questions in _stages()
        ]
        return [{"kind": "table", "head": head, "rows": rows}]
    if block.live == "outils":
        told = step_matrix()
        head = [_run("Qui"), *(_run(s.label) for s in told["stages"])]
        rows = [[_run(p.label), *(_run(str(c["count"] or "–")) for c in cells)] for p, cells in told["rows"]]
        return [{"kind": "table", "head": head, "rows": rows}]
    blocks: list[dict[str, Any]] = []
    for stage, fits in _first_tools():
        items = [
            [*_run(f.tool.name, bold=True, url=reverse("tool", args=[f.tool.id])), *_run(f"\u00a0: {f.tool.summary}")]
            for f in fits
        ]
        blocks += [
            {"kind": "heading", "level": 3, "runs": _run(stage.label)},
            {"kind": "list", "ordered": False, "items": items},
        ]
    return blocks


def _printed_matrix() -> dict[str, Any]:
    told = matrix()
    rows = [
        [
            {
                "label": f"{mode.label}\u00a0: {told['counts'].get(mode.id, 0)}",
                "mode_class": mode_class(mode.id),
                "plain": mode.plain,
                "trends": [{"label": t.label, "count": str(told["counts"].get(t.id, 0))} for t in mode.trends],
            }
            for mode in modes
        ]
        for _, modes in told["rows"]
    ]
    return {"kind": "matrix", "rows": rows}


def _printed_case(request: HttpRequest, hit: Hit) -> dict[str, Any]:
    record = hit.record
    who = " + ".join(p["name"] for p in record["partners"][:3])
    where = ", ".join(place_label(p) for p in record["places"][:2])
    since = f"depuis {record['start_year']}" if record.get("start_year") else ""
    form = terms("modes").label(record["mode"]) if record.get("mode") else ""
    return {
        "mode_class": mode_class(record.get("mode")),
        "title": record["title"],
        "need": record.get("need") or record.get("summary") or "",
        "facts": " · ".join(part for part in (form, who, where, since) if part),
        "address": request.build_absolute_uri(reverse("alliance", args=[record["id"]])),
    }


def _printed_figure(row: SheetRow) -> dict[str, str]:
    figure = row.figure
    assert figure is not None  # noqa: S101 - `figures` are the rows that have one
    source = " · ".join(part for part in (figure.population, figure.study, figure.date) if part)
    return {
        "value": f"{figure.value}\u00a0{figure.unit}",
        "text": without_figure(row),
        "source": source,
        "conflict": figure.conflict,
    }
