"""Tables by territory as CSV: alliances counted on the map, values of an indicator."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from alliage.exports.tables import FORMULA_STARTS

Cell = str | int | float | None


def csv_pieces(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """A CSV file in pieces, a header then the rows: UTF-8 with BOM for spreadsheets, comma, CRLF, formulas neutralised."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([f"'{c}" if isinstance(c, str) and c.startswith(FORMULA_STARTS) else c for c in row])
        if buffer.tell() > 64_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
