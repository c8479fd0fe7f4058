"""The figures of a territory and what each is read against: its share of France, France, around, its peers. No HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from alliage.catalogue import statistics
from alliage.vocabulary.indicators import COUNTRY, Indicator, Observation, indicators
from alliage.vocabulary.numbers import written
from alliage.vocabulary.place_prepositions import where_in_french
from alliage.vocabulary.places import Place, gazetteer

LEAST_SHARE = 0.1  # per cent of France: below, the share says nothing
SURE_HUNDREDS = 100  # from here on decimals say nothing


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator of the territory. `beside` is a phrase to read it against, empty when nothing helps; `comparables`
    is the median of comparable territories."""

    indicator: Indicator
    here: Observation
    france: Observation | None
    comparables: float | None
    beside: str

    @property
    def value(self) -> str:
        """The value as it is shown."""
        return _shown(self.indicator, self.here.value)


def figures_of(place: Place, peers: Sequence[Place], alliances: Mapping[str, int]) -> list[Figure]:
    """The indicators known for a territory; one database query. `alliances`: recorded alliances by token."""
    recorded = {p.token: alliances.get(p.token, 0) for p in (place, *peers)}
    told = statistics.values_of([place.token, COUNTRY, *(p.token for p in peers)], alliances=recorded)
    found = []
    for id, here in told[place.token].items():
        others = [o.value for p in peers if (o := told[p.token].get(id))]
        indicator, france, middle = indicators().by_id[id], told[COUNTRY].get(id), median(others) if others else None
        found.append(Figure(indicator, here, france, middle, _beside(place, indicator, here, france, middle)))
    return found


def _shown(indicator: Indicator, value: float) -> str:
    return written(value, 0 if abs(value) >= SURE_HUNDREDS else indicator.decimals)


def _beside(
    place: Place, indicator: Indicator, here: Observation, france: Observation | None, middle: float | None
) -> str:
    """What a value is read against: its share of France when it is a part of it, else France, around, its peers."""
    if indicator.sums:
        share = 100 * here.value / france.value if france and france.value else 0
        return f"{written(share, 1 if share < 10 else 0)}\u00a0% de la France" if share >= LEAST_SHARE else ""
    if france:
        return f"France\u00a0: {_shown(indicator, france.value)}"
    if indicator.id == "densite":  # comparable territories were chosen by it: what is around says more
        for above in (gazetteer().get("departement", place.departement), gazetteer().get("region", place.region)):
            if above and above.density and above.population != place.population:
                return f"{where_in_french(above)}\u00a0: {_shown(indicator, above.density)}"
    if middle is not None:
        return f"territoires comparables\u00a0: {_shown(indicator, middle)} (médiane)"
    return ""
