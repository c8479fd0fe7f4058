"""Several partners, one diagnosis: inviting, joining, opening the answers, comparing them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from alliage.catalogue.actions.invite_partner import (
    NotAllowed,
    invitation_of,
    invite_partner,
    join_diagnosis,
    withdraw_partner,
)
from alliage.catalogue.actions.name_participant import name_participant
from alliage.catalogue.actions.open_answers import open_answers
from alliage.catalogue.diagnoses import Gathering, gathering_of, invited_by
from alliage.catalogue.models import Participant
from alliage.exports.diagnosis import labels
from alliage.rules.gaps import ALIKE, gaps
from alliage.vocabulary.method import bank
from alliage.vocabulary.talk import talk
from alliage.web.asked import typed
from alliage.web.diagnosis import absolute, private_context
from alliage.web.private_pages import BOTH, SENT, private, refused, sealed, spent, to


@private(BOTH)
def partners(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """Who answers, their invitations, and, once open, the answers question by question; sent: one's name, or a partner."""
    error = ""
    if request.method == "POST" and request.POST.get("geste") == "nom":
        name_participant(participant=participant, name=typed(request.POST.get("mon-nom", "")))
        return to(f"{reverse('partners', args=[key])}#invites")
    if request.method == "POST":
        try:
            invite_partner(owner=participant, key=key, name=typed(request.POST.get("nom", "")))
            return to(f"{reverse('partners', args=[key])}#invites")
        except NotAllowed as refusal:
            error = str(refusal)
    gathering = gathering_of(participant)
    invitations = {}
    if participant.owns:
        waiting = participant.diagnosis.participants.filter(key_digest=None)
        invitations = {p.position: absolute(request, reverse("join", args=[invitation_of(key, p)])) for p in waiting}
    context = {
        **private_context(request, participant, key),
        "gathering": gathering,
        "invitations": invitations,
        "opened_at": participant.diagnosis.opened_at,
        "comparison": _compared(gathering) if gathering.open else [],
        "error": error,
        "typed_name": typed(request.POST.get("nom", ""))[:100] if error else "",
    }
    return render(request, "pages/diagnosis_partners.html", context, status=422 if error else 200)


@private(SENT)
def withdraw(request: HttpRequest, participant: Participant, key: str, position: int) -> HttpResponseBase:
    """Takes an unused invitation back."""
    withdraw_partner(owner=participant, position=position)
    return to(f"{reverse('partners', args=[key])}#invites")


@private(SENT)
def open_all(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """Shows the answers of all to all."""
    open_answers(owner=participant, at=timezone.now())
    return to(f"{reverse('partners', args=[key])}#comparer")


@require_http_methods(BOTH)
def join(request: HttpRequest, invitation: str) -> HttpResponseBase:
    """An invitation: what it is, then an address of one's own that nobody else is told."""
    partner = invited_by(invitation)
    if partner is None:
        return spent(request)
    if request.method == "POST":
        try:
            key = join_diagnosis(partner=partner, name=typed(request.POST.get("nom", "")), at=timezone.now())
        except NotAllowed as refusal:
            return sealed(refused(request, refusal))
        return sealed(to(f"{reverse('diagnosis', args=[key])}?bienvenue=1"))
    owner = partner.diagnosis.participants.filter(position=0).values_list("name", flat=True).first()
    return sealed(render(request, "pages/diagnosis_join.html", {"partner": partner, "owner": owner}))


def _compared(gathering: Gathering) -> list[dict[str, object]]:
    """The gaps with their words: the widest first."""
    told = [(p.shown, p.answers) for p in gathering.partners if p.answers is not None]
    return [
        {
            "gap": gap,
            "how": talk().how[gap.how],
            "alike": gap.how == ALIKE,
            "prompt": talk().prompt(gap.question.id, gap.how),
            "rows": [(name, " · ".join(labels(gap.question, values))) for name, values in gap.answers],
        }
        for gap in gaps(bank(), told)
    ]
