"""Which questions are worth two hours together: where partners differ, what nobody knows, what was not asked yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alliage.rules.gaps import ALIKE, UNCERTAIN, gaps
from alliage.rules.questionnaire import path
from alliage.vocabulary.method import UNSURE, Answers, Bank, Question
from alliage.vocabulary.workshop import Moment, workshop_words

DIFFER, UNKNOWN, NEW = "Vos réponses diffèrent", "Quelqu’un ne sait pas", "Pas encore posée"
ALONE = "Une seule réponse jusqu’ici"
# Asked of each one alone: talking of it together brings nothing.
_ONE_S_OWN = frozenset({"acteur", "lieu", "domaines", "deja", "temps"})


@dataclass(frozen=True, slots=True)
class Card:
    """A question to talk over, and why it was chosen; empty when it was the reader's choice."""

    question: Question
    why: str = ""


def cards_of_stage(bank: Bank, stage: str) -> tuple[Card, ...]:
    """The first questions of a stage that a group can talk over; the health check is played aside (colours)."""
    asked = (q for q in bank.of_stage(stage) if q.id not in _ONE_S_OWN and q.kind != "place")
    return tuple(Card(q) for q in asked)[: workshop_words().most_cards]


def cards_of_answers(bank: Bank, mine: Answers, others: Sequence[tuple[str, Answers]] = ()) -> tuple[Card, ...]:
    """The cards of a diagnosis: widest gaps, then what somebody does not know, then what one answered alone, then what was not
    asked.

    `others`: names and answers of the partners whose answers may be seen.
    """
    found: dict[str, Card] = {}
    if others:
        told = [("", mine), *others]
        for gap in gaps(bank, told):
            if gap.how != ALIKE and gap.question.kind != "text":
                why = UNKNOWN if gap.how == UNCERTAIN else DIFFER
                found.setdefault(gap.question.id, Card(gap.question, why))
    asked = [q for q in path(bank, mine, short=False) if q.kind != "rag"]
    for question in asked:
        if UNSURE in mine.get(question.id, ()):
            found.setdefault(question.id, Card(question, UNKNOWN))
    stages = workshop_words().together
    shared = sorted((q for q in asked if q.stage in stages), key=lambda q: (q.short is None, stages.index(q.stage)))
    if not others:  # what one answered alone, the others at the table have not: half of the cards
        alone = [q for q in shared if q.short and q.id in mine and q.id not in _ONE_S_OWN]
        for question in alone[: workshop_words().most_cards // 2]:
            found.setdefault(question.id, Card(question, ALONE))
    for question in shared:
        if not mine.get(question.id):
            found.setdefault(question.id, Card(question, NEW))
    kept = [card for id, card in found.items() if id not in _ONE_S_OWN and card.question.kind != "place"]
    return tuple(kept[: workshop_words().most_cards])


def agenda_of(cards: Sequence[Card]) -> tuple[Moment, ...]:
    """The agenda, with the time that each card has."""
    moments = []
    for moment in workshop_words().agenda:
        if moment.cards and cards:
            each = moment.minutes // len(cards)
            number = f"{len(cards)} cartes, {each}\u00a0minutes chacune" if len(cards) > 1 else "Une seule carte"
            moment = replace(moment, how=f"{number}. {moment.how}")
        moments.append(moment)
    return tuple(moments)
