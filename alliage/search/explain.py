"""Why this one: the words of a hit that answer the query, lit, and the reason in one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any  # a hit is JSON

from alliage.search.analysis import COMPOUND, Alternative, Concept, expand, stems
from alliage.search.query import Wording
from alliage.vocabulary.places import gazetteer
from alliage.vocabulary.terms import terms

WORDS_IN_A_REASON = 4


@lru_cache(maxsize=20_000)
def _compound_stems(compound: str) -> frozenset[str]:
    return frozenset(s for w in expand(compound) for s in stems(w))


def _stems_of(text: str) -> frozenset[str]:
    found: set[str] = set()
    for compound in COMPOUND.findall(text):
        found |= _compound_stems(compound)
    return frozenset(found)


def _holds(held: frozenset[str], way: Alternative) -> bool:
    return all(held.intersection(choices) for choices in way.stems)


def lit(text: str, wording: Wording) -> list[tuple[str, bool]]:
    """The text in pieces; True where a word answers the query. The pieces joined give the text back."""
    held = _stems_of(text)
    wanted = {
        s
        for c in wording.concepts
        for way in c.alternatives
        if _holds(held, way)
        for choice in way.stems
        for s in choice
    }
    wanted |= {s for said in wording.parsed.phrases for w in COMPOUND.findall(said) for s in _compound_stems(w)}
    if not wanted:
        return [(text, False)] if text else []
    pieces: list[tuple[str, bool]] = []
    last = 0
    for match in COMPOUND.finditer(text):
        if _compound_stems(match.group()) & wanted:
            if match.start() > last:
                pieces.append((text[last : match.start()], False))
            pieces.append((match.group(), True))
            last = match.end()
    if last < len(text):
        pieces.append((text[last:], False))
    return pieces


def _where(hit: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a hit in which a reason is looked for, most telling first."""
    domains = terms("domains")
    return {
        "need": " . ".join([hit.get("need") or "", hit.get("summary") or ""]),
        "title": hit["title"],
        "action": hit.get("action") or "",
        "domain": " . ".join(
            " ".join((domains[d].label, *domains[d].words)) for d in hit.get("domains") or () if d in domains
        ),
        "partner": " . ".join(p["name"] for p in hit["partners"]),
        "place": " . ".join(p["name"] for p in hit["places"]),
        "words": " . ".join(hit.get("keywords") or ()),
        "form": " . ".join((terms("modes").label(hit.get("mode")), terms("trends").label(hit.get("trend")))),
    }


def _found(concept: Concept, texts: Mapping[str, frozenset[str]]) -> tuple[str, Alternative] | None:
    """Where a concept is said in a hit, and how: as typed rather than by a synonym, in the need rather than elsewhere."""
    for way in concept.alternatives[:1]:
        for place, held in texts.items():
            if _holds(held, way):
                return place, way
    for place, held in texts.items():
        for way in concept.alternatives[1:]:
            if _holds(held, way):
                return place, way
    return None


_OPENINGS = {
    "need": "Même besoin : {}",
    "title": "Dans son nom : {}",
    "action": "Dans ce qu’ils font : {}",
    "domain": "Domaine : {}",
    "partner": "Partenaire : {}",
    "place": "Lieu : {}",
    "words": "Se cherche aussi ainsi : {}",
    "form": "Forme : {}",
}


def reason(hit: Mapping[str, Any], wording: Wording, near: str = "") -> str:
    """« Pourquoi celui-ci » in one line; empty when nothing was asked."""
    if wording.identifier:
        return "C’est la fiche de cet identifiant, ou celle d’un de ses partenaires."
    texts = {name: _stems_of(text) for name, text in _where(hit).items()}
    said: dict[str, list[str]] = {}
    for concept in sorted(wording.concepts, key=lambda c: c.weak):
        found = _found(concept, texts)
        if found is None:
            continue
        place, way = found
        typed = concept.alternatives[0] is way
        words = way.text if typed else f"{way.text} (pour « {concept.typed} »)"
        if place == "domain":
            words = ", ".join(_domains_saying(hit, way)) or words
        if words not in said.setdefault(place, []):
            said[place].append(words)
    parts = [
        _OPENINGS[place].format(", ".join(said[place][:WORDS_IN_A_REASON])) for place in _OPENINGS if said.get(place)
    ]
    parts += [f"Contient : « {p} »" for p in wording.parsed.phrases[:2]]
    if near and (shared := _shared_place(hit, near)):
        parts.append(f"Près de chez vous : {shared}")
    return " · ".join(parts)


def _domains_saying(hit: Mapping[str, Any], way: Alternative) -> Iterable[str]:
    domains = terms("domains")
    for id in hit.get("domains") or ():
        if id in domains and _holds(_stems_of(" ".join((domains[id].label, *domains[id].words))), way):
            yield domains[id].label


def _shared_place(hit: Mapping[str, Any], near: str) -> str:
    """The smallest place that holds both the asker and the alliance."""
    asker = gazetteer().token(near)
    if asker is None:
        return ""
    around = {p.token: p for p in gazetteer().ancestors(asker)}
    there = {
        above.token
        for p in hit["places"]
        if (place := gazetteer().get(p["level"], p["code"]))
        for above in gazetteer().ancestors(place)
    }
    shared = [p for token, p in around.items() if token in there]
    return gazetteer().label(shared[-1]) if shared else ""
