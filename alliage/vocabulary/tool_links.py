"""What the last run of `alliage tools check-links` found of each address: a small file under ALLIAGE_HOME, not content."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

NAME = "tool-links.json"
STATES = ("ok", "dead", "unknown")


@dataclass(frozen=True, slots=True)
class LinkState:
    """One address on the day it was looked at. `since`: the first day it was found dead, kept until it answers again;
    `cause`: why it is not ok, in French; `moved_to`: where it led, when elsewhere."""

    state: str
    checked_on: dt.date
    since: dt.date | None = None
    cause: str = ""
    moved_to: str = ""


def read_links(home: Path) -> Mapping[str, LinkState]:
    """The states by address; empty before the first run, and for a file that was damaged."""
    file = home / NAME
    try:
        told = file.stat()
    except OSError:
        return {}
    return _read(file, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=2)
def _read(file: Path, changed: int, size: int) -> Mapping[str, LinkState]:
    try:
        tree = json.loads(file.read_text("utf-8"))
        return {str(url): _state(row) for url, row in tree["links"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _state(row: Mapping[str, str]) -> LinkState:
    if row["state"] not in STATES:
        raise ValueError(row["state"])
    since = row.get("since")
    return LinkState(
        row["state"],
        dt.date.fromisoformat(row["checked_on"]),
        dt.date.fromisoformat(since) if since else None,
        str(row.get("cause") or ""),
        str(row.get("moved_to") or ""),
    )


def write_links(home: Path, states: Mapping[str, LinkState]) -> None:
    """Puts the states in place of the former file, whole or not at all."""
    links = {
        url: {
            name: value.isoformat() if isinstance(value, dt.date) else value
            for name in ("state", "checked_on", "since", "cause", "moved_to")
            if (value := getattr(state, name))
        }
        for url, state in sorted(states.items())
    }
    with NamedTemporaryFile("w", encoding="utf-8", dir=home, prefix=f".{NAME}-", delete=False) as beside:
        json.dump({"links": links}, beside, ensure_ascii=False, indent=1)
        beside.flush()
        os.fsync(beside.fileno())
    os.replace(beside.name, home / NAME)
