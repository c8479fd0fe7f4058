"""The two-hour workshop: agenda and cards of a stage or of a diagnosis, as a page and a PDF; its results, typed once."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliage.catalogue.actions.answer_question import answer_question
from alliage.catalogue.diagnoses import answers_of, gathering_of
from alliage.catalogue.models import Participant
from alliage.exports.workshop import Workshop, write_workshop_pdf
from alliage.rules.questionnaire import Unfit
from alliage.rules.workshop import Card, agenda_of, cards_of_answers, cards_of_stage
from alliage.vocabulary.method import Answers, Stage, bank
from alliage.vocabulary.workshop import workshop_words
from alliage.web.diagnosis import PREFIX, absolute, private_context
from alliage.web.private_pages import BOTH, READ, private, to
from alliage.web.question_fields import Field, field, sent
from alliage.web.road_map_files import attached

FIRST_STAGE = "s-organiser"


@dataclass(frozen=True, slots=True)
class Result:
    """A card with what was answered, and why an answer does not fit."""

    card: Card
    field: Field
    error: str


def _stages() -> list[Stage]:
    """The stages that have cards."""
    return [s for s in bank().stages if cards_of_stage(bank(), s.id)]


def _of_stage(request: HttpRequest) -> tuple[Stage, Workshop]:
    stages = _stages()
    asked = request.GET.get("etape", FIRST_STAGE)
    stage = next((s for s in stages if s.id == asked), stages[0])
    cards = cards_of_stage(bank(), stage.id)
    address = absolute(request, reverse("workshop"))
    return stage, Workshop("Un atelier de deux heures", stage.label, agenda_of(cards), cards, address)


@require_safe
def workshop(request: HttpRequest) -> HttpResponse:
    """The workshop of a stage, for anybody."""
    stage, held = _of_stage(request)
    file = f"{reverse('workshop_file')}?etape={stage.id}"
    context = {"workshop": held, "words": workshop_words(), "stages": _stages(), "stage": stage, "file": file}
    return render(request, "pages/workshop.html", context)


@require_safe
def workshop_file(request: HttpRequest) -> HttpResponse:
    """The same as a PDF."""
    stage, held = _of_stage(request)
    return _pdf(held, f"atelier-{stage.id}")


def _pdf(held: Workshop, name: str) -> HttpResponse:
    publisher = settings.PUBLISHER or "Alliage"
    return attached(write_workshop_pdf(held, at=timezone.localtime(), publisher=publisher), "pdf", name)


def _of_diagnosis(request: HttpRequest, participant: Participant) -> Workshop:
    mine, cards = _cards(participant)
    need = " ".join(mine.get("besoin", ()))
    home = absolute(request, reverse("methods"))  # a paper does not bear the private address
    subtitle = f"«\u00a0{need}\u00a0»" if need else ""
    return Workshop("Notre atelier de deux heures", subtitle, agenda_of(cards), cards, home)


def _cards(participant: Participant) -> tuple[Answers, tuple[Card, ...]]:
    """Own answers, and the cards that follow from them and from the partners' that may be seen."""
    gathering = gathering_of(participant)
    mine = answers_of(participant)
    others = [(p.shown, p.answers) for p in gathering.partners if not p.myself and p.answers is not None]
    return mine, cards_of_answers(bank(), mine, others)


@private(READ)
def diagnosis_workshop(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """The workshop of a diagnosis: where the partners differ, what nobody knows yet."""
    context = {
        **private_context(request, participant, key),
        "workshop": _of_diagnosis(request, participant),
        "words": workshop_words(),
        "file": reverse("diagnosis_workshop_file", args=[key]),
    }
    return render(request, "pages/workshop.html", context)


@private(READ, forms=False)
def diagnosis_workshop_file(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """The same as a PDF."""
    return _pdf(_of_diagnosis(request, participant), "atelier")


@private(BOTH)
def workshop_results(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """What the group answered, card by card; it becomes the answers of who types it."""
    mine, cards = _cards(participant)
    questions = bank().questions
    if request.method == "POST":  # the cards that were printed, whatever was answered since
        cards = tuple(Card(questions[id]) for id in dict.fromkeys(request.POST.getlist("carte")) if id in questions)
    results = [_result(request, participant, card, mine) for card in cards]
    if request.method == "POST" and not any(r.error for r in results):
        return to(f"{reverse('diagnosis', args=[key])}?saisi=1")
    context = {**private_context(request, participant, key), "results": results, "words": workshop_words()}
    return render(request, "pages/workshop_results.html", context, status=422 if request.method == "POST" else 200)


def _result(request: HttpRequest, participant: Participant, card: Card, mine: Answers) -> Result:
    """The field of a card; what was sent is kept when it fits."""
    name = f"{PREFIX}{card.question.id}"
    if request.method != "POST":
        return Result(card, field(card.question, name, mine.get(card.question.id, ())), "")
    values, where = sent(request.POST, card.question, name)
    error = ""
    if any(values):
        try:
            answer_question(participant=participant, question=card.question, given=values, at=timezone.now())
        except Unfit as unfit:
            error = str(unfit)
    return Result(card, field(card.question, name, values, where), error)
