"""To erase the diagnoses that nobody has opened for the stated time, unless they are kept."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from alliage.catalogue.actions.erase_answers import in_turn
from alliage.catalogue.models import Diagnosis

AT_ONCE = 500  # a transaction stays short: other writers wait for it


def erase_old_diagnoses(*, today: dt.date, days: int) -> int:
    """Erases those last opened more than `days` days before today. Returns how many."""
    erased = 0
    while True:
        old = Diagnosis.objects.filter(kept=False, last_used_on__lt=today - dt.timedelta(days=days))
        ids = list(old.values_list("pk", flat=True)[:AT_ONCE])
        if not ids:
            return erased
        with transaction.atomic():
            in_turn(ids)
            old.filter(pk__in=ids).delete()  # opened again meanwhile: it stays
        erased += len(ids)
