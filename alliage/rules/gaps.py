"""Where partners answered otherwise: question by question, never an average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alliage.vocabulary.method import UNSURE, Answers, Bank, Question

WHO = "acteur"  # who somebody is is no opinion
DIFFERENT, PARTLY, ALIKE, UNCERTAIN = "different", "partly", "alike", "uncertain"
_ORDER = (DIFFERENT, PARTLY, UNCERTAIN, ALIKE)


@dataclass(frozen=True, slots=True)
class Gap:
    """A question, what each partner answered (by name, none when they did not), and how far apart they are.

    `how`: different (nothing in common), partly (some in common, or neighbours on a scale), uncertain (somebody does
    not know, the others agree), alike. Texts are never compared: they are uncertain.
    """

    question: Question
    answers: tuple[tuple[str, tuple[str, ...]], ...]
    how: str


def gaps(bank: Bank, by_partner: Sequence[tuple[str, Answers]]) -> tuple[Gap, ...]:
    """What two partners or more answered, the widest gaps first, else in the order of the bank."""
    found = []
    for question in bank.questions.values():
        told = tuple((name, answers.get(question.id, ())) for name, answers in by_partner)
        if question.id != WHO and sum(bool(values) for _, values in told) >= 2:
            found.append(Gap(question, told, _how(question, [values for _, values in told if values])))
    return tuple(sorted(found, key=lambda gap: _ORDER.index(gap.how)))


def _how(question: Question, told: Sequence[tuple[str, ...]]) -> str:
    if question.kind == "text":
        return UNCERTAIN
    known = [set(values) for values in told if values != (UNSURE,)]
    unsure = len(known) < len(told)
    if len(known) < 2:
        return UNCERTAIN
    if all(values == known[0] for values in known):
        return UNCERTAIN if unsure else ALIKE
    if question.ordered:
        ranks = [[o.id for o in question.options].index(v) for values in known for v in values]
        return PARTLY if max(ranks) - min(ranks) == 1 else DIFFERENT
    return PARTLY if set.intersection(*known) else DIFFERENT
