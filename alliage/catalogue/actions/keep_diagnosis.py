"""To keep a diagnosis beyond its time, or to let it go; to tell that it is in use."""

from __future__ import annotations

import datetime as dt

from alliage.catalogue.actions.invite_partner import must_own
from alliage.catalogue.models import Diagnosis, Participant


def keep_diagnosis(*, owner: Participant, kept: bool) -> None:
    """Kept: never erased by time. Raises NotAllowed."""
    must_own(owner)
    Diagnosis.objects.filter(pk=owner.diagnosis_id).update(kept=kept)


def note_use(*, participant: Participant, today: dt.date) -> None:
    """Puts off the day when the diagnosis is erased; writes once a day at most."""
    if participant.diagnosis.last_used_on < today:
        Diagnosis.objects.filter(pk=participant.diagnosis_id, last_used_on__lt=today).update(last_used_on=today)
