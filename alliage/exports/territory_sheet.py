"""One A4 on a territory as a tagged PDF (PDF/UA-1): a sentence, five figures, three alliances, three questions."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any  # the tree that the template reads

from pypdf import PdfReader

from alliage.exports.tagged_pdf import tagged_pdf

FIGURES, ALLIANCES, QUESTIONS, CALLS = 5, 3, 3, 3
# What stands on one page beside everything else: longer texts are cut at a word, in signs.
_LONGEST = {
    "name": 110,
    "kind": 170,
    "sentence": 240,
    "alliances_title": 60,
    "alliances_note": 190,
    "caution": 420,
    "footer": 90,
    "title": 110,
    "need": 230,
    "facts": 210,
    "label": 70,
    "source": 90,
    "beside": 60,
    "purpose": 120,
    "caption": 120,
    "question": 240,
    "shown": 70,
}
LONGEST_WORD = 30  # a longer one may be cut at the end of a line, or it would run out of the page
# Everything at its longest would need two pages: these are cut shorter first, then the others; a value never.
_CUT_FIRST = ("need", "title", "facts", "sentence", "alliances_note", "question", "caution", "purpose")
_SHARES = ((1.0, 1.0), (0.7, 1.0), (0.45, 1.0), (0.45, 0.6), (0.25, 0.4))  # of those, of the others


@dataclass(frozen=True, slots=True)
class SheetFigure:
    """A value as written (« 12 400 »), what it counts, its source and year, what to read it against (may be empty)."""

    value: str
    label: str
    source: str
    beside: str


@dataclass(frozen=True, slots=True)
class SheetAlliance:
    """An alliance in three lines; `mode_class` gives its colour."""

    mode_class: str
    title: str
    need: str
    facts: str
    address: str


@dataclass(frozen=True, slots=True)
class SheetCall:
    """Whom to call, what for, and the address of their page (may be empty)."""

    name: str
    purpose: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class SheetMark:
    """A circle of the map, in points from its top left, with a short text inside."""

    x: float
    y: float
    radius: float
    text: str


@dataclass(frozen=True, slots=True)
class SheetMap:
    """A small map: its size in points, the rings to fill, those to draw inside, the marks, what who does not see is told."""

    width: float
    height: float
    rings: tuple[tuple[tuple[float, float], ...], ...]
    inner: tuple[tuple[tuple[float, float], ...], ...]
    marks: tuple[SheetMark, ...]
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class TerritorySheet:
    """All that the A4 shows; more figures, alliances, questions or calls than it holds are left out."""

    title: str
    publisher: str
    name: str
    kind: str
    sentence: str
    figures: tuple[SheetFigure, ...]
    map: SheetMap | None
    alliances_title: str
    alliances_note: str
    alliances: tuple[SheetAlliance, ...]
    questions: tuple[str, ...]
    calls: tuple[SheetCall, ...]
    caution: str
    footer: str
    address: str


def shortened(text: str, longest: int) -> str:
    """A text cut at a word, with « … », when it is longer than so many signs."""
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def write_pdf(sheet: TerritorySheet, *, at: dt.datetime) -> bytes:
    """The A4 as PDF/UA-1, one page however long the texts; `at` is written into the file as its date of creation."""
    pdf = b""
    for share in _SHARES:
        pdf = tagged_pdf("territory", _held(sheet, share), at=at)
        if len(PdfReader(io.BytesIO(pdf)).pages) == 1:
            break
    return pdf


def _held(sheet: TerritorySheet, share: tuple[float, float]) -> dict[str, Any]:
    """The sheet as the template reads it: no more of each than it holds, texts cut to a share of their longest."""
    questions = [{"question": q} for q in sheet.questions[:QUESTIONS]]
    return {
        **_cut(asdict(replace(sheet, map=None)), share),
        "title": sheet.title,
        "figures": [_cut(asdict(f), share) for f in sheet.figures[:FIGURES]],
        "map": _cut(asdict(sheet.map), share) if sheet.map else None,
        "alliances": [_cut(asdict(a), share) for a in sheet.alliances[:ALLIANCES]],
        "questions": [_cut(q, share)["question"] for q in questions],
        "calls": [_cut({**asdict(c), "shown": _shown(c.address)}, share) for c in sheet.calls[:CALLS]],
    }


def _cut(texts: Mapping[str, Any], share: tuple[float, float]) -> dict[str, Any]:
    first, others = share
    return {
        name: _breakable(shortened(value, int(_LONGEST[name] * (first if name in _CUT_FIRST else others))))
        if name in _LONGEST
        else value
        for name, value in texts.items()
    }


def _breakable(text: str) -> str:
    return re.sub(rf"(\S{{{LONGEST_WORD}}})(?=\S)", "\\1\u200b", text)


def _shown(address: str) -> str:
    """An address as one reads it on paper: without https:// nor a last slash."""
    return re.sub(r"^https?://(?:www\.)?", "", address).rstrip("/")
