"""A road map as a table to edit: CSV and XLSX. What they write, alliage/intake/road_map_table.py reads back whole."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import xlsxwriter

from alliage.vocabulary.road_map import RoadMapStep, road_map_words

# A spreadsheet takes a cell that starts so for a formula: one apostrophe more makes it text, and is taken off on the way back.
_FORMULA = re.compile(r"'*[=+\-@]")
_CENTIMETRE = 5.2  # characters of a column's width


def _neutral(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _cells(step: RoadMapStep) -> list[str]:
    texts = (step.what, step.who, step.when, step.why, road_map_words().states[step.state].label)
    return [_neutral(text) for text in texts]


def write_csv(steps: Sequence[RoadMapStep]) -> bytes:
    """UTF-8 with BOM, « ; » and CRLF: what a French spreadsheet opens with a double click. Dates as AAAA-MM-JJ."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([c.label for c in road_map_words().columns])
    writer.writerows(_cells(step) for step in steps)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(steps: Sequence[RoadMapStep], *, title: str) -> bytes:
    """A workbook: the table, with real dates and the list of states, and how to bring it back."""
    words = road_map_words()
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    book.set_properties({"title": title, "author": "Alliage"})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF6", "valign": "top", "bottom": 1})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    date = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"})
    table, told = book.add_worksheet("Feuille de route"), book.add_worksheet("Mode d’emploi")
    table.freeze_panes(1, 1)
    table.set_landscape()
    table.set_paper(9)  # A4
    table.fit_to_pages(1, 0)
    table.repeat_rows(0)
    for at, column in enumerate(words.columns):
        table.set_column(at, at, column.width * _CENTIMETRE, text)
        table.write_string(0, at, column.label, head)
    for line, step in enumerate(steps, 1):
        table.set_row(line, _height(step))
        for at, cell in enumerate(_cells(step)):
            if words.columns[at].id == "when" and step.day and step.day.year >= 1900:
                table.write_datetime(line, at, step.day, date)
            elif cell:
                table.write_string(line, at, cell, text)
    states = [state.label for state in words.states.values()]
    table.data_validation(1, len(words.columns) - 1, words.most, len(words.columns) - 1,
                          {"validate": "list", "source": states, "error_type": "warning"})  # fmt: skip
    told.set_landscape()
    told.fit_to_pages(1, 0)
    told.set_column(0, 0, 18)
    told.set_column(1, 1, 90, text)
    for line, (name, help) in enumerate([*((c.label, c.help) for c in words.columns), *_HOW]):
        told.write_string(line, 0, name, head)
        told.write_string(line, 1, help)
    book.close()
    return out.getvalue()


def _height(step: RoadMapStep) -> float:
    """The points that the longest cell of a row takes; a spreadsheet does not always measure them by itself."""
    texts = zip(_cells(step), road_map_words().columns, strict=True)
    lines = (sum(1 + len(line) // int(c.width * _CENTIMETRE) for line in text.split("\n")) for text, c in texts)
    return float(min(max(lines) * 15 + 3, 400))


_HOW = (
    ("Changer", "Ajoutez, enlevez, déplacez des lignes\u00a0: l’ordre du tableau est l’ordre des pas."),
    ("Rapporter", "Enregistrez (XLSX, ODS ou CSV), puis «\u00a0Rapporter le tableau modifié\u00a0» sur la page de la feuille de route."),
)  # fmt: skip
