"""The starter base as a batch: content/alliances, their organisations, and the founding sheet's lines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any  # a record is JSON

from alliage.intake.drafts import Batch, Draft, ExampleLine, Provenance
from alliage.vocabulary.loading import ROOT, ContentError, line_of, read_yaml
from alliage.vocabulary.organisations import organisations
from alliage.vocabulary.places import gazetteer

SOURCE = "socle-alliage"
_LINE_ID = re.compile(r"line-(\d+)")


def _partner(given: dict[str, Any], file: str) -> dict[str, Any]:
    known = organisations().get(given["organisation"])
    if known is None:
        raise ContentError(file, f"l’organisation « {given['organisation']} » n’est pas dans organisations.yaml")
    return {
        "organisation": known.id,
        "organisation_name": known.name,
        "organisation_also": list(known.also),
        "group": known.group,
        "name": given.get("name") or known.name,
        "kind": known.kind,
        "size": known.size,
        "siren": known.siren,
        "role": given.get("role"),
        "contributions": list(given.get("contributions") or ()),
    }


def _place(token: str, file: str) -> dict[str, str]:
    place = gazetteer().token(token)
    if place is None:
        raise ContentError(file, f"lieu inconnu : {token}")
    return {"level": place.level, "code": place.code, "name": place.name}


def starter_drafts() -> Iterator[Draft]:
    """One draft a file of content/alliances, in the order of the ids. Raises ContentError."""
    for entry in sorted((ROOT / "alliances").iterdir(), key=lambda e: e.name):
        file = f"alliances/{entry.name}"
        record = dict(read_yaml(file))
        if record.get("id") != entry.name.removesuffix(".yaml"):
            raise ContentError(file, "l’identifiant n’est pas le nom du fichier", line_of(record))
        record["partners"] = [_partner(p, file) for p in record.get("partners") or ()]
        record["places"] = [_place(t, file) for t in record.get("places") or ()]
        yield Draft(values=record, provenance=Provenance(file=file), external_id=record["id"])


def founding_lines() -> tuple[ExampleLine, ...]:
    """The example lines of the founding sheet, with the alliances that each one names."""
    tree = read_yaml("founding-sheet.yaml")
    lines = []
    for section in tree["sections"]:
        for row in section["rows"]:
            match = _LINE_ID.fullmatch(str(row["id"]))
            if row["kind"] == "line" and match:
                lines.append(
                    ExampleLine(
                        document=tree["document"]["id"],
                        number=int(match[1]),
                        text=row["text"],
                        mode=row.get("mode"),
                        trend=row.get("trend"),
                        tag=row.get("tag") or "",
                        alliances=tuple(row["answer"].get("alliances") or ()),
                    )
                )
    return tuple(sorted(lines, key=lambda line: line.number))


def starter_batch() -> Batch:
    """Everything that a new installation starts with."""
    names = sorted(e.name for e in (ROOT / "alliances").iterdir())
    checksum = hashlib.sha256()
    for name in names:
        checksum.update((ROOT / "alliances" / name).read_bytes())
    return Batch(
        source=SOURCE,
        file="content/alliances",
        checksum=checksum.hexdigest(),
        items=iter(starter_drafts()),
        lines=founding_lines(),
        total=len(names),
    )
