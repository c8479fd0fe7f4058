"""Which questions are asked, in which order, and which answers can be taken."""

from __future__ import annotations

from collections.abc import Sequence

from alliage.rules.conditions import holds
from alliage.vocabulary.method import UNSURE, Answers, Bank, Question

TEXT_LENGTH = 2_000


class Unfit(ValueError):
    """An answer that the question does not take; the message says why, in French."""


def path(bank: Bank, answers: Answers, *, short: bool) -> tuple[Question, ...]:
    """The questions to ask somebody who gave these answers: the short path, or the whole bank in its order."""
    asked = bank.short if short else tuple(bank.questions.values())
    who = answers.get("acteur", ())
    return tuple(
        q for q in asked
        if (not q.actors or not who or not set(q.actors).isdisjoint(who)) and (q.when is None or holds(q.when, answers))
    )  # fmt: skip


def next_question(bank: Bank, answers: Answers, *, short: bool) -> Question | None:
    """The first question of the path without an answer; None at its end."""
    return next((q for q in path(bank, answers, short=short) if q.id not in answers), None)


def taken(question: Question, given: Sequence[str]) -> tuple[str, ...]:
    """The answer as it is kept, in the order of the options; an empty one is no answer. Raises Unfit."""
    values = tuple(dict.fromkeys(v.strip() for v in given if v.strip()))
    if question.kind in ("text", "place"):
        text = " ".join(values)
        if len(text) > TEXT_LENGTH:
            raise Unfit(f"Votre réponse est trop longue : {TEXT_LENGTH} signes au plus, {len(text)} reçus.")
        return (text,) if text else ()
    if UNSURE in values and question.unsure:
        return (UNSURE,)
    order = [o.id for o in question.options]
    if unknown := [v for v in values if v not in order]:
        raise Unfit(f"« {unknown[0][:60]} » n’est pas une des réponses proposées : choisissez dans la liste.")
    if len(values) > question.max:
        raise Unfit(f"{question.max} réponses au plus : enlevez-en {len(values) - question.max}." if question.max > 1
                    else "Une seule réponse : choisissez celle qui compte le plus.")  # fmt: skip
    return tuple(sorted(values, key=order.index))
