"""The fields file given a shape: what each field of an alliance or an organisation is called and is for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from alliage.vocabulary.loading import ContentError, line_of, read_section, require

TYPES = frozenset(
    [
        "text",
        "prose",
        "choice",
        "choices",
        "year",
        "date",
        "sdgs",
        "partners",
        "places",
        "results",
        "resources",
        "readings",
        "sources",
    ]
)


@dataclass(frozen=True, slots=True)
class Field:
    """One declared field. `weight` None means « not searched »; `list` names its controlled list."""

    name: str
    type: str
    label: str
    help: str
    export: str
    list: str | None = None
    facet: bool = False
    weight: float | None = None
    required: bool = False
    headers: tuple[str, ...] = ()


@cache
def fields(subject: str = "alliance") -> dict[str, Field]:
    """The fields of « alliance » or « organisation », by name, in the order of the file."""
    file = "fields.yaml"
    found: dict[str, Field] = {}
    for row in read_section(file, subject):
        name = require(row, "name", file)
        if row.get("type") not in TYPES:
            raise ContentError(file, f"type inconnu pour « {name} » : {row.get('type')}", line_of(row))
        if row["type"] in ("choice", "choices") and name != "keywords" and not row.get("list"):
            raise ContentError(file, f"« {name} » doit nommer sa liste de valeurs", line_of(row))
        found[name] = Field(
            name=name,
            type=row["type"],
            label=require(row, "label", file),
            help=require(row, "help", file),
            export=require(row, "export", file),
            list=row.get("list"),
            facet=bool(row.get("facet")),
            weight=row.get("weight"),
            required=bool(row.get("required")),
            headers=tuple(str(h) for h in row.get("headers") or ()),
        )
    return found
