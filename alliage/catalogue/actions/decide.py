"""A person decides on a proposal: accept it into the record, or refuse it; both are kept."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import DataError, IntegrityError, transaction

from alliage.catalogue.actions.organise import Directory, free_slug, taken_slugs
from alliage.catalogue.actions.store import replace_rows, set_columns
from alliage.catalogue.journal import Author, next_revision, write_change
from alliage.catalogue.models import Alliance, Proposal
from alliage.catalogue.records import changed_fields, record_of
from alliage.intake.cleaning import out_of_order
from alliage.vocabulary.words import slug


class NotPossible(ValueError):
    """A proposal that the base cannot take as it is; says why, and what to do."""


def accept_proposal(*, proposal_id: int, by: Author, at: dt.datetime) -> bool:
    """Applies a waiting proposal. A probable double accepted becomes a draft of its own. Returns whether it did.

    Raises NotPossible, and then changes nothing.
    """
    try:
        return _accept(proposal_id, by, at)
    except (IntegrityError, DataError) as error:
        raise NotPossible(
            "La base ne peut pas prendre ces valeurs telles quelles : corrigez la fiche à la main, "
            "puis refusez la proposition."
        ) from error


def _accept(proposal_id: int, by: Author, at: dt.datetime) -> bool:
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
            external_id, natural_key = _own_identity(proposal)
            alliance = Alliance(
                slug=free_slug(base, taken_slugs(Alliance, [base])),
                source=proposal.source,
                external_id=external_id,
                natural_key=natural_key,
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
            if problem := out_of_order({**record, **values}):
                raise NotPossible(f"{problem.cause} {problem.fix}")
            if alliance.source == proposal.source:
                alliance.fingerprint = proposal.fingerprint
                alliance.raw, alliance.provenance = proposal.raw, proposal.provenance
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


def _own_identity(proposal: Proposal) -> tuple[str, str]:
    """The identifier and natural key of an accepted double.

    Those of its row, unless another alliance of the source bears them: a row told twice in a file. It then has a key
    of its own; the import finds it again by its proposal.
    """
    of_the_source = Alliance.objects.filter(source=proposal.source)
    if proposal.external_id:
        taken = of_the_source.filter(external_id=proposal.external_id).exists()
    else:
        taken = of_the_source.filter(external_id="", natural_key=proposal.natural_key).exists()
    if not taken:
        return proposal.external_id, proposal.natural_key
    told = f"{proposal.external_id}\x1f{proposal.natural_key}\x1f{proposal.fingerprint}"
    return "", hashlib.sha256(told.encode()).hexdigest()


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
