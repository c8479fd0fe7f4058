"""Records to CSV, XLSX and JSON, streamed: the columns are those of the fields file, lists are joined in cells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any  # a record is JSON

import xlsxwriter

from alliage.exports.csv_text import csv_pieces, neutral
from alliage.vocabulary.fields import fields
from alliage.vocabulary.terms import terms

Record = Mapping[str, Any]
ROWS_A_SHEET = 1_048_575  # a worksheet of XLSX holds 1,048,576 rows, the header among them
LONGEST_CELL = 32_767


def columns() -> list[str]:
    """The column titles of a table of alliances."""
    return [field.export for field in fields().values()]


def partner_cell(partner: Record) -> str:
    """« Nom (nature) : rôle », as the import reads it back."""
    text = str(partner["name"]).replace(";", ",")
    if partner.get("kind"):
        text += f" ({terms('actor_kinds').label(partner['kind'])})"
    if partner.get("role"):
        text += f" : {str(partner['role']).replace(';', ',')}"
    return text


def _fact(item: Record) -> str:
    notes = [str(item[n]) for n in ("year", "scope_label") if item.get(n)]
    if item.get("nature") == "objectif":
        notes.append("objectif")
    return str(item["text"]) + (f" [{', '.join(notes)}]" if notes else "")


def cell(name: str, value: Any) -> str | int | None:
    """One value as a cell; lists are joined by « ; »."""
    field = fields()[name]
    if value in (None, "", [], ()):
        return None
    if field.type in ("year",):
        return int(value)
    if field.type == "partners":
        return " ; ".join(partner_cell(p) for p in value)
    if field.type == "places":
        return " ; ".join(f"{p['level']}:{p['code']}" for p in value)
    if field.type in ("results", "resources"):
        return " | ".join(_fact(v) for v in value)
    if field.type == "sources":
        return " ; ".join(str(s.get("url") or s.get("title") or "") for s in value)
    if field.type == "readings":
        return " | ".join(str(r.get("title") or "") for r in value)
    if isinstance(value, list | tuple):
        return " ; ".join(
            terms(field.list).label(str(v)) if field.list and field.list != "sdgs" else str(v) for v in value
        )
    if field.type == "choice" and field.list:
        return terms(field.list).label(str(value))
    return str(value)


def row(record: Record) -> list[str | int | None]:
    """A record as cells, formulas neutralised."""
    cells = [cell(name, record.get(name)) for name in fields()]
    return [neutral(c) if isinstance(c, str) else c for c in cells]


def csv_lines(records: Iterable[Record]) -> Iterator[str]:
    """A CSV file in pieces."""
    return csv_pieces(columns(), map(row, records))


def json_pieces(records: Iterable[Record], count: int) -> Iterator[str]:
    """{"count", "results": […]} in pieces; can be imported again."""
    yield f'{{"count": {count}, "results": ['
    first = True
    for record in records:
        yield ("" if first else ",") + "\n" + json.dumps(record, ensure_ascii=False)
        first = False
    yield "\n]}\n"


def write_xlsx(records: Iterable[Record], out: IO[bytes] | Path) -> int:
    """An XLSX workbook, going on in further sheets past the row limit. Returns the number of rows."""
    target = str(out) if isinstance(out, Path) else out
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    bold = book.add_format({"bold": True})
    sheet, at, written = None, 0, 0
    for record in records:
        if sheet is None or at > ROWS_A_SHEET:
            number = len(book.worksheets()) + 1
            sheet = _new_sheet(book, "Alliances" if number == 1 else f"Alliances {number}", bold)
            at = 1
        for column, value in enumerate(row(record)):
            if isinstance(value, int):
                sheet.write_number(at, column, value)
            elif value is not None:
                sheet.write_string(at, column, value[:LONGEST_CELL])
        at += 1
        written += 1
    if sheet is None:
        _new_sheet(book, "Alliances", bold)
    book.close()
    return written


def _new_sheet(book: xlsxwriter.Workbook, name: str, bold: Any) -> Any:  # XlsxWriter carries no types
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 2)
    for column, title in enumerate(columns()):
        sheet.set_column(column, column, 40 if column in (1, 2, 3, 4) else 22)
        sheet.write_string(0, column, title, bold)
    return sheet
