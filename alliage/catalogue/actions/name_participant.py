"""To say under which name one answers."""

from __future__ import annotations

from alliage.catalogue.models import Participant


def name_participant(*, participant: Participant, name: str) -> None:
    """The name that the other partners see; at most 100 signs are kept."""
    Participant.objects.filter(pk=participant.pk).update(name=name.strip()[:100])
