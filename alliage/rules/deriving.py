"""Answers read from a sentence or from the facts of a record, by the published mapping; never from mode or trend."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any  # a record is JSON

from alliage.vocabulary.deriving import Clue, deriving
from alliage.vocabulary.method import Answers, Question, bank
from alliage.vocabulary.organisations import organisations
from alliage.vocabulary.profiles import profiles
from alliage.vocabulary.words import key

LONG_WORD = 4  # signs of a word that counts in the length of a text
Points = dict[tuple[str, str], float]


def _stands_in(clue: Clue, text: str) -> bool:
    """Whether a word stands in a folded text that begins and ends with a space."""
    if clue.beginning:
        return f" {clue.text}" in text
    return any(f" {clue.text}{end} " in text for end in ("", "s", "x"))


def _points(text: str, facts: frozenset[str]) -> Points:
    """The points of each (question, option)."""
    content = deriving()
    total: Points = {(q, o): 0.0 for q, options in content.answers.items() for o in options}
    padded = f" {text} "
    different = len({w for w in text.split() if len(w) >= LONG_WORD})
    share = math.sqrt(content.usual / max(different, content.fewest))
    for clue in content.words:
        if _stands_in(clue, padded):
            for answer, points in clue.points.items():
                total[answer] += points * share
    for fact in sorted(facts & content.facts.keys()):
        for answer, points in content.facts[fact].points.items():
            total[answer] += points
    return total


def _taken(question: Question, points: Points, enough: int) -> tuple[str, ...]:
    """The best option, and those close behind it when several may be chosen; none when nothing speaks."""
    content = deriving()
    place = [o.id for o in question.options].index
    best = sorted(content.answers[question.id], key=lambda o: (-points[question.id, o], place(o)))
    first = points[question.id, best[0]]
    if first < enough:
        return ()
    near = [o for o in best[: question.max] if points[question.id, o] >= first - content.close]
    return tuple(sorted(near, key=place))


def _answers(text: str, facts: frozenset[str], enough: int) -> dict[str, tuple[str, ...]]:
    points = _points(text, facts)
    found = {name: _taken(bank().questions[name], points, enough) for name in deriving().answers}
    return {name: taken for name, taken in found.items() if taken}


def answers_of_text(text: str) -> Answers:
    """The answers of the short path that a sentence suggests, to be corrected by who wrote it; `besoin` is the text."""
    said = " ".join(text.split())
    if not said:
        return {}
    return {"besoin": (said,), **_answers(key(said), frozenset(), deriving().enough)}


def facts_of(record: Mapping[str, Any]) -> frozenset[str]:
    """kind:…, several:… (two of that kind), gives:kind:contribution, given:contribution, scale:…, partners:2|3-4|5+."""
    partners = record.get("partners") or ()
    kinds = Counter(_kind(p) for p in partners)
    found = {"always", f"scale:{record.get('scale')}"}
    found |= {f"kind:{k}" for k in kinds} | {f"several:{k}" for k, n in kinds.items() if n > 1}
    for partner in partners:
        for given in partner.get("contributions") or ():
            found |= {f"given:{given}", f"gives:{_kind(partner)}:{given}"}
    count = len(partners)
    found.add("partners:2" if count <= 2 else "partners:3-4" if count <= 4 else "partners:5+")
    return frozenset(found)


def _kind(partner: Mapping[str, Any]) -> str:
    """The nature of a partner, given or known from organisations.yaml."""
    if partner.get("kind"):
        return str(partner["kind"])
    known = organisations().get(str(partner.get("organisation")))
    return known.kind if known else "autre"


def _size(partner: Mapping[str, Any]) -> str | None:
    if partner.get("size"):
        return str(partner["size"])
    known = organisations().get(str(partner.get("organisation")))
    return known.size if known else None


def _asker(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The profile of the first partner that carries the alliance."""
    partners = list(record.get("partners") or ())
    leading = [p for p in partners if "animation" in (p.get("contributions") or ())] or partners
    for partner in leading[:1]:
        kind, size = _kind(partner), _size(partner)
        for profile in profiles().values():
            if kind in profile.kinds and (not profile.sizes or size in profile.sizes):
                return (profile.id,)
    return ()


def words_of(record: Mapping[str, Any]) -> str:
    """The words of a record, folded, without the names of modes and trends; its title is not read."""
    texts: list[str] = []
    for name in deriving().texts:
        value = record.get(name)
        if name == "roles":
            texts.extend(str(p.get("role") or "") for p in record.get("partners") or ())
        elif isinstance(value, (list, tuple)):
            texts.extend(str(v.get("text") or "") if isinstance(v, Mapping) else str(v) for v in value)
        elif value:
            texts.append(str(value))
    said = f" {key(' . '.join(texts))} "
    for name in deriving().silent:
        said = said.replace(f" {name} ", " ")
    return said.strip()


def answers_of_record(record: Mapping[str, Any]) -> Answers:
    """The answers that the facts of a record suggest; `record` as content/alliances holds it, or with the kind and size
    of its partners. Mode, trend, collections and title are never read."""
    found = _answers(words_of(record), facts_of(record), enough=-1_000_000)
    if asker := _asker(record):
        found["acteur"] = asker
    return found
