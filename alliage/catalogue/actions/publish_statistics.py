"""Publish a file of statistics whole, or keep what is published: replaced values stay as history."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any  # the report is JSON

from django.db import transaction
from django.db.models import Count, Max

from alliage.catalogue.journal import Author, hold_writers, next_revision, write_change
from alliage.catalogue.many_rows import insert_many
from alliage.catalogue.models import IndicatorValue, StatisticRelease
from alliage.intake.drafts import Issue, Unreadable
from alliage.intake.statistic_batch import StatisticBatch, StatisticValue
from alliage.intake.statistic_checks import PublishedToday, against_published
from alliage.intake.statistics import checksum_of, read_statistics
from alliage.vocabulary.indicators import StatisticSource

_COLUMNS = (
    "release_id", "indicator", "level", "code", "year", "value", "unit", "source", "note", "derived", "current",
)  # fmt: skip
Key = tuple[str, int, str]  # indicator, year, level: what one release replaces as a whole


@dataclass
class StatisticReport:
    """What became of a file. `stopped`: nothing was published, and why stands in `issues` (`issues_in_all` of them)."""

    source: str
    file: str
    checksum: str
    rows: int
    values: int = 0
    derived: int = 0
    hidden: int = 0
    replaced: int = 0
    published: bool = False
    unchanged: bool = False
    stopped: bool = False
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    issues_in_all: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The shape of the report (docs/statistics.md)."""
        told = {f.name: getattr(self, f.name) for f in fields(self)}
        return {**told, "issues": [issue.as_dict() for issue in self.issues]}


def publish_file(
    path: Path, *, source: StatisticSource, by: Author, at: dt.datetime, dry_run: bool = False
) -> StatisticReport:
    """Reads a file of that source and publishes it whole; one that cannot be read is a report that stopped."""
    try:
        batch = read_statistics(path, source)
    except Unreadable as error:
        checksum = checksum_of(path)
        return StatisticReport(source.id, path.name, checksum, 0, stopped=True, issues=[error.issue], issues_in_all=1)
    return publish_statistics(batch=batch, by=by, at=at, dry_run=dry_run)


def publish_statistics(*, batch: StatisticBatch, by: Author, at: dt.datetime, dry_run: bool = False) -> StatisticReport:
    """Publishes the values of a batch in one transaction, or none of them; the same values again change nothing."""
    report = StatisticReport(
        source=batch.source.id,
        file=batch.file,
        checksum=batch.checksum,
        rows=batch.rows,
        hidden=batch.hidden,
        notes=list(batch.notes),
        issues=list(batch.issues),
        issues_in_all=batch.issues_in_all,
    )
    if report.issues:
        report.stopped = True
        return report
    with transaction.atomic():
        hold_writers()
        values = _not_over_the_source(batch.values)
        found = against_published(batch, values, _published(values, batch.source.id)) + _to_come(batch, at.year)
        report.notes = list(batch.notes)
        if found:
            report.issues, report.issues_in_all, report.stopped = found, len(found), True
            return report
        report.values, report.derived = len(values), sum(v.derived for v in values)
        report.counts = _counts(values)
        current = _current({_key(v) for v in values})
        report.unchanged = current == {_told(v) for v in values}
        if report.unchanged or dry_run:
            return report
        _publish(batch, values, report, by, at)
    return report


def _key(value: StatisticValue) -> Key:
    return value.indicator, value.year, value.level


def _told(value: StatisticValue) -> tuple[Any, ...]:
    return tuple(getattr(value, name) for name in _COLUMNS[1:-1])


def _counts(values: Iterable[StatisticValue]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for value in values:
        found[value.indicator][f"{value.level} {value.year}"] += 1
    return {indicator: dict(counts) for indicator, counts in found.items()}


def _to_come(batch: StatisticBatch, this_year: int) -> list[Issue]:
    """A year that has not begun is a mistake of typing, and would stand before every other year."""
    years = sorted({v.year for v in batch.values if v.year > this_year})
    return [batch.issue(None, f"L’année {year} n’a pas commencé.", "Corrigez l’année de ces lignes.") for year in years]


def _published(values: Iterable[StatisticValue], source: str) -> PublishedToday:
    """What is published today of the series that these values would follow, and what files of this source gave."""
    in_force = IndicatorValue.objects.filter(current=True)
    own = in_force.filter(release__source=source, derived=False).order_by()
    together: dict[tuple[int, str], set[tuple[str, str]]] = defaultdict(set)
    for release, file, indicator, level in own.values_list("release", "release__file", "indicator", "level").distinct():
        together[release, file].add((indicator, level))
    wanted = {(v.indicator, v.level) for v in values} | {series for some in together.values() for series in some}
    held: dict[tuple[str, str], dict[str, float]] = {}
    for indicator, level in wanted:
        rows = in_force.filter(indicator=indicator, level=level)
        last = rows.aggregate(last=Max("year"))["last"]
        if last is not None:
            held[indicator, level] = dict(rows.filter(year=last).values_list("code", "value"))
    return PublishedToday(held, [(file, frozenset(some)) for (_, file), some in sorted(together.items())])


def _not_over_the_source(values: list[StatisticValue]) -> list[StatisticValue]:
    """A sum made here never takes the place of a value that its source published for the same year and level."""
    derived = {_key(v) for v in values if v.derived}
    kept = {
        key
        for key in derived
        if IndicatorValue.objects.filter(
            current=True, derived=False, indicator=key[0], year=key[1], level=key[2]
        ).exists()
    }
    return [v for v in values if not (v.derived and _key(v) in kept)]


def _current(keys: set[Key]) -> set[tuple[Any, ...]]:
    found: set[tuple[Any, ...]] = set()
    for indicator, year, level in keys:
        rows = IndicatorValue.objects.filter(current=True, indicator=indicator, year=year, level=level)
        found |= set(rows.values_list(*_COLUMNS[1:-1]))
    return found


def _publish(
    batch: StatisticBatch, values: list[StatisticValue], report: StatisticReport, by: Author, at: dt.datetime
) -> None:
    revision = next_revision()
    before: dict[int, int] = defaultdict(int)
    for indicator, year, level in sorted({_key(v) for v in values}):
        rows = IndicatorValue.objects.filter(current=True, indicator=indicator, year=year, level=level)
        for release, number in rows.values_list("release_id").annotate(number=Count("id")).order_by():
            before[release] += number
        report.replaced += rows.update(current=False)
    release = StatisticRelease.objects.create(
        source=batch.source.id,
        file=batch.file[:300],
        checksum=batch.checksum,
        imported_at=at,
        by_label=by.label,
        indicators=sorted(report.counts),
        counts=report.counts,
        notes=report.notes,
        revision=revision,
    )
    insert_many(IndicatorValue, _COLUMNS, [(release.pk, *_told(v), True) for v in values])
    replaced = StatisticRelease.objects.filter(pk__in=before, current=True)
    replaced.exclude(values__current=True).update(current=False)
    write_change(
        revision=revision,
        by=by,
        at=at,
        verb="publish",
        subject="statistic",
        subject_id=str(release.pk),
        before={"replaced": {str(pk): number for pk, number in sorted(before.items())}} if before else None,
        after={"source": batch.source.id, "file": batch.file, "checksum": batch.checksum, "counts": report.counts},
        source=batch.source.label[:200],
    )
    report.published = True
