"""To look at the health of an alliance: a new round, and the colours that each partner gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Count

from alliage.catalogue.actions.invite_partner import NotAllowed, must_own
from alliage.catalogue.models import Diagnosis, HealthMark, HealthRound, Participant
from alliage.vocabulary.health_check import health_check

MOST_ROUNDS = 40
LONGEST_NOTE = 500


def start_health_round(*, owner: Participant, at: dt.datetime) -> HealthRound:
    """A new round, numbered after the last one. Raises NotAllowed."""
    must_own(owner)
    with transaction.atomic():
        diagnosis = Diagnosis.objects.select_for_update().get(pk=owner.diagnosis_id)
        number = diagnosis.health_rounds.count() + 1
        if number > MOST_ROUNDS:
            raise NotAllowed(f"{MOST_ROUNDS} bulletins sont déjà là\u00a0: commencez un nouveau diagnostic.")
        if diagnosis.health_rounds.filter(opened_at=None).exists():
            raise NotAllowed("Le dernier bulletin n’est pas fini\u00a0: finissez-le, ou ouvrez ses couleurs.")
        return HealthRound.objects.create(diagnosis=diagnosis, number=number, started_at=at)


def mark_health(
    *, participant: Participant, number: int, marks: Mapping[str, tuple[str, str]], at: dt.datetime
) -> None:
    """Keeps colour and note by aspect; unknown aspects and colours are left out. The round opens when all have marked all.

    Raises NotAllowed for a round that does not exist, or that is open: what was compared stays as it was;
    Participant.DoesNotExist or Diagnosis.DoesNotExist when it was erased meanwhile.
    """
    known = {aspect.id for aspect in health_check().aspects}
    with transaction.atomic():
        # One at a time: of two that finish together, one must see that all have.
        diagnosis = Diagnosis.objects.select_for_update().get(pk=participant.diagnosis_id)
        Participant.objects.select_for_update().get(pk=participant.pk)  # not erased meanwhile
        round = diagnosis.health_rounds.filter(number=number).first()
        if round is None:
            raise NotAllowed("Ce bulletin n’existe pas.")
        if round.opened_at is not None:
            raise NotAllowed("Ce bulletin est ouvert\u00a0: ses couleurs ne changent plus. Commencez le suivant.")
        HealthMark.objects.bulk_create(
            [
                HealthMark(round=round, participant=participant, aspect=aspect, colour=colour, note=note[:LONGEST_NOTE])
                for aspect, (colour, note) in marks.items()
                if aspect in known and colour in HealthMark.COLOURS
            ],
            update_conflicts=True,
            unique_fields=["round", "participant", "aspect"],
            update_fields=["colour", "note"],
        )
        complete = round.marks.values("participant").annotate(n=Count("id")).filter(n__gte=len(known)).count()
        if complete >= diagnosis.participants.count():
            HealthRound.objects.filter(pk=round.pk).update(opened_at=at)
