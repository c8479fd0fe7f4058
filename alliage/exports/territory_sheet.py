"""One A4 on a territory as a tagged PDF (PDF/UA-1): a sentence, five figures, three alliances, three questions."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import typst

TEMPLATE = Path(__file__).parent / "typst" / "territory.typ"
FIGURES, ALLIANCES, QUESTIONS, CALLS = 5, 3, 3, 3
# What still stands on one page beside everything else: longer texts are cut at a word.
LONGEST_NEED, LONGEST_TITLE = 230, 110


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
    """Whom to call, and what for."""

    name: str
    purpose: str


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


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def write_pdf(sheet: TerritorySheet, *, at: dt.datetime) -> bytes:
    """The A4 as PDF/UA-1; `at` is written into the file as its date of creation."""
    held = {
        **asdict(sheet),
        "figures": [asdict(f) for f in sheet.figures[:FIGURES]],
        "alliances": [
            {**asdict(a), "title": shortened(a.title, LONGEST_TITLE), "need": shortened(a.need, LONGEST_NEED)}
            for a in sheet.alliances[:ALLIANCES]
        ],
        "questions": sheet.questions[:QUESTIONS],
        "calls": [asdict(c) for c in sheet.calls[:CALLS]],
    }
    told = json.dumps(held, ensure_ascii=False)
    try:
        return _compiled(told, at)
    except typst.TypstError:  # PDF/UA refuses a sign that the page's font does not have
        return _compiled(_LACKING.sub("", told), at)


# What the font may lack: signs beyond Latin, the punctuation and the currencies of Europe.
_LACKING = re.compile("[^\\x20-\u024f\u2010-\u205f\u20ac\u2122]|\\\\u00[01][0-9a-f]")


def _compiled(told: str, at: dt.datetime) -> bytes:
    return typst.compile(
        _template(),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"sheet": told},
        ignore_system_fonts=True,  # the same page on every machine
        timestamp=int(at.timestamp()),
    )
