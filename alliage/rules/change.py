"""« Ce qui changerait » : the smallest change of answers that alters the first recommendation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from alliage.rules.advice import order, usable
from alliage.rules.questionnaire import path
from alliage.vocabulary.advice import advice_content
from alliage.vocabulary.conditions import questions_of
from alliage.vocabulary.method import Answers, Question, bank


@dataclass(frozen=True, slots=True)
class Setting:
    """One answer changed: from `before` (empty: not answered) to `after`."""

    question: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Setting `question` to `after` (and what `also` says, when one answer is not enough) makes `first_mode` and
    `first_trend` the first ones."""

    question: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    first_mode: str
    first_trend: str
    also: tuple[Setting, ...] = ()

    def applied(self, answers: Answers) -> dict[str, tuple[str, ...]]:
        """The answers once changed."""
        return {**answers, self.question: self.after, **{s.question: s.after for s in self.also}}


def _afters(question: Question, before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every answer one step away: another option; for several options, one more, one less, one instead of another."""
    others = [o.id for o in question.options if o.id not in before]
    if question.kind != "choices":
        yield from ((o,) for o in others)
        return
    place = [o.id for o in question.options].index
    if len(before) < question.max:
        yield from (tuple(sorted((*before, o), key=place)) for o in others)
    if len(before) > 1:
        yield from (tuple(b for b in before if b != gone) for gone in before)
    for gone in before:
        yield from (tuple(sorted((*(b for b in before if b != gone), o), key=place)) for o in others)


def _distance(question: Question, setting: Setting) -> tuple[int, int]:
    """How far an answer moves: steps on an ordered scale; one that was given moves before one that was not."""
    steps = 1
    if question.ordered and setting.before and setting.after:
        place = [o.id for o in question.options].index
        steps = abs(place(setting.after[0]) - place(setting.before[0]))
    return steps, 0 if setting.before else 1


def smallest_change(answers: Answers) -> Change | None:
    """The smallest change of one answer, else of two, that changes the first mode or the first trend; None if none
    does. `acteur`, whom nobody changes, is left alone."""
    given = usable(answers)
    read = {name for line in advice_content().lines for name in questions_of(line.when)} - {"acteur"}
    asked = [q for q in path(bank(), given, short=False) if q.id in read]
    settings = [
        (q, Setting(q.id, given.get(q.id, ()), after)) for q in asked for after in _afters(q, given.get(q.id, ()))
    ]
    settings.sort(key=lambda pair: _distance(*pair))
    modes, trends = order(given)
    first = modes[0][0], trends[0][0]

    def firsts(*changed: Setting) -> tuple[str, str]:
        new_modes, new_trends = order(usable({**given, **{s.question: s.after for s in changed}}))
        return new_modes[0][0], new_trends[0][0]

    for _, one in settings:
        if (found := firsts(one)) != first:
            return Change(one.question, one.before, one.after, *found)
    for (_, one), (_, two) in combinations(settings, 2):
        if one.question != two.question and (found := firsts(one, two)) != first:
            return Change(one.question, one.before, one.after, *found, also=(two,))
    return None
