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


def roles_of(alliance: Alliance, partners: Iterable[Mapping[str, Any]], bodies: Iterable[Body]) -> list[Role]:
    """Unsaved roles of a saved alliance, in the order given; `bodies` are the organisations that the partners are."""
    return [
        Role(
            alliance_id=alliance.pk,
            organisation_id=body.id,
            position=position,
            name=partner["name"][:300],
            role=partner.get("role") or "",
            contributions=list(partner.get("contributions") or ()),
        )
        for position, (partner, body) in enumerate(zip(partners, bodies, strict=True))
    ]


def places_of(alliance: Alliance, places: Iterable[Mapping[str, Any]]) -> list[AlliancePlace]:
    """Unsaved places of a saved alliance, each once."""
    unique = {(p["level"], p["code"]): p for p in places}
    return [
        AlliancePlace(alliance_id=alliance.pk, position=position, level=p["level"], code=p["code"], name=p["name"])
        for position, p in enumerate(unique.values())
    ]


def replace_rows(alliance: Alliance, values: Mapping[str, Any], directory: Directory) -> None:
    """Replaces the roles and places that `values` names; the others stay."""
    if "partners" in values:
        alliance.roles.all().delete()
        partners = values["partners"] or ()
        insert_many(roles_of(alliance, partners, directory.bodies(partners, alliance.revision)))
    if "places" in values:
        alliance.places.all().delete()
        insert_many(places_of(alliance, values["places"] or ()))
