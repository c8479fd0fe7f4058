"""Makes the yearly changes of codes and the names of former times from older editions of the official npm package.

Run by `alliage places changes`, never at run time. How changes are read at run time: `places_history`.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any  # the package's JSON

import yaml

from alliage.vocabulary.places_history import Change, heirs
from alliage.vocabulary.words import key

PACKAGE = "@etalab/decoupage-administratif"
HISTORY = "historique-communes.json"  # in the edition of 2019 only: every commune since 1943
# After one of these a commune is another one under the same code and name: the old name says nothing sure.
_UNSURE = ("dé-fusion", "recomposition", "dissolution", "fusion partielle")
_PARTS = ("commune-deleguee", "commune-associee")


@dataclass
class Edition:
    """What one vintage says: names of communes by code; the commune that each former or delegated code leads to; the
    members of each EPCI."""

    year: int
    version: str
    names: dict[str, str]
    leads_to: dict[str, str] = field(default_factory=dict)
    epci_names: dict[str, str] = field(default_factory=dict)
    epci_members: dict[str, list[str]] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return codes_sha256(self.names)


def codes_sha256(codes: Iterable[str]) -> str:
    """The checksum of a list of codes: sorted, one a line."""
    return hashlib.sha256("\n".join(sorted(codes)).encode()).hexdigest()


def vintage_of(version: str) -> int:
    """The year of a version of the package: 0.7 is 2019, 0.8 is 2020, then one major a year from 1 (2021)."""
    major, minor = (int(n) for n in version.split(".")[:2])
    years = {(0, 7): 2019, (0, 8): 2020}
    if major == 0 and (major, minor) not in years:
        raise ValueError(f"la version {version} du paquet {PACKAGE} n’a pas de millésime connu")
    return years.get((major, minor), 2020 + major)


def read_edition(folder: Path) -> Edition:
    """One unpacked package. Raises FileNotFoundError when it is another one."""
    about = json.loads((folder / "package.json").read_text("utf-8"))
    if about["name"] != PACKAGE:
        raise FileNotFoundError(f"{folder} n’est pas le paquet {PACKAGE}")
    communes, epci = (json.loads((folder / "data" / f"{n}.json").read_text("utf-8")) for n in ("communes", "epci"))
    edition = Edition(
        vintage_of(about["version"]),
        about["version"],
        {c["code"]: c["nom"] for c in communes if c["type"] == "commune-actuelle"},
        epci_names={e["code"]: e["nom"] for e in epci},
        epci_members={e["code"]: sorted(m["code"] for m in e["membres"]) for e in epci},
    )
    for c in communes:
        edition.leads_to.update({old: c["code"] for old in c.get("anciensCodes", ()) if c["code"] in edition.names})
    for c in communes:
        if c["type"] in _PARTS and c.get("chefLieu") in edition.names:
            edition.leads_to[c["code"]] = c["chefLieu"]
    return edition


def _communes_of_2020(before: Edition, edition: Edition, after: Edition) -> None:
    """The edition of 2020 holds the EPCI of that year beside the communes of 2019: its communes are the members of its
    EPCI, and those that belong to none in the years around."""
    members = {code for codes in edition.epci_members.values() for code in codes}
    alone = set(before.names) - {code for codes in before.epci_members.values() for code in codes}
    codes = members | (alone & set(after.names))
    edition.names = {code: before.names.get(code) or after.names[code] for code in codes}
    edition.leads_to = after.leads_to


def changes_between(before: Edition, after: Edition) -> list[Change]:
    """What happened to codes and names from one vintage to the next. Raises ValueError when a code goes nowhere known."""
    found: list[Change] = []
    gone = sorted(set(before.names) - set(after.names))
    new = set(after.names) - set(before.names)
    renumbered: set[str] = set()
    for code in gone:
        now = after.leads_to.get(code, "")
        if now not in after.names:
            raise ValueError(f"{before.year} → {after.year} : le code {code} disparaît sans successeur connu")
        kind = "renumbered" if now in new else "merged"
        renumbered |= {now} & new
        found.append(Change(after.year, kind, code, now, before.names[code], after.names[now]))
    for code in sorted(new - renumbered):
        out_of = before.leads_to.get(code, "")
        if out_of not in before.names:
            raise ValueError(f"{before.year} → {after.year} : le code {code} vient d’on ne sait où")
        found.append(Change(after.year, "re-created", out_of, code, before.names[out_of], after.names[code]))
    return found + [
        Change(after.year, "renamed", code, code, before.names[code], after.names[code])
        for code in sorted(set(before.names) & set(after.names))
        if key(before.names[code]) != key(after.names[code])
    ]


def _former_names(
    editions: Sequence[Edition], changes: Sequence[Change], history: Sequence[Mapping[str, Any]]
) -> list[list[str]]:
    """Names that communes no longer bear: the name, today's commune (a line each when several), the year it ended."""
    last, first = editions[-1], editions[0]
    ended: dict[tuple[str, str], int] = {}
    re_created = {c.new for c in changes if c.kind == "re-created"}

    def note(name: str, codes: Iterable[str], year: int) -> None:
        for code in codes:
            if code in last.names and key(name) != key(last.names[code]):
                ended[name, code] = max(year, ended.get((name, code), 0))

    for change in changes:
        if key(change.old_name) == key(last.names.get(change.old, "")):
            continue  # the commune goes on under its name: those that left it bear theirs
        note(change.old_name, heirs(change.old, changes, change.year - 1), change.year)
    for entry in history:
        reason, end = entry.get("raisonFin") or "", entry.get("dateFin") or ""
        if entry["type"] != "COM" or not end or any(word in reason for word in _UNSURE):
            continue
        code = str(entry["code"])
        today = heirs(code, changes, first.year) if code in first.names else {last.leads_to.get(code, code)}
        # Before 2019 a re-created commune was a commune already, under its own name.
        note(entry["nom"], {c for c in today if c == code or c not in re_created}, int(end[:4]))
    return sorted([name, code, str(year)] for (name, code), year in ended.items())


