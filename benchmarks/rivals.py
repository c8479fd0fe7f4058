"""What we are measured against: sqlite-utils and Datasette, in an environment of their own, on the same rows."""

from __future__ import annotations

import http.client
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from alliage.vocabulary.places import gazetteer
from benchmarks.machine import HOUSE, Run, run

VENV = HOUSE / "var" / "bench-venv"
TEXTS = ("title", "need", "action", "partners", "places")
PLAIN_FACETS = ("mode", "trend", "status", "scale", "lessons")
LISTED_FACETS = ("domain", "region", "actor_kind", "actor_size", "fragility", "sdg")
NO_LIMIT_MS = 3_600_000
_TOKENS = "unicode61 remove_diacritics 2"


def rival(name: str) -> str:
    """The command of that name; installs both at the first call."""
    if not (VENV / "bin" / "datasette").exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([VENV / "bin" / "pip", "install", "-q", "datasette", "sqlite-utils"], check=True)
    return str(VENV / "bin" / name)


def versions() -> dict[str, str]:
    """The versions installed."""
    return {
        n: subprocess.check_output([rival(n), "--version"], text=True).split()[-1]
        for n in ("datasette", "sqlite-utils")
    }


def insert_and_index(csv: Path, base: Path) -> tuple[Run, Run]:
    """`sqlite-utils insert` of the file, then `enable-fts` on its five texts."""
    base.unlink(missing_ok=True)
    tool = rival("sqlite-utils")
    inserted = run([tool, "insert", str(base), "alliances", str(csv), "--csv"])
    texts = ("Titre", "Besoin", "Action", "Partenaires", "Lieux")
    return inserted, run([tool, "enable-fts", str(base), "alliances", *texts, "--tokenize", _TOKENS])


def datasette_table(catalogue: Path, base: Path) -> Path:
    """The published alliances as one table: plain columns for single values, JSON lists for several, full text."""
    if base.exists():
        return base
    beside = base.with_suffix(".partial")
    beside.unlink(missing_ok=True)
    link = sqlite3.connect(beside)
    link.execute("ATTACH ? AS c", [f"file:{catalogue}"])
    link.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-500000;")
    link.execute(
        "CREATE TEMP TABLE above (level TEXT, code TEXT, region TEXT, departement TEXT, PRIMARY KEY (level, code))"
    )
    link.executemany(
        "INSERT INTO above VALUES (?, ?, ?, ?)",
        [
            (p.level, p.code, f"region:{p.region}", f"departement:{p.departement}")
            for p in gazetteer().by_token.values()
        ],
    )
    link.executescript("""
        CREATE TABLE alliances (id TEXT PRIMARY KEY, title TEXT, need TEXT, action TEXT, partners TEXT, places TEXT,
            mode TEXT, trend TEXT, status TEXT, scale TEXT, lessons TEXT, start_year INTEGER,
            domain TEXT, region TEXT, departement TEXT, actor_kind TEXT, actor_size TEXT, fragility TEXT, sdg TEXT);
        INSERT INTO alliances SELECT a.slug, a.title, a.need, a.action,
            (SELECT group_concat(r.name, ' ; ') FROM c.catalogue_role r WHERE r.alliance_id = a.id),
            (SELECT group_concat(p.name, ' ; ') FROM c.catalogue_allianceplace p WHERE p.alliance_id = a.id),
            a.mode, nullif(a.trend, ''), a.status, nullif(a.scale, ''), iif(a.lessons = '', NULL, 'oui'), a.start_year,
            a.domains,
            (SELECT json_group_array(DISTINCT v.region) FROM c.catalogue_allianceplace p
                JOIN above v ON v.level = p.level AND v.code = p.code WHERE p.alliance_id = a.id),
            (SELECT json_group_array(DISTINCT v.departement) FROM c.catalogue_allianceplace p
                JOIN above v ON v.level = p.level AND v.code = p.code WHERE p.alliance_id = a.id),
            (SELECT json_group_array(DISTINCT o.kind) FROM c.catalogue_role r
                JOIN c.catalogue_organisation o ON o.id = r.organisation_id WHERE r.alliance_id = a.id),
            (SELECT json_group_array(DISTINCT o.size) FROM c.catalogue_role r
                JOIN c.catalogue_organisation o ON o.id = r.organisation_id AND o.size <> '' WHERE r.alliance_id = a.id),
            a.fragilities, a.sdgs
        FROM c.catalogue_alliance a WHERE a.publication = 'published';
    """)
    for column in PLAIN_FACETS:
        link.execute(f"CREATE INDEX by_{column} ON alliances ({column})")
    link.commit()
    link.close()
    subprocess.run(
        [rival("sqlite-utils"), "enable-fts", beside, "alliances", *TEXTS, "--tokenize", _TOKENS], check=True
    )
    beside.rename(base)
    return base


class Datasette:
    """Datasette serving one base on a port, its limits raised until it answers all."""

    def __init__(self, base: Path, port: int) -> None:
        self.port, self.name = port, base.stem
        limits = {
            "sql_time_limit_ms": NO_LIMIT_MS,
            "facet_time_limit_ms": NO_LIMIT_MS,
            "default_facet_size": 200,
            "max_returned_rows": 1_000,
            "suggest_facets": "off",
            "cache_size_kb": 64_000,
        }
        told = [word for name, value in limits.items() for word in ("--setting", name, str(value))]
        command = [rival("datasette"), "serve", "-i", str(base), "-p", str(port), *told]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def address(self, asked: dict[str, str]) -> str:
        """The address that asks Datasette what `asked` asks us."""
        pairs = [("_shape", "objects"), ("_size", "20")]
        pairs += [("_facet", f) for f in PLAIN_FACETS] + [("_facet_array", f) for f in LISTED_FACETS]
        for name, value in asked.items():
            if name == "q":
                pairs.append(("_search", value))
            elif name == "place":
                pairs.append((f"{value.partition(':')[0]}__arraycontains", value))
            elif name in LISTED_FACETS:
                pairs.append((f"{name}__arraycontains", value))
            else:
                pairs.append((f"{name}__exact", value))
        return f"/{self.name}/alliances.json?{urlencode(pairs)}"

    def ready(self) -> None:
        """Waits until it answers."""
        for _ in range(600):
            try:
                link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                link.request("GET", "/-/versions.json")
                link.getresponse().read()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("Datasette does not answer")

    def stop(self) -> None:
        """Ends it."""
        self.process.terminate()
        self.process.wait(30)
