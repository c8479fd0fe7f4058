"""`alliage import` of a national base, index and all, against `sqlite-utils insert` and `enable-fts` of the same file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from benchmarks.machine import ALLIAGE, environment, run, size_of
from benchmarks.rivals import insert_and_index


def measure(csv: Path, home: Path) -> dict[str, object]:
    """Imports the file into an empty Alliage under `home`, which stays for the other measures."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    report = home.parent / "report.json"
    ours = run([ALLIAGE, "import", str(csv), "--publish", "--report", str(report)], environment(home))
    told = json.loads(report.read_text("utf-8"))
    theirs = home.parent / "sqlite-utils.db"
    inserted, indexed = insert_and_index(csv, theirs)
    found = {
        "import": ours.as_dict(),
        "report": {n: told[n] for n in ("read", "created", "set_aside", "refused")},
        "sqlite_utils_insert": inserted.as_dict(),
        "sqlite_utils_fts": indexed.as_dict(),
        "times_sqlite_utils": round(ours.wall / (inserted.wall + indexed.wall), 2),
        "times_sqlite_utils_processor": round(ours.processor / (inserted.processor + indexed.processor), 2),
        "csv_mb": size_of(csv),
        "base_mb": size_of(home / "alliage.sqlite3"),
        "index_mb": size_of(home / "index"),
        "sqlite_utils_mb": size_of(theirs),
    }
    theirs.unlink()
    return found


def rebuild(home: Path) -> dict[str, object]:
    """The index of an imported base made anew, beside the one that serves."""
    return run([ALLIAGE, "index", "--rebuild"], environment(home)).as_dict()
