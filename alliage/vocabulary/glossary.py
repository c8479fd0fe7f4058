"""The words of the trade, each with a definition on the spot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from alliage.vocabulary.loading import read_yaml, require
from alliage.vocabulary.words import key

FILE = "glossary.yaml"


@dataclass(frozen=True, slots=True)
class Entry:
    """A term, its other names, its definition in a line or two."""

    id: str
    term: str
    also: tuple[str, ...]
    definition: str
    source: str | None


@cache
def glossary() -> tuple[Entry, ...]:
    """The entries in alphabetical order."""
    tree = read_yaml(FILE)
    rows = tree["entries"] if isinstance(tree, dict) else tree
    entries = [
        Entry(
            require(r, "id", FILE),
            require(r, "term", FILE),
            tuple(str(a) for a in r.get("also") or ()),
            require(r, "definition", FILE),
            r.get("source"),
        )
        for r in rows
    ]
    return tuple(sorted(entries, key=lambda e: key(e.term)))
