"""The child that reads a road map's table nobody vouches for: a path in its arguments, JSON on its standard output. It may use
so much memory and time and no more, and writes no file."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from alliage.intake.drafts import Issue, Unreadable
from alliage.intake.road_map_table import RoadMapTable, read_road_map
from alliage.vocabulary.road_map import RoadMapStep

MEMORY, SECONDS, WAITING = 512 << 20, 10, 30  # bytes of address space, seconds of processor, seconds of clock
_ROOM = Path(__file__).parents[2]


def open_road_map(path: Path) -> RoadMapTable:
    """The table of a file, read by a child process. Raises Unreadable."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", __spec__.name, str(path)],
            capture_output=True, timeout=WAITING, check=False, cwd=_ROOM, env={"PATH": os.environ.get("PATH", "")},
        )  # fmt: skip
        told = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise Unreadable.because(
            path, "Ce fichier demande trop de travail pour une feuille de route.", "Gardez-y le seul tableau des pas."
        ) from error
    if told["refused"]:
        raise Unreadable(Issue(**told["refused"]))
    return RoadMapTable([RoadMapStep(**s) for s in told["steps"]], [Issue(**i) for i in told["issues"]])


def main() -> None:
    """Reads the file named by the first argument."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not stand in the answer
    table, refused = RoadMapTable(), None
    try:
        table = read_road_map(Path(sys.argv[1]))
    except Unreadable as error:
        refused = asdict(error.issue)
    told = {"steps": [asdict(s) for s in table.steps], "issues": [asdict(i) for i in table.issues], "refused": refused}
    with os.fdopen(out, "w", encoding="utf-8") as answer:
        json.dump(told, answer)


if __name__ == "__main__":
    main()
