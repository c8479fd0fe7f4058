"""Put the values of a record into the rows of an alliance: columns, roles, places. Used by the other actions."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any  # values are JSON

from alliage.catalogue.actions.organise import Body, Directory
from alliage.catalogue.many_rows import insert_many
from alliage.catalogue.models import Alliance, AlliancePlace, Role
from alliage.catalogue.records import COLUMNS, LISTS, YEARS
from alliage.vocabulary.words import key


def fingerprint_of(values: Mapping[str, Any]) -> str:
    """Equal fingerprints mean that a source sent the same values again."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def natural_key_of(values: Mapping[str, Any]) -> str:
    """What stands for an identifier when a source gives none: title, partners, places, first year."""
    parts = [
        key(values.get("title") or ""),
        *sorted(key(p["name"]) for p in values.get("partners") or ()),
        *sorted(f"{p['level']}:{p['code']}" for p in values.get("places") or ()),
        str(values.get("start_year") or ""),
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


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
