"""A road map's step as everybody reads and writes it: its five columns, its states, its dates. What follows from it is in rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any  # rows of YAML

from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require, require_number
from alliage.vocabulary.words import key

FILE = "method/road_map.yaml"
TO_DO, DOING, DONE, DROPPED = "a-faire", "en-cours", "fait", "abandonne"
# No document holds these signs; a cell's line end is one sign.
_NOT_HELD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|\r|\x85|\u2028|\u2029")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})")
_SAID = re.compile(r"(?:le )?(\d{1,2}|1er) ([a-z]+)\.? (\d{4})")
_MONTHS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
           "decembre")  # fmt: skip
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
          "décembre")  # fmt: skip


@dataclass(frozen=True, slots=True)
class RoadMapStep:
    """A step. `what`: a short first line, details below; `when`: a date (AAAA-MM-JJ) or words; `state`: an id of a state.

    Its texts are as `written` leaves them: no outer space, lines ended by one sign.
    """

    what: str
    who: str = ""
    when: str = ""
    why: str = ""
    state: str = TO_DO

    @property
    def title(self) -> str:
        """The first line of what is to be done."""
        return self.what.partition("\n")[0]

    @property
    def details(self) -> str:
        """What stands below the first line; empty when nothing does."""
        return self.what.partition("\n")[2].strip()

    @property
    def day(self) -> dt.date | None:
        """The date, when one was given; words, and a day that does not exist (2027-02-30), are none."""
        try:
            return dt.date.fromisoformat(self.when) if _DATE.fullmatch(self.when) else None
        except ValueError:
            return None

    @property
    def when_said(self) -> str:
        """« 15 mars 2027 », or the words that were written."""
        return said_day(self.day) if self.day else self.when


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: what it is called, how long its texts may be, its width in centimetres on paper."""

    id: str
    label: str
    help: str
    longest: int
    width: float
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class State:
    """Where a step stands; `mark` is printed, `keys` are the folded words that mean it."""

    id: str
    label: str
    mark: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Term:
    """A way to say when: its words, and the days that they make."""

    label: str
    days: int


@dataclass(frozen=True, slots=True)
class RoadMapWords:
    """Everything of content/method/road_map.yaml; `most`: how many steps a road map holds."""

    most: int
    opening: str
    columns: tuple[Column, ...]
    states: Mapping[str, State]
    terms: tuple[Term, ...]

    def state_of(self, text: str) -> str | None:
        """The id of the state that these words mean."""
        wanted = key(text)
        return next((s.id for s in self.states.values() if wanted in s.keys), None)

    def column_of(self, title: str) -> str | None:
        """The id of the column that this title heads."""
        wanted = key(title)
        return next((c.id for c in self.columns if wanted in c.keys), None)


def _width(row: Mapping[str, Any]) -> float:
    width = require(row, "width", FILE)
    if not isinstance(width, (int, float)):
        raise ContentError(
            FILE, f"«\u00a0width\u00a0» attend un nombre, «\u00a0{width}\u00a0» n’en est pas un", line_of(row)
        )
    return float(width)


@cache
def road_map_words() -> RoadMapWords:
    """The words of road maps. Raises ContentError with file and line."""
    tree = read_yaml(FILE)
    columns = tuple(
        Column(c["id"], str(require(c, "label", FILE)), str(require(c, "help", FILE)), require_number(c, "longest", FILE),
               _width(c), frozenset(key(str(w)) for w in (c["label"], *c["words"])))
        for c in require(tree, "columns", FILE)
    )  # fmt: skip
    if tuple(c.id for c in columns) != tuple(f.name for f in fields(RoadMapStep)):
        raise ContentError(
            FILE, "les colonnes sont, dans cet ordre\u00a0: what, who, when, why, state", line_of(tree["columns"][0])
        )
    states: dict[str, State] = {}
    for row in require(tree, "states", FILE):
        keys = frozenset(key(str(w)) for w in (row["label"], *row["words"]))
        if shared := next((s for s in states.values() if s.keys & keys), None):
            raise ContentError(
                FILE, f"un mot de «\u00a0{row['id']}\u00a0» dit déjà «\u00a0{shared.id}\u00a0»", line_of(row)
            )
        states[row["id"]] = State(row["id"], str(row["label"]), str(require(row, "mark", FILE)), keys)
    if set(states) != {TO_DO, DOING, DONE, DROPPED}:
        raise ContentError(
            FILE, "quatre états sont attendus\u00a0: a-faire, en-cours, fait, abandonne", line_of(tree["states"][0])
        )
    terms = tuple(Term(str(t["label"]), require_number(t, "days", FILE)) for t in require(tree, "terms", FILE))
    return RoadMapWords(require_number(tree, "most", FILE), str(require(tree, "opening", FILE)), columns, states, terms)


def written(text: str) -> str:
    """A text as it is kept: signs that no document holds left out, line ends made one, no outer space."""
    return _NOT_HELD.sub("", _LINE_END.sub("\n", text)).replace("\t", " ").strip()


def said_day(day: dt.date) -> str:
    """« 1er mars 2027 »."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def read_day(text: str) -> dt.date | None:
    """The day that a text says (2027-03-15, 15/03/2027, 15 mars 2027); None when it says none. Raises ValueError for a day
    that does not exist."""
    if match := _ISO.fullmatch(text):
        year, month, day = (int(n) for n in match.groups())
    elif match := _SLASHED.fullmatch(text):
        day, month, year = (int(n) for n in match.groups())
        year += 2000 if len(match[3]) == 2 else 0
    elif (match := _SAID.fullmatch(key(text))) and match[2] in _MONTHS:
        day, month, year = int(match[1].removesuffix("er")), _MONTHS.index(match[2]) + 1, int(match[3])
    else:
        return None
    return dt.date(year, month, day)


def step_of(*, what: str, who: str = "", when: str = "", why: str = "", state: str = TO_DO) -> RoadMapStep:
    """A step with its texts as they are kept; a date as AAAA-MM-JJ, a day that does not exist as it was written."""
    when = " ".join(written(when).split())
    try:
        day = read_day(when)
    except ValueError:
        day = None
    return RoadMapStep(written(what), written(who), day.isoformat() if day else when, written(why), state)
