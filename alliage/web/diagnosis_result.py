"""The result of a diagnosis: the form that fits, the reasons, what would change it, what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any  # a template context
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from alliage.catalogue.diagnoses import answers_of, shared_by
from alliage.catalogue.models import Participant
from alliage.exports.diagnosis import labels
from alliage.rules.advice import Ranked, advise
from alliage.rules.change import smallest_change
from alliage.rules.closeness import COMPUTATION
from alliage.rules.questionnaire import next_question
from alliage.rules.tools import tools_for
from alliage.search.index import IndexUnavailable
from alliage.vocabulary.method import Answers, Question, bank
from alliage.vocabulary.starting import starting
from alliage.vocabulary.typology import Mode, Trend, typology
from alliage.web.asked import the_search
from alliage.web.chain import cases_alone, cases_of_need, chain_of, place_of
from alliage.web.diagnosis import private_context
from alliage.web.private_pages import READ, gone, private, sealed

TRENDS_SHOWN = 3
AFTER_ADVICE = "s-organiser"  # the step of the method that comes once the form is found: its tools are shown


@dataclass(frozen=True, slots=True)
class Shown:
    """A mode or a trend with what the advice says of it."""

    form: Mode | Trend
    mode: Mode
    ranked: Ranked


@dataclass(frozen=True, slots=True)
class Turned:
    """A change of answer, as words: from, to, and the form that would come first."""

    question: Question
    before: str
    after: str


@private(READ)
def result(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """What follows from one's own answers."""
    answers = answers_of(participant)
    following = next_question(bank(), answers, short=True)
    context = {**private_context(request, participant, key), **advice_context(answers), "next_question": following}
    return render(request, "pages/diagnosis_result.html", context)


@require_safe
def shared_result(request: HttpRequest, shared: str) -> HttpResponseBase:
    """The same page for whoever holds the address for reading: it changes and erases nothing, and shows no partner."""
    participant = shared_by(shared)
    if participant is None:
        return gone(request)
    context = {**advice_context(answers_of(participant)), "by": participant.name}
    return sealed(render(request, "pages/diagnosis_result.html", context), forms=False)


def advice_context(answers: Answers) -> dict[str, Any]:
    """The advice on those answers, as the pages show it."""
    advice = advise(answers)
    modes = [_mode(ranked) for ranked in advice.modes]
    trends = [_trend(ranked) for ranked in advice.trends[:TRENDS_SHOWN]]
    need = " ".join(answers.get("besoin", ()))
    place = " ".join(answers.get("lieu", ()))
    asked = {"q": need[:400], "mode": modes[0].mode.id, "near": place}
    return {
        "answers": answers,
        "told": [(q, " · ".join(labels(q, answers[q.id]))) for q in bank().questions.values() if answers.get(q.id)],
        "need": need,
        "advice": advice,
        "first": modes[0],
        "others": modes[1:],
        "trends": trends,
        "change": change_context(answers),
        "starting": starting(),
        **chain_context(answers, [trend.form.id for trend in trends]),
        "fits": tools_for(stage=AFTER_ADVICE, actor=" ".join(answers.get("acteur", ())), mode=trends[0].mode.id),
        "small": "deux-heures" in answers.get("temps", ()),
        "cases_address": f"{reverse('examples')}?{urlencode({n: v for n, v in asked.items() if v})}",
    }


def chain_context(answers: Answers, trends: list[str]) -> dict[str, Any]:
    """The close cases of each recommended trend; who could play the parts of the first. Nothing while the index cannot
    be read: the advice stands without it."""
    modes = {t.id: t.mode for t in typology().trends}
    try:
        first, *others = trends
        chain = chain_of(the_search(), answers, mode=modes[first], trend=first)
        chains, shown = [chain], {c.record["id"] for c in chain.cases}
        same_need = cases_of_need(the_search(), answers, without=shown) if chain.beside else []
        shown |= {c.record["id"] for c in same_need}
        for trend in others:
            chains.append(cases_alone(the_search(), answers, mode=modes[trend], trend=trend, without=shown))
            shown |= {c.record["id"] for c in chains[-1].cases}
    except IndexUnavailable:
        return {}
    return {
        "chain": chain,
        "chains": chains,
        "same_need": same_need,
        "closeness": COMPUTATION,
        "place": place_of(answers),
    }


def change_context(answers: Answers) -> dict[str, Any] | None:
    """The smallest change of answers that would change the first recommendation, as words."""
    change = smallest_change(answers)
    if change is None:
        return None
    turns = [(change.question, change.before, change.after), *((s.question, s.before, s.after) for s in change.also)]
    return {
        "turns": [
            Turned(q, _quoted(q, before), _quoted(q, after))
            for id, before, after in turns
            for q in [bank().questions[id]]
        ],
        "mode": typology().mode(change.first_mode),
        "trend": typology().trend(change.first_trend),
    }


def _quoted(question: Question, values: Sequence[str]) -> str:
    return " et ".join(f"«\u00a0{label}\u00a0»" for label in labels(question, values))


def _mode(ranked: Ranked) -> Shown:
    mode = typology().mode(ranked.id)
    return Shown(mode, mode, ranked)


def _trend(ranked: Ranked) -> Shown:
    trend = typology().trend(ranked.id)
    return Shown(trend, typology().mode(trend.mode), ranked)
