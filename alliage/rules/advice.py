"""From answers to advice: modes and trends in order with their reasons, form, texts, risks, next steps.
Neither the order of answers nor an answer that no line reads changes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alliage.rules.conditions import holds
from alliage.rules.questionnaire import path
from alliage.vocabulary.advice import FORM, MODE, TREND, Line, Row, advice_content
from alliage.vocabulary.conditions import Condition, Every, Is, Some
from alliage.vocabulary.method import UNSURE, Answers, bank
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import Trend, typology

MOST_TELLING = 2  # reasons of the first trend that are told again with what goes with it


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of the content that holds: the answer that it quotes first, its points (below zero: against), the
    sentence; `quotes` are all the answers that it reads, as (question, option)."""

    question: str
    option: str
    weight: int
    says: str
    quotes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A mode or a trend, its points, what speaks for it and against it, heaviest first."""

    id: str
    score: int
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that goes with the advice; `reasons` quote the answers that bring it (none: it goes without saying)."""

    id: str
    title: str
    text: str
    reasons: tuple[Reason, ...]
    source: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A next step: what, who, when, why."""

    id: str
    what: str
    who: str
    when: str
    why: str


@dataclass(frozen=True, slots=True)
class Advice:
    """All that follows from some answers. `certain` is False when too few answers decide, or two modes are neck and
    neck: what is shown is then a start. `exchange`: one brings means to the other; else an alliance."""

    modes: tuple[Ranked, ...]
    trends: tuple[Ranked, ...]
    certain: bool
    form: Statement
    exchange: bool
    exchange_why: Statement
    vehicles: tuple[Statement, ...]
    documents: tuple[Statement, ...]
    risks: tuple[Statement, ...]
    engages: tuple[Statement, ...]
    local_authority: tuple[Statement, ...]
    paths: tuple[Statement, ...]
    objectives: tuple[Statement, ...]
    impacts: tuple[Statement, ...]
    next_steps: tuple[Step, ...]


def usable(answers: Answers) -> dict[str, tuple[str, ...]]:
    """The answers that count: to questions on the path of whoever gave them, options that exist, sure ones; each in the
    order of the bank."""
    found: dict[str, tuple[str, ...]] = {}
    for question in path(bank(), answers, short=False):
        given = answers.get(question.id, ())
        if question.options:
            given = tuple(o.id for o in question.options if o.id in given)
        kept = tuple(v for v in given if v != UNSURE)
        if kept:
            found[question.id] = kept
    return found


def points(answers: Answers) -> dict[str, int]:
    """Mode or trend → its own points, for usable answers; a trend does not yet hold those of its mode."""
    total = dict.fromkeys([*terms("modes"), *terms("trends")], 0)
    for line in advice_content().lines:
        if holds(line.when, answers):
            for form, weight in line.weights.items():
                total[form] += weight
    return total


def order(answers: Answers) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """Modes and trends with their points, best first; those that nothing tells apart stand as `start` says. A trend has
    the points of its mode too; a mode has those of its best trend, so that the first trend is one of the first mode."""
    own = points(answers)
    start = advice_content().start
    whole = {t.id: own[t.id] + own[t.mode] for t in typology().trends}
    best = {m.id: max(whole[t.id] for t in m.trends) for m in typology().modes}
    modes = sorted(start, key=lambda m: (-best[m], start.index(m)))
    place = {t.id: (start.index(t.mode), n) for n, t in enumerate(typology().trends)}
    trends = sorted(whole, key=lambda t: (-whole[t], place[t]))
    return tuple((m, best[m]) for m in modes), tuple((t, whole[t]) for t in trends)


def _quoted(condition: Condition, answers: Answers) -> Iterable[tuple[str, str]]:
    """The answers that make the condition hold, in its order; what is not answered cannot be quoted."""
    if isinstance(condition, Is):
        yield from ((condition.question, o) for o in answers.get(condition.question, ()) if o in condition.options)
    elif isinstance(condition, (Every, Some)):
        for part in condition.parts:
            if holds(part, answers):
                yield from _quoted(part, answers)


def _label(question: str, option: str) -> str:
    if question in (MODE, TREND):
        return terms("modes" if question == MODE else "trends").label(option)
    if question == FORM:
        return next(f.title for f in advice_content().forms if f.id == option)
    known = bank().questions.get(question)
    return known.label(option) if known else option


def _reason(condition: Condition, says: str, weight: int, answers: Answers) -> Reason:
    quotes = tuple(dict.fromkeys(_quoted(condition, answers)))
    quoted = " et ".join(f"«\u00a0{_label(q, o)}\u00a0»" for q, o in quotes)
    first = quotes[0] if quotes else ("", "")
    return Reason(*first, weight, f"{quoted}\u00a0: {says}" if quoted else says, quotes)


def _ranked(form: str, score: int, read: tuple[str, ...], lines: Iterable[Line], answers: Answers) -> Ranked:
    """`read` are the forms whose points count: a trend and its mode."""
    found = []
    for line in lines:
        weight = sum(line.weights.get(name, 0) for name in read)
        if weight:
            found.append(_reason(line.when, line.says if weight > 0 else line.but, weight, answers))
    found.sort(key=lambda r: -abs(r.weight))
    return Ranked(form, score, tuple(r for r in found if r.weight > 0), tuple(r for r in found if r.weight < 0))


def _statement(row: Row, said: Answers, because: tuple[Reason, ...]) -> Statement:
    """`because`: the answers that put the first trend first, which bring what goes with a mode, a trend or a form."""
    reasons: tuple[Reason, ...] = ()
    if row.when is not None:
        one = _reason(row.when, row.title, 0, said)
        follows = any(question in (MODE, TREND, FORM) for question, _ in one.quotes)
        reasons = ((one,) if one.quotes else ()) + (because if follows else ())
    return Statement(row.id, row.title, row.text, reasons, row.source)


def _statements(rows: Iterable[Row], said: Answers, because: tuple[Reason, ...]) -> tuple[Statement, ...]:
    return tuple(_statement(r, said, because) for r in rows if r.when is None or holds(r.when, said))


def _of_trend(trend: Trend, text: str, because: tuple[Reason, ...]) -> Statement:
    """What the typology says of the first trend."""
    return Statement(trend.id, trend.label, text, because, None)


def advise(answers: Answers) -> Advice:
    """The advice for some answers, complete, contradictory or missing."""
    content = advice_content()
    given = usable(answers)
    modes, trends = order(given)
    best = {typology().trend(t).mode: t for t, _ in reversed(trends)}
    lines = [line for line in content.lines if holds(line.when, given)]
    decided = sum(1 for q in content.deciding if q in given)
    certain = decided >= content.enough and modes[0][1] - modes[1][1] >= content.ahead

    first = typology().trend(trends[0][0])
    ranked = tuple(_ranked(t, n, (t, typology().trend(t).mode), lines, given) for t, n in trends)
    because = ranked[0].reasons[:MOST_TELLING]

    said: Mapping[str, tuple[str, ...]] = {**given, MODE: (first.mode,), TREND: (first.id,)}
    form = _statements(content.forms, said, because)[0]
    said = {**said, FORM: (form.id,)}
    exchange = _statements(content.exchange, said, because)[0]
    section = {name: _statements(rows, said, because) for name, rows in content.sections.items()}
    section["engages"] += (_of_trend(first, first.engages, because),)
    section["local_authority"] += (_of_trend(first, first.local_authority, because),)
    return Advice(
        modes=tuple(_ranked(m, n, (m, best[m]), lines, given) for m, n in modes),
        trends=ranked,
        certain=certain,
        form=form,
        exchange=exchange.id == "echange",
        exchange_why=exchange,
        next_steps=tuple(
            Step(s.id, s.what, s.who, s.due, s.why) for s in content.steps if s.when is None or holds(s.when, said)
        ),
        **section,
    )
