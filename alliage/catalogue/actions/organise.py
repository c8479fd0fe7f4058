"""Find or create the organisations that drafts name: by identifier, by their own slug, else by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any  # a draft's partner is JSON

from django.db.models import Q

from alliage.catalogue.models import Alliance, Organisation, OrganisationName
from alliage.vocabulary.words import LONGEST_SLUG, key, slug

_ROOM_FOR_A_NUMBER = 7  # « -123456 »


def taken_slugs(model: Any, wanted: Iterable[str]) -> set[str]:
    """The slugs already given among the wanted ones and their numbered variants."""
    bases = set(wanted)
    found = set(model.objects.filter(slug__in=bases).values_list("slug", flat=True))
    for base in list(found):
        found |= set(model.objects.filter(slug__startswith=f"{_stem(base)}-").values_list("slug", flat=True))
    return found


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


def _compatible(organisation: Organisation, partner: Mapping[str, Any]) -> bool:
    """The same name may be one body, unless both kinds are told and differ, or identifiers disagree."""
    kind = partner.get("kind") or ""
    if organisation.kind and kind and organisation.kind != kind and "autre" not in (organisation.kind, kind):
        return False
    return all(
        not partner.get(name) or not getattr(organisation, name) or getattr(organisation, name) == partner[name]
        for name in ("siren", "rna")
    )


class Directory:
    """The organisations of one transaction: looked up at once for many partners, created when unknown."""

    def __init__(self, partners: Iterable[Mapping[str, Any]]) -> None:
        partners = list(partners)
        keys = {key(p["name"])[:300] for p in partners}
        slugs = {p["organisation"] for p in partners if p.get("organisation")}
        sirens = {p["siren"] for p in partners if p.get("siren")}
        rnas = {p["rna"] for p in partners if p.get("rna")}
        self._by_key: dict[str, list[Organisation]] = {}
        self._by_slug: dict[str, Organisation] = {}
        self._by_identifier: dict[tuple[str, str], Organisation] = {}
        names = OrganisationName.objects.filter(key__in=keys).exclude(organisation__publication="merged")
        for name in names.select_related("organisation").order_by("organisation_id"):
            self._remember(name.organisation, name.key)
        direct = Organisation.objects.filter(Q(slug__in=slugs) | Q(siren__in=sirens) | Q(rna__in=rnas))
        for organisation in direct.exclude(publication="merged"):
            self._remember(organisation)
        wanted = {slug(p["name"]) for p in partners} | slugs
        self._taken = taken_slugs(Organisation, wanted)
        self._new_names: list[OrganisationName] = []
        self.created: list[Organisation] = []
        self._completed: set[int] = set()

    def _remember(self, organisation: Organisation, name_key: str = "") -> None:
        if name_key and organisation not in self._by_key.setdefault(name_key, []):
            self._by_key[name_key].append(organisation)
        self._by_slug[organisation.slug] = organisation
        for name in ("siren", "rna"):
            if value := getattr(organisation, name):
                self._by_identifier[name, value] = organisation

    def known(self, partner: Mapping[str, Any]) -> Organisation | None:
        """The organisation that this partner is, or None."""
        if found := self._by_slug.get(partner.get("organisation") or ""):
            return found
        for name in ("siren", "rna"):
            if partner.get(name) and (found := self._by_identifier.get((name, partner[name]))):
                return found
        if partner.get("organisation"):
            return None
        alike = [o for o in self._by_key.get(key(partner["name"])[:300], ()) if _compatible(o, partner)]
        return alike[0] if alike else None

    def find_or_create(self, partner: Mapping[str, Any]) -> Organisation:
        """The organisation of a partner; a new one keeps the partner's kind, size and identifiers."""
        name_key = key(partner["name"])[:300]
        found = self.known(partner)
        if found is None:
            found = Organisation(
                slug=free_slug(partner.get("organisation") or slug(partner["name"]), self._taken),
                name=partner.get("organisation_name") or partner["name"],
                kind=partner.get("kind") or "",
                size=partner.get("size") or "",
                siren=partner.get("siren") or "",
                siret=partner.get("siret") or "",
                rna=partner.get("rna") or "",
                is_group=bool(partner.get("group")),
            )
            found.save()
            self.created.append(found)
            self._remember(found, key(found.name)[:300])
            known_as = {key(n)[:300]: n for n in (*(partner.get("organisation_also") or ()), found.name)}
            self._new_names += [OrganisationName(organisation=found, name=n, key=k) for k, n in known_as.items() if k]
        if found not in self._by_key.get(name_key, ()):
            self._remember(found, name_key)
            self._new_names.append(OrganisationName(organisation=found, name=partner["name"], key=name_key))
        self._complete(found, partner)
        return found

    def _complete(self, organisation: Organisation, partner: Mapping[str, Any]) -> None:
        """Fills what was not known yet; never replaces what is known."""
        missing = [
            name
            for name in ("kind", "size", "siren", "siret", "rna")
            if partner.get(name) and not getattr(organisation, name) and name not in organisation.corrected_fields
        ]
        if missing:
            for name in missing:
                setattr(organisation, name, partner[name])
            organisation.save(update_fields=missing)
            self._completed.add(organisation.id)
            self._remember(organisation)

    def save_names(self, revision: int) -> None:
        """Stores the names met; to be called once before the transaction ends."""
        OrganisationName.objects.bulk_create(self._new_names, ignore_conflicts=True)
        self._new_names = []
        Organisation.objects.filter(id__in=[o.id for o in self.created]).update(revision=revision)
        if self._completed:
            # The index shows kind and size beside each partner: alliances that name a completed body are pulled again.
            Organisation.objects.filter(id__in=self._completed).update(revision=revision)
            Alliance.objects.filter(roles__organisation__in=self._completed).update(revision=revision)
