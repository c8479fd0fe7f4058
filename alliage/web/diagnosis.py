"""A diagnosis being answered: its beginning, its own page, one question a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any  # a template context

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from alliage.catalogue.actions.answer_question import answer_question, pass_question
from alliage.catalogue.actions.share_result import shared_key_of
from alliage.catalogue.actions.start_diagnosis import start_diagnosis
from alliage.catalogue.diagnoses import answers_of, evaluation_lines_of, gathering_of, health_rounds_of
from alliage.catalogue.models import Participant
from alliage.exports.diagnosis import labels
from alliage.rules.questionnaire import Unfit, path, taken
from alliage.vocabulary.method import Answers, Question, Stage, bank
from alliage.web.private_pages import BOTH, READ, private, sealed, to
from alliage.web.question_fields import field, sent

SECONDS_A_QUESTION = 50
FIELD = "reponse"
PREFIX = "q-"  # of an answer among many, in a form
STARTS = {"sante": "health", "evaluation": "evaluation", "partenaires": "partners", "": ""}


@dataclass(frozen=True, slots=True)
class Told:
    """A question and the answer to it, as words."""

    question: Question
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageState:
    """How far a stage of the long path is."""

    stage: Stage
    answered: int
    asked: int
    next: Question | None
    told: tuple[Told, ...]
    coloured: bool  # its questions are those of the health check


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a question stands on its path, in words."""

    position: int
    of: int
    left: str
    before: Question | None


@require_http_methods(BOTH)
def start(request: HttpRequest) -> HttpResponseBase:
    """A new diagnosis, with the answers that the form already holds; then its first question. A link starts nothing."""
    if request.method != "POST":
        return to(reverse("methods"))
    answers = answers_sent(request)
    owner, key = start_diagnosis(at=timezone.now(), answers=answers)
    first = STARTS.get(request.POST.get("vers", ""), "")
    return sealed(to(reverse(first, args=[key]) if first else _next_address(key, answers_of(owner), "")))


def answers_sent(request: HttpRequest) -> dict[str, tuple[str, ...]]:
    """The answers of a form that holds several (`q-<question>`); what does not fit will be asked."""
    found: dict[str, tuple[str, ...]] = {}
    for id, question in bank().questions.items():
        if f"{PREFIX}{id}" in request.POST or f"{PREFIX}{id}-choix" in request.POST:
            try:
                values = taken(question, sent(request.POST, question, f"{PREFIX}{id}")[0])
            except Unfit:
                continue
            if values:
                found[id] = values
    return found


