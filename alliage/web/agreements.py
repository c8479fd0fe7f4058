"""Starter agreements: which text for what, one text article by article, filled with what is known, and as a DOCX."""

from __future__ import annotations

from typing import Any  # a template context

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from alliage.catalogue.diagnoses import answers_of, gathering_of
from alliage.catalogue.models import Participant
from alliage.exports.agreement import AgreementDraft, Party, write_docx
from alliage.exports.diagnosis import labels
from alliage.vocabulary.agreements import Agreement, agreements
from alliage.vocabulary.method import UNSURE, Answers, bank
from alliage.vocabulary.starting import starting
from alliage.vocabulary.typology import typology
from alliage.web.asked import asked_text
from alliage.web.private_pages import READ, private
from alliage.web.road_map_files import attached

MOST_PARTIES, SHOWN_PARTIES = 8, 3
LONGEST_NEED, LONGEST_NAME, LONGEST_BRINGS = 2_000, 200, 500


@require_safe
def agreement_list(request: HttpRequest) -> HttpResponse:
    """« Quel texte pour quoi ? »: all of them, and the forms of alliance that use each."""
    used: dict[str, list[str]] = {}
    for mode in typology().modes:
        for label, id in [(mode.label, mode.agreement.id), *((t.label, t.agreement.id) for t in mode.trends)]:
            if label not in used.setdefault(id, []):
                used[id].append(label)
    context = {"agreements": agreements(), "used": used, "notice": starting().model_notice}
    return render(request, "pages/agreements.html", context)


@require_safe
def agreement(request: HttpRequest, id: str) -> HttpResponse:
    """One text, with a form to fill what is known."""
    return _page(request, _found(id), _draft(request, _found(id), {}, ()), reverse("agreement_file", args=[id]))


@require_safe
def agreement_file(request: HttpRequest, id: str) -> HttpResponse:
    """The same text as an editable document."""
    return attached(write_docx(_draft(request, _found(id), {}, ())), "docx", id)


@private(READ)
def diagnosis_agreement(request: HttpRequest, participant: Participant, key: str, id: str) -> HttpResponse:
    """The text of a diagnosis: what was answered is filled in."""
    draft = _draft(request, _found(id), answers_of(participant), _partners(participant))
    return _page(request, _found(id), draft, reverse("diagnosis_agreement_file", args=[key, id]), key)


@private(READ)
def diagnosis_agreement_file(request: HttpRequest, participant: Participant, key: str, id: str) -> HttpResponse:
    """The text of a diagnosis as an editable document."""
    draft = _draft(request, _found(id), answers_of(participant), _partners(participant))
    return attached(write_docx(draft), "docx", id)


def _found(id: str) -> Agreement:
    if id not in agreements().by_id:
        raise Http404
    return agreements().by_id[id]


def _partners(participant: Participant) -> tuple[str, ...]:
    """The names that the partners gave themselves."""
    return tuple(p.name for p in gathering_of(participant).partners if p.name)


def _said(answers: Answers, question: str) -> tuple[str, ...]:
    """The answers to a question in words."""
    values = [v for v in answers.get(question, ()) if v != UNSURE]
    return tuple(labels(bank().questions[question], values)) if values else ()


def _draft(request: HttpRequest, found: Agreement, answers: Answers, names: tuple[str, ...]) -> AgreementDraft:
    """What the address says, else what the answers do."""
    asked = request.GET
    parties = []
    for n in range(1, MOST_PARTIES + 1):
        name = asked_text(request, f"partenaire-{n}", LONGEST_NAME)
        if f"partenaire-{n}" not in asked and n <= len(names):
            name = names[n - 1]
        brings = asked_text(request, f"apport-{n}", LONGEST_BRINGS)
        if name or brings:
            parties.append(Party(name, brings))
    address = reverse("agreement", args=[found.id])
    return AgreementDraft(
        agreement=found,
        dated=agreements().dated,
        notice=starting().model_notice,
        no_source=agreements().no_source,
        address=request.build_absolute_uri(address),
        need=asked_text(request, "besoin", LONGEST_NEED) if "besoin" in asked else " ".join(_said(answers, "besoin")),
        place=asked_text(request, "lieu", LONGEST_NAME) if "lieu" in asked else " ".join(_said(answers, "lieu")),
        parties=tuple(parties),
        exchanged=_said(answers, "apport"),
    )


def _page(request: HttpRequest, found: Agreement, draft: AgreementDraft, file: str, key: str = "") -> HttpResponse:
    rows = min(max(SHOWN_PARTIES, len(draft.parties) + 1), MOST_PARTIES)
    blank = Party("")
    context: dict[str, Any] = {
        "agreement": found,
        "draft": draft,
        "articles": [(a, draft.pieces(a.text)) for a in found.articles],
        "rows": [(n, draft.parties[n - 1] if n <= len(draft.parties) else blank) for n in range(1, rows + 1)],
        "near": [agreements().by_id[id] for id in found.near],
        "file": file,
        "key": key,
    }
    return render(request, "pages/agreement.html", context)
