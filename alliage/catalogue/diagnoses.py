"""What may be read of a diagnosis, and by whom: the only place that decides whether a partner's answers are shown."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alliage.catalogue.models import Answer, EvaluationLine, HealthMark, HealthRound, Participant
from alliage.catalogue.private_keys import digest_of, is_digest_of
from alliage.rules.questionnaire import Unfit, next_question, taken
from alliage.vocabulary.health_check import health_check
from alliage.vocabulary.method import Answers, bank


@dataclass(frozen=True, slots=True)
class Partner:
    """A participant as another one sees them; `answers` is None while they are hidden from that one."""

    position: int
    name: str
    joined: bool
    finished: bool
    myself: bool
    answers: Answers | None
    changed_since: bool

    @property
    def shown(self) -> str:
        """The name to show."""
        return self.name or ("La personne qui a commencé" if self.position == 0 else f"Partenaire {self.position}")


@dataclass(frozen=True, slots=True)
class Gathering:
    """All who answer a diagnosis, as one of them sees them. `open`: all answers are shown."""

    partners: tuple[Partner, ...]
    open: bool

    @property
    def several(self) -> bool:
        return len(self.partners) > 1


@dataclass(frozen=True, slots=True)
class Round:
    """A health check as one participant sees it: `marks` by position of a partner, then (colour, note) by aspect."""

    number: int
    started_at: dt.datetime
    open: bool
    mine: Mapping[str, tuple[str, str]]
    finished: tuple[int, ...]
    marks: Mapping[int, Mapping[str, tuple[str, str]]] | None


def participant_of(key: str) -> Participant | None:
    """Whose private address that is."""
    return _held("key_digest", key)


def invited_by(key: str) -> Participant | None:
    """For whom that invitation is, while it was not used."""
    return _held("invitation_digest", key)


def shared_by(key: str) -> Participant | None:
    """Whose result that address for reading shows."""
    return _held("shared_digest", key)


def _held(column: str, key: str) -> Participant | None:
    # The look-up is by digest: how long it takes tells nothing of a key. The comparison is in constant time besides.
    found = Participant.objects.select_related("diagnosis").filter(**{column: digest_of(key)}).first()
    return found if found is not None and is_digest_of(getattr(found, column), key) else None


def answers_of(participant: Participant) -> Answers:
    """The answers of that participant alone."""
    return _fitting(Answer.objects.filter(participant=participant).values_list("question", "values"))


def answered_at(participant: Participant) -> Mapping[str, dt.datetime]:
    """When each question was answered."""
    return dict(Answer.objects.filter(participant=participant).values_list("question", "answered_at"))


def _fitting(rows: Iterable[tuple[str, list[str]]]) -> Answers:
    """Answers that the questions of today still take: content may have changed since."""
    found: dict[str, tuple[str, ...]] = {}
    questions = bank().questions
    for name, values in rows:
        if name in questions:
            try:
                found[name] = taken(questions[name], values)
            except Unfit:
                continue
    return found


def finished(answers: Answers) -> bool:
    """Whether the short path is at its end."""
    return next_question(bank(), answers, short=True) is None


def gathering_of(viewer: Participant) -> Gathering:
    """Who answers, and what the viewer may see of it: everything once all have finished or the owner opened the
    answers; until then their own alone."""
    diagnosis = viewer.diagnosis
    rows = defaultdict(list)
    last: dict[int, dt.datetime] = {}
    told = Answer.objects.filter(participant__diagnosis=diagnosis)
    for participant, question, values, at in told.values_list("participant", "question", "values", "answered_at"):
        rows[participant].append((question, values))
        last[participant] = max(at, last.get(participant, at))
    participants = list(diagnosis.participants.all())
    answers = {p.pk: _fitting(rows[p.pk]) for p in participants}
    done = {p.pk: p.joined_at is not None and finished(answers[p.pk]) for p in participants}
    is_open = len(participants) > 1 and (diagnosis.opened_at is not None or all(done.values()))
    return Gathering(
        partners=tuple(
            Partner(
                position=p.position,
                name=p.name,
                joined=p.joined_at is not None,
                finished=done[p.pk],
                myself=p.pk == viewer.pk,
                answers=answers[p.pk] if is_open or p.pk == viewer.pk else None,
                changed_since=bool(diagnosis.opened_at and p.pk in last and last[p.pk] > diagnosis.opened_at),
            )
            for p in participants
        ),
        open=is_open,
    )


def health_rounds_of(viewer: Participant) -> tuple[Round, ...]:
    """The health checks of the diagnosis, first one first; colours of others only in those that are open."""
    marks: dict[int, dict[int, dict[str, tuple[str, str]]]] = defaultdict(lambda: defaultdict(dict))
    rows = HealthMark.objects.filter(round__diagnosis=viewer.diagnosis_id)
    for round, position, aspect, colour, note in rows.values_list(
        "round", "participant__position", "aspect", "colour", "note"
    ):
        marks[round][position][aspect] = (colour, note)
    every = len(health_check().aspects)
    return tuple(
        Round(
            number=row.number,
            started_at=row.started_at,
            open=row.opened_at is not None,
            mine=marks[row.pk].get(viewer.position, {}),
            finished=tuple(p for p, told in marks[row.pk].items() if len(told) >= every),
            marks=marks[row.pk] if row.opened_at is not None else None,
        )
        for row in HealthRound.objects.filter(diagnosis=viewer.diagnosis_id)
    )


def evaluation_lines_of(viewer: Participant) -> list[EvaluationLine]:
    """The evaluation frame, which is common."""
    return list(EvaluationLine.objects.filter(diagnosis=viewer.diagnosis_id))
