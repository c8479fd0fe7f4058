"""Every read that the rooms above may make. Reads only: no write, no HTML, no JSON answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any  # records are JSON

from django.db.models import Max, Prefetch, Q, QuerySet

from alliage.catalogue.journal import current_revision
from alliage.catalogue.models import Alliance, Change, ImportBatch, Organisation, Role, Tombstone
from alliage.catalogue.models.states import Publication
from alliage.catalogue.stored_records import Stored, read_stored

__all__ = [
    "alliance_by_slug",
    "alliances_changed_since",
    "catalogue_is_empty",
    "current_revision",
    "history_of",
    "import_was_cut",
    "journalled_pages",
    "organisation_alliances",
    "organisation_by_slug",
    "published",
    "published_pages",
    "records_by_slug",
    "records_in_order",
    "tombstones_since",
]


def whole(rows: QuerySet[Alliance]) -> QuerySet[Alliance]:
    """Alliances with their partners and places, in three queries whatever their number."""
    # Roles come joined to their organisation: prefetching it apart asks « id = … OR id = … » once for each, and SQLite
    # refuses an expression deeper than 1,000.
    return rows.prefetch_related(Prefetch("roles", Role.objects.select_related("organisation")), "places")


def catalogue_is_empty() -> bool:
    """Whether no alliance was ever stored."""
    return not Alliance.objects.exists()


def import_was_cut(by_label: str) -> bool:
    """Whether an import of that author began and none of them ever ended."""
    runs = ImportBatch.objects.filter(by_label=by_label)
    return runs.exists() and not runs.exclude(ended_at=None).exists()


def published() -> QuerySet[Alliance]:
    """What everybody may see."""
    return Alliance.objects.filter(publication=Publication.PUBLISHED)


def alliance_by_slug(slug: str, *, drafts: bool = False) -> tuple[Alliance | None, str | None]:
    """The alliance of that id with its partners and places, and the id it moved to when it was merged."""
    found = whole(Alliance.objects.filter(slug=slug)).select_related("merged_into", "batch").first()
    if found is None:
        return None, None
    if found.publication == Publication.MERGED and found.merged_into:
        return None, found.merged_into.slug
    if found.publication != Publication.PUBLISHED and not drafts:
        return None, None
    return found, None


def records_by_slug(slugs: list[str]) -> list[dict[str, Any]]:
    """The published records of these ids, in the order given; four queries whatever the number."""
    found = {s.slug: s.record for s in read_stored(published().filter(slug__in=slugs))}
    return [found[slug] for slug in slugs if slug in found]


def records_in_order(slugs: list[str], *, page: int = 500) -> Iterator[dict[str, Any]]:
    """The published records of many ids, in the order given, read in pages of a few queries each."""
    for at in range(0, len(slugs), page):
        yield from records_by_slug(slugs[at : at + page])


def alliances_changed_since(revision: int, *, page: int = 1_000) -> Iterator[list[Stored]]:
    """Alliances whose last change is after `revision`, oldest change first, in pages by key."""
    from_revision, last_id = revision + 1, 0
    while True:
        # A lower bound apart from the choice: the index (revision, id) then gives each page in its order, unsorted.
        rows = Alliance.objects.filter(revision__gte=from_revision).filter(
            Q(revision__gt=from_revision) | Q(id__gt=last_id)
        )
        found = read_stored(rows.order_by("revision", "id")[:page])
        if not found:
            return
        from_revision, last_id = found[-1].revision, found[-1].number
        yield found


def published_pages(*, page: int = 1_000) -> Iterator[list[Stored]]:
    """Every published alliance of this moment in pages by key: a long read never holds one long query.

    Those created after the first page are left out: a reader never runs behind a writer that goes on.
    """
    last_id = 0
    rows = published().filter(id__lte=Alliance.objects.aggregate(last=Max("id"))["last"] or 0)
    while found := read_stored(rows.filter(id__gt=last_id).order_by("id")[:page]):
        last_id = found[-1].number
        yield found


def journalled_pages(*, page: int = 1_000) -> Iterator[list[tuple[Alliance, dict[str, Any]]]]:
    """Each alliance of which the journal tells values, with the last one told of each field, in pages by key."""
    last_id = 0
    while rows := list(whole(Alliance.objects.filter(id__gt=last_id)).order_by("id")[:page]):
        last_id = rows[-1].id
        told: dict[str, dict[str, Any]] = {}
        changes = Change.objects.filter(subject="alliance", subject_id__in=[a.slug for a in rows])
        for slug, after in changes.order_by("revision", "id").values_list("subject_id", "after"):
            told.setdefault(slug, {}).update(after or {})
        yield [(alliance, told[alliance.slug]) for alliance in rows if alliance.slug in told]


def tombstones_since(revision: int) -> list[str]:
    """The ids of alliances erased since `revision`."""
    return list(Tombstone.objects.filter(revision__gt=revision).values_list("slug", flat=True))


def organisation_by_slug(slug: str) -> tuple[Organisation | None, str | None]:
    """The organisation of that id with its names, and the id it moved to when it was merged."""
    found = Organisation.objects.filter(slug=slug).select_related("merged_into").prefetch_related("names").first()
    if found and found.publication == Publication.MERGED and found.merged_into:
        return None, found.merged_into.slug
    if found is None or found.publication != Publication.PUBLISHED:
        return None, None
    return found, None


def organisation_alliances(organisation: Organisation, *, most: int = 200) -> list[tuple[Alliance, str]]:
    """The published alliances of an organisation, latest start first, each with the role it plays there."""
    rows = (
        organisation.roles.filter(alliance__publication=Publication.PUBLISHED)
        .select_related("alliance")
        .order_by("-alliance__start_year", "alliance__title")[:most]
    )
    return [(role.alliance, role.role) for role in rows]


def history_of(slug: str, *, most: int = 50) -> QuerySet[Change]:
    """The last changes of an alliance."""
    return Change.objects.filter(subject="alliance", subject_id=slug).order_by("-revision")[:most]
