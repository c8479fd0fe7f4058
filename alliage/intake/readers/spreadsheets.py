"""XLSX, XLS and ODS through calamine, which never runs a formula: sheets of lines of cells, as a person reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from alliage.intake.tables import Line

CELLS_HELD = 1_000_000  # of the sheets of one workbook, about 60 MB


class NotAWorkbook(Exception):
    """The file cannot be opened as a spreadsheet."""


def shown(value: object) -> str:
    """A cell as a person reads it: 2011.0 is « 2011 », a date is ISO, true is « oui »."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    return str(value)


def read_sheets(path: Path) -> Iterator[tuple[str, Iterator[Line]]]:
    """Each sheet's name and its lines, numbered as the spreadsheet shows them. Raises NotAWorkbook.

    A sheet of which only the first lines were taken when the next one is asked for is put down, and loaded anew when
    its lines go on: a workbook of many large sheets never stands whole in memory.
    """
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    except (CalamineError, OSError, ValueError) as error:
        raise NotAWorkbook(str(error)) from error
    held = 0
    for at, name in enumerate(names, 1):
        lines = _SheetLines(book, name)
        yield name, lines
        held += lines.cells
        if held > CELLS_HELD and at < len(names):
            held -= lines.cells
            lines.put_down()


class _SheetLines(Iterator[Line]):
    """The lines of one sheet, loaded at the first one. Raises NotAWorkbook when the sheet is damaged."""

    def __init__(self, book: CalamineWorkbook, name: str) -> None:
        self._book, self._name = book, name
        self._lines: Iterator[Line] | None = None
        self._given = 0
        self.cells = 0

    def __next__(self) -> Line:
        if self._lines is None:
            try:
                sheet = self._book.get_sheet_by_name(self._name)
            except (CalamineError, OSError, ValueError) as error:
                raise NotAWorkbook(str(error)) from error
            self.cells = sheet.total_height * sheet.total_width
            self._lines = islice(_lines(sheet), self._given, None)
        line = next(self._lines)
        self._given += 1
        return line

    def put_down(self) -> None:
        """Frees the sheet; the next line loads it again."""
        self._lines = None


def _lines(sheet: CalamineSheet) -> Iterator[Line]:
    """Lines numbered as the spreadsheet shows them; a cell merged over several lines holds on each of them."""
    first = sheet.start[1] if sheet.start else 0
    down: dict[tuple[int, int], int] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if left == right:
            down |= {(line, left - first): top for line in range(top + 1, bottom + 1)}
    kept: dict[tuple[int, int], str] = {}
    tops = {(top, column) for (_, column), top in down.items()}
    for at, row in enumerate(sheet.iter_rows()):
        cells = [shown(value) for value in row]
        for column in range(len(cells)) if down else ():
            if (at, column) in tops:
                kept[at, column] = cells[column]
            elif (at, column) in down and not cells[column] and any(cells):
                cells[column] = kept.get((down[at, column], column), "")
        yield at + 1, cells
