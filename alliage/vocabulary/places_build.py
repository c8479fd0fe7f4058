"""Makes content/places from the official npm package; run by `alliage places build`, never at run time."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any  # the package's JSON

import yaml

PACKAGE = "@etalab/decoupage-administratif"


def _write(path: Path, header: list[str], rows: list[list[Any]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def build_places(package: Path, out: Path) -> dict[str, int]:
    """Reads the unpacked npm package and writes CSV files and SOURCE.yaml into `out`.

    Returns the number of rows per file. Raises FileNotFoundError when `package` is not that package.
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

    regions = sorted([r["code"], r["nom"]] for r in read("regions"))
    departements = sorted([d["code"], d["nom"], d["region"]] for d in read("departements"))
    people: dict[str, int] = {}
    for c in current:
        for token in ("d" + c["departement"], "r" + c["region"]):
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
            ["code", "name", "population"],
            [[code, name, people.get("r" + code) or ""] for code, name in regions],
        ),
        "departements.csv": (
            ["code", "name", "region", "population"],
            [[code, name, region, people.get("d" + code) or ""] for code, name, region in departements],
        ),
        "epci.csv": (
            ["code", "name", "departement", "region", "population"],
            sorted(
                [e["code"], e["nom"], seat(e)["departement"], seat(e)["region"], e.get("populationMunicipale") or ""]
                for e in epci
            ),
        ),
        "communes.csv": (
            ["code", "name", "departement", "region", "epci", "population", "postcodes"],
            sorted(
                [
                    c["code"],
                    c["nom"],
                    c["departement"],
                    c["region"],
                    epci_of.get(c["code"], ""),
                    c.get("population", ""),
                    " ".join(c.get("codesPostaux", ())),
                ]
                for c in current
            ),
        ),
        "communes-anciennes.csv": (["code", "name", "commune"], sorted(former)),
    }
    out.mkdir(parents=True, exist_ok=True)
    checksums = {name: _write(out / name, header, rows) for name, (header, rows) in files.items()}
    source = {
        "package": PACKAGE,
        "version": about["version"],
        "vintage": 2026,
        "producer": "Etalab, d’après l’INSEE, la DGCL et La Poste",
        "licence": "Licence Ouverte 2.0 (données), MIT (code)",
        "rows": {name: len(rows) for name, (_, rows) in files.items()},
        "sha256": checksums,
    }
    (out / "SOURCE.yaml").write_text(yaml.safe_dump(source, allow_unicode=True, sort_keys=False), "utf-8")
    return {name: len(rows) for name, (_, rows) in files.items()}
