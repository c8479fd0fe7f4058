"""What a person may be typing: alliances, organisations, trends, domains, places whose name starts so."""

from __future__ import annotations

from dataclasses import dataclass

import tantivy

from alliage.search.documents import REVISION_ID, stored_hit
from alliage.search.index import IndexReader
from alliage.search.query import Must, MustNot, term
from alliage.search.schema import schema
from alliage.vocabulary.places import LEVEL_LABELS, gazetteer
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import typology
from alliage.vocabulary.words import fold, key

LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to go to: its kind, what to show, and the id or filter value it stands for."""

    kind: str
    label: str
    value: str
    note: str = ""


def _starts(name: str, typed: str) -> bool:
    """Whether every typed word starts a word of the name, the last one perhaps unfinished."""
    held = key(name).split()
    return all(any(word.startswith(part) for word in held) for part in typed.split())


def suggest_places(text: str, limit: int = 8, *, close: bool = True) -> list[Suggestion]:
    """Places for a text being typed; a whole postcode gives all its communes, whatever the limit.

    `close`: places nearly so named too, where nothing but a place is typed.
    """
    return [
        Suggestion("place", s.label, s.place.token, LEVEL_LABELS[s.place.level])
        for s in gazetteer().suggest(text, limit, close=close)
    ]


def suggest(reader: IndexReader, text: str, limit: int = 10) -> list[Suggestion]:
    """Suggestions for a text being typed: names first, then lists of values, then places."""
    typed = key(text)
    if len(typed) < 2:
        return []
    alliances, organisations = _names(reader, typed)
    trends = [
        Suggestion("trend", t.label, t.id, typology().mode(t.mode).label)
        for t in typology().trends
        if _starts(t.label, typed)
    ]
    domains = [
        Suggestion("domain", d.label, d.id)
        for d in terms("domains").values()
        if _starts(d.label, typed) or any(key(w).startswith(typed) for w in d.words)
    ]
    kinds = [organisations[:4], alliances[:4], trends[:2], domains[:3], suggest_places(text, 4, close=False)]
    found = [s for kind in kinds for s in kind]
    return found[:limit] if len(found) <= limit else _share(kinds, limit)


def _share(kinds: list[list[Suggestion]], limit: int) -> list[Suggestion]:
    """Every kind keeps its first ones when there are too many."""
    kept: list[list[Suggestion]] = [[] for _ in kinds]
    for rank in range(max(len(k) for k in kinds)):
        for at, kind in enumerate(kinds):
            if rank < len(kind) and sum(map(len, kept)) < limit:
                kept[at].append(kind[rank])
    return [s for kind in kept for s in kind]


def _names(reader: IndexReader, typed: str) -> tuple[list[Suggestion], list[Suggestion]]:
    """Alliances and organisations whose names start so, from the stored hits."""
    searcher = reader.latest().searcher
    *done, last = [fold(w) for w in typed.split()]
    clauses = [(Must, term("names", word)) for word in done]
    clauses.append((Must, tantivy.Query.fuzzy_term_query(schema(), "names", last, distance=0, prefix=True)))
    clauses.append((MustNot, term("id", REVISION_ID)))
    alliances: list[Suggestion] = []
    organisations: dict[str, Suggestion] = {}
    for _, address in searcher.search(tantivy.Query.boolean_query(clauses), LOOKED_AT, count=False).hits:
        hit = stored_hit(searcher, address)
        if _starts(hit["title"], typed):
            alliances.append(Suggestion("alliance", hit["title"], hit["id"], terms("modes").label(hit.get("mode"))))
        for p in hit["partners"]:
            if p.get("organisation") and _starts(p["name"], typed):
                kind = terms("actor_kinds").label(p["kind"]) if p.get("kind") else ""
                organisations.setdefault(
                    p["organisation"], Suggestion("organisation", p["name"], p["organisation"], kind)
                )
    return alliances, list(organisations.values())
