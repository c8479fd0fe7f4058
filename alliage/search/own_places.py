"""What the index holds of the places of one record: its own, what holds them, and the keys that counts by place need.

Nothing here asks the index: alliage.search.territory does, with these fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from alliage.vocabulary.places import LEVELS, Place, gazetteer

FRANCE = "france"
# Who is told apart into what: the communes of a département and those of an EPCI are two ways of cutting the country.
CHILD_LEVEL = {FRANCE: "region", "region": "departement", "departement": "commune", "epci": "commune"}
SMALL_TOWN_FROM, TOWN_FROM = 2_000, 20_000  # inhabitants of a commune; the labels of territory_kinds.yaml say them
PRIORITY_DISTRICT_DOMAIN = "quartiers-prioritaires"


@dataclass(frozen=True, slots=True)
class OwnPlaces:
    """The places of a record as tokens (« level:code », today's codes).

    `own`: those it names. `around`: those and all that hold them. `by_level`: the ones of each level that hold one of
    them. `only`: by kind of parent (CHILD_LEVEL), the children that are the only one of their parent to hold a place of
    the record whole. `several`: the parents of which several children do. `unplaced`: the levels at which no place that
    holds one of them has a known point.
    """

    own: tuple[str, ...]
    around: tuple[str, ...]
    by_level: Mapping[str, tuple[str, ...]]
    only: Mapping[str, tuple[str, ...]]
    several: tuple[str, ...]
    unplaced: tuple[str, ...]


def own_places(places: Iterable[Mapping[str, str]]) -> OwnPlaces:
    """What the index holds of these places (`level`, `code`); a code that nobody knows only names itself."""
    return _of(tuple((p["level"], p["code"]) for p in places))


@lru_cache(maxsize=8_192)  # most alliances of a country name one of a few thousand towns
def _of(places: tuple[tuple[str, str], ...]) -> OwnPlaces:
    own, around = set(), set()
    by_level: dict[str, set[str]] = {level: set() for level in LEVELS}
    children: dict[str, dict[str, set[str]]] = {kind: {} for kind in CHILD_LEVEL}
    for level, code in places:
        place = gazetteer().get(level, code)
        if place is None:
            own.add(f"{level}:{code}")
            continue
        own.add(place.token)
        for above in gazetteer().ancestors(place):
            around.add(above.token)
            by_level[above.level].add(above.token)
        for kind, parent, child in held_whole(place.token):
            children[kind].setdefault(parent, set()).add(child)
    return OwnPlaces(
        own=tuple(sorted(own)),
        around=tuple(sorted(own | around)),
        by_level={level: tuple(sorted(tokens)) for level, tokens in by_level.items()},
        only={
            kind: tuple(sorted(next(iter(held)) for held in of_parent.values() if len(held) == 1))
            for kind, of_parent in children.items()
        },
        several=tuple(
            sorted(parent for of_parent in children.values() for parent, held in of_parent.items() if len(held) > 1)
        ),
        unplaced=tuple(level for level in LEVELS if not any(_has_point(t) for t in by_level[level])),
    )


def _has_point(token: str) -> bool:
    place = gazetteer().token(token)
    return place is not None and place.point is not None


@lru_cache(maxsize=65_536)
def held_whole(token: str) -> tuple[tuple[str, str, str], ...]:
    """Kind of parent, parent and child for each child that holds this place whole: an EPCI may lie across two."""
    place, found = gazetteer().token(token), []
    if place is None:
        return ()
    region = place.token if place.level == "region" else _one_above(place, "region")
    if region:
        found.append((FRANCE, FRANCE, region))
    departement = place.token if place.level == "departement" else _one_above(place, "departement")
    if departement and (holder := gazetteer().token(departement)) and holder.region:
        found.append(("region", f"region:{holder.region}", departement))
    if place.level == "commune":
        if place.departement:
            found.append(("departement", f"departement:{place.departement}", place.token))
        if place.epci:
            found.append(("epci", f"epci:{place.epci}", place.token))
    return tuple(found)


def _one_above(place: Place, level: str) -> str:
    """The place of a higher level that holds this one whole; empty when several share it."""
    if place.level == "epci":
        codes = {getattr(commune, level) for commune in gazetteer().members(place, "commune")}
        codes = codes or {getattr(place, level)}
        code = codes.pop() if len(codes) == 1 else ""
    else:
        code = getattr(place, level)
    return f"{level}:{code}" if code else ""


def territory_kinds(own: Sequence[str], domains: Iterable[str]) -> list[str]:
    """The kinds of territory (territory_kinds.yaml) of a record: the sizes of its communes, overseas, priority district."""
    found = set()
    for place in filter(None, map(gazetteer().token, own)):
        if place.level == "commune" and place.population is not None:
            small, town = place.population >= SMALL_TOWN_FROM, place.population >= TOWN_FROM
            found.add("ville" if town else "petite-ville" if small else "rural")
        if place.overseas or place.region[:2] in ("97", "98"):  # a collectivity bears its own code as region
            found.add("outre-mer")
    if PRIORITY_DISTRICT_DOMAIN in domains:
        found.add("quartier-prioritaire")
    return sorted(found)
