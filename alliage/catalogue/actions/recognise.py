"""Is this draft already in the base? The same record for sure, a known line of a document, or a probable double."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping

from rapidfuzz import fuzz, process

from alliage.catalogue.actions.linked_titles import GONE, LinkedTitles
from alliage.catalogue.actions.organise import Directory
from alliage.catalogue.actions.store import natural_key_of
from alliage.catalogue.journal import current_revision
from alliage.catalogue.many_rows import in_parts
from alliage.catalogue.models import Alliance, Role, SheetLine
from alliage.catalogue.queries import whole
from alliage.intake.drafts import Draft
from alliage.vocabulary.words import key

# Measured on the 364 starter titles: no two distinct alliances that share an organisation reach these likenesses.
LIKE_WITH_ONE_PARTNER = 92
LIKE_WITH_TWO_PARTNERS = 78
SHORTEST_COMPARABLE_TITLE = 6
ROWS_MEMORY_KB = 16_000


class Met:
    """What one run has met so far: the rows, and in `linked` the titles to compare.

    A row is two numbers, sixty-four bits of its identity and sixty of its values, in a table that SQLite moves from
    ROWS_MEMORY_KB of memory to a file without a name: a file of any length takes no more memory.
    """

    def __init__(self) -> None:
        self.linked = LinkedTitles()
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA cache_size = -{ROWS_MEMORY_KB};"
            "CREATE TABLE met (row INTEGER PRIMARY KEY, said INTEGER)"
        )

    def again(self, identity: str, fingerprint: str) -> bool | None:
        """None for a row not met yet; else whether it says what it said then."""
        held = self._rows.execute("SELECT said FROM met WHERE row IN (?)", [_sixty_four_bits(identity)]).fetchone()
        return None if held is None else bool(held[0] == _sixty_bits(fingerprint))

    def learn(self, rows: Mapping[str, str]) -> None:
        """Adds the rows of a transaction: identity → fingerprint."""
        self._rows.execute("BEGIN")
        numbers = ((_sixty_four_bits(identity), _sixty_bits(told)) for identity, told in rows.items())
        self._rows.executemany("INSERT OR REPLACE INTO met VALUES (?, ?)", numbers)
        self._rows.execute("COMMIT")


def _sixty_four_bits(identity: str) -> int:
    return int.from_bytes(hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=8).digest(), signed=True)


def _sixty_bits(fingerprint: str) -> int:
    return int(fingerprint[:15], 16)


class Recognition:
    """What the base already knows of one transaction's drafts, looked up in a handful of queries."""

    def __init__(
        self, source: str, drafts: Iterable[Draft], directory: Directory, met: Met, beside: Collection[int] = ()
    ) -> None:
        self.source, self.directory, self.beside = source, directory, beside
        self._linked_titles = met.linked
        self._linked_titles.at(current_revision())
        self._drafts = [(d, natural_key_of(d.values)) for d in drafts]
        naturals = [natural for _, natural in self._drafts]
        externals = [d.external_id for d, _ in self._drafts if d.external_id]
        own_ids = [id for d, _ in self._drafts if (id := _own_id(d))]
        self._by_external: dict[str, Alliance] = {}
        self._by_natural: dict[str, Alliance] = {}
        self._by_slug: dict[str, Alliance] = {}
        for alliance in self._same_rows(naturals, externals, own_ids):
            self._by_slug[alliance.slug] = alliance
            if alliance.source == source:
                if alliance.external_id:
                    self._by_external[alliance.external_id] = alliance
                else:
                    self._by_natural[alliance.natural_key] = alliance
        self._titles = self._same_titles()
        self._lines = self._known_lines()
        self._links: dict[int, dict[int, str]] | None = None

    def _same_rows(self, naturals: list[str], externals: list[str], own_ids: list[str]) -> Iterator[Alliance]:
        """Apart, so that each question takes the index of its own column; together they would read the whole table."""
        there = Alliance.objects.select_related("merged_into")
        ours = there.filter(source=self.source)
        for part in in_parts(externals):
            yield from whole(ours.exclude(external_id="").filter(external_id__in=part))
        for part in in_parts(naturals):
            yield from whole(ours.filter(external_id="", natural_key__in=part))
        for part in in_parts(own_ids):
            yield from whole(there.filter(slug__in=part))

    def _same_titles(self) -> dict[str, list[Alliance]]:
        found: dict[str, list[Alliance]] = {}
        rows = Alliance.objects.exclude(publication__in=GONE).prefetch_related("places")
        for part in in_parts(_title_key(d) for d, _ in self._drafts):
            for alliance in rows.filter(title_key__in=part):
                found.setdefault(alliance.title_key, []).append(alliance)
        return found

    def _known_lines(self) -> set[str]:
        keys = {_title_key(d) for d, _ in self._drafts if d.example_line is not None}
        if not keys:
            return set()
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
        return draft.example_line is not None and _title_key(draft) in self._lines

    def probable_double(self, draft: Draft) -> tuple[Alliance, str] | None:
        """An alliance of the base that is probably the same, and why."""
        title = _title_key(draft)
        wanted = {(p["level"], p["code"]) for p in draft.values.get("places") or ()}
        for alike in self._titles.get(title, ()):
            there = {(p.level, p.code) for p in alike.places.all()}
            if alike.pk not in self.beside and (not wanted or not there or wanted & there):
                return alike, f"Même titre que «\u00a0{alike.title}\u00a0»."
        if len(title) < SHORTEST_COMPARABLE_TITLE:
            return None
        if self._links is None:
            new = (d for d, natural in self._drafts if self.same(d, natural) is None)
            self._links = self._linked_titles.of({o for d in new for o in self._organisations(d)})
        known = self._organisations(draft)
        titles: dict[int, str] = {}
        for organisation in known:
            titles |= self._links.get(organisation, {})
        if not titles:
            return None
        likely = process.extract(
            title, titles, scorer=fuzz.token_set_ratio, score_cutoff=LIKE_WITH_TWO_PARTNERS, limit=None
        )
        for _, likeness, id in sorted(likely, key=lambda found: int(found[2])):
            if id not in self.beside and (likeness >= LIKE_WITH_ONE_PARTNER or self._share_two(id, known)):
                double = Alliance.objects.get(id=id)
                return double, f"Titre proche de «\u00a0{double.title}\u00a0», avec des partenaires communs."
        return None

    def _organisations(self, draft: Draft) -> set[int]:
        """The organisations of the base that a draft names, groups of organisations left out."""
        bodies = (self.directory.known(p) for p in draft.values.get("partners") or ())
        return {b.id for b in bodies if b and b.id and not b.is_group}

    def _share_two(self, alliance: int, known: set[int]) -> bool:
        """Whether an alliance shares two organisations or more with a draft."""
        links = Role.objects.filter(alliance_id=alliance, organisation_id__in=known)
        return links.count() > 1


def _own_id(draft: Draft) -> str:
    """Our id when the draft bears it; an id that had to be mended was never ours."""
    id = str(draft.values.get("id") or "")
    return id if id == draft.external_id else ""


def _title_key(draft: Draft) -> str:
    return key(draft.values["title"])[:300]
