"""Two connections at one diagnosis: one keeps an answer while the other erases. What is written here is really committed."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from alliage.catalogue.actions.answer_question import answer_question
from alliage.catalogue.actions.erase_answers import erase_answers, erase_diagnosis
from alliage.catalogue.models import Answer, Diagnosis, Participant
from alliage.vocabulary.method import bank
from tests.catalogue.test_diagnoses import a_pair


@pytest.mark.usefixtures("django_db_setup")
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite n’a qu’un écrivain à la fois")
@pytest.mark.parametrize("whole", [True, False], ids=["the whole diagnosis", "one's answers"])
def test_an_answer_being_kept_while_all_is_erased_is_erased_too_and_the_erasure_succeeds(django_db_blocker, whole):
    kept = threading.Event()

    def answer():
        with transaction.atomic():
            answer_question(participant=partner, question=bank().questions["besoin"], given=["x"], at=timezone.now())
            kept.set()
            time.sleep(0.4)  # the erasure begins before this answer is there for all
        connection.close()

    with django_db_blocker.unblock():
        owner, _, partner, _ = a_pair()
        try:
            writer = threading.Thread(target=answer)
            writer.start()
            assert kept.wait(10)
            if whole:
                erase_diagnosis(owner=owner)
            else:
                erase_answers(participant=partner)
            writer.join()
            assert not Answer.objects.filter(participant=partner.pk).exists()
            assert not Participant.objects.filter(pk=partner.pk).exists()
        finally:
            Diagnosis.objects.filter(pk=owner.diagnosis_id).delete()
