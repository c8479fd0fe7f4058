"""Rates of recorded alliances, their uncertainty, and the forms that comparable territories have and this one has not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

# With 20 alliances the 95 % interval goes from 12.2 to 30.9: from 39 % less to 54 % more. Below, it would be wider than
# most differences between territories, and a rank would only show chance.
LEAST_ALLIANCES = 20
PER = 10_000
COMPUTATION = (
    "Alliances recensées dans le territoire divisées par ses habitants, fois 10 000 ; l’intervalle à 95 % est celui "
    "d’un compte de Poisson (approximation de Byar)."
)
UNDER_REPORTING = (
    "La base recense ce qu’on lui a dit : un taux bas peut vouloir dire peu d’alliances, ou peu d’alliances signalées."
)
_Z = 1.96  # 95 % of a normal law lies within


@dataclass(frozen=True, slots=True)
class Rate:
    """Recorded alliances per 10,000 inhabitants, with its 95 % interval; `notice` goes wherever it is shown."""

    value: float
    low: float
    high: float
    count: int
    population: int
    notice: str = UNDER_REPORTING


@dataclass(frozen=True, slots=True)
class TooFew:
    """No rate and no rank: fewer alliances recorded than the threshold, or a population that is not known."""

    count: int
    least: int
    notice: str


def poisson_interval(count: int) -> tuple[float, float]:
    """The 95 % interval of a count (Byar's approximation of the exact Poisson limits; Breslow and Day, 1987)."""
    if count < 0:
        raise ValueError("un compte n’est pas négatif")
    low = count * (1 - 1 / (9 * count) - _Z / (3 * sqrt(count))) ** 3 if count else 0.0
    more = count + 1
    high = more * (1 - 1 / (9 * more) + _Z / (3 * sqrt(more))) ** 3
    return max(low, 0.0), high


def may_be_ranked(count: int) -> bool:
    """Whether so many recorded alliances bear a rate, a rank and « ce qui manque ici »."""
    return count >= LEAST_ALLIANCES


def rate_per_10000(count: int, population: int | None) -> Rate | TooFew:
    """The rate of a territory, or why there is none."""
    if count < 0:
        raise ValueError("un compte n’est pas négatif")
    if not may_be_ranked(count):
        found = {0: "aucune n’est recensée", 1: "une seule est recensée"}.get(count, f"{count} sont recensées")
        return TooFew(
            count,
            LEAST_ALLIANCES,
            f"Pas de taux ni de rang au-dessous de {LEAST_ALLIANCES} alliances recensées : {found} ici.",
        )
    if not population:
        return TooFew(count, LEAST_ALLIANCES, "Pas de taux : la population de ce territoire n’est pas connue.")
    low, high = poisson_interval(count)
    scale = PER / population
    return Rate(count * scale, low * scale, high * scale, count, population)


@dataclass(frozen=True, slots=True)
class MissingForm:
    """A form of alliance (trend id) recorded in comparable territories and not here."""

    trend: str
    territories: int
    alliances: int


def missing_forms(own: Mapping[str, int], theirs: Sequence[Mapping[str, int]]) -> list[MissingForm]:
    """The forms that comparable territories have and this one has not: in most territories first, then most alliances."""
    found = [
        MissingForm(trend, sum(1 for t in theirs if t.get(trend, 0) > 0), sum(max(t.get(trend, 0), 0) for t in theirs))
        for trend in {trend for t in theirs for trend, count in t.items() if count > 0}
        if own.get(trend, 0) <= 0
    ]
    return sorted(found, key=lambda form: (-form.territories, -form.alliances, form.trend))
