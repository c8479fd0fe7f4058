"""A person decides on a proposal: accept it into the record, or refuse it; both are kept."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from alliage.catalogue.actions.organise import Directory, free_slug, taken_slugs
from alliage.catalogue.actions.store import replace_rows, set_columns
from alliage.catalogue.journal import Author, next_revision, write_change
from alliage.catalogue.models import Alliance, Proposal
from alliage.catalogue.records import changed_fields, record_of
from alliage.vocabulary.words import slug


def accept_proposal(*, proposal_id: int, by: Author, at: dt.datetime) -> bool:
    """Applies a waiting proposal. A probable double accepted becomes a draft of its own. Returns whether it did."""
    with transaction.atomic():
        revision = next_revision()
        proposal = Proposal.objects.select_related("alliance").get(id=proposal_id)
        if proposal.state != Proposal.State.WAITING:
            return False
        values = dict(proposal.values)
        directory = Directory(values.get("partners") or ())
        before = None
        if proposal.kind == Proposal.Kind.DUPLICATE or proposal.alliance is None:
            base = slug(values["title"])
            alliance = Alliance(
                slug=free_slug(base, taken_slugs(Alliance, [base])),
                source=proposal.source,
                external_id=proposal.external_id,
                natural_key=proposal.natural_key,
                fingerprint=proposal.fingerprint,
                provenance=proposal.provenance,
                raw=proposal.raw,
                batch=proposal.batch,
            )
        else:
            alliance = proposal.alliance
            record = record_of(alliance)
            values = changed_fields(record, values)
            before = {name: record.get(name) for name in values}
            if alliance.source == proposal.source:
                alliance.fingerprint = proposal.fingerprint
        set_columns(alliance, values)
        alliance.revision = revision
        alliance.save()
        replace_rows(alliance, values, directory)
        directory.save_names(revision)
        proposal.alliance = alliance
        proposal.state, proposal.decided_at = Proposal.State.ACCEPTED, at
        proposal.save(update_fields=["alliance", "state", "decided_at"])
        write_change(
            revision=revision,
            by=by,
            at=at,
            verb="accept",
            subject="alliance",
            subject_id=alliance.slug,
            before=before,
            after=values,
            proposal=proposal,
            source=proposal.source,
        )
    return True


def refuse_proposal(*, proposal_id: int, by: Author, at: dt.datetime) -> bool:
    """Sets a waiting proposal aside for good. Returns whether it did."""
    with transaction.atomic():
        revision = next_revision()
        proposal = Proposal.objects.select_related("alliance").get(id=proposal_id)
        if proposal.state != Proposal.State.WAITING:
            return False
        proposal.state, proposal.decided_at = Proposal.State.REFUSED, at
        proposal.save(update_fields=["state", "decided_at"])
        write_change(
            revision=revision,
            by=by,
            at=at,
            verb="refuse",
            subject="proposal",
            subject_id=str(proposal_id),
            proposal=proposal,
            source=proposal.source,
        )
    return True
