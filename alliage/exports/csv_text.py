"""CSV as every download of the site writes it; what stands in a table is said beside, in the module of each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

Cell = str | int | float | None
# A spreadsheet takes a cell that starts so for a formula: an apostrophe before makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_PIECE = 64_000  # signs


def neutral(text: str) -> str:
    """The text, no formula any more for a spreadsheet."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def plain(value: float) -> str:
    """« 860 », « 12.5 »: a decimal point, no thousands, no exponent, no useless zero, at most six decimals."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def csv_pieces(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """A CSV file in pieces, a header then the rows: UTF-8 with BOM for spreadsheets, comma, CRLF, formulas neutralised
    in both (a title may be the name that somebody gave).

    Numbers are numbers: pass a float, not its text, where it may be negative.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([neutral(title) for title in columns])
    for row in rows:
        writer.writerow([_cell(c) for c in row])
        if buffer.tell() > _PIECE:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cell(value: Cell) -> str | int | None:
    if isinstance(value, float):
        return plain(value)
    return neutral(value) if isinstance(value, str) else value
