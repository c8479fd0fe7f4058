"""Which questions a territory is asked: those whose condition is true, in the order of the file."""

from __future__ import annotations

from collections.abc import Sequence

from alliage.vocabulary.territories import Question


def questions_for(bank: Sequence[Question], count: int, missing: str, number: int) -> list[str]:
    """The first `number` questions that fit a territory of `count` recorded alliances; `missing` names a form that
    comparable territories have and this one has not, empty when there is none."""
    true = {"always", "some" if count else "nothing", *(["missing"] if missing else [])}
    return [q.text.replace("{form}", missing) for q in bank if q.when in true][:number]
