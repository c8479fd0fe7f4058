"""Runs every measure on bases of the sizes asked, keeps the figures in docs/performance.json, writes the page from them.

`python -m benchmarks --sizes 10000,100000` ; `--only imports,search,pages` ; `--page` writes the page again.
"""

from __future__ import annotations

import argparse
import json
from typing import Any  # figures are JSON

from benchmarks import imports, pages, performance_page, rivals, search
from benchmarks.machine import HOUSE, STATE, facts
from benchmarks.national import write_base

FIGURES = HOUSE / "docs" / "performance.json"
MEASURES = ("imports", "search", "pages")


def _keep(size: int, name: str, found: object) -> None:
    told: dict[str, Any] = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    told["machine"] = facts() | {"rivals": rivals.versions()}
    told.setdefault("sizes", {}).setdefault(str(size), {})[name] = found
    told["sizes"] = dict(sorted(told["sizes"].items(), key=lambda item: int(item[0])))
    FIGURES.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


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
            if name == "imports":
                (folder / "datasette.db").unlink(missing_ok=True)
                _keep(size, name, imports.measure(csv, home))
            else:
                _keep(size, name, (search if name == "search" else pages).measure(home, size))
    performance_page.write()


if __name__ == "__main__":
    main()
