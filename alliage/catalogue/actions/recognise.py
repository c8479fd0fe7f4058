"""Is this draft already in the base? The same record for sure, a known line of a document, or a probable double."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q
from rapidfuzz import fuzz

from alliage.catalogue.actions.organise import Directory
from alliage.catalogue.actions.store import natural_key_of
from alliage.catalogue.models import Alliance, Role, SheetLine
from alliage.catalogue.models.states import Publication
from alliage.catalogue.queries import whole
from alliage.intake.drafts import Draft
from alliage.vocabulary.words import key

# Measured on the 364 starter titles: no two distinct alliances that share an organisation reach these likenesses.
LIKE_WITH_ONE_PARTNER = 92
LIKE_WITH_TWO_PARTNERS = 78
SHORTEST_COMPARABLE_TITLE = 6


class Recognition:
    """What the base already knows of one transaction's drafts, looked up in a handful of queries."""

    def __init__(
        self, source: str, drafts: Iterable[Draft], directory: Directory, beside: Collection[int] = ()
    ) -> None:
        drafts = list(drafts)
        self.source, self.directory, self.beside = source, directory, beside
        naturals = [natural_key_of(d.values) for d in drafts]
        externals = [d.external_id for d in drafts if d.external_id]
        own_ids = [id for d in drafts if (id := _own_id(d))]
        same_source = Q(source=source) & (Q(external_id__in=externals) | Q(natural_key__in=naturals, external_id=""))
        rows = Alliance.objects.filter(same_source | Q(slug__in=own_ids)).select_related("merged_into")
        self._by_external: dict[str, Alliance] = {}
        self._by_natural: dict[str, Alliance] = {}
        self._by_slug: dict[str, Alliance] = {}
        for alliance in whole(rows):
            self._by_slug[alliance.slug] = alliance
            if alliance.source == source:
                if alliance.external_id:
                    self._by_external[alliance.external_id] = alliance
                else:
                    self._by_natural[alliance.natural_key] = alliance
        self._titles = self._same_titles(drafts)
        self._lines = self._known_lines(drafts)

    def _same_titles(self, drafts: list[Draft]) -> dict[str, list[Alliance]]:
        keys = {key(d.values["title"])[:300] for d in drafts}
        found: dict[str, list[Alliance]] = {}
        rows = Alliance.objects.filter(title_key__in=keys).exclude(publication__in=_GONE).prefetch_related("places")
        for alliance in rows:
            found.setdefault(alliance.title_key, []).append(alliance)
        return found

    def _known_lines(self, drafts: list[Draft]) -> set[str]:
        keys = {key(d.values["title"])[:300] for d in drafts if d.example_line is not None}
        lines = SheetLine.objects.filter(key__in=keys, alliances__isnull=False).exclude(alliances__source=self.source)
        return set(lines.values_list("key", flat=True))

    def same(self, draft: Draft, natural: str) -> Alliance | None:
        """The alliance that this draft is, by the source's identifier, the natural key, or our own id.

        It may have been merged into another since.
        """
        if draft.external_id and (found := self._by_external.get(draft.external_id)):
            return found
        if not draft.external_id and (found := self._by_natural.get(natural)):
            return found
        return self._by_slug.get(_own_id(draft))

    def line_is_known(self, draft: Draft) -> bool:
        """Whether this line of a document, as printed, already names alliances of the base."""
        return draft.example_line is not None and key(draft.values["title"])[:300] in self._lines

    def probable_double(self, draft: Draft) -> tuple[Alliance, str] | None:
        """An alliance of the base that is probably the same, and why."""
        title = key(draft.values["title"])[:300]
        wanted = {(p["level"], p["code"]) for p in draft.values.get("places") or ()}
        for alike in self._titles.get(title, ()):
            there = {(p.level, p.code) for p in alike.places.all()}
            if alike.pk not in self.beside and (not wanted or not there or wanted & there):
                return alike, f"Même titre que « {alike.title} »."
        known = {o.id for p in draft.values.get("partners") or () if (o := self.directory.known(p)) and not o.is_group}
        if not known or len(title) < SHORTEST_COMPARABLE_TITLE:
            return None
        shared: dict[int, int] = {}
        links = Role.objects.filter(organisation_id__in=known)
        for alliance_id in links.values_list("alliance_id", flat=True)[:500]:
            shared[alliance_id] = shared.get(alliance_id, 0) + 1
        for alike in Alliance.objects.filter(id__in=shared).exclude(publication__in=_GONE):
            likeness = fuzz.token_set_ratio(title, alike.title_key)
            least = LIKE_WITH_TWO_PARTNERS if shared[alike.id] > 1 else LIKE_WITH_ONE_PARTNER
            if likeness >= least and alike.pk not in self.beside:
                return alike, f"Titre proche de « {alike.title} », avec des partenaires communs."
        return None


def _own_id(draft: Draft) -> str:
    """Our id when the draft bears it; an id that had to be mended was never ours."""
    id = str(draft.values.get("id") or "")
    return id if id == draft.external_id else ""


_GONE = (Publication.MERGED, Publication.WITHDRAWN)
