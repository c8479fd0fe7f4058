"""To start a diagnosis, with the answers that are known already."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from alliage.catalogue.actions.answer_question import store_answers
from alliage.catalogue.models import Diagnosis, Participant
from alliage.catalogue.private_keys import digest_of, new_key, new_seed
from alliage.vocabulary.method import Answers


def start_diagnosis(*, at: dt.datetime, answers: Answers | None = None) -> tuple[Participant, str]:
    """A new diagnosis; returns its owner and the key of its private address, which is held nowhere."""
    key = new_key()
    with transaction.atomic():
        diagnosis = Diagnosis.objects.create(created_at=at, last_used_on=at.date())
        owner = Participant.objects.create(
            diagnosis=diagnosis, seed=new_seed(), key_digest=digest_of(key), joined_at=at
        )
        store_answers(owner, answers or {}, at)
    return owner, key
