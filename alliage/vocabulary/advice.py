"""What answers speak for and against, and what goes with a form of alliance: the shape of content/method/advice.yaml.
What follows from given answers is for `rules.advice`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any  # rows of YAML

from alliage.vocabulary.agreements import agreements
from alliage.vocabulary.conditions import Condition, read_condition
from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require, require_number
from alliage.vocabulary.method import bank
from alliage.vocabulary.terms import terms

FILE = "method/advice.yaml"
# What statements may ask beside answers: the mode and the trend advised first, and the form.
MODE, TREND, FORM = "mode", "tendance", "forme"
FORMS = ("dialogue", "partenariat", "experimentation-collective")
EXCHANGE = ("echange", "alliance")


@dataclass(frozen=True, slots=True)
class Line:
    """When `when` holds, each form of `weights` gains (or loses) its points; `says` follows the quoted answer where the
    line speaks for a form, `but` where it speaks against one."""

    when: Condition
    weights: Mapping[str, int]
    says: str
    but: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """Something to say when `when` holds (always, without); `id` tells it apart in its section."""

    id: str
    title: str
    text: str
    when: Condition | None
    source: str | None


@dataclass(frozen=True, slots=True)
class StepRow:
    """A next step: what, who, when it is due, why."""

    id: str
    what: str
    who: str
    due: str
    why: str
    when: Condition | None


@dataclass(frozen=True, slots=True)
class AdviceContent:
    """The whole file. `start` orders the modes that answers do not tell apart; `deciding` are the questions of which
    `enough` must be answered, and `ahead` the points of lead, for a certain advice."""

    start: tuple[str, ...]
    deciding: tuple[str, ...]
    enough: int
    ahead: int
    lines: tuple[Line, ...]
    forms: tuple[Row, ...]
    exchange: tuple[Row, ...]
    sections: Mapping[str, tuple[Row, ...]]
    steps: tuple[StepRow, ...]


SECTIONS = ("vehicles", "documents", "risks", "engages", "local_authority", "paths", "objectives", "impacts")


def _answer_options(question: str) -> tuple[str, ...]:
    known = bank().questions.get(question)
    return tuple(o.id for o in known.options) if known else ()


def _options(question: str) -> tuple[str, ...]:
    beside = {MODE: tuple(terms("modes")), TREND: tuple(terms("trends")), FORM: FORMS}
    return beside.get(question) or _answer_options(question)


def _line(row: Mapping[str, Any]) -> Line:
    known = {*terms("modes"), *terms("trends")}
    weights: dict[str, int] = {}
    for name, sign in (("favours", 1), ("against", -1)):
        for form, points in (row.get(name) or {}).items():
            if form not in known:
                raise ContentError(FILE, f"« {form} » n’est ni un mode ni une tendance", line_of(row))
            if not isinstance(points, int) or not 1 <= points <= 9:
                raise ContentError(FILE, f"le poids de « {form} » est un entier de 1 à 9", line_of(row))
            if form in weights:
                raise ContentError(FILE, f"« {form} » est à la fois pour et contre", line_of(row))
            weights[form] = sign * points
    if not weights:
        raise ContentError(FILE, "une ligne favorise (favours) ou dessert (against) au moins une forme", line_of(row))
    when = read_condition(require(row, "when", FILE), _answer_options, FILE, line_of(row))
    says = str(require(row, "says", FILE))
    return Line(when, weights, says, str(row.get("but") or says), line_of(row))


def _when(row: Mapping[str, Any]) -> Condition | None:
    return read_condition(row["when"], _options, FILE, line_of(row)) if row.get("when") else None


def _row(row: Mapping[str, Any]) -> Row:
    return Row(
        str(require(row, "id", FILE)),
        str(require(row, "title", FILE)),
        str(require(row, "text", FILE)),
        _when(row),
        row.get("source"),
    )


def _rows(tree: Mapping[str, Any], name: str) -> tuple[Row, ...]:
    rows = tuple(_row(r) for r in require(tree, name, FILE))
    for at, row in enumerate(rows):
        if row.id in {r.id for r in rows[:at]}:
            raise ContentError(FILE, f"« {name} » a deux fois le même identifiant : {row.id}", line_of(tree[name][at]))
    return rows


def _documents(tree: Mapping[str, Any]) -> None:
    """Each text that the advice names has its model."""
    for row in tree["documents"]:
        if row["id"] not in agreements().by_id:
            raise ContentError(FILE, f"le texte « {row['id']} » n’est pas dans method/agreements.yaml", line_of(row))


def _first_of(tree: Mapping[str, Any], name: str, known: tuple[str, ...]) -> tuple[Row, ...]:
    """Rows of which the first that holds is taken: the last one always holds."""
    rows = _rows(tree, name)
    for row in tree[name]:
        if row["id"] not in known:
            raise ContentError(FILE, f"« {name} » ne connaît que : {', '.join(known)}", line_of(row))
    if rows[-1].when is not None:
        raise ContentError(
            FILE, f"la dernière ligne de « {name} » vaut toujours : elle n’a pas de « when »", line_of(tree[name][-1])
        )
    return rows


def _step(row: Mapping[str, Any]) -> StepRow:
    id, what, who, due, why = (str(require(row, name, FILE)) for name in ("id", "what", "who", "due", "why"))
    return StepRow(id, what, who, due, why, _when(row))


@cache
def advice_content() -> AdviceContent:
    """The file, read once. Raises ContentError with file and line."""
    tree = read_yaml(FILE)
    if clash := {MODE, TREND, FORM} & set(bank().questions):
        raise ContentError(FILE, f"aucune question ne peut s’appeler « {clash.pop()} »")
    start = tuple(require(tree, "start", FILE))
    if sorted(start) != sorted(terms("modes")):
        raise ContentError(FILE, "« start » range les quatre modes", line_of(tree))
    certain = require(tree, "certain", FILE)
    deciding = tuple(require(certain, "questions", FILE))
    for name in deciding:
        if name not in bank().questions:
            raise ContentError(FILE, f"la question « {name} » n’existe pas", line_of(certain))
    sections = {name: _rows(tree, name) for name in SECTIONS}
    _documents(tree)
    forms, exchange = _first_of(tree, "forms", FORMS), _first_of(tree, "exchange", EXCHANGE)
    return AdviceContent(
        start=start,
        deciding=deciding,
        enough=require_number(certain, "answered", FILE),
        ahead=require_number(certain, "ahead", FILE),
        lines=tuple(_line(r) for r in require(tree, "lines", FILE)),
        forms=forms,
        exchange=exchange,
        sections=sections,
        steps=tuple(_step(r) for r in require(tree, "steps", FILE)),
    )
