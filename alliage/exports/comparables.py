"""The inputs of « territoires comparables » as a table: what it takes to redo the computation by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alliage.exports.csv_text import csv_pieces
from alliage.rules.comparable import Input
from alliage.vocabulary.place import EPCI_KINDS

COLUMNS = (
    "rang", "niveau", "code", "territoire", "departement", "habitants", "habitants_par_km2", "nature", "outre_mer",
    "part_petites_communes", "distance",
)  # fmt: skip


def comparables_csv(inputs: Iterable[Input]) -> Iterator[str]:
    """The territories in the order given, the one asked about first (rank 0), as CSV in pieces."""
    return csv_pieces(
        COLUMNS,
        (
            (rank, i.place.level, i.place.code, i.place.name, i.place.departement, i.people, i.density,
             EPCI_KINDS.get(i.place.kind, i.place.kind), "oui" if i.place.overseas else "non", i.rural, i.distance)
            for rank, i in enumerate(inputs)
        ),
    )  # fmt: skip
