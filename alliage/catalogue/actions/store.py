"""Put the values of a record into the rows of an alliance: columns, roles, places. Used by the other actions."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any  # values are JSON

from alliage.catalogue.actions.organise import Directory
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


def roles_of(alliance: Alliance, partners: Iterable[Mapping[str, Any]], directory: Directory) -> list[Role]:
    """Unsaved roles of an alliance, in the order given."""
    return [
        Role(
            alliance=alliance,
            organisation=directory.find_or_create(partner),
            position=position,
            name=partner["name"][:300],
            role=partner.get("role") or "",
            contributions=list(partner.get("contributions") or ()),
        )
        for position, partner in enumerate(partners)
    ]


def places_of(alliance: Alliance, places: Iterable[Mapping[str, Any]]) -> list[AlliancePlace]:
    """Unsaved places of an alliance, each once."""
    unique = {(p["level"], p["code"]): p for p in places}
    return [
        AlliancePlace(alliance=alliance, position=position, level=p["level"], code=p["code"], name=p["name"])
        for position, p in enumerate(unique.values())
    ]


def replace_rows(alliance: Alliance, values: Mapping[str, Any], directory: Directory) -> None:
    """Replaces the roles and places that `values` names; the others stay."""
    if "partners" in values:
        alliance.roles.all().delete()
        Role.objects.bulk_create(roles_of(alliance, values["partners"] or (), directory))
    if "places" in values:
        alliance.places.all().delete()
        AlliancePlace.objects.bulk_create(places_of(alliance, values["places"] or ()))
