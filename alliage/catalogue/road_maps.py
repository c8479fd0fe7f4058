"""What may be read of a road map, and by whom: it was begun from somebody's answers, and opens to the others with them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any  # rows of JSON

from alliage.catalogue.diagnoses import gathering_of
from alliage.catalogue.models import HeldRoadMap, Participant
from alliage.rules.road_map import Steps
from alliage.rules.road_map_edits import Held, Removed
from alliage.vocabulary.method import Answers
from alliage.vocabulary.road_map import RoadMapStep


@dataclass(frozen=True, slots=True)
class SeenRoadMap:
    """A road map as a participant sees it. `held` is None while it was not begun; `common`: others see it too; `answers`:
    those on which it rests (the owner's); `names`: all partners, as shown."""

    held: Held | None
    begun_on: dt.date | None
    common: bool
    answers: Answers
    names: tuple[str, ...]


def may_use_road_map(participant: Participant) -> bool:
    """Its owner may from the start, each partner once the answers are open: until then a step could tell an answer."""
    return participant.owns or gathering_of(participant).open


def road_map_seen_by(participant: Participant) -> SeenRoadMap | None:
    """The road map; None while this participant may not see it."""
    gathering = gathering_of(participant)
    if not (participant.owns or gathering.open):
        return None
    row = HeldRoadMap.objects.filter(diagnosis=participant.diagnosis_id).first()
    owner = next((p for p in gathering.partners if p.position == 0), None)
    return SeenRoadMap(
        held=held_of(row) if row else None,
        begun_on=row.begun_on if row else None,
        common=gathering.open,
        answers=(owner.answers if owner else None) or {},
        names=tuple(p.shown for p in gathering.partners),
    )


def held_of(row: HeldRoadMap) -> Held:
    """The list of a row."""
    removed = row.removed
    return Held(
        _steps(row.steps),
        Removed(_steps(removed["steps"]), removed["at"], removed["whole"]) if removed else None,
    )


def _steps(rows: list[dict[str, Any]]) -> Steps:
    return tuple(RoadMapStep(**row) for row in rows)
