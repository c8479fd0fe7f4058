"""The index of names of places, present and former; made the first time that a name is looked up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from alliage.vocabulary.loading import ContentError, read_csv
from alliage.vocabulary.place import Place
from alliage.vocabulary.place_words import EPCI_PREFIX, epci_core, place_keys, without_article

STILL_SAID = 2000  # a name borne that year or since may still be written; an older one yields to a present one

_ARTICLES = ("le", "la", "les", "l")  # « la Creuse » is the département before it is La Creuse (Haute-Saône)


@dataclass(frozen=True, slots=True)
class Named:
    """A place under one of its names: `said` is the former name, "" for the present one."""

    place: Place
    said: str = ""
    old: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """A name of content/places/former-names.csv. `together`: its places are together what the name said."""

    name: str
    places: tuple[Place, ...]
    together: bool
    former: bool


class PlaceNames:
    """Names to places. `get(level, code)` answers places of today."""

    def __init__(self, places: Iterable[Place], get: Callable[[str, str], Place | None]) -> None:
        self._by_key: dict[str, list[Named]] = {}
        self.cores: dict[str, list[Place]] = {}  # EPCI by what distinguishes them
        self.wholes: dict[str, Whole] = {}
        self._add([(p.name, Named(p)) for p in places])
        larger = [p for p in places if p.level in ("region", "departement")]
        self._add([(f"{article} {p.name}", Named(p)) for p in larger for article in _ARTICLES])
        epci = [p for p in places if p.level == "epci"]
        self._add([(EPCI_PREFIX.sub("", p.name), Named(p)) for p in epci])
        for p in epci:
            self.cores.setdefault(epci_core(p.name), []).append(p)
        self._add(list(self._former(get)))
        self._read_wholes(get)
        self._prefixes: list[tuple[str, Named]] | None = None

    def _add(self, names: Sequence[tuple[str, Named]]) -> None:
        for found, (_, named) in zip(place_keys(name for name, _ in names), names, strict=True):
            alike = self._by_key.setdefault(found, [])
            if all(n.place is not named.place for n in alike):
                alike.append(named)

    @staticmethod
    def _former(get: Callable[[str, str], Place | None]) -> Iterator[tuple[str, Named]]:
        for row in read_csv("places/communes-anciennes.csv"):
            if row["name"] and (place := get("commune", row["commune"])):
                yield row["name"], Named(place, row["name"])
        for row in read_csv("places/commune-names.csv"):
            if place := get("commune", row["commune"]):
                yield row["name"], Named(place, row["name"], int(row["until"]) < STILL_SAID)
        for row in read_csv("places/epci-anciens.csv"):
            for host in row["epci"].split():
                if place := get("epci", host):
                    yield row["name"], Named(place, row["name"])

    def _read_wholes(self, get: Callable[[str, str], Place | None]) -> None:
        file = "places/former-names.csv"
        rows = list(read_csv(file))
        for line, (found, row) in enumerate(zip(place_keys(r["name"] for r in rows), rows, strict=True), start=2):
            places = []
            for token in row["places"].split():
                level, _, code = token.partition(":")
                place = get(level, code)
                if place is None:
                    raise ContentError(file, f"lieu inconnu : {token}", line)
                places.append(place)
            if found in self.wholes:
                raise ContentError(file, f"« {row['name']} » est écrit deux fois", line)
            self.wholes[found] = Whole(
                row["name"], tuple(places), row["together"] == "oui", row["kind"].startswith("ancien")
            )

    def exact(self, name_key: str) -> list[Named]:
        """The places of that name; names abandoned before STILL_SAID only when nothing else bears it."""
        found = self._by_key.get(name_key, [])
        return [n for n in found if not n.old] or found

    def every(self) -> Iterator[tuple[str, Named]]:
        """Each key of a name with the places that bear it; the cores of EPCI too."""
        for name_key, alike in self._by_key.items():
            for named in alike:
                yield name_key, named
        for core, places in self.cores.items():
            for place in places:
                yield core, Named(place)

    def starting(self, name_key: str) -> Iterator[Named]:
        """The places a name of which starts so, articles aside; present and former names."""
        if self._prefixes is None:
            every = list(self.every())
            every += [(bare, n) for k, n in every if (bare := without_article(k)) != k]
            self._prefixes = sorted(every, key=lambda pair: pair[0])
        at = bisect_left(self._prefixes, name_key, key=lambda pair: pair[0])
        while at < len(self._prefixes) and self._prefixes[at][0].startswith(name_key):
            yield self._prefixes[at][1]
            at += 1
