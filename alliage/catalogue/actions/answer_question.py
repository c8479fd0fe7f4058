"""To answer a question of the method, or to change what one answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction

from alliage.catalogue.models import Answer, Participant
from alliage.rules.questionnaire import taken
from alliage.vocabulary.method import UNSURE, Question, bank


def answer_question(*, participant: Participant, question: Question, given: Sequence[str], at: dt.datetime) -> None:
    """Keeps the answer; raises Unfit when the question does not take it."""
    values = taken(question, given)
    with transaction.atomic():
        _hold(participant)
        store_answers(participant, {question.id: values}, at)


def pass_question(*, participant: Participant, question: Question, at: dt.datetime) -> None:
    """« Je ne sais pas »: the question counts as asked, and is not asked again."""
    with transaction.atomic():
        _hold(participant)
        store_answers(participant, {question.id: (UNSURE,) if question.unsure else ()}, at)


def store_answers(participant: Participant, answers: Mapping[str, Sequence[str]], at: dt.datetime) -> None:
    """Writes answers over those that were there; two writers of one question leave one row. Unknown questions are left."""
    rows = [
        Answer(participant=participant, question=question, values=list(values), answered_at=at)
        for question, values in answers.items()
        if question in bank().questions
    ]
    Answer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["participant", "question"],
        update_fields=["values", "answered_at"],
    )


def _hold(participant: Participant) -> None:
    """Keeps the participant from being erased meanwhile. Raises Participant.DoesNotExist when that is done already."""
    Participant.objects.select_for_update().get(pk=participant.pk)
