"""Indicators that follow from the places alone, and ratios of two others; `Indicator.computation` says each in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from alliage.vocabulary.indicators import COUNTRY, Indicator, Observation
from alliage.vocabulary.places import LEVELS, Gazetteer, Place

SMALL_COMMUNE = 2_000  # inhabitants; the INSEE calls « rural » below it in its former definition of urban units


@dataclass(slots=True)
class _Inside:
    """What the communes of a territory add up to."""

    communes: int = 0
    people: int = 0
    people_in_small: int = 0
    area_km2: float = 0.0


@lru_cache(maxsize=4)
def _inside(places: Gazetteer) -> Mapping[str, _Inside]:
    """By token, what its communes add up to; one walk over all communes."""
    found: dict[str, _Inside] = {}
    for commune in places.of_level("commune"):
        holders = [f"{level}:{code}" for level in LEVELS[:-1] if (code := getattr(commune, level))]
        # France as the INSEE counts it: the 18 régions; the overseas collectivities (codes of three signs) stand apart.
        for token in (*((COUNTRY,) if len(commune.region) == 2 else ()), *holders):
            inside = found.setdefault(token, _Inside())
            inside.communes += 1
            inside.people += commune.population or 0
            inside.area_km2 += commune.area_km2 or 0
            if (commune.population or 0) < SMALL_COMMUNE:
                inside.people_in_small += commune.population or 0
    return found


def rural_share(token: str, places: Gazetteer) -> float | None:
    """The share (0 to 100) of the people of a territory who live in communes under 2,000 inhabitants."""
    inside = _inside(places).get(token)
    return 100 * inside.people_in_small / inside.people if inside and inside.people else None


def people_of(token: str, places: Gazetteer) -> int | None:
    """The inhabitants of a territory: those of its communes added up, all of one census; a commune has its own number.

    `places build` writes the same sum for larger places: `Place.population` decides only where no commune is known.
    """
    place, inside = places.by_token.get(token), _inside(places).get(token)
    if inside is not None:
        return inside.people or None
    return place.population if place is not None else None


def density_of(token: str, places: Gazetteer) -> float | None:
    """Inhabitants per km², where both are known."""
    place, people = places.by_token.get(token), people_of(token, places)
    return people / place.area_km2 if place is not None and people and place.area_km2 else None


def _communes(token: str, place: Place | None, places: Gazetteer) -> float | None:
    inside = _inside(places).get(token)
    return inside.communes if inside else None


_MEASURES: Mapping[str, Callable[[str, Place | None, Gazetteer], float | None]] = {
    "population": lambda token, place, places: people_of(token, places),
    "nombre-de-communes": _communes,
    "superficie": lambda token, place, places: place.area_km2 if place else None,
    "densite": lambda token, place, places: density_of(token, places),
    "part-petites-communes": lambda token, place, places: rural_share(token, places),
}


def of_places(indicator: Indicator, tokens: Iterable[str], places: Gazetteer) -> dict[str, Observation]:
    """By token, the values of an indicator computed from the places; a place without what it takes is left out."""
    measure, found = _MEASURES[indicator.id], {}
    for token in tokens:
        place = places.by_token.get(token)
        level = token.partition(":")[0]
        if level not in indicator.levels or (place is None and token != COUNTRY):
            continue
        value = measure(token, place, places)
        if value is not None:
            found[token] = Observation(
                indicator=indicator.id,
                place=token,
                value=float(value),
                unit=indicator.unit,
                year=indicator.source.year,
                source=indicator.source.label,
                url=indicator.source.url,
                note=indicator.note,
            )
    return found


def ratio_of(indicator: Indicator, of: Observation, over: Observation) -> Observation | None:
    """`of` in a hundred of `over`; None when they are not of the same place and year, or when `over` is nothing."""
    if (of.place, of.year) != (over.place, over.year) or not over.value:
        return None
    return Observation(
        indicator=indicator.id,
        place=of.place,
        value=100 * of.value / over.value,
        unit=indicator.unit,
        year=of.year,
        source=of.source,
        url=of.url,
        released_on=of.released_on,
        note=of.note,
    )
