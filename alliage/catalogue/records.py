"""An alliance as one plain record: the shape of fields.yaml, spoken by the journal, the index, exports and API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any  # a record is JSON

from alliage.catalogue.models import Alliance, AlliancePlace, Organisation, Role

# Fields of the record that are columns of Alliance under the same name.
COLUMNS = (
    "title",
    "summary",
    "need",
    "action",
    "keywords",
    "mode",
    "trend",
    "domains",
    "fragilities",
    "sdgs",
    "scale",
    "place_note",
    "start_year",
    "end_year",
    "status",
    "status_year",
    "confirmed_on",
    "results",
    "resources",
    "lessons",
    "lessons_basis",
    "doubts",
    "documentation",
    "readings",
    "sources",
    "collections",
)
LISTS = frozenset(
    ["keywords", "domains", "fragilities", "sdgs", "results", "resources", "readings", "sources", "collections"]
)
YEARS = frozenset({"start_year", "end_year", "status_year", "confirmed_on"})


def partner_of(role: Role) -> dict[str, Any]:
    """One partner of a record."""
    organisation: Organisation = role.organisation
    return {
        "organisation": organisation.slug,
        "name": role.name,
        "kind": organisation.kind or None,
        "size": organisation.size or None,
        "role": role.role or None,
        "contributions": list(role.contributions),
    }


def place_of(place: AlliancePlace) -> dict[str, str]:
    """One place of a record."""
    return {"level": place.level, "code": place.code, "name": place.name}


def record_of(alliance: Alliance) -> dict[str, Any]:
    """The whole record; needs `roles__organisation` and `places` prefetched to cost no query."""
    record: dict[str, Any] = {"id": alliance.slug}
    for name in COLUMNS:
        value = getattr(alliance, name)
        record[name] = value.isoformat() if name == "confirmed_on" and value else value
        if value == "" and name not in ("title",):
            record[name] = None
    record["partners"] = [partner_of(role) for role in alliance.roles.all()]
    record["places"] = [place_of(place) for place in alliance.places.all()]
    return record


def changed_fields(before: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The given values that differ from a record; an absent field is not a change."""
    different = {}
    for name, value in values.items():
        if name == "id":
            continue
        old = before.get(name)
        value = _completed(name, old or (), value)
        if name == "partners":
            old = [comparable_partner(p) for p in old or ()]
            new: Any = [comparable_partner(p) for p in value or ()]
        elif name == "places":
            old = [(p["level"], p["code"]) for p in old or ()]
            new = [(p["level"], p["code"]) for p in value or ()]
        elif name == "status":
            old, new = old or "unknown", value or "unknown"
        else:
            new = value or None
            old = old or None
        if old != new:
            different[name] = value
    return different


# What makes two items of a list the same one, told again: a table tells less of it than the record holds.
_IDENTITY = {"partners": "name", "results": "text", "resources": "text", "sources": "url", "readings": "title"}


def _completed(name: str, old: Iterable[Mapping[str, Any]], new: Any) -> Any:
    """The new items, each with what the old one of the same identity held and the new one does not tell."""
    identity = _IDENTITY.get(name)
    if identity is None or not new:
        return new
    held = {item.get(identity): item for item in old if item.get(identity)}
    return [{**held.get(item.get(identity), {}), **item} for item in new]


def comparable_partner(partner: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    """What makes a partner's entry differ: its name as given, its role, its contributions.

    Between « ; » and « , » a cell of a table cannot tell: they do not count.
    """
    name, role = (re.sub(r"[\s;,]+", " ", str(partner.get(n) or "")).strip() for n in ("name", "role"))
    return (name, role, tuple(partner.get("contributions") or ()))
