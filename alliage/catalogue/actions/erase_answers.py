"""To erase what one answered, or the whole diagnosis: at once, and for good."""

from __future__ import annotations

from django.db import transaction

from alliage.catalogue.actions.invite_partner import must_own
from alliage.catalogue.models import Answer, Diagnosis, HealthMark, Participant


def erase_answers(*, participant: Participant) -> None:
    """Erases the answers, colours, name and reading address of a participant; whoever was invited leaves the diagnosis."""
    with transaction.atomic():
        _in_turn(participant)
        if not participant.owns:
            Participant.objects.filter(pk=participant.pk).delete()
            return
        Answer.objects.filter(participant=participant).delete()
        HealthMark.objects.filter(participant=participant).delete()
        Participant.objects.filter(pk=participant.pk).update(name="", shared_digest=None)


def erase_diagnosis(*, owner: Participant) -> None:
    """Erases the whole diagnosis, the answers of all partners included. Raises NotAllowed."""
    must_own(owner)
    with transaction.atomic():
        _in_turn(owner)
        Diagnosis.objects.filter(pk=owner.diagnosis_id).delete()


def _in_turn(participant: Participant) -> None:
    """Waits for whoever writes: they hold the diagnosis first too, so that two never wait for each other."""
    Diagnosis.objects.select_for_update().filter(pk=participant.diagnosis_id).first()
