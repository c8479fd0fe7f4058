"""The organisations that the starter alliances name; not those of the catalogue, which may be many more."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from alliage.vocabulary.loading import read_section, require


@dataclass(frozen=True, slots=True)
class KnownOrganisation:
    """One organisation of the starter base. `group`: the name stands for several bodies, not one."""

    id: str
    name: str
    kind: str
    size: str | None = None
    siren: str | None = None
    also: tuple[str, ...] = ()
    group: bool = False


@cache
def organisations() -> dict[str, KnownOrganisation]:
    """All of content/organisations.yaml, by id. Raises ContentError."""
    file = "organisations.yaml"
    return {
        row["id"]: KnownOrganisation(
            id=require(row, "id", file),
            name=require(row, "name", file),
            kind=require(row, "kind", file),
            size=row.get("size"),
            siren=row.get("siren"),
            also=tuple(row.get("also") or ()),
            group=bool(row.get("group")),
        )
        for row in read_section(file, "organisations")
    }
