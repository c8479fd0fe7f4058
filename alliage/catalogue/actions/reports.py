"""The report of an import: what became of each row, and what to tell the person who sent the file."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any  # reports are JSON

from alliage.intake.cleaning import Problem
from alliage.intake.drafts import Draft, Issue, Provenance, Refusal
from alliage.vocabulary.fields import fields

ISSUES_KEPT = 10_000
_COUNTED = ("created", "updated", "unchanged", "set_aside", "refused", "lines", "issues_left_out", "emptied_rows")


@dataclass
class Report:
    """What became of each row; `read` is the sum of the five outcomes.

    `emptied`: how many rows hold nothing more in a field of which the base has a value, by field.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    set_aside: int = 0
    refused: int = 0
    lines: int = 0
    unmapped_columns: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    issues_left_out: int = 0
    emptied: Counter[str] = field(default_factory=Counter)
    emptied_rows: int = 0

    @property
    def read(self) -> int:
        return self.created + self.updated + self.unchanged + self.set_aside + self.refused

    def note(self, *issues: Issue) -> None:
        """Adds issues, counting those past the number kept."""
        room = max(0, ISSUES_KEPT - len(self.issues))
        self.issues += issues[:room]
        self.issues_left_out += max(0, len(issues) - room)

    def add(self, part: Report) -> None:
        """Takes in the report of some more rows, or of another file."""
        for name in _COUNTED:
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.unmapped_columns += [c for c in part.unmapped_columns if c not in self.unmapped_columns]
        self.emptied += part.emptied
        self.note(*part.issues)

    def count_emptied(self, draft: Draft, record: Mapping[str, Any], corrected: Collection[str]) -> None:
        """Counts the values of a record that its source no longer tells; those of a person are not the source's."""
        emptied = [
            name
            for name in draft.empty
            if name not in ("id", *corrected) and record.get(name) not in (None, "", [], "unknown")
        ]
        self.emptied.update(emptied)
        self.emptied_rows += bool(emptied)

    def tell_emptied(self, file: str) -> None:
        """One issue for all the values that a file no longer holds."""
        if not self.emptied:
            return
        told = ", ".join(f"{fields()[name].label} ({number})" for name, number in self.emptied.most_common())
        rows = f"{self.emptied_rows} lignes n’ont" if self.emptied_rows > 1 else "Une ligne n’a"
        cause = f"{rows} plus de valeur là où la base en a une : {told}."
        fix = "La base garde ses valeurs ; si elles sont à effacer, effacez-les dans l’éditeur."
        self.note(Issue(file=file, column=", ".join(sorted(self.emptied)), cause=cause, fix=fix))

    def as_dict(self) -> dict[str, Any]:
        """The report of design §4."""
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "set_aside": self.set_aside,
            "refused": self.refused,
            "lines": self.lines,
            "unmapped_columns": self.unmapped_columns,
            "issues": [i.as_dict() for i in self.issues],
            "issues_left_out": self.issues_left_out,
        }


def issue_at(where: Provenance, problem: Problem) -> Issue:
    """A problem with a row, from what the catalogue knows of it."""
    shown = problem.value[:200].encode("utf-8", "replace").decode()
    return Issue(file=where.file, sheet=where.sheet, line=where.line, value=shown, cause=problem.cause, fix=problem.fix)


def refused_by_the_base(item: Draft | Refusal) -> Issue:
    """A row that broke a rule of the database which nobody had foreseen."""
    title = str(item.values["title"]) if isinstance(item, Draft) else ""
    cause = "La base n’a pas pu garder cette ligne ; les autres sont gardées."
    fix = "Vérifiez ses valeurs (identifiants, années, longueur des textes), puis importez-la de nouveau."
    return issue_at(item.provenance, Problem(title, cause, fix))


def already_refused(draft: Draft, when: dt.datetime | None) -> Issue:
    """A row that a person has already refused, and that comes back unchanged."""
    cause = f"Une personne a refusé cette proposition{f' le {when:%d/%m/%Y}' if when else ''}."
    fix = "Rien n’est changé ; une nouvelle version de la ligne sera proposée de nouveau."
    return issue_at(draft.provenance, Problem(str(draft.values["title"]), cause, fix))
