"""Draft, Refusal, Issue, ExampleLine, Batch: the only values that leave this room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any  # a draft's values are JSON, shaped by the fields file


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong with one value, where it stands, and what to do; in French, for the person who sent it."""

    file: str
    cause: str
    fix: str
    sheet: str = ""
    line: int | None = None
    column: str = ""
    value: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The shape of the import report (docs/import.md)."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "cause": self.cause,
            "fix": self.fix,
        }


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a draft was read: file, sheet, line (1 = first line of the file), and the passage of a document."""

    file: str
    sheet: str = ""
    line: int | None = None
    passage: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One alliance as understood: `values` by field name (fields.yaml), clean JSON; `raw` what was not understood.

    partners: [{organisation, name, kind, size, role, contributions, siren, siret, rna}] ; places: [{level, code, name}] ;
    `empty`: the fields for which the source has a place and tells nothing.

    results: [{text, year, period, scope, scope_label, nature, source}] ; resources: [{text, year, source}] ;
    sources: [{url, title, publisher, date}] ; readings: [{title, why, summary, start_year, sources}].
    """

    values: Mapping[str, Any]
    provenance: Provenance
    external_id: str = ""
    raw: Mapping[str, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    example_line: int | None = None
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that could not become a draft, and why."""

    issues: tuple[Issue, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """A line of a document that names one or several alliances, as printed, with its place in the document."""

    document: str
    number: int
    text: str
    mode: str | None = None
    trend: str | None = None
    tag: str = ""
    passage: str = ""
    alliances: tuple[str, ...] = ()


@dataclass
class Batch:
    """All that one file gives. `items` streams; `mapping` says which column became which field.

    `issues` speak of the whole file; more may come while `items` streams. `drafts_only`: why these alliances stay
    drafts even when their publication is asked; None when they may be published.
    """

    source: str
    file: str
    checksum: str
    items: Iterator[Draft | Refusal]
    mapping: Mapping[str, str] = field(default_factory=dict)
    unmapped_columns: tuple[str, ...] = ()
    lines: tuple[ExampleLine, ...] = ()
    issues: list[Issue] = field(default_factory=list)
    total: int | None = None
    drafts_only: Issue | None = None


class Unreadable(Exception):
    """A file of which nothing can be received; carries the Issue to show."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        super().__init__(f"{issue.cause} {issue.fix}")

    @classmethod
    def because(cls, path: Path, cause: str, fix: str) -> Unreadable:
        """The refusal of a whole file."""
        return cls(Issue(file=path.name, cause=cause, fix=fix))
