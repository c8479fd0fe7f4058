"""To edit the road map of a diagnosis: it begins with its first step, and two people who edit at once lose nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from django.db import transaction

from alliage.catalogue.actions.invite_partner import NotAllowed
from alliage.catalogue.models import Diagnosis, HeldRoadMap, Participant
from alliage.catalogue.road_maps import held_of, may_use_road_map
from alliage.rules.road_map_edits import Edit, Held, edited


def save_road_map(*, participant: Participant, edit: Edit, today: dt.date) -> Held:
    """Applies an edit to the list as it is now. Raises UnfitStep, Overtaken, NotAllowed.

    `today` is the day from which terms (« dans 3 mois ») are counted when the road map begins here.
    """
    with transaction.atomic():
        # The lock of the diagnosis orders those who edit, and keeps it from being erased meanwhile.
        Diagnosis.objects.select_for_update().get(pk=participant.diagnosis_id)
        if not may_use_road_map(participant):
            raise NotAllowed("La feuille de route s’ouvre avec les réponses\u00a0: quand tous ont répondu.")
        row, _ = HeldRoadMap.objects.get_or_create(diagnosis_id=participant.diagnosis_id, defaults={"begun_on": today})
        held = edited(held_of(row), edit)
        row.steps = [asdict(step) for step in held.steps]
        row.removed = asdict(held.removed) if held.removed else None
        row.save(update_fields=["steps", "removed"])
    return held
