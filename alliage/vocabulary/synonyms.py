"""Words that mean the same for a search, words that count little, and words that do not count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from alliage.vocabulary.loading import ContentError, read_yaml
from alliage.vocabulary.words import key


@dataclass(frozen=True)
class Synonyms:
    """`groups`: equal meanings, both ways. `narrower`: who types the key also finds the others."""

    groups: tuple[tuple[str, ...], ...]
    narrower: tuple[tuple[str, tuple[str, ...]], ...]
    stopwords: frozenset[str]
    weak: frozenset[str]


@cache
def synonyms() -> Synonyms:
    """The reviewed groups of content/synonyms.yaml and content/stopwords.yaml."""
    tree, stops = read_yaml("synonyms.yaml"), read_yaml("stopwords.yaml")
    for group in tree["groups"]:
        if len({key(str(word)) for word in group}) < 2:
            raise ContentError("synonyms.yaml", f"un groupe a moins de deux mots : {group}")
    return Synonyms(
        groups=tuple(tuple(str(w) for w in group) for group in tree["groups"]),
        narrower=tuple((str(n["key"]), tuple(str(w) for w in n["also"])) for n in tree.get("narrower") or ()),
        stopwords=frozenset(part for w in stops["stopwords"] for part in key(str(w)).split()),
        weak=frozenset(part for w in stops.get("weak") or () for part in key(str(w)).split()),
    )
