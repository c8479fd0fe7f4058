"""An indicator as a table: one row a place, with unit, year, source and address; the format that `alliage statistics` reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from alliage.exports.tables import FORMULA_STARTS
from alliage.vocabulary.indicators import COUNTRY, COUNTRY_NAME, Observation
from alliage.vocabulary.places import gazetteer

COLUMNS = ("code", "level", "name", "indicator", "year", "value", "unit", "source", "address", "released_on", "note")


def indicator_rows(observations: Iterable[Observation]) -> Iterator[tuple[str, ...]]:
    """The rows of `COLUMNS` as text, by level and code; a value has a decimal point and as many digits as are known."""
    for o in sorted(observations, key=lambda o: (o.place, o.indicator, o.year or 0)):
        level, _, code = o.place.partition(":")
        place = gazetteer().by_token.get(o.place)
        name = place.name if place else COUNTRY_NAME if o.place == COUNTRY else ""
        year = "" if o.year is None else str(o.year)
        row = (code, level, name, o.indicator, year, plain(o.value), o.unit, o.source, o.url, o.released_on, o.note)
        yield tuple(f"'{cell}" if at != 5 and cell.startswith(FORMULA_STARTS) else cell for at, cell in enumerate(row))


def plain(value: float) -> str:
    """« 860 », « 12.5 »: no exponent, no useless zero, at most six decimals."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def indicator_csv(observations: Iterable[Observation]) -> Iterator[str]:
    """The table as CSV in pieces: UTF-8 with BOM for spreadsheets, comma, CRLF."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(COLUMNS)
    for row in indicator_rows(observations):
        writer.writerow(row)
        if buffer.tell() > 64_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
