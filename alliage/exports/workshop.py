"""A two-hour workshop as a tagged PDF: the agenda, then cards to print, cut and tick."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from alliage.exports.tagged_pdf import tagged_pdf
from alliage.rules.workshop import Card
from alliage.vocabulary.method import UNSURE, bank
from alliage.vocabulary.workshop import Moment, workshop_words

MOST_OPTIONS = 16  # what stands on a quarter of a page; a longer list is written by hand


@dataclass(frozen=True, slots=True)
class Workshop:
    """What is printed: the need or the stage as a subtitle, the agenda, the cards, where to find it again."""

    title: str
    subtitle: str
    agenda: tuple[Moment, ...]
    cards: tuple[Card, ...]
    address: str


def write_workshop_pdf(workshop: Workshop, *, at: dt.datetime, publisher: str = "Alliage") -> bytes:
    """The PDF; `at` is written into it as its date of creation."""
    words = workshop_words()
    clock, agenda = 0, []
    for moment in workshop.agenda:
        clock += moment.minutes
        agenda.append([f"{moment.minutes}\u00a0min", moment.title, moment.how, _clock(clock)])
    told = {
        "title": workshop.title,
        "subtitle": workshop.subtitle,
        "publisher": publisher,
        "intro": words.intro,
        "before": words.before,
        "agenda": agenda,
        "after": words.after,
        "cards": _cards(workshop.cards),
        "address": workshop.address,
    }
    return tagged_pdf("workshop", told, at=at)


def _clock(minutes: int) -> str:
    """« 1 h 15 »."""
    hours, left = divmod(minutes, 60)
    return f"{hours}\u00a0h\u00a0{left:02}" if hours else f"{left}\u00a0min"


def _cards(cards: Sequence[Card]) -> list[dict[str, object]]:
    stages = {s.id: s.label for s in bank().stages}
    found = []
    for number, card in enumerate(cards, 1):
        question = card.question
        labels = [o.label for o in question.options if o.id != UNSURE]
        labels = labels if len(labels) <= MOST_OPTIONS else []
        if question.unsure and labels:
            labels.append("Je ne sais pas")
        found.append(
            {
                "number": number,
                "stage": stages[question.stage],
                "why": card.why,
                "text": question.text,
                "help": question.help,
                "options": labels,
                "most": f"{question.max} réponses au plus" if question.max > 1 else "",
            }
        )
    return found
