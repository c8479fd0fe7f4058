"""To give one's result an address that only lets it be read, and to take that address back."""

from __future__ import annotations

from alliage.catalogue.models import Participant
from alliage.catalogue.private_keys import derived, digest_of


def shared_key_of(key: str, participant: Participant) -> str:
    """The key of the address for reading: it can be made from the private key, never the other way round."""
    return derived(key, "lecture", participant.seed)


def share_result(*, participant: Participant, key: str, shared: bool) -> None:
    """Opens or closes the address for reading."""
    digest = digest_of(shared_key_of(key, participant)) if shared else None
    Participant.objects.filter(pk=participant.pk).update(shared_digest=digest)