def _former_epci(editions: Sequence[Edition], changes: Sequence[Change]) -> list[list[str]]:
    """EPCI that are no more: code, name, last vintage, and the present ones in which their communes lie."""
    last = editions[-1]
    epci_of = {code: epci for epci, codes in last.epci_members.items() for code in codes}
    found = {}
    for edition in editions[:-1]:
        for code in set(edition.epci_names) - set(last.epci_names):
            today = {c for member in edition.epci_members[code] for c in heirs(member, changes, edition.year)}
            hosts = " ".join(sorted({epci_of[c] for c in today if c in epci_of}))
            found[code] = [code, edition.epci_names[code], str(edition.year), hosts]
    return sorted(found.values())


def build_changes(folders: Iterable[Path], out: Path) -> dict[str, int]:
    """Reads unpacked packages of successive years; writes changes.csv, vintages.csv, epci-anciens.csv and
    commune-names.csv into `out`. Returns the number of rows per file. Raises FileNotFoundError, ValueError."""
    by_year = {edition.year: (edition, folder) for folder in folders for edition in [read_edition(folder)]}
    years = sorted(by_year)
    if len(years) < 2 or years != list(range(years[0], years[-1] + 1)):
        raise ValueError(f"il faut une version du paquet pour chaque année ; reçues : {years}")
    editions = [by_year[year][0] for year in years]
    for before, edition, after in zip(editions, editions[1:], editions[2:], strict=False):
        if edition.year == 2020:
            _communes_of_2020(before, edition, after)
    changes = [c for before, after in pairwise(editions) for c in changes_between(before, after)]
    history_file = by_year[years[0]][1] / "data" / HISTORY
    history = json.loads(history_file.read_text("utf-8")) if history_file.exists() else []
    files: dict[str, tuple[list[str], list[list[str]]]] = {
        "changes.csv": (
            ["year", "kind", "old", "new", "old_name", "new_name"],
            [[str(c.year), c.kind, c.old, c.new, c.old_name, c.new_name] for c in changes],
        ),
        "vintages.csv": (
            ["year", "package_version", "communes", "epci", "sha256_of_codes"],
            [[str(e.year), e.version, str(len(e.names)), str(len(e.epci_names)), e.sha256] for e in editions],
        ),
        "epci-anciens.csv": (["code", "name", "year", "epci"], _former_epci(editions, changes)),
        "commune-names.csv": (["name", "commune", "until"], _former_names(editions, changes, history)),
    }
    for name, (header, rows) in files.items():
        with (out / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
    source = out / "SOURCE.yaml"
    told = yaml.safe_load(source.read_text("utf-8")) if source.exists() else {}
    told["changes"] = {
        "package": PACKAGE,
        "versions": {e.year: e.version for e in editions},
        "licence": "Licence Ouverte 2.0 (données), MIT (code)",
        "note": "communes de 2020\u00a0: les membres des EPCI de la version 0.8, et les communes hors EPCI",
        "rows": {name: len(rows) for name, (_, rows) in files.items()},
        "sha256": {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in files},
    }
    source.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), "utf-8")
    return {name: len(rows) for name, (_, rows) in files.items()}
