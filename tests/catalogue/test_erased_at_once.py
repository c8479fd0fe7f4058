"""Two connections at one diagnosis: one keeps an answer while the other erases. What is written here is really committed."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from django.utils import timezone

from alliage.catalogue.actions.answer_question import answer_question
from alliage.catalogue.actions.erase_answers import erase_answers, erase_diagnosis
from alliage.catalogue.models import Answer, Diagnosis, Participant
from alliage.vocabulary.method import bank
from tests.catalogue.diagnosis_makers import a_pair


@pytest.mark.django_db
@pytest.mark.skipif("connections['default'].vendor == 'sqlite'", reason="SQLite n’a qu’un écrivain à la fois")
@pytest.mark.parametrize("whole", [True, False], ids=["the whole diagnosis", "one's answers"])
def test_an_answer_being_kept_while_all_is_erased_is_erased_too_and_the_erasure_succeeds(whole):
    # The test's own connection never commits: both who answer and who erase have theirs, a thread each.
    with ThreadPoolExecutor(1) as eraser, ThreadPoolExecutor(1) as writer:
        owner, _, partner, _ = eraser.submit(a_pair).result()
        kept = threading.Event()

        def answer():
            with transaction.atomic():
                answer_question(
                    participant=partner, question=bank().questions["besoin"], given=["x"], at=timezone.now()
                )
                kept.set()
                time.sleep(0.4)  # the erasure begins before this answer is there for all

        def erase():
            if whole:
                erase_diagnosis(owner=owner)
            else:
                erase_answers(participant=partner)

        try:
            writing = writer.submit(answer)
            assert kept.wait(10)
            eraser.submit(erase).result()
            writing.result()
            assert not Answer.objects.filter(participant=partner.pk).exists()
            assert not Participant.objects.filter(pk=partner.pk).exists()
        finally:
            eraser.submit(Diagnosis.objects.filter(pk=owner.diagnosis_id).delete).result()
            for thread in (eraser, writer):
                thread.submit(connections.close_all).result()
