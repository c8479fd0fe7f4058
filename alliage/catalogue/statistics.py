"""Reads of indicators: one way for pages, whatever an indicator comes from. Values are asked for many places at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any  # rows of values_list

from django.db.models import Q, QuerySet

from alliage.catalogue.models import IndicatorValue, StatisticRelease
from alliage.rules.computed import of_places, ratio_of
from alliage.vocabulary.indicators import Indicator, Observation, StatisticSource, indicators
from alliage.vocabulary.places import gazetteer

MOST_CODES = 2_000
_ROW = (
    "indicator", "level", "code", "year", "value", "unit", "source", "note", "release__source", "release__imported_at",
)  # fmt: skip


def values_of(
    tokens: Collection[str], *, alliances: Mapping[str, int] | None = None
) -> dict[str, dict[str, Observation]]:
    """By token (« region:24 », « pays:FR »), then by indicator id in the order of the content: the newest value.

    One query whatever the number of places. `alliances`: the numbers that the search counted, by token; without them
    « nombre-d-alliances » is left out. A place or an indicator without value is left out.
    """
    wanted = list(dict.fromkeys(tokens))
    series = _stored(_current().filter(_among(wanted)), set(wanted))
    found: dict[str, dict[str, Observation]] = {token: {} for token in wanted}
    for indicator in indicators():
        for token, observation in _newest(indicator, wanted, series, alliances).items():
            found[token][indicator.id] = observation
    return found


def values_of_level(
    indicator: str, level: str, *, year: int | None = None, alliances: Mapping[str, int] | None = None
) -> dict[str, Observation]:
    """By token, the values of an indicator for all places of a level: of that year, else of the last year that has some;
    for a share, the last year that both its quantities have.

    At most one query. Empty for an indicator or a level that does not exist, or when nothing was imported.
    """
    asked = indicators().get(indicator)
    if asked is None or level not in asked.levels:
        return {}
    tokens = ["pays:FR"] if level == "pays" else [place.token for place in gazetteer().of_level(level)]
    if asked.origin in ("places", "catalogue"):
        return _newest(asked, tokens, {}, alliances)
    names = asked.ratio or (asked.id,)
    series = _stored(_current().filter(indicator__in=names, level=level), set(tokens))
    years = set.intersection(*({o.year for (i, _), some in series.items() if i == n for o in some} for n in names))
    last = year if year is not None else max((y for y in years if y is not None), default=None)
    kept = {key: [o for o in some if o.year == last] for key, some in series.items()}
    return _newest(asked, tokens, kept, alliances)


def available(level: str) -> list[Indicator]:
    """The indicators of a level that have at least one value today: what a choice of indicators offers. One query.

    A share is offered when its two quantities have a year in common.
    """
    years: dict[str, set[int | None]] = {}
    for indicator, year in _current().filter(level=level).values_list("indicator", "year").distinct():
        years.setdefault(indicator, set()).add(year)
    for told in indicators().told:
        if told.place.partition(":")[0] == level:
            years.setdefault(told.indicator, set()).add(told.year)
    return [
        i
        for i in indicators().of_level(level)
        if i.origin in ("places", "catalogue") or set.intersection(*(years.get(n, set()) for n in i.ratio or (i.id,)))
    ]


@dataclass(frozen=True, slots=True)
class SourceShown:
    """A source whose values the site shows: the names of its indicators, and the last file of it that was imported."""

    source: StatisticSource
    labels: Sequence[str]
    release: StatisticRelease | None


def sources_shown() -> list[SourceShown]:
    """The sources of the values shown today, in the order of the content; one query."""
    last = {r.source: r for r in StatisticRelease.objects.filter(current=True).order_by("revision")}
    told = {o.indicator for o in indicators().told}
    found = []
    for source in indicators().sources.values():
        release = last.get(source.id)
        own = [i for i in indicators() if i.source == source and i.origin not in ("import", "ratio")]
        ids = {*(release.indicators if release else ()), *(i.id for i in own if i.origin != "studies" or i.id in told)}
        if ids:
            labels = [i.label for i in indicators() if i.id in ids]
            found.append(SourceShown(source, labels, release))
    return found


def _current() -> QuerySet[IndicatorValue]:
    return IndicatorValue.objects.filter(current=True)


def _among(tokens: Iterable[str]) -> Q:
    by_level: dict[str, list[str]] = {}
    for token in tokens:
        level, _, code = token.partition(":")
        by_level.setdefault(level, []).append(code)
    found = Q(pk__in=[])
    for level, codes in by_level.items():
        # Past so many codes a whole level is read: a statement takes only so many parameters.
        found |= Q(level=level) if len(codes) > MOST_CODES else Q(level=level, code__in=codes)
    return found


def _stored(rows: QuerySet[IndicatorValue], wanted: set[str]) -> dict[tuple[str, str], list[Observation]]:
    """By indicator and token, the values imported and those told by studies, the oldest first."""
    found: dict[tuple[str, str], list[Observation]] = {}
    for observation in indicators().told:
        if observation.place in wanted:
            found.setdefault((observation.indicator, observation.place), []).append(observation)
    for row in rows.values_list(*_ROW):
        observation = _observation(row)
        found.setdefault((observation.indicator, observation.place), []).append(observation)
    for some in found.values():
        some.sort(key=lambda o: o.year or 0)
    return found


def _observation(row: tuple[Any, ...]) -> Observation:
    indicator, level, code, year, value, unit, source, note, source_id, at = row
    declared = indicators().sources.get(source_id)
    return Observation(
        indicator=indicator,
        place=f"{level}:{code}",
        value=value,
        unit=unit,
        year=year,
        source=source,
        url=declared.url if declared else "",
        released_on=at.date().isoformat(),
        note=note,
    )


def _newest(
    indicator: Indicator,
    tokens: Iterable[str],
    series: Mapping[tuple[str, str], list[Observation]],
    alliances: Mapping[str, int] | None,
) -> dict[str, Observation]:
    """By token, the last value of an indicator."""
    if indicator.origin == "places":
        return of_places(indicator, tokens, gazetteer())
    found: dict[str, Observation] = {}
    for token in tokens:
        observation: Observation | None = None
        if token.partition(":")[0] not in indicator.levels:
            continue
        if indicator.origin == "catalogue":
            if alliances is not None and token in alliances:
                observation = _counted(indicator, token, alliances[token])
        elif indicator.ratio:
            over = {o.year: o for o in series.get((indicator.ratio[1], token), [])}
            for of in series.get((indicator.ratio[0], token), []):
                observation = (ratio_of(indicator, of, over[of.year]) if of.year in over else None) or observation
        elif some := series.get((indicator.id, token)):
            observation = some[-1]
        if observation is not None:
            found[token] = observation
    return found


def _counted(indicator: Indicator, token: str, number: int) -> Observation:
    return Observation(
        indicator=indicator.id,
        place=token,
        value=float(number),
        unit=indicator.unit,
        year=None,
        source=indicator.source.label,
        url=indicator.source.url,
        note=indicator.note,
    )
