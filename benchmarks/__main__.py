"""Runs every measure on bases of the sizes asked, keeps the figures in docs/performance.json, writes the page from them.

`python -m benchmarks --sizes 10000,100000` ; `--only imports,rebuild,pages,search,datasette` ; `--page` writes the page
again. What is not measured this time keeps its last figures, and the commit of the product that they tell about.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any  # figures are JSON

from benchmarks import imports, pages, performance_page, rivals, search
from benchmarks.machine import HOUSE, STATE, facts, measured
from benchmarks.national import write_base

FIGURES = HOUSE / "docs" / "performance.json"
MEASURES = ("imports", "rebuild", "pages", "search", "datasette")


def _keep(size: int, name: str, found: dict[str, Any]) -> None:
    told: dict[str, Any] = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    told["machine"] = facts() | {"rivals": rivals.versions()}
    told.setdefault("sizes", {}).setdefault(str(size), {})[name] = found | {"measured": measured()}
    told["sizes"] = dict(sorted(told["sizes"].items(), key=lambda item: int(item[0])))
    FIGURES.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _found(name: str, csv: Path, home: Path, size: int) -> dict[str, Any]:
    if name == "imports":
        (home.parent / "datasette.db").unlink(missing_ok=True)
        return imports.measure(csv, home)
    if name == "rebuild":
        return imports.rebuild(home)
    if name == "pages":
        return pages.measure(home, size)
    return search.measure(home) if name == "search" else search.against_datasette(home, size)


def main() -> None:
    """Each measure of each size, in order; what is already measured is measured again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--only", default=",".join(MEASURES))
    parser.add_argument("--page", action="store_true", help="write the page from the figures kept, measure nothing")
    asked = parser.parse_args()
    only = asked.only.split(",")
    for size in [] if asked.page else [int(s) for s in asked.sizes.split(",")]:
        folder = STATE / str(size)
        csv, home = write_base(folder / "national.csv", size), folder / "home"
        for name in MEASURES:
            if name not in only:
                continue
            print(f"{size} : {name}…", flush=True)
            _keep(size, name, _found(name, csv, home, size))
    performance_page.write()


if __name__ == "__main__":
    main()
