"""A person corrects an alliance or an organisation: the change is journalled and no import overwrites it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any  # values are JSON

from django.db import transaction

from alliage.catalogue.actions.organise import Directory, free_slug, taken_slugs
from alliage.catalogue.actions.store import natural_key_of, replace_rows, set_columns
from alliage.catalogue.journal import Author, next_revision, write_change
from alliage.catalogue.models import Alliance, Organisation, OrganisationName
from alliage.catalogue.models.states import Publication
from alliage.catalogue.records import changed_fields, record_of
from alliage.vocabulary.words import key
from alliage.vocabulary.words import slug as slug_of

ORGANISATION_FIELDS = ("name", "kind", "size", "siren", "siret", "rna", "is_group")


def correct_alliance(*, slug: str, values: Mapping[str, Any], by: Author, at: dt.datetime) -> bool:
    """Applies a person's values to an alliance. Returns whether anything changed."""
    with transaction.atomic():
        revision = next_revision()
        alliance = Alliance.objects.get(slug=slug)
        record = record_of(alliance)
        different = changed_fields(record, values)
        if not different:
            return False
        directory = Directory(different.get("partners") or ())
        set_columns(alliance, different)
        alliance.corrected_fields = sorted({*alliance.corrected_fields, *different})
        alliance.revision = revision
        alliance.save()
        replace_rows(alliance, different, directory)
        directory.save_names(revision)
        write_change(
            revision=revision,
            by=by,
            at=at,
            verb="correct",
            subject="alliance",
            subject_id=slug,
            before={name: record.get(name) for name in different},
            after=different,
        )
    return True


def create_alliance(*, values: Mapping[str, Any], by: Author, at: dt.datetime, source: str = "saisie") -> Alliance:
    """A person writes a new alliance, as a draft."""
    with transaction.atomic():
        revision = next_revision()
        base = slug_of(values["title"])
        directory = Directory(values.get("partners") or ())
        free = free_slug(base, taken_slugs(Alliance, [base]))
        alliance = Alliance(
            slug=free, source=source, external_id=free, revision=revision, natural_key=natural_key_of(values)
        )
        set_columns(alliance, values)
        alliance.corrected_fields = sorted(values)
        alliance.save()
        replace_rows(alliance, values, directory)
        directory.save_names(revision)
        write_change(
            revision=revision, by=by, at=at, verb="create", subject="alliance", subject_id=free, after=dict(values)
        )
    return alliance


def set_publication(*, slug: str, publication: Publication, by: Author, at: dt.datetime) -> bool:
    """Publishes, withdraws or puts back to draft. Returns whether anything changed."""
    with transaction.atomic():
        revision = next_revision()
        alliance = Alliance.objects.get(slug=slug)
        before = alliance.publication
        if before == publication or before == Publication.MERGED:
            return False
        alliance.publication = publication
        if publication == Publication.PUBLISHED and alliance.first_published_on is None:
            alliance.first_published_on = at.date()
        alliance.revision = revision
        alliance.save(update_fields=["publication", "first_published_on", "revision"])
        write_change(
            revision=revision,
            by=by,
            at=at,
            verb="publish" if publication == Publication.PUBLISHED else "withdraw",
            subject="alliance",
            subject_id=slug,
            before={"publication": before},
            after={"publication": publication},
        )
    return True


def merge_alliance(*, slug: str, into: str, by: Author, at: dt.datetime) -> None:
    """Makes `slug` an old id of `into`: its page and API answer 301 for ever. Raises ValueError on a loop."""
    with transaction.atomic():
        revision = next_revision()
        old, kept = Alliance.objects.get(slug=slug), Alliance.objects.get(slug=into)
        if old.id == kept.id or kept.publication == Publication.MERGED:
            raise ValueError("On ne fusionne que vers une autre fiche, non fusionnée elle-même.")
        before = {"publication": old.publication}
        old.publication, old.merged_into, old.revision = Publication.MERGED, kept, revision
        old.save(update_fields=["publication", "merged_into", "revision"])
        Alliance.objects.filter(merged_into=old).update(merged_into=kept)
        write_change(
            revision=revision,
            by=by,
            at=at,
            verb="merge",
            subject="alliance",
            subject_id=slug,
            before=before,
            after={"publication": Publication.MERGED, "merged_into": into},
        )


def correct_organisation(*, slug: str, values: Mapping[str, Any], by: Author, at: dt.datetime) -> bool:
    """Applies a person's values to an organisation; the alliances that name it are pulled again by the index."""
    with transaction.atomic():
        revision = next_revision()
        organisation = Organisation.objects.get(slug=slug)
        before = {name: getattr(organisation, name) for name in ORGANISATION_FIELDS}
        different = {n: v for n, v in values.items() if n in ORGANISATION_FIELDS and before[n] != v}
        if not different:
            return False
        for name, value in different.items():
            setattr(organisation, name, value)
        organisation.corrected_fields = sorted({*organisation.corrected_fields, *different})
        organisation.revision = revision
        organisation.save()
        if "name" in different:
            OrganisationName.objects.get_or_create(
                organisation=organisation, key=key(organisation.name)[:300], defaults={"name": organisation.name}
            )
        Alliance.objects.filter(roles__organisation=organisation).update(revision=revision)
        write_change(
            revision=revision,
            by=by,
            at=at,
            verb="correct",
            subject="organisation",
            subject_id=slug,
            before={name: before[name] for name in different},
            after=different,
        )
    return True
