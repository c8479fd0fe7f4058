"""To show everybody's answers to everybody, for good."""

from __future__ import annotations

import datetime as dt

from alliage.catalogue.actions.invite_partner import must_own
from alliage.catalogue.models import Diagnosis, HealthRound, Participant


def open_answers(*, owner: Participant, at: dt.datetime) -> None:
    """Opens the answers of the diagnosis; once opened they stay so. Raises NotAllowed."""
    must_own(owner)
    Diagnosis.objects.filter(pk=owner.diagnosis_id, opened_at=None).update(opened_at=at)


def open_health_round(*, owner: Participant, number: int, at: dt.datetime) -> None:
    """Opens the colours of one health check. Raises NotAllowed."""
    must_own(owner)
    HealthRound.objects.filter(diagnosis=owner.diagnosis_id, number=number, opened_at=None).update(opened_at=at)
