"""What a file of statistics gave: values of today's places, what stops it, what its reader must know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from alliage.intake.drafts import Issue
from alliage.intake.statistic_rows import RawValue
from alliage.vocabulary.indicators import StatisticSource

MOST_ISSUES = 200


@dataclass(frozen=True, slots=True)
class StatisticValue:
    """One value at today's boundaries. `derived`: the sum of the communes, computed here and not by the source."""

    indicator: str
    level: str
    code: str
    year: int
    value: float
    unit: str
    source: str
    note: str = ""
    derived: bool = False


@dataclass
class StatisticBatch:
    """All that one file gives. With `issues`, nothing of it may be published."""

    source: StatisticSource
    file: str
    checksum: str
    values: list[StatisticValue] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: int = 0
    hidden: int = 0
    issues_in_all: int = 0

    def refuse(self, raw: RawValue | None, cause: str, fix: str, value: str = "") -> None:
        """Counts what stops the file, and keeps the first ones to show; `raw` is None for what no single line causes."""
        self.issues_in_all += 1
        if len(self.issues) < MOST_ISSUES:
            self.issues.append(self.issue(raw, cause, fix, value))

    def issue(self, raw: RawValue | None, cause: str, fix: str, value: str = "") -> Issue:
        """Something to tell, with its place in the file."""
        line, column = (raw.line, raw.column) if raw else (None, "")
        return Issue(file=self.file, cause=cause, fix=fix, line=line, column=column, value=value)

    def counts(self) -> dict[tuple[str, str, int], int]:
        """The number of values by indicator, level and year, sums apart from what the source gives left in."""
        return dict(Counter((v.indicator, v.level, v.year) for v in self.values))
