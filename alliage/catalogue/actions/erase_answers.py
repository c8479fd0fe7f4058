"""To erase what one answered, or the whole diagnosis: at once, and for good."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from alliage.catalogue.actions.invite_partner import must_own
from alliage.catalogue.models import Answer, Diagnosis, HealthMark, Participant


def erase_answers(*, participant: Participant) -> None:
    """Erases the answers, colours, name and reading address of a participant; whoever was invited leaves the diagnosis."""
    with transaction.atomic():
        in_turn([participant.diagnosis_id])
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
        in_turn([owner.diagnosis_id])
        Diagnosis.objects.filter(pk=owner.diagnosis_id).delete()


def in_turn(diagnoses: Collection[int]) -> None:
    """Waits for whoever writes in these diagnoses, and holds them and their participants until the transaction ends.

    Whoever writes holds the diagnosis or a participant, in that order: two never wait for each other, and no answer comes
    in between what is read to be erased and what is erased.
    """
    list(Diagnosis.objects.select_for_update().filter(pk__in=diagnoses).order_by("pk").values_list("pk"))
    list(Participant.objects.select_for_update().filter(diagnosis__in=diagnoses).order_by("pk").values_list("pk"))
