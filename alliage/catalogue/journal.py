"""Writing in the journal: the next revision under its lock, and one Change for what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any  # records are JSON

from django.contrib.auth.models import User
from django.db import connection

from alliage.catalogue.models import Change, ImportBatch, Proposal, RevisionCounter


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts: a person with an account, or a command named by its label."""

    label: str
    user: User | None = None


def hold_writers() -> RevisionCounter:
    """Takes the lock that orders all writers, until the transaction ends; gives no revision.

    Must be called inside a transaction, before reading what the writes depend on: another writer who is told
    « not there yet » at the same moment would make it a second time.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("le verrou des écritures se prend dans une transaction")
    RevisionCounter.objects.get_or_create(id=1)
    return RevisionCounter.objects.select_for_update().get(id=1)


def next_revision() -> int:
    """Takes the counter's lock until the transaction ends and returns the next revision.

    Must be called inside a transaction: revisions are seen in the order in which they were committed,
    which is what lets a reader pull « all since N » without missing any.
    """
    counter = hold_writers()
    counter.value += 1
    counter.save(update_fields=["value"])
    return counter.value


def current_revision() -> int:
    """The last committed revision; 0 in an empty base."""
    return RevisionCounter.objects.filter(id=1).values_list("value", flat=True).first() or 0


def write_change(
    *,
    revision: int,
    by: Author,
    at: dt.datetime,
    verb: str,
    subject: str = "",
    subject_id: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    batch: ImportBatch | None = None,
    proposal: Proposal | None = None,
    source: str = "",
) -> Change:
    """Appends one Change."""
    return Change.objects.create(
        revision=revision,
        at=at,
        by=by.user,
        by_label=by.label,
        verb=verb,
        subject=subject,
        subject_id=subject_id,
        before=before,
        after=after,
        batch=batch,
        proposal=proposal,
        source=source,
    )
