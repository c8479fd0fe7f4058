"""« Méthodes »: the door, a need in one sentence, « classer mon partenariat », the whole bank of questions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from alliage.rules.deriving import answers_of_text
from alliage.rules.questionnaire import TEXT_LENGTH
from alliage.vocabulary.method import Answers, bank
from alliage.vocabulary.profiles import profiles
from alliage.vocabulary.starting import starting
from alliage.vocabulary.typology import typology
from alliage.web.asked import asked_where, typed
from alliage.web.diagnosis import PREFIX, answers_sent, minutes_for
from alliage.web.diagnosis_result import advice_context
from alliage.web.matrix import matrix
from alliage.web.private_pages import BOTH, sealed
from alliage.web.question_fields import Field, field, sent

# The five questions that tell a form of alliance by themselves.
SORTING = ("apport", "reponse", "cercle", "recettes", "lien")
LEAST_WORDS = 3
_ERASED = {
    "tout": "Le diagnostic est effacé, avec toutes ses réponses.",
    "reponses": "Vos réponses sont effacées.",
}


@require_safe
def methods(request: HttpRequest) -> HttpResponseBase:
    """« Trouver sa forme »: what the method gives, and each way in."""
    context = {
        "typology": typology(),
        "matrix": matrix(),
        "starting": starting(),
        "number": len(bank().short),
        "whole": len(bank().questions),
        "stages": bank().stages,
        "minutes": minutes_for(len(bank().short)),
        "erased": _ERASED.get(request.GET.get("efface", ""), ""),
    }
    return render(request, "pages/method.html", context)


@require_safe
def questions(request: HttpRequest) -> HttpResponseBase:
    """The whole bank, stage by stage, to read and to print."""
    stages = [(stage, bank().of_stage(stage.id)) for stage in bank().stages]
    context = {
        "stages": stages,
        "profiles": {p.id: p.label for p in profiles().values()},
        "whole": len(bank().questions),
    }
    return render(request, "pages/method_questions.html", context)


@require_http_methods(BOTH)
def need(request: HttpRequest) -> HttpResponseBase:
    """« Décrire mon besoin en une phrase »: the answers that it suggests, shown to be corrected. A link may bring the
    sentence and the place (`besoin`, `ou`) that were typed on another page: they are not asked twice."""
    posted = request.method == "POST"
    text = typed(request.POST.get("texte", "") if posted else request.GET.get("besoin", ""))[:TEXT_LENGTH]
    where = asked_where(request)
    context: dict[str, object] = {"text": text, "too_short": posted and _too_short(text)}
    if not _too_short(text):
        answers = dict(answers_of_text(text))
        if where.place and not where.choices:
            answers["lieu"] = (where.place.token,)
        context |= {"fields": _fields(answers), "understood": [q for q in bank().short if q.id in answers]}
        context["missing"] = len(bank().short) - len([q for q in bank().short if q.id in answers])
    return sealed(render(request, "pages/method_need.html", context))


def _too_short(text: str) -> bool:
    return len(text.split()) < LEAST_WORDS


def _fields(answers: Answers) -> list[Field]:
    """The questions that the sentence answers, as they would be asked."""
    return [field(q, f"{PREFIX}{q.id}", answers[q.id]) for q in bank().short if q.id in answers]


@require_http_methods(BOTH)
def sort(request: HttpRequest) -> HttpResponseBase:
    """« Classer mon partenariat »: mode and trend from a text, or from five questions; nothing is kept."""
    text = typed(request.POST.get("texte", ""))[:TEXT_LENGTH]
    asked = [bank().questions[id] for id in SORTING if id in bank().questions]
    given = {q.id: tuple(v for v in sent(request.POST, q, f"{PREFIX}{q.id}")[0] if v) for q in asked}
    answers = {**answers_of_text(text), **answers_sent(request)}
    context: dict[str, object] = {
        "text": text,
        "fields": [field(q, f"{PREFIX}{q.id}", given[q.id] or answers.get(q.id, ())) for q in asked],
        "sent": request.method == "POST",
    }
    if request.method == "POST" and any(answers.get(q.id) for q in asked):
        context |= advice_context(answers)
        context["carried"] = [(f"{PREFIX}{id}", value) for id, values in answers.items() for value in values]
    return sealed(render(request, "pages/method_sort.html", context))
