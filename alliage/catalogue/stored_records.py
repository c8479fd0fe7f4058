"""Whole records of many alliances read as plain rows: four questions a page, and no model made for any of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any  # records are JSON

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from alliage.catalogue.models import Alliance, AlliancePlace, Role
from alliage.catalogue.records import COLUMNS

_JSON = frozenset(f.name for f in Alliance._meta.fields if f.get_internal_type() == "JSONField")
_OWN = ("id", "slug", "revision", "publication", "first_published_on", "external_id")
_ROLE = (
    *("alliance_id", "name", "role", "contributions", "organisation__slug", "organisation__kind"),
    *("organisation__size", "organisation__siren", "organisation__siret", "organisation__rna"),
)
_PLACES_IN_OWN = len(_OWN)


@dataclass(slots=True)
class Stored:
    """One alliance as the base holds it; `record` has the shape of records.record_of.

    `printed`: the lines of documents that name it; `identifiers`: the numbers of its partners and of its source.
    """

    number: int
    slug: str
    revision: int
    publication: str
    published_on: dt.date | None
    record: dict[str, Any]
    printed: list[str]
    identifiers: list[str]


def read_stored(rows: QuerySet[Alliance]) -> list[Stored]:
    """The alliances of a page of rows, in its order."""
    found: dict[int, Stored] = {}
    numbers: dict[int, set[str]] = {}
    for row in _raw(rows.values_list(*_OWN, *COLUMNS)):
        number, slug, revision, publication, published_on, external_id = row[:_PLACES_IN_OWN]
        record: dict[str, Any] = {"id": slug}
        for name, value in zip(COLUMNS, row[_PLACES_IN_OWN:], strict=True):
            record[name] = _tree(value) if name in _JSON else (None if value == "" else value)
        if record["confirmed_on"]:
            record["confirmed_on"] = str(record["confirmed_on"])
        record["partners"], record["places"] = [], []
        day = dt.date.fromisoformat(published_on) if isinstance(published_on, str) else published_on
        found[number] = Stored(number, slug, revision, publication, day, record, [], [])
        numbers[number] = {external_id} if external_id else set()
    ids = list(found)
    if not ids:
        return []
    roles = Role.objects.filter(alliance_id__in=ids).order_by("alliance_id", "position")
    for alliance, name, role, contributions, organisation, kind, size, *official in _raw(roles.values_list(*_ROLE)):
        partner = {
            "organisation": organisation,
            "name": name,
            "kind": kind or None,
            "size": size or None,
            "role": role or None,
            "contributions": _tree(contributions),
        }
        found[alliance].record["partners"].append(partner)
        numbers[alliance].update(n for n in official if n)
    places = AlliancePlace.objects.filter(alliance_id__in=ids).order_by("alliance_id", "position")
    for alliance, level, code, name in places.values_list("alliance_id", "level", "code", "name"):
        found[alliance].record["places"].append({"level": level, "code": code, "name": name})
    lines = Alliance.sheet_lines.through.objects.filter(alliance_id__in=ids)
    for alliance, text in lines.order_by("sheetline__document", "sheetline__number").values_list(
        "alliance_id", "sheetline__text"
    ):
        found[alliance].printed.append(text)
    for number, stored in found.items():
        stored.identifiers = sorted(numbers[number])
    return list(found.values())


def _raw(rows: QuerySet[Any, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows as the driver gives them: JSON is text, which is opened below only when it holds something."""
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while page := cursor.fetchmany(500):
            yield from page


def _tree(value: Any) -> Any:
    if value == "[]" or value is None:
        return []
    return json.loads(value) if isinstance(value, str) else value
