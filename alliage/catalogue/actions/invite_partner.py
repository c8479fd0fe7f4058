"""To invite a partner into a diagnosis, to join it, to take the invitation back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max

from alliage.catalogue.models import Diagnosis, Participant
from alliage.catalogue.private_keys import derived, digest_of, new_key, new_seed

MOST_PARTICIPANTS = 30


class NotAllowed(Exception):
    """What was asked cannot be done here; the message says why, in French."""


def invitation_of(owner_key: str, partner: Participant) -> str:
    """The key of a partner's invitation: only whoever holds the owner's key can make it."""
    return derived(owner_key, "invitation", partner.seed)


def invite_partner(*, owner: Participant, key: str, name: str) -> Participant:
    """A place for one more partner. Raises NotAllowed."""
    must_own(owner)
    name = name.strip()
    if not name:
        raise NotAllowed("Donnez un nom à ce partenaire\u00a0: celui de sa structure, ou le sien.")
    if len(name) > 100:
        raise NotAllowed("Ce nom est trop long\u00a0: 100 signes au plus.")
    with transaction.atomic():
        diagnosis = Diagnosis.objects.select_for_update().get(pk=owner.diagnosis_id)
        if diagnosis.opened_at:
            raise NotAllowed("Les réponses sont ouvertes\u00a0: un nouveau venu les verrait avant de répondre.")
        number = diagnosis.participants.count()
        if number >= MOST_PARTICIPANTS:
            raise NotAllowed(f"Un diagnostic réunit {MOST_PARTICIPANTS} personnes au plus.")
        last = diagnosis.participants.aggregate(last=Max("position"))["last"] or 0
        seed = new_seed()
        return Participant.objects.create(
            diagnosis=diagnosis,
            position=last + 1,
            name=name,
            seed=seed,
            invitation_digest=digest_of(derived(key, "invitation", seed)),
        )


def join_diagnosis(*, partner: Participant, name: str, at: dt.datetime) -> str:
    """Spends the invitation: returns the key of the partner's own address, which the owner never sees.

    Raises NotAllowed when it was spent or erased meanwhile, or when the answers are open.
    """
    key = new_key()
    with transaction.atomic():
        Diagnosis.objects.select_for_update().filter(pk=partner.diagnosis_id).first()
        joined = Participant.objects.filter(
            pk=partner.pk, key_digest=None, diagnosis__opened_at=None
        ).update(
            key_digest=digest_of(key), invitation_digest=None, joined_at=at, name=name.strip()[:100] or partner.name
        )  # fmt: skip
        if not joined:
            raise NotAllowed("Cette invitation a déjà servi, ou les réponses viennent d’être ouvertes.")
        Diagnosis.objects.filter(pk=partner.diagnosis_id).update(last_used_on=at.date())
    return key


def withdraw_partner(*, owner: Participant, position: int) -> None:
    """Takes back an invitation that nobody used; whoever joined erases what is theirs themselves. Raises NotAllowed."""
    must_own(owner)
    gone, _ = Participant.objects.filter(
        diagnosis=owner.diagnosis_id, position=position, position__gt=0, key_digest=None
    ).delete()
    if not gone:
        raise NotAllowed("Ce partenaire a déjà rejoint le diagnostic\u00a0: lui seul peut effacer ses réponses.")


def must_own(participant: Participant) -> None:
    """Raises NotAllowed for whoever was only invited."""
    if not participant.owns:
        raise NotAllowed("Seule la personne qui a commencé ce diagnostic peut faire cela.")
