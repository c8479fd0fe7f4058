"""A road map's table as a person brings it back (CSV, XLSX, XLS, ODS) → its steps, and what could not be read as it stands.

Nothing of the file is lost: what has no column on the page is kept in the text of its step. Files of strangers come through
alliage/intake/road_map_child.py.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alliage.intake.drafts import Issue, Unreadable
from alliage.intake.formats import format_of
from alliage.intake.readers import spreadsheets
from alliage.intake.readers.archives import check_archive
from alliage.intake.readers.text_tables import LONGEST_LINE, SEPARATORS, encoding_of
from alliage.intake.tables import BrokenLine
from alliage.vocabulary.road_map import TO_DO, RoadMapStep, read_day, road_map_words, step_of, written

HEADER_WITHIN = 30
LEAST_COLUMNS = 2
HOW = "Mode d’emploi"  # the sheet that our own workbook adds
_FORMULA = re.compile(r"'+[=+\-@]")
_READ = "CSV, XLSX ou ODS"
Line = tuple[int, Sequence[str]]


@dataclass
class RoadMapTable:
    """The steps in the order of the table, and a remark for each value that was not taken as it stands."""

    steps: list[RoadMapStep] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Header:
    """Which column of the table is which of ours (`ours`: place → id), and the title of each of the others."""

    ours: dict[int, str]
    others: dict[int, str]


def read_road_map(path: Path) -> RoadMapTable:
    """The table of a file. Raises Unreadable when nothing of it can be taken: the road map then stays as it is."""
    if not path.is_file() or path.stat().st_size == 0:
        raise Unreadable.because(path, "Ce fichier est vide.", "Choisissez le tableau de la feuille de route.")
    match format_of(path):
        case "text table":
            sheets: Iterable[tuple[str, Iterable[Line]]] = [("", _text_lines(path))]
        case "spreadsheet":
            sheets = _sheets(path)
        case _:
            raise Unreadable.because(
                path, "Ce n’est pas un tableau.", f"Enregistrez la feuille de route en {_READ}, puis rapportez-la."
            )
    table, found = RoadMapTable(), False
    for name, lines in sheets:
        found = _read_sheet(path.name, name, lines, table) or found
    if not found:
        raise Unreadable.because(
            path,
            "Aucune colonne de ce tableau ne dit ce qu’il y a à faire.",
            "La première ligne porte les titres\u00a0: Quoi, Qui, Quand, Pourquoi, État.",
        )
    most = road_map_words().most
    if len(table.steps) > most:
        raise Unreadable.because(
            path, f"Ce tableau a {len(table.steps)} lignes.", f"Une feuille de route tient {most} pas au plus."
        )
    return table


def _sheets(path: Path) -> Iterator[tuple[str, Iterable[Line]]]:
    if zipfile.is_zipfile(path):
        check_archive(path)
    try:
        for name, lines in spreadsheets.read_sheets(path):
            yield name, [(n, cells) for n, cells in lines if not isinstance(cells, BrokenLine)]
    except spreadsheets.NotAWorkbook as error:
        raise Unreadable.because(
            path, "Ce classeur ne s’ouvre pas.", f"Enregistrez-le de nouveau, sans mot de passe, en {_READ}."
        ) from error


def _text_lines(path: Path) -> list[Line]:
    """The rows of a text, cut by the separator under which most of our titles appear."""
    text = path.read_bytes().decode(encoding_of(path), errors="replace")
    csv.field_size_limit(LONGEST_LINE)
    best: list[Line] = []
    most = -1
    for separator in SEPARATORS:
        try:
            rows = _rows(text, separator)
        except csv.Error:
            continue
        known = max((len(h.ours) for _, cells in rows[:HEADER_WITHIN] if (h := _header(cells))), default=0)
        if known > most:
            best, most = rows, known
    if most < 0:
        raise Unreadable.because(
            path,
            "Un guillemet ouvert dans ce fichier n’est jamais fermé.",
            f"Ouvrez-le dans votre tableur, enregistrez-le de nouveau en {_READ}, puis rapportez-le.",
        )
    return best


def _rows(text: str, separator: str) -> list[Line]:
    rows: list[Line] = []
    reader, line = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 1
    for cells in reader:
        rows.append((line, cells))
        line = reader.line_num + 1
    return rows


def _header(cells: Sequence[str]) -> _Header | None:
    """What these cells head; None when they are no titles of a road map."""
    words = road_map_words()
    ours: dict[int, str] = {}
    others: dict[int, str] = {}
    for at, cell in enumerate(cells):
        title = " ".join(cell.split())
        id = words.column_of(title) if title else None
        if id and id not in ours.values():
            ours[at] = id
        elif title:
            others[at] = title
    return _Header(ours, others) if len(ours) >= LEAST_COLUMNS and "what" in ours.values() else None


def _read_sheet(file: str, sheet: str, lines: Iterable[Line], table: RoadMapTable) -> bool:
    """Adds the steps of a sheet; False when it is no road map."""
    header: _Header | None = None
    before: list[Line] = []
    for number, cells in lines:
        if header is not None:
            _read_row(Issue(file, "", "", sheet=sheet, line=number), cells, header, table)
        elif len(before) < HEADER_WITHIN:
            header = _header(cells)
            if header is None:
                before.append((number, cells))
    told = [
        (number, " ".join(c for c in cells if c.strip())) for number, cells in before if any(c.strip() for c in cells)
    ]
    if header is None:
        if told and sheet != HOW:
            cause = f"La page «\u00a0{sheet}\u00a0» n’est pas une feuille de route\u00a0: elle n’est pas prise."
            table.issues.append(
                Issue(file, cause, "Ses titres seraient\u00a0: Quoi, Qui, Quand, Pourquoi, État.", sheet=sheet)
            )
        return False
    for number, text in told:
        cause = "Cette ligne est au-dessus des titres\u00a0: elle n’est pas prise pour un pas."
        table.issues.append(
            Issue(file, cause, "Placez-la sous les titres si c’en est un.", sheet, number, "", text[:200])
        )
    if header.others:
        cause = "La page n’a pas de colonne\u00a0: " + ", ".join(header.others.values()) + "."
        fix = "Ce qu’elle contient est gardé sous le «\u00a0Quoi\u00a0» de chaque pas."
        table.issues.append(Issue(file, cause, fix, sheet=sheet))
    return True


def _cell(text: str) -> str:
    """The text of a cell, without the apostrophe that our tables put before what a spreadsheet takes for a formula."""
    text = written(text)
    return text[1:] if _FORMULA.match(text) else text


def _read_row(at: Issue, cells: Sequence[str], header: _Header, table: RoadMapTable) -> None:
    values = dict.fromkeys(("what", "who", "when", "why", "state"), "")
    kept: list[str] = []
    for place, raw in enumerate(cells):
        text = _cell(raw)
        if not text:
            continue
        if place in header.ours:
            values[header.ours[place]] = text
        else:
            title = header.others.get(place)
            kept.append(f"{title}\u00a0: {text}" if title else text)
    if not any(values.values()) and not kept:
        return
    state = road_map_words().state_of(values["state"]) if values["state"] else TO_DO
    if state is None:
        _tell(table, at, "state", values["state"], "Cet état n’est pas connu.",
              "Il est gardé sous le «\u00a0Quoi\u00a0», et le pas est noté «\u00a0à faire\u00a0».")  # fmt: skip
        kept.append(f"État\u00a0: {values['state']}")
    try:
        read_day(values["when"])
    except ValueError:
        _tell(
            table,
            at,
            "when",
            values["when"],
            "Ce jour n’existe pas au calendrier.",
            "Il est gardé comme il est écrit\u00a0: corrigez-le.",
        )
    if not values["what"]:
        values["what"] = "À préciser"
        _tell(
            table,
            at,
            "what",
            "",
            "Cette ligne ne dit pas ce qu’il y a à faire.",
            "Le pas s’appelle «\u00a0À préciser\u00a0»\u00a0: nommez-le.",
        )
    step = step_of(
        what="\n".join([values["what"], *kept]), who=values["who"], when=values["when"], why=values["why"],
        state=state or TO_DO,
    )  # fmt: skip
    for column in road_map_words().columns:
        if len(getattr(step, column.id)) > column.longest:
            raise Unreadable(
                Issue(at.file, f"«\u00a0{column.label}\u00a0» est trop long à la ligne {at.line}\u00a0: {column.longest} signes au plus.",
                      "Raccourcissez ce texte, puis rapportez le tableau\u00a0: rien n’a été changé.", at.sheet, at.line, column.label)
            )  # fmt: skip
    table.steps.append(step)


def _tell(table: RoadMapTable, at: Issue, column: str, value: str, cause: str, fix: str) -> None:
    label = next(c.label for c in road_map_words().columns if c.id == column)
    table.issues.append(Issue(at.file, cause, fix, at.sheet, at.line, label, value[:200]))
