"""Put the values of a record into the rows of an alliance: columns, roles, places. Used by the other actions."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any  # values are JSON

from alliage.catalogue.actions.organise import Body, Directory
from alliage.catalogue.many_rows import insert_many
from alliage.catalogue.models import Alliance, AlliancePlace, Role
from alliage.catalogue.records import COLUMNS, LISTS, YEARS
from alliage.intake.drafts import Batch, Draft
from alliage.vocabulary.words import key

LONGEST_EXTERNAL_ID = 200


def fingerprint_of(values: Mapping[str, Any]) -> str:
    """Equal fingerprints mean that a source sent the same values again."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def settled(draft: Draft) -> Draft:
    """A draft whose identifier fits its column; two long ones that differ anywhere stay two."""
    given = draft.external_id
    if len(given) <= LONGEST_EXTERNAL_ID:
        return draft
    whole = hashlib.sha256(given.encode("utf-8", "replace")).hexdigest()
    return replace(draft, external_id=f"{given[:100]}…{whole}")


def natural_key_of(values: Mapping[str, Any]) -> str:
    """What stands for an identifier when a source gives none: title, partners, places, first year."""
    parts = [
        key(values.get("title") or ""),
        *sorted(key(p["name"]) for p in values.get("partners") or ()),
        *sorted(f"{p['level']}:{p['code']}" for p in values.get("places") or ()),
        str(values.get("start_year") or ""),
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def provenance_of(draft: Draft, batch: Batch) -> dict[str, Any]:
    """Where a record was read: file, sheet, line, passage, and the example line of a document."""
    where = draft.provenance
    kept = {"file": where.file, "sheet": where.sheet, "line": where.line, "passage": where.passage}
    if draft.example_line is not None and batch.lines:
        kept |= {"document": batch.lines[0].document, "example_line": draft.example_line}
    return {name: value for name, value in kept.items() if value not in ("", None)}


def set_columns(alliance: Alliance, values: Mapping[str, Any]) -> None:
    """Sets the columns named by `values`; an emptied field becomes its empty value."""
    for name in COLUMNS:
        if name not in values:
            continue
        value = values[name]
        if name in LISTS:
            value = list(value or ())
        elif name == "confirmed_on":
            value = dt.date.fromisoformat(value) if isinstance(value, str) and value else value or None
        elif name in YEARS:
            value = value or None
        elif name == "status":
            value = value or "unknown"
        else:
            value = value or ""
        setattr(alliance, name, value)
    if "title" in values:
        alliance.title = str(values["title"])[:300]
        alliance.title_key = key(alliance.title)[:300]


ROLE = ("alliance_id", "organisation_id", "position", "name", "role", "contributions")
PLACE = ("alliance_id", "position", "level", "code", "name")


def roles_of(alliance_id: int, partners: Iterable[Mapping[str, Any]], bodies: Iterable[Body]) -> list[tuple[Any, ...]]:
    """The roles of an alliance (columns ROLE), in the order given; `bodies` are the organisations that partners are."""
    return [
        (
            alliance_id,
            body.id,
            position,
            partner["name"][:300],
            partner.get("role") or "",
            list(partner.get("contributions") or ()),
        )
        for position, (partner, body) in enumerate(zip(partners, bodies, strict=True))
    ]


def places_of(alliance_id: int, places: Iterable[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """The places of an alliance (columns PLACE), each once."""
    unique = {(p["level"], p["code"]): p for p in places}
    return [(alliance_id, position, p["level"], p["code"], p["name"]) for position, p in enumerate(unique.values())]


def insert_together(
    new: Sequence[tuple[Alliance, Draft]], directory: Directory, revision: int
) -> list[tuple[int, int, str]]:
    """Inserts new alliances with their partners and places, a table at a time, and gives them their keys.

    Returns the roles made: organisation, alliance, key of the title.
    """
    columns = [f.attname for f in Alliance._meta.concrete_fields if not f.primary_key]
    ids = insert_many(Alliance, columns, [[getattr(a, name) for name in columns] for a, _ in new])
    partners = [p for _, draft in new for p in draft.values.get("partners") or ()]
    bodies = iter(directory.bodies(partners, revision))
    roles: list[tuple[Any, ...]] = []
    places: list[tuple[Any, ...]] = []
    for id, (alliance, draft) in zip(ids, new, strict=True):
        alliance.pk = id
        named = draft.values.get("partners") or ()
        roles += roles_of(id, named, islice(bodies, len(named)))
        places += places_of(id, draft.values.get("places") or ())
    insert_many(Role, ROLE, roles)
    insert_many(AlliancePlace, PLACE, places)
    titles = {alliance.pk: alliance.title_key for alliance, _ in new}
    return [(role[1], role[0], titles[role[0]]) for role in roles]


def replace_rows(alliance: Alliance, values: Mapping[str, Any], directory: Directory) -> None:
    """Replaces the roles and places that `values` names; the others stay."""
    if "partners" in values:
        alliance.roles.all().delete()
        partners = values["partners"] or ()
        bodies = directory.bodies(partners, alliance.revision)
        insert_many(Role, ROLE, roles_of(alliance.pk, partners, bodies))
    if "places" in values:
        alliance.places.all().delete()
        insert_many(AlliancePlace, PLACE, places_of(alliance.pk, values["places"] or ()))
