"""Comparable territories: the closest of the same level by people, density and kind, with the reasons in clear French."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappush, heappushpop
from math import exp, log

from alliage.rules.computed import SMALL_COMMUNE, density_of, people_of, rural_share
from alliage.vocabulary.numbers import in_round_figures, written
from alliage.vocabulary.place import EPCI_KINDS
from alliage.vocabulary.places import Gazetteer, Place

DENSITY_WEIGHT = 0.5
UNKNOWN_DENSITY = 1.0
OTHER_KIND = 0.5
RURAL_WEIGHT = 1.0  # for a difference of 100 points; 20 points weigh as much as a fifth more people
# Larger than any difference of people: an overseas territory has overseas ones first, and the other way round.
OTHER_SIDE = 100.0
CLOSE = log(1.5)
CLOSE_SHARE = 15.0  # points
IN_SHORT = (
    "Les territoires du même niveau dont la population, puis la densité et la nature sont les plus proches, outre-mer avec "
    "outre-mer ; le nombre d’alliances n’y entre pas."
)
COMPUTATION = (
    "Les territoires du même niveau sont rangés par distance croissante, puis par code officiel : la distance est l’écart entre "
    "les logarithmes népériens des populations, "
    f"plus {written(DENSITY_WEIGHT, 1)} fois l’écart entre ceux des densités (plus {written(UNKNOWN_DENSITY)} quand une seule "
    f"des deux est connue), plus {written(OTHER_KIND, 1)} quand la nature d’intercommunalité n’est pas la même, plus, entre "
    f"départements ou entre régions, {written(RURAL_WEIGHT / 100, 2)} par point d’écart de la part des habitants des communes de "
    f"moins de {written(SMALL_COMMUNE)} habitants, plus {written(OTHER_SIDE)} quand un seul des deux est outre-mer."
)


@dataclass(frozen=True, slots=True)
class Comparable:
    """A territory like the one asked about: why, in clear French, and how far (0: the same)."""

    place: Place
    reasons: tuple[str, ...]
    distance: float


@dataclass(frozen=True, slots=True)
class _Profile:
    place: Place
    people: float  # logarithm
    density: float | None  # logarithm
    kind: str
    rural: float | None


@lru_cache(maxsize=16)
def _profiles(level: str, places: Gazetteer) -> tuple[tuple[_Profile, ...], tuple[float, ...]]:
    """The profiles of a level by growing population, and their populations apart: what bisect reads."""
    found = sorted(
        (profile for place in places.of_level(level) if (profile := _profile(place, places))),
        key=lambda p: (p.people, p.place.code),
    )
    return tuple(found), tuple(p.people for p in found)


def _profile(place: Place, places: Gazetteer) -> _Profile | None:
    people, density = people_of(place.token, places), density_of(place.token, places)
    if not people:
        return None
    return _Profile(
        place=place,
        people=log(people),
        density=log(density) if density else None,
        kind=f"une {EPCI_KINDS[place.kind]}" if place.kind in EPCI_KINDS else place.kind,
        rural=rural_share(place.token, places) if place.level in ("departement", "region") else None,
    )


def _distance(a: _Profile, b: _Profile) -> float:
    far = abs(a.people - b.people)
    if a.density is not None and b.density is not None:
        far += DENSITY_WEIGHT * abs(a.density - b.density)
    elif (a.density is None) != (b.density is None):
        far += UNKNOWN_DENSITY
    if a.kind != b.kind:
        far += OTHER_KIND
    if a.rural is not None and b.rural is not None:
        far += RURAL_WEIGHT * abs(a.rural - b.rural) / 100
    if a.place.overseas != b.place.overseas:
        far += OTHER_SIDE
    return far


def _outwards(at: _Profile, profiles: tuple[_Profile, ...], people: tuple[float, ...]) -> Iterator[_Profile]:
    """The other profiles, the closest in population first."""
    right = bisect_left(people, at.people)
    left = right - 1
    while left >= 0 or right < len(profiles):
        if right >= len(profiles) or (left >= 0 and at.people - people[left] <= people[right] - at.people):
            yield profiles[left]
            left -= 1
        else:
            yield profiles[right]
            right += 1


def comparable(place: Place, places: Gazetteer, most: int = 10) -> list[Comparable]:
    """The `most` territories of the same level most like this one, the closest first; equals by code.

    Needs no count of alliances. Empty when the population of the place is not known.
    """
    at = _profile(place, places)
    if at is None or most < 1:
        return []
    profiles, people = _profiles(place.level, places)
    # The farthest of those kept stands first: a heap of negated distances; among equals, the greater code goes first.
    kept: list[tuple[float, _Reversed, _Profile]] = []
    for other in _outwards(at, profiles, people):
        if len(kept) == most and abs(other.people - at.people) > -kept[0][0]:
            break  # population alone puts this one, and all that come after, farther than those kept
        if other.place.code == place.code:
            continue
        item = (-_distance(at, other), _Reversed(other.place.code), other)
        if len(kept) < most:
            heappush(kept, item)
        else:
            heappushpop(kept, item)
    found = sorted(kept, key=lambda item: (-item[0], item[1].code))
    return [Comparable(other.place, _reasons(at, other), round(-negated, 6)) for negated, _, other in found]


@dataclass(frozen=True, slots=True)
class Input:
    """What the computation reads of a territory, and what it finds: its distance to the one asked about.

    `people`, `density` (inhabitants by km²), `rural` (0 to 100) as they are, None where not known or not used.
    """

    place: Place
    people: int
    density: float | None
    rural: float | None
    distance: float


def inputs(place: Place, places: Gazetteer) -> list[Input]:
    """All that it takes to redo the computation by hand: each territory of the level, this one first, then by distance.

    Empty when the population of the place is not known.
    """
    at = _profile(place, places)
    if at is None:
        return []
    found = [
        Input(
            p.place, round(exp(p.people)), exp(p.density) if p.density is not None else None, p.rural, _distance(at, p)
        )
        for p in _profiles(place.level, places)[0]
    ]
    return sorted(found, key=lambda i: (i.place.code != place.code, i.distance, i.place.code))


@dataclass(frozen=True, slots=True)
class _Reversed:
    """A code that sorts the other way round."""

    code: str

    def __lt__(self, other: _Reversed) -> bool:
        return self.code > other.code


def _reasons(at: _Profile, other: _Profile) -> tuple[str, ...]:
    """What the two have in common and where they differ, each with both figures: theirs first, then ours."""
    said = []
    near = abs(at.people - other.people) <= CLOSE
    said.append(
        f"{'population proche' if near else 'population'} : {written(exp(other.people))} habitants "
        f"contre {written(exp(at.people))}"
    )
    if at.density is not None and other.density is not None:
        near = abs(at.density - other.density) <= CLOSE
        said.append(
            f"{'densité proche' if near else 'densité'} : {in_round_figures(exp(other.density))} habitants par km² "
            f"contre {in_round_figures(exp(at.density))}"
        )
    if at.place.overseas and other.place.overseas:
        said.append("outre-mer, comme ici")
    elif at.place.overseas != other.place.overseas:
        said.append("dans l’Hexagone ou en Corse" if at.place.overseas else "outre-mer")
    if other.kind:
        said.append(f"{other.kind}, comme ici" if at.kind == other.kind else other.kind)
    if at.rural is not None and other.rural is not None:
        near = abs(at.rural - other.rural) <= CLOSE_SHARE
        said.append(
            f"{'part proche' if near else 'part'} des habitants dans les communes de moins de "
            f"{written(SMALL_COMMUNE)} habitants : {written(other.rural)} % contre {written(at.rural)} %"
        )
    return tuple(said)
