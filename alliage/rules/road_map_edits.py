"""Each edit of a road map: what a person does to its list, and what the list becomes. Nothing is stored here."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass, replace

from alliage.rules.road_map import Steps, UnfitStep, fitting, moved, with_back, with_change, with_step, without
from alliage.vocabulary.road_map import RoadMapStep, road_map_words


class Overtaken(UnfitStep):
    """The step was changed or removed by somebody else meanwhile."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What the last removal took out: one step and its place, or, when `whole`, the list that a table replaced."""

    steps: Steps
    at: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A road map as it is held: its steps, and what can be put back."""

    steps: Steps = ()
    removed: Removed | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """The step that a person meant: its place and its mark on the page that they saw."""

    at: int
    mark: str


@dataclass(frozen=True, slots=True)
class Add:
    """New steps, at the end."""

    steps: Steps


@dataclass(frozen=True, slots=True)
class Change:
    """Another text for a step."""

    shown: Shown
    step: RoadMapStep


@dataclass(frozen=True, slots=True)
class Note:
    """Another state for a step."""

    shown: Shown
    state: str


@dataclass(frozen=True, slots=True)
class Move:
    """A step up (`by` below 0) or down."""

    shown: Shown
    by: int


@dataclass(frozen=True, slots=True)
class Remove:
    """A step taken out; it can be put back until the next removal."""

    shown: Shown


@dataclass(frozen=True, slots=True)
class Replace:
    """The whole list replaced by that of a table; the former one can be put back until the next edit."""

    steps: Steps


@dataclass(frozen=True, slots=True)
class PutBack:
    """The last removal undone."""


Edit = Add | Change | Note | Move | Remove | Replace | PutBack


def mark_of(step: RoadMapStep) -> str:
    """Ten signs that change when any text of the step does."""
    return hashlib.sha256("\0".join(astuple(step)).encode()).hexdigest()[:10]


def edited(held: Held, edit: Edit) -> Held:
    """The road map after that edit. Raises UnfitStep (a text does not fit), Overtaken (the step is no more as shown)."""
    # A former list is only put back whole: an edit made since would be lost with it.
    kept = held.removed if held.removed and not held.removed.whole else None
    match edit:
        case Add(steps):
            after = held.steps
            for step in steps:
                after = with_step(after, step)
            return Held(after, kept)
        case Change(shown, step):
            return Held(with_change(held.steps, _place(held.steps, shown), step), kept)
        case Note(shown, state):
            at = _place(held.steps, shown)
            return Held(with_change(held.steps, at, replace(held.steps[at], state=state)), kept)
        case Move(shown, by):
            return Held(moved(held.steps, _place(held.steps, shown), by), kept)
        case Remove(shown):
            at = _place(held.steps, shown)
            return Held(without(held.steps, at), Removed((held.steps[at],), at))
        case Replace(steps):
            if len(steps) > road_map_words().most:
                raise UnfitStep(f"Une feuille de route tient {road_map_words().most} pas au plus.")
            if steps == held.steps:  # the same table sent twice must not make the former list impossible to put back
                return held
            return Held(tuple(_as_written(s) for s in steps), Removed(held.steps, whole=True))
        case PutBack():
            return _put_back(held)


def _as_written(step: RoadMapStep) -> RoadMapStep:
    """A step of a table: a day that does not exist stays as it was written, since it was told already."""
    fitting(replace(step, when=""))
    return step


def _put_back(held: Held) -> Held:
    if held.removed is None:
        raise Overtaken("Il n’y a plus rien à remettre\u00a0: cela vient d’être fait.")
    if held.removed.whole:
        return Held(held.removed.steps)
    if len(held.steps) >= road_map_words().most:
        raise UnfitStep(
            f"Une feuille de route tient {road_map_words().most} pas au plus\u00a0: enlevez-en un autre avant."
        )
    return Held(with_back(held.steps, held.removed.at, held.removed.steps[0]))


def _place(steps: Steps, shown: Shown) -> int:
    """Where the step stands now: at its place, or elsewhere when it was moved meanwhile."""
    if 0 <= shown.at < len(steps) and mark_of(steps[shown.at]) == shown.mark:
        return shown.at
    elsewhere = [at for at, step in enumerate(steps) if mark_of(step) == shown.mark]
    if len(elsewhere) != 1:
        raise Overtaken(
            "Ce pas a été changé ou enlevé entre-temps par quelqu’un d’autre\u00a0: relisez la liste ci-dessous."
        )
    return elsewhere[0]