@private(READ)
def diagnosis(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """The page of a diagnosis: what is answered, what comes next, who else answers, what becomes of it."""
    gathering = gathering_of(participant)
    answers = next(p.answers for p in gathering.partners if p.myself) or {}
    short = path(bank(), answers, short=True)
    missing = [q for q in short if q.id not in answers]
    context = {
        **private_context(request, participant, key),
        "answers": answers,
        "need": " ".join(answers.get("besoin", ())),
        "short": short,
        "missing": missing,
        "left": time_left(len(missing)),
        "stages": _stages(answers),
        "gathering": gathering,
        "rounds": health_rounds_of(participant),
        "lines": evaluation_lines_of(participant),
    }
    return render(request, "pages/diagnosis.html", context)


@private(BOTH)
def question(request: HttpRequest, participant: Participant, key: str, question: str) -> HttpResponseBase:
    """One question; `etape` asks the questions of a stage of the long path, `retour` goes back to the answers."""
    asked = bank().questions.get(question)
    if asked is None:
        raise Http404
    answers = answers_of(participant)
    stage = request.GET.get("etape", "")
    if stage not in {s.id for s in bank().stages}:
        stage = ""
    back = request.GET.get("retour") == "1"
    shown, error = field(asked, FIELD, answers.get(asked.id, ())), ""
    if request.method == "POST":
        values, where = sent(request.POST, asked, FIELD)
        try:
            if request.POST.get("geste") == "passer":
                pass_question(participant=participant, question=asked, at=timezone.now())
                return _go_on(participant, key, asked, stage, back)
            if any(values):
                answer_question(participant=participant, question=asked, given=values, at=timezone.now())
                return _go_on(participant, key, asked, stage, back)
            error = "" if where.typed else _nothing(asked)
        except Unfit as unfit:
            error = str(unfit)
        shown = field(asked, FIELD, values, where)
    context = {
        **private_context(request, participant, key),
        "question": asked,
        "field": shown,
        "error": error,
        "stage": next((s for s in bank().stages if s.id == stage), None),
        "progress": _progress(asked, answers, stage),
        "back": back,
        "answered": asked.id in answers,
    }
    unfit_status = 422 if request.method == "POST" else 200
    return render(request, "pages/diagnosis_question.html", context, status=unfit_status)


def private_context(request: HttpRequest, participant: Participant, key: str) -> dict[str, Any]:
    """What every private page shows: its own address, when it is erased, the address for reading."""
    held = participant.diagnosis
    return {
        "me": participant,
        "key": key,
        "kept_for_good": held.kept,
        "days": settings.DIAGNOSIS_DAYS,
        "address": absolute(request, reverse("diagnosis", args=[key])),
        "shared_address": absolute(request, reverse("shared_result", args=[shared_key_of(key, participant)]))
        if participant.shared_digest
        else "",
    }


def absolute(request: HttpRequest, address: str) -> str:
    """The address as it can be handed on, with the name of the site."""
    return f"{settings.SITE_URL}{address}" if settings.SITE_URL else request.build_absolute_uri(address)


def _nothing(question: Question) -> str:
    if question.kind in ("text", "place"):
        return "Écrivez une réponse, ou passez cette question."
    unsure = ", ou «\u00a0Je ne sais pas\u00a0»" if question.unsure else ", ou passez cette question"
    return f"Choisissez une réponse{unsure}."


def stage_path(answers: Answers, stage: str) -> tuple[Question, ...]:
    """The questions of a stage for these answers; colours are given in the health check, with the partners."""
    return tuple(q for q in path(bank(), answers, short=False) if q.stage == stage and q.kind != "rag")


def _asked_path(answers: Answers, stage: str) -> tuple[Question, ...]:
    return stage_path(answers, stage) if stage else path(bank(), answers, short=True)


def _next_address(key: str, answers: Answers, stage: str) -> str:
    """Where to go on: the next question of the path, else the result, else the page of the diagnosis."""
    following = next((q for q in _asked_path(answers, stage) if q.id not in answers), None)
    if following is None:
        return f"{reverse('diagnosis', args=[key])}#etapes" if stage else reverse("result", args=[key])
    return reverse("question", args=[key, following.id]) + (f"?etape={stage}" if stage else "")


def _go_on(participant: Participant, key: str, asked: Question, stage: str, back: bool) -> HttpResponseBase:
    if back:
        return to(f"{reverse('diagnosis', args=[key])}#q-{asked.id}")
    answers = answers_of(participant)
    asked_path = _asked_path(answers, stage)
    # Somebody who walks back and forth goes on from there; the end of the path leads to what was left out.
    after = asked_path[[q.id for q in asked_path].index(asked.id) + 1 :] if asked in asked_path else ()
    following = next((q for q in after if q.id not in answers), None)
    if following is None:
        return to(_next_address(key, answers, stage))
    return to(reverse("question", args=[key, following.id]) + (f"?etape={stage}" if stage else ""))


def minutes_for(questions: int) -> int:
    """How long that number of questions takes, in minutes."""
    return math.ceil(questions * SECONDS_A_QUESTION / 60)


def time_left(questions: int) -> str:
    """« encore 6 minutes environ » for that number of questions."""
    minutes = minutes_for(questions)
    return f"encore {minutes}\u00a0minutes environ" if minutes > 1 else "moins d’une minute"


def _progress(asked: Question, answers: Answers, stage: str) -> Progress | None:
    questions: Sequence[Question] = _asked_path(answers, stage)
    if asked not in questions:
        return None
    at = questions.index(asked)
    left = [q for q in questions if q.id not in answers or q is asked]
    return Progress(at + 1, len(questions), time_left(len(left)), questions[at - 1] if at else None)


def _stages(answers: Answers) -> list[StageState]:
    found = []
    for stage in bank().stages:
        asked = stage_path(answers, stage.id)
        done = [q for q in asked if q.id in answers]
        told = tuple(Told(q, tuple(labels(q, answers[q.id]))) for q in done)
        following = next((q for q in asked if q.id not in answers), None)
        coloured = any(q.kind == "rag" for q in bank().of_stage(stage.id))
        found.append(StageState(stage, len(done), len(asked), following, told, coloured))
    return found
