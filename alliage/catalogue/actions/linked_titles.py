"""The titles of each organisation's alliances, as an import compares them: read once, then kept up to a bound and added to."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count

from alliage.catalogue.many_rows import in_parts
from alliage.catalogue.models import Role
from alliage.catalogue.models.states import Publication

# An organisation with more alliances (a région, a national network) says nothing of which one is meant: titles of its
# alliances are compared when another organisation is shared, or when they are equal.
TELLING = 200
GONE = (Publication.MERGED, Publication.WITHDRAWN)
ROOM = 1_000_000  # what may be kept, about 70 bytes each: one a title, ROOM_OF_ONE more an organisation
ROOM_OF_ONE = 4


@dataclass(slots=True, eq=False)
class _Held:
    """One organisation: its alliances, their titles (one a line: a key of a title holds none), the roles it plays."""

    alliances: array[int]
    titles: str
    roles: int

    def as_dict(self) -> dict[int, str]:
        return dict(zip(self.alliances, self.titles.split("\n"), strict=True)) if self.alliances else {}

    def add(self, alliance: int, title: str) -> None:
        self.titles = f"{self.titles}\n{title}" if self.alliances else title
        self.alliances.append(alliance)
        self.roles += 1

    def room(self) -> int:
        return len(self.alliances) + ROOM_OF_ONE


@dataclass
class LinkedTitles:
    """What one run knows of them. It is only right at one revision: whoever else writes makes it read again.

    `crowded`: organisations with more than TELLING roles, which are not asked again.
    """

    crowded: set[int] = field(default_factory=set)
    # The one asked last stands last. A plain dict finds its first entry past all those that were taken out before it.
    _held: OrderedDict[int, _Held] = field(default_factory=OrderedDict)
    _room: int = 0
    _revision: int | None = None

    def at(self, revision: int) -> None:
        """To be told the catalogue's revision under the writers' lock, before anything is asked."""
        if revision != self._revision:
            self.forget()
            self._revision = revision

    def forget(self) -> None:
        """An alliance of the base was changed, or nothing of a transaction stays: until `at`, nothing more is kept."""
        self._held.clear()
        self._room, self._revision = 0, None

    def of(self, organisations: Iterable[int]) -> dict[int, dict[int, str]]:
        """Organisation → its alliances that are still there (id → key of the title), the crowded ones left out."""
        found: dict[int, dict[int, str]] = {}
        unknown = []
        for organisation in organisations:
            if held := self._held.get(organisation):
                self._held.move_to_end(organisation)
                found[organisation] = held.as_dict()
            elif organisation not in self.crowded:
                unknown.append(organisation)
        for organisation, read in self._read(unknown).items():
            found[organisation] = read.as_dict()
            if self._revision is not None:
                self._held[organisation] = read
                self._room += read.room()
        self._make_room()
        return found

    def learn(self, roles: Iterable[tuple[int, int, str]], revision: int) -> None:
        """Adds the roles of the alliances that a transaction made (organisation, alliance, key of the title), and its revision."""
        if self._revision is None:
            return
        self._revision = revision
        for organisation, alliance, title in roles:
            if held := self._held.get(organisation):
                held.add(alliance, title)
                self._room += 1
                if held.roles > TELLING:
                    self.crowded.add(organisation)
                    self._room -= self._held.pop(organisation).room()
        self._make_room()

    def _make_room(self) -> None:
        while self._room > ROOM:
            self._room -= self._held.popitem(last=False)[1].room()

    def _read(self, organisations: Iterable[int]) -> dict[int, _Held]:
        """From the base, in two questions; those that turn out to be crowded are left out."""
        roles = Role.objects.order_by()
        read: dict[int, _Held] = {}
        for part in in_parts(organisations):
            counted = roles.filter(organisation_id__in=part).values_list("organisation_id").annotate(number=Count("id"))
            for organisation, number in counted:
                if number > TELLING:
                    self.crowded.add(organisation)
                else:
                    read[organisation] = _Held(array("q"), "", number)
        titles: dict[int, list[str]] = {}
        shown = roles.exclude(alliance__publication__in=GONE)
        for part in in_parts(read):
            rows = shown.filter(organisation_id__in=part)
            for organisation, alliance, title in rows.values_list(
                "organisation_id", "alliance_id", "alliance__title_key"
            ):
                read[organisation].alliances.append(alliance)
                titles.setdefault(organisation, []).append(title)
        for organisation, lines in titles.items():
            read[organisation].titles = "\n".join(lines)
        return read
