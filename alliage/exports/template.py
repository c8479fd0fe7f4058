"""The blank sheet that a network fills in, with its lists of values and what each column means."""

from __future__ import annotations

import csv
from pathlib import Path

import xlsxwriter

from alliage.vocabulary.fields import Field, fields
from alliage.vocabulary.terms import terms

_LEFT_OUT = frozenset({"lessons_basis", "documentation", "readings", "confirmed_on"})


def template_fields() -> list[Field]:
    """The columns that a person fills in."""
    return [f for f in fields().values() if f.name not in _LEFT_OUT]


def write_csv_template(out: Path) -> None:
    """The header line alone, readable by a spreadsheet."""
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerow([f.export for f in template_fields()])


def write_xlsx_template(out: Path) -> None:
    """Three sheets: the table to fill in, with drop-down lists; the lists of values; what each column means."""
    book = xlsxwriter.Workbook(str(out))
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    table, lists, meaning = (book.add_worksheet(n) for n in ("Alliances", "Listes", "Mode d’emploi"))
    table.freeze_panes(1, 0)
    meaning.set_column(0, 0, 22)
    meaning.set_column(1, 1, 90)
    meaning.write_row(0, 0, ["colonne", "ce qu’on y met"], bold)
    listed = 0
    for column, field in enumerate(template_fields()):
        table.set_column(column, column, 40 if field.type == "prose" else 22)
        table.write_string(0, column, field.export, bold)
        meaning.write_string(column + 1, 0, field.export)
        meaning.write_string(column + 1, 1, field.help + _how(field), wrapped)
        if field.list:
            labels = [t.label for t in terms(field.list).values()]
            lists.set_column(listed, listed, 34)
            lists.write_column(0, listed, [field.export, *labels])
            if field.type == "choice":
                letter = chr(ord("A") + listed)
                table.data_validation(
                    1,
                    column,
                    10_000,
                    column,
                    {
                        "validate": "list",
                        "source": f"=Listes!${letter}$2:${letter}${len(labels) + 1}",
                        "error_type": "warning",
                    },
                )
            listed += 1
    book.close()


def _how(field: Field) -> str:
    several = " Plusieurs valeurs : séparez-les par « ; »."
    match field.type:
        case "partners":
            return " Écrivez « Nom (nature) : rôle », séparés par « ; »."
        case "places":
            return " Code INSEE, code postal ou « Commune (département) »." + several
        case "choices" | "sdgs" | "sources" | "results":
            return several
        case _:
            return ""
