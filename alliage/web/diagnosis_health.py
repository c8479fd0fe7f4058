"""The health check of an alliance: a colour an aspect by each partner, compared once all have given theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from alliage.catalogue.actions.check_health import mark_health, start_health_round
from alliage.catalogue.actions.open_answers import open_health_round
from alliage.catalogue.diagnoses import Gathering, Round, gathering_of, health_rounds_of
from alliage.catalogue.models import Participant
from alliage.exports.diagnosis import COLOUR_LABELS
from alliage.vocabulary.health_check import COLOURS, Aspect, health_check
from alliage.vocabulary.method import UNSURE
from alliage.web.asked import typed
from alliage.web.diagnosis import private_context
from alliage.web.private_pages import BOTH, SENT, private, to

_RANK = {colour: rank for rank, colour in enumerate(COLOURS)}


@dataclass(frozen=True, slots=True)
class Mark:
    """What a partner gave to an aspect, and what they gave the time before (empty: nothing, or never known)."""

    name: str
    colour: str
    label: str
    note: str
    before: str
    moved: str  # better, worse, same, or empty when there is nothing to compare


@dataclass(frozen=True, slots=True)
class AspectMarks:
    """An aspect with everybody's colour; `apart`: from green to red; `talk`: somebody gave no green."""

    aspect: Aspect
    marks: tuple[Mark, ...]
    apart: bool
    talk: bool


@dataclass(frozen=True, slots=True)
class AspectField:
    """An aspect to fill in, with what one gave already: (colour, label, meaning, ticked)."""

    aspect: Aspect
    choices: tuple[tuple[str, str, str, bool], ...]
    note: str


@private(BOTH)
def health(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """The rounds so far; sent: a new one."""
    if request.method == "POST":
        round = start_health_round(owner=participant, at=timezone.now())
        return to(reverse("health_round", args=[key, round.number]))
    context = {
        **private_context(request, participant, key),
        "health": health_check(),
        "rounds": health_rounds_of(participant),
        "gathering": gathering_of(participant),
    }
    return render(request, "pages/diagnosis_health.html", context)


@private(BOTH)
def health_round(request: HttpRequest, participant: Participant, key: str, number: int) -> HttpResponseBase:
    """One round: one's own colours while it is hidden, everybody's once it is open."""
    if request.method == "POST":
        marks = {
            a.id: (request.POST.get(f"c-{a.id}", ""), typed(request.POST.get(f"n-{a.id}", "")))
            for a in health_check().aspects
        }
        mark_health(participant=participant, number=number, marks=marks, at=timezone.now())
        return to(f"{reverse('health_round', args=[key, number])}#suite")
    rounds = health_rounds_of(participant)
    round = next((r for r in rounds if r.number == number), None)
    if round is None:
        raise Http404
    gathering = gathering_of(participant)
    before = next((r for r in reversed(rounds) if r.number < number and r.open), None)
    context = {
        **private_context(request, participant, key),
        "health": health_check(),
        "round": round,
        "before": before,
        "gathering": gathering,
        "fields": [] if round.open else [_field(a, round.mine) for a in health_check().aspects],
        "left": len(health_check().aspects) - len(round.mine),
        "waiting": [p for p in gathering.partners if p.position not in round.finished],
        "table": _table(round, before, gathering) if round.open else [],
        "names": [p.shown for p in gathering.partners],
    }
    return render(request, "pages/diagnosis_health_round.html", context)


@private(SENT)
def open_round(request: HttpRequest, participant: Participant, key: str, number: int) -> HttpResponseBase:
    """Shows the colours of all to all."""
    open_health_round(owner=participant, number=number, at=timezone.now())
    return to(f"{reverse('health_round', args=[key, number])}#suite")


def _field(aspect: Aspect, mine: Mapping[str, tuple[str, str]]) -> AspectField:
    colour, note = mine.get(aspect.id, ("", ""))
    known = [(c, COLOUR_LABELS[c], meaning, c == colour) for c, meaning in zip(COLOURS, aspect.means, strict=True)]
    return AspectField(aspect, (*known, (UNSURE, COLOUR_LABELS[UNSURE], "", colour == UNSURE)), note)


def _moved(before: str, now: str) -> str:
    if before not in _RANK or now not in _RANK:
        return ""
    step = _RANK[now] - _RANK[before]
    return "worse" if step > 0 else "better" if step < 0 else "same"


def _table(round: Round, before: Round | None, gathering: Gathering) -> list[AspectMarks]:
    """Every aspect, those on which partners are far apart first, then those with red."""
    earlier = before.marks if before else None
    rows = [_row(aspect, round.marks or {}, earlier or {}, gathering) for aspect in health_check().aspects]
    return sorted(rows, key=lambda row: (not row.apart, -max((_RANK.get(m.colour, 0) for m in row.marks), default=0)))


_Marks = Mapping[int, Mapping[str, tuple[str, str]]]


def _row(aspect: Aspect, now: _Marks, earlier: _Marks, gathering: Gathering) -> AspectMarks:
    marks = []
    for partner in gathering.partners:
        colour, note = now.get(partner.position, {}).get(aspect.id, ("", ""))
        then = earlier.get(partner.position, {}).get(aspect.id, ("", ""))[0]
        label = COLOUR_LABELS.get(colour, "Pas de réponse")
        marks.append(Mark(partner.shown, colour, label, note, COLOUR_LABELS.get(then, ""), _moved(then, colour)))
    given = {m.colour for m in marks}
    return AspectMarks(aspect, tuple(marks), {"vert", "rouge"} <= given, bool(given - {"vert", ""}))
