"""Diagnoses for tests: the answers of a short path, an owner with a partner who joined, the colours of a round."""

from __future__ import annotations

from alliage.catalogue.actions.answer_question import answer_question
from alliage.catalogue.actions.invite_partner import (
    invite_partner,
    join_diagnosis,
)
from alliage.catalogue.actions.start_diagnosis import start_diagnosis
from alliage.catalogue.diagnoses import (
    participant_of,
)
from alliage.vocabulary.health_check import health_check
from alliage.vocabulary.method import bank
from tests.conftest import NOW

QUESTIONS = bank().questions


def some_answers(option: int = 0) -> dict[str, tuple[str, ...]]:
    """A whole short path: that option everywhere."""
    typed = {"text": ("Un besoin",), "place": ("departement:46",)}
    return {
        q.id: typed.get(q.kind) or (q.options[min(option, len(q.options) - 1)].id,)
        for q in QUESTIONS.values()
        if q.short
    }


def a_pair(owner_answers: dict | None = None, partner_answers: dict | None = None):
    """An owner and a partner who joined, with their keys."""
    owner, key = start_diagnosis(at=NOW, answers=owner_answers)
    invited = invite_partner(owner=owner, key=key, name="Mairie")
    partner_key = join_diagnosis(partner=invited, name="La mairie", at=NOW)
    partner = participant_of(partner_key)
    assert partner is not None
    for question, values in (partner_answers or {}).items():
        answer_question(participant=partner, question=QUESTIONS[question], given=values, at=NOW)
    return owner, key, partner, partner_key


def every(colour: str) -> dict[str, tuple[str, str]]:
    """All aspects of a health check in one colour, without a note."""
    return {aspect.id: (colour, "") for aspect in health_check().aspects}
