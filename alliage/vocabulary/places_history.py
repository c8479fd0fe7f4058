"""How codes of communes and EPCI changed from year to year, and what an old one stands for today."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alliage.vocabulary.loading import read_csv

# merged: the old code vanished into the new one, which existed. renumbered: the commune goes on under a new code.
# re-created: the new code left the old one, which goes on. renamed: same code, another name.
KINDS = ("merged", "renumbered", "re-created", "renamed")


@dataclass(frozen=True, slots=True)
class Change:
    """One change, in force on 1 January of `year` at the latest and not yet a year before."""

    year: int
    kind: str
    old: str
    new: str
    old_name: str = ""
    new_name: str = ""


@cache
def changes() -> Sequence[Change]:
    """Every change between the vintages held, oldest first (content/places/changes.csv)."""
    return _changes(read_csv("places/changes.csv"))


def read_changes(file: Path) -> Sequence[Change]:
    """The changes of another file of that shape. Raises FileNotFoundError."""
    with file.open(encoding="utf-8", newline="") as rows:
        return _changes(csv.DictReader(rows))


def _changes(rows: Iterable[dict[str, str]]) -> Sequence[Change]:
    return tuple(Change(int(r["year"]), r["kind"], r["old"], r["new"], r["old_name"], r["new_name"]) for r in rows)


def replay(codes: Iterable[str], year: int, known: Sequence[Change]) -> set[str]:
    """The codes of communes of vintage `year`, from those of the vintage before."""
    found = set(codes)
    of_year = [c for c in known if c.year == year]
    found -= {c.old for c in of_year if c.kind in ("merged", "renumbered")}
    return found | {c.new for c in of_year if c.kind in ("renumbered", "re-created")}


def undo(codes: Iterable[str], year: int, known: Sequence[Change]) -> set[str]:
    """The codes of the vintage before `year`, from those of vintage `year`."""
    found = set(codes)
    of_year = [c for c in known if c.year == year]
    found -= {c.new for c in of_year if c.kind in ("renumbered", "re-created")}
    return found | {c.old for c in of_year if c.kind in ("merged", "renumbered")}


def vintage(codes: Iterable[str], today: Iterable[str], known: Sequence[Change]) -> int:
    """The last year whose communes these are, overseas collectivities left out. Raises ValueError when there is none."""
    wanted = _without_collectivities(codes)
    at = _without_collectivities(today)
    for year in range(max((c.year for c in known), default=0), min((c.year for c in known), default=0) - 2, -1):
        if wanted == at:
            return year
        at = undo(at, year, known)
    raise ValueError("ces communes ne sont celles d’aucune année connue de changes.csv")


def _without_collectivities(codes: Iterable[str]) -> set[str]:
    return {c for c in codes if not c.startswith(("975", "977", "978", "98"))}


def heirs(code: str, known: Sequence[Change], year: int = 0) -> set[str]:
    """The codes in which the ground of a commune code of vintage `year` lies today: itself when nothing happened."""
    found = {code}
    for at in sorted({c.year for c in known if c.year > year}):
        for_year = [c for c in known if c.year == at and c.old in found]
        added = {c.new for c in for_year if c.kind != "renamed"}
        found = found - {c.old for c in for_year if c.kind in ("merged", "renumbered")} | added
    return found


@cache
def split() -> dict[str, tuple[str, ...]]:
    """Codes whose ground now lies in several communes: the heirs, by code as it was in one of the vintages held."""
    found: dict[str, set[str]] = {}
    years = sorted({c.year for c in changes()})
    for code in {c.old for c in changes() if c.kind != "renamed"}:
        for year in years:
            if len(now := heirs(code, changes(), year - 1)) > 1:
                found.setdefault(code, set()).update(now)
    return {code: tuple(sorted(now)) for code, now in found.items()}
