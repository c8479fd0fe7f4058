"""An indicator as a table: one row a place, with unit, year, source, licence; the format that `alliage statistics` reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alliage.exports.csv_text import Cell, csv_pieces
from alliage.vocabulary.indicators import COUNTRY, COUNTRY_NAME, Observation, indicators
from alliage.vocabulary.places import gazetteer

# The last three say of what a place is part: what it takes to add communes up again.
COLUMNS = (
    "code", "niveau", "territoire", "indicateur", "annee", "valeur", "unite", "source", "adresse", "licence", "recu_le",
    "remarque", "epci", "departement", "region",
)  # fmt: skip


def indicator_rows(observations: Iterable[Observation]) -> Iterator[tuple[Cell, ...]]:
    """The rows of `COLUMNS`, by level and code; a value has as many digits as are known."""
    for o in sorted(observations, key=lambda o: (o.place, o.indicator, o.year or 0)):
        level, _, code = o.place.partition(":")
        place = gazetteer().by_token.get(o.place)
        name = place.name if place else COUNTRY_NAME if o.place == COUNTRY else ""
        licence = indicators().by_id[o.indicator].source.licence
        above = (place.epci, place.departement, place.region) if place else ("", "", "")
        yield (code, level, name, o.indicator, o.year, float(o.value), o.unit, o.source, o.url, licence, o.released_on,
               o.note, *above)  # fmt: skip


def indicator_csv(observations: Iterable[Observation]) -> Iterator[str]:
    """The table as CSV, in pieces."""
    return csv_pieces(COLUMNS, indicator_rows(observations))
