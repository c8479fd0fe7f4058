"""What follows from a road map: its first steps, the day of a term, and each edit of its list. Nothing is stored here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from alliage.vocabulary.road_map import DONE, DROPPED, RoadMapStep, read_day, road_map_words, step_of
from alliage.vocabulary.typology import Step
from alliage.vocabulary.words import key

Steps = tuple[RoadMapStep, ...]
_NUMBERS = {
    "un": 1,
    "une": 1,
    "deux": 2,
    "trois": 3,
    "quatre": 4,
    "cinq": 5,
    "six": 6,
    "dix": 10,
    "douze": 12,
    "quinze": 15,
}
_IN = re.compile(r"(?:d ici|dans)(?: les?| la)? (\w+) (jours?|semaines?|mois|ans?|annees?)")
_WITHIN = {"cette semaine": 7, "dans la semaine": 7, "ce mois ci": 30, "dans le mois": 30, "dans l annee": 365}
_DAYS = {"j": 1, "s": 7, "a": 365}


class UnfitStep(ValueError):
    """A step that a road map does not take; the message says why, in French. `column`: id of the column, or empty."""

    def __init__(self, text: str, column: str = "") -> None:
        self.column = column
        super().__init__(text)


def first_steps(steps: Iterable[Step]) -> Steps:
    """The first steps of a form of alliance (typology.yaml) as steps of a road map."""
    return tuple(step_of(what=f"{s.title}\n{s.text}", who=s.who, when=s.when) for s in steps)


def joined(*lists: Iterable[RoadMapStep]) -> Steps:
    """Several lists one after the other; a step whose first line was already said is left out."""
    found: dict[str, RoadMapStep] = {}
    for steps in lists:
        for step in steps:
            found.setdefault(key(step.title), step)
    return tuple(found.values())[: road_map_words().most]


def day_of(step: RoadMapStep, begun: dt.date) -> dt.date | None:
    """The day of a step: its date, or its term (« dans 3 mois ») counted from the day the road map was begun."""
    if step.day:
        return step.day
    said = key(step.when)
    days = next((t.days for t in road_map_words().terms if key(t.label) == said), _WITHIN.get(said))
    if days is None and (match := _IN.fullmatch(said)):
        number = _NUMBERS.get(match[1]) or (int(match[1]) if match[1].isdecimal() and len(match[1]) < 4 else None)
        if number:
            days = round(number * 30.44) if match[2] == "mois" else number * _DAYS[match[2][0]]
    return begun + dt.timedelta(days=days) if days is not None else None


def fitting(step: RoadMapStep) -> RoadMapStep:
    """The step, when a road map takes it. Raises UnfitStep."""
    words = road_map_words()
    if not step.what:
        raise UnfitStep("Dites ce qu’il y a à faire\u00a0: une ligne suffit.", "what")
    if step.state not in words.states:
        raise UnfitStep(
            f"L’état est un de ceux-ci\u00a0: {', '.join(s.label for s in words.states.values())}.", "state"
        )
    for column in words.columns:
        if (size := len(getattr(step, column.id))) > column.longest:
            raise UnfitStep(
                f"«\u00a0{column.label}\u00a0» est trop long\u00a0: {column.longest} signes au plus, {size} reçus.",
                column.id,
            )
    try:
        read_day(step.when)
    except ValueError:
        raise UnfitStep(f"«\u00a0{step.when}\u00a0» n’est pas un jour du calendrier.", "when") from None
    return step


def with_step(steps: Steps, step: RoadMapStep) -> Steps:
    """The list with one step more, at its end. Raises UnfitStep."""
    if len(steps) >= road_map_words().most:
        raise UnfitStep(
            f"Une feuille de route tient {road_map_words().most} pas au plus\u00a0: enlevez-en avant d’en ajouter."
        )
    return (*steps, fitting(step))


def with_change(steps: Steps, at: int, step: RoadMapStep) -> Steps:
    """The list with the step at that place changed. Raises UnfitStep, IndexError."""
    return (*steps[: _place(steps, at)], fitting(step), *steps[at + 1 :])


def without(steps: Steps, at: int) -> Steps:
    """The list without the step at that place. Raises IndexError."""
    return (*steps[: _place(steps, at)], *steps[at + 1 :])


def with_back(steps: Steps, at: int, step: RoadMapStep) -> Steps:
    """The list with a removed step back at its place, or at the end when the list is shorter now."""
    return (*steps[:at], step, *steps[at:])


def moved(steps: Steps, at: int, by: int) -> Steps:
    """The list with a step moved so many places, at most to an end of it. Raises IndexError."""
    step = steps[_place(steps, at)]
    left = without(steps, at)
    return with_back(left, min(max(at + by, 0), len(left)), step)


def progress(steps: Sequence[RoadMapStep]) -> tuple[int, int]:
    """How many steps are done, of those that were not dropped."""
    kept = [s for s in steps if s.state != DROPPED]
    return sum(s.state == DONE for s in kept), len(kept)


def _place(steps: Steps, at: int) -> int:
    if not 0 <= at < len(steps):
        raise IndexError(at)
    return at
