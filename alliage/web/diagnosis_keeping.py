"""What becomes of a diagnosis: kept, shared for reading, taken away as a file, erased."""

from __future__ import annotations

from typing import Any  # JSON

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from alliage.catalogue.actions.erase_answers import erase_answers, erase_diagnosis
from alliage.catalogue.actions.keep_diagnosis import keep_diagnosis
from alliage.catalogue.actions.share_result import share_result
from alliage.catalogue.diagnoses import answered_at, answers_of, evaluation_lines_of, gathering_of, health_rounds_of
from alliage.catalogue.models import EvaluationLine, Participant
from alliage.exports.diagnosis import LINE_FIELDS, answers_csv, answers_json, gaps_csv
from alliage.rules.gaps import gaps
from alliage.vocabulary.method import bank
from alliage.vocabulary.talk import talk
from alliage.web.private_pages import READ, SENT, gone, private, to


@private(SENT)
def keep(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """Keeps the diagnosis beyond its time, or no longer."""
    keep_diagnosis(owner=participant, kept=request.POST.get("garder") == "oui")
    return to(f"{reverse('diagnosis', args=[key])}#garder")


@private(SENT)
def share(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """Opens or closes the address for reading."""
    share_result(participant=participant, key=key, shared=request.POST.get("partager") == "oui")
    return to(f"{reverse('result', args=[key])}#partager")


@private(SENT)
def erase(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """Erases one's answers at once; the owner may erase all (`tout=oui`)."""
    if request.POST.get("tout") == "oui":
        erase_diagnosis(owner=participant)
        return to(f"{reverse('methods')}?efface=tout")
    erase_answers(participant=participant)
    return to(f"{reverse('methods')}?efface=reponses")


def line_values(line: EvaluationLine) -> dict[str, str]:
    """A line of the evaluation frame by the names of its fields."""
    return {name: getattr(line, name) for name in LINE_FIELDS}


@private(READ, forms=False)
def download(request: HttpRequest, participant: Participant, key: str, kind: str) -> HttpResponseBase:
    """One's own answers as a file, with one's own colours; nothing of what others answered."""
    answers = answers_of(participant)
    when = {q: timezone.localtime(at).isoformat(timespec="minutes") for q, at in answered_at(participant).items()}
    health = [(r.number, r.mine) for r in health_rounds_of(participant)]
    if kind == "csv":
        return _file("".join(answers_csv(answers, when, health)), "text/csv; charset=utf-8", "mes-reponses.csv")
    held = participant.diagnosis
    about: dict[str, Any] = {
        "name": participant.name,
        "started_at": timezone.localtime(held.created_at).isoformat(timespec="minutes"),
        "kept": held.kept,
    }
    lines = [line_values(line) for line in evaluation_lines_of(participant)]
    return _file(answers_json(about, answers, when, health, lines), "application/json", "mes-reponses.json")


@private(READ, forms=False)
def comparison(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """The comparison as a table, once the answers are open."""
    gathering = gathering_of(participant)
    if not gathering.open:
        return gone(request)
    told = [(p.shown, p.answers) for p in gathering.partners if p.answers is not None]
    found = gaps(bank(), told)
    text = "".join(gaps_csv([name for name, _ in told], found, talk().how))
    return _file(text, "text/csv; charset=utf-8", "comparaison.csv")


def _file(text: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
