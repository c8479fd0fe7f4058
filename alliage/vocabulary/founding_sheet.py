"""The founding sheet mapped row by row: what is printed there, and what answers it here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any  # rows of content before they have a shape

from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require

FILE = "founding-sheet.yaml"
KINDS = {"notion": "notion", "figure": "chiffre", "line": "exemple", "link": "lien", "statement": "constat"}


@dataclass(frozen=True, slots=True)
class SheetFigure:
    """A figure as the sheet prints it, with its perimeter and what other pages say."""

    value: str
    unit: str
    population: str
    study: str
    date: str
    conflict: str


@dataclass(frozen=True, slots=True)
class SheetLink:
    """A link as printed, the corrected address when known, and the state of the link."""

    url: str
    fixed: str | None
    state: str
    checked: str | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of « La fiche d’origine »."""

    id: str
    kind: str
    text: str
    reading: str
    page: str
    alliances: tuple[str, ...]
    later: str
    answer: str
    mode: str | None
    trend: str | None
    tag: str
    figure: SheetFigure | None
    link: SheetLink | None

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class SheetSection:
    """A part of the sheet and its rows, in the order of the print."""

    title: str
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class FoundingSheet:
    """The whole sheet."""

    id: str
    title: str
    kit: str
    note: str
    sections: tuple[SheetSection, ...]

    @property
    def rows(self) -> list[SheetRow]:
        return [row for section in self.sections for row in section.rows]

    @property
    def figures(self) -> list[SheetRow]:
        """The rows that carry a figure."""
        return [row for row in self.rows if row.figure]

    @property
    def lines(self) -> list[SheetRow]:
        """The example lines, in order."""
        return [row for row in self.rows if row.kind == "line"]

    def figure(self, value: int) -> SheetRow | None:
        """The first figure row of that value."""
        return next((r for r in self.figures if r.figure and r.figure.value == str(value)), None)


def _text(value: Any) -> str:
    return " ".join(str(v) for v in value) if isinstance(value, list) else str(value or "")


def _row(row: Mapping[str, Any]) -> SheetRow:
    kind = require(row, "kind", FILE)
    if kind not in KINDS:
        raise ContentError(FILE, f"nature de ligne inconnue : {kind}", line_of(row))
    answer = row.get("answer") or {}
    figure, link = row.get("figure"), row.get("link")
    if not (answer or link):
        raise ContentError(FILE, f"« {row['id']} » n’a pas de réponse", line_of(row))
    return SheetRow(
        id=require(row, "id", FILE),
        kind=kind,
        text=require(row, "text", FILE),
        reading=_text(row.get("reading")),
        page=answer.get("page") or "",
        alliances=tuple(answer.get("alliances") or ()),
        later=_text(answer.get("later")),
        answer=_text(answer.get("text")),
        mode=row.get("mode"),
        trend=row.get("trend"),
        tag=row.get("tag") or "",
        figure=SheetFigure(
            str(require(figure, "value", FILE)),
            figure.get("unit") or "",
            _text(figure.get("population")),
            _text(figure.get("study")),
            _text(figure.get("date")),
            _text(figure.get("conflict")),
        )
        if figure
        else None,
        link=SheetLink(
            require(link, "url", FILE), link.get("fixed"), link.get("state") or "non vérifié", link.get("checked")
        )
        if link
        else None,
    )


@cache
def founding_sheet() -> FoundingSheet:
    """The founding sheet, read once."""
    tree = read_yaml(FILE)
    about = require(tree, "document", FILE)
    return FoundingSheet(
        id=about["id"],
        title=about["title"],
        kit=_text(about.get("kit")),
        note=_text(about.get("note")),
        sections=tuple(SheetSection(s["title"], tuple(_row(r) for r in s["rows"])) for s in tree["sections"]),
    )
