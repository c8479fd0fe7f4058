"""Find or create the organisations that drafts name: by identifier, by their own slug, else by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any  # a draft's partner is JSON

from alliage.catalogue.many_rows import in_parts, insert_many
from alliage.catalogue.models import Alliance, Organisation, OrganisationName
from alliage.vocabulary.words import LONGEST_SLUG, key, slug

Partner = Mapping[str, Any]
_VARIANTS = 8
_ROOM_FOR_A_NUMBER = 7  # « -123456 »
_IDENTIFIERS = ("siren", "rna")
_COMPLETED = ("kind", "size", "siren", "siret", "rna")


def taken_slugs(model: Any, wanted: Iterable[str]) -> set[str]:
    """The slugs already given among the wanted ones and the numbered variants that they may have to take.

    A slug wanted twice may take two variants. Only exact values are asked: the index answers them, whatever the base.
    """
    times = Counter(wanted)
    found = _given(model, times)
    short = {base: times[base] for base in times if base in found}
    first, width = 2, _VARIANTS
    while short:
        variants = {base: [f"{_stem(base)}-{n}" for n in range(first, first + width)] for base in short}
        there = _given(model, (v for several in variants.values() for v in several))
        found |= there
        for base, several in variants.items():
            short[base] -= sum(v not in there for v in several)
        short = {base: number for base, number in short.items() if number > 0}
        first, width = first + width, 4 * width
    return found


def _given(model: Any, slugs: Iterable[str]) -> set[str]:
    return {s for part in in_parts(slugs) for s in model.objects.filter(slug__in=part).values_list("slug", flat=True)}


def _stem(base: str) -> str:
    """What numbered variants of a slug begin with: a long one is cut to leave room for the number."""
    return base[: LONGEST_SLUG - _ROOM_FOR_A_NUMBER].rstrip("-")


def free_slug(base: str, taken: set[str]) -> str:
    """`base`, or `base-2`, `base-3`… when taken; the answer joins `taken`."""
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        candidate = f"{_stem(base)}-{number}"
    taken.add(candidate)
    return candidate


@dataclass(slots=True, eq=False)
class Body:
    """What the directory needs of an organisation; `id` is 0 until it is stored."""

    id: int
    slug: str
    kind: str
    size: str
    siren: str
    siret: str
    rna: str
    is_group: bool
    corrected_fields: list[str]
    name: str


_COLUMNS = ("id", "slug", "kind", "size", "siren", "siret", "rna", "is_group", "corrected_fields", "name")


def _compatible(body: Body, partner: Partner) -> bool:
    """The same name may be one body, unless both kinds are told and differ, or identifiers disagree."""
    kind = partner.get("kind") or ""
    if body.kind and kind and body.kind != kind and "autre" not in (body.kind, kind):
        return False
    return all(
        not partner.get(name) or not getattr(body, name) or getattr(body, name) == partner[name]
        for name in _IDENTIFIERS
    )


def _name_key(name: str) -> str:
    return key(name)[:300]


class Directory:
    """The organisations of one transaction: looked up at once for many partners, created when unknown."""

    def __init__(self, partners: Iterable[Partner]) -> None:
        partners = list(partners)
        self._by_key: dict[str, list[Body]] = {}
        self._by_slug: dict[str, Body] = {}
        self._by_identifier: dict[tuple[str, str], Body] = {}
        self._by_id: dict[int, Body] = {}
        self._find_named(_name_key(p["name"]) for p in partners)
        self._find_identified(partners)
        self._taken: set[str] = set()
        self._asked: set[str] = set()
        self._ask_slugs(self._slug_base(p) for p in partners if self.known(p) is None)
        self._new: list[Body] = []
        self._new_names: list[tuple[Body, str, str]] = []
        self._completed: dict[int, dict[str, str]] = {}

    def _find_named(self, keys: Iterable[str]) -> None:
        rows = OrganisationName.objects.exclude(organisation__publication="merged").order_by()
        columns = ("key", *(f"organisation__{name}" for name in _COLUMNS))
        for part in in_parts(keys):
            # Sorted here: asked for that order, SQLite reads all names, which an index gives in it.
            for name_key, *row in sorted(rows.filter(key__in=part).values_list(*columns), key=itemgetter(1)):
                self._remember(self._body(row), name_key)

    def _find_identified(self, partners: Sequence[Partner]) -> None:
        """By our own slug or an official number; each question takes the index of its column."""
        rows = Organisation.objects.exclude(publication="merged")
        for name, column in (("organisation", "slug"), ("siren", "siren"), ("rna", "rna")):
            asked = rows if column == "slug" else rows.exclude(**{column: ""})
            for part in in_parts(p[name] for p in partners if p.get(name)):
                for row in asked.filter(**{f"{column}__in": part}).order_by("id").values_list(*_COLUMNS):
                    self._remember(self._body(row))

    def _body(self, row: Sequence[Any]) -> Body:
        return self._by_id.get(row[0]) or self._by_id.setdefault(row[0], Body(*row))

    def _remember(self, body: Body, name_key: str = "") -> None:
        if name_key and body not in self._by_key.setdefault(name_key, []):
            self._by_key[name_key].append(body)
        self._by_slug[body.slug] = body
        for name in _IDENTIFIERS:
            if value := getattr(body, name):
                self._by_identifier[name, value] = body

    def _ask_slugs(self, bases: Iterable[str]) -> None:
        asked = [b for b in bases if b not in self._asked]
        self._taken |= taken_slugs(Organisation, asked)
        self._asked |= set(asked)

    @staticmethod
    def _slug_base(partner: Partner) -> str:
        return str(partner.get("organisation") or slug(partner["name"]))

    def known(self, partner: Partner) -> Body | None:
        """The organisation that this partner is, or None."""
        told = partner.get("organisation")
        if told and (found := self._by_slug.get(told)):
            return found
        for name in _IDENTIFIERS:
            if partner.get(name) and (found := self._by_identifier.get((name, partner[name]))):
                return found
        if told:
            return None
        return next((b for b in self._by_key.get(_name_key(partner["name"]), ()) if _compatible(b, partner)), None)

    def bodies(self, partners: Iterable[Partner], revision: int) -> list[Body]:
        """The organisation of each partner, in order; the new ones are stored, with what the partners tell of them."""
        found = [self._find_or_create(p) for p in partners]
        columns = ("slug", "name", "kind", "size", "siren", "siret", "rna", "is_group", "revision")
        rows = [(b.slug, b.name, b.kind, b.size, b.siren, b.siret, b.rna, b.is_group, revision) for b in self._new]
        for body, id in zip(self._new, insert_many(Organisation, columns, rows), strict=True):
            body.id = id
        self._new = []
        return found

    def _find_or_create(self, partner: Partner) -> Body:
        name_key = _name_key(partner["name"])
        found = self.known(partner)
        if found is None:
            base = self._slug_base(partner)
            self._ask_slugs([base])
            found = Body(
                id=0,
                slug=free_slug(base, self._taken),
                name=partner.get("organisation_name") or partner["name"],
                kind=partner.get("kind") or "",
                size=partner.get("size") or "",
                siren=partner.get("siren") or "",
                siret=partner.get("siret") or "",
                rna=partner.get("rna") or "",
                is_group=bool(partner.get("group")),
                corrected_fields=[],
            )
            self._new.append(found)
            self._remember(found, _name_key(found.name))
            known_as = {_name_key(n): n for n in (*(partner.get("organisation_also") or ()), found.name)}
            self._new_names += [(found, n, k) for k, n in known_as.items() if k]
        if found not in self._by_key.get(name_key, ()):
            self._remember(found, name_key)
            self._new_names.append((found, partner["name"], name_key))
        self._complete(found, partner)
        return found

    def _complete(self, body: Body, partner: Partner) -> None:
        """Fills what was not known yet; never replaces what is known."""
        missing = {
            name: partner[name]
            for name in _COMPLETED
            if partner.get(name) and not getattr(body, name) and name not in body.corrected_fields
        }
        if missing:
            for name, value in missing.items():
                setattr(body, name, value)
            if body.id:
                self._completed.setdefault(body.id, {}).update(missing)
            self._remember(body)

    def save_names(self, revision: int) -> None:
        """Stores the names met and what was learnt; to be called once before the transaction ends."""
        names = {(body.id, k): (body.id, n, k) for body, n, k in self._new_names}
        insert_many(OrganisationName, ("organisation_id", "name", "key"), list(names.values()), or_ignore=True)
        self._new_names = []
        for id, values in self._completed.items():
            Organisation.objects.filter(id=id).update(revision=revision, **values)
        for part in in_parts(self._completed):
            # The index shows kind and size beside each partner: alliances that name a completed body are pulled again.
            Alliance.objects.filter(roles__organisation__in=part).update(revision=revision)
