"""French analysis: a text to the words and stems that the index holds and a query asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import Stemmer

from alliage.vocabulary.synonyms import synonyms
from alliage.vocabulary.words import LONGEST_REMEMBERED, fold

_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
COMPOUND = re.compile(r"[^\W_]+(?:['’‐-][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
# What is cut off before an apostrophe: it is never glued to the word that follows (« l’école » is « école »).
_ELISIONS = frozenset(["l", "d", "j", "n", "s", "c", "m", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu"])
_stem = Stemmer.Stemmer("french").stemWord


@lru_cache(maxsize=200_000)
def stems(word: str) -> tuple[str, ...]:
    """The stems of one word: that of its written form, and that of its form without accents when it differs.

    The Snowball French rules read accents (« égalité » gives « égal », « egalite » gives « egalit »): holding
    both lets a query typed without accents find the accented text.
    """
    plain = fold(word)
    first, second = fold(_stem(word.lower())), _stem(plain)
    return (first,) if first == second else (first, second)


@lru_cache(maxsize=200_000)
def expand(compound: str) -> tuple[str, ...]:
    """The words of one written group: « co-développement » gives co, développement, codéveloppement."""
    parts = _PART.findall(compound)
    if len(parts) == 1:
        camel = _CAMEL.split(compound)
        return (compound,) if len(camel) == 1 else (*camel, compound)
    while len(parts) > 1 and fold(parts[0]) in _ELISIONS and ("'" in compound or "’" in compound):
        parts = parts[1:]
    if len(parts) == 1:
        return expand(parts[0])
    return (*parts, "".join(parts))


def words(text: str) -> Iterator[str]:
    """The words of a text as written, compounds both apart and joined."""
    for compound in COMPOUND.findall(text):
        yield from expand(compound)


# What one written group gives to each of the three kinds of field: a base says the same groups millions of times.
@lru_cache(maxsize=100_000)
def _stems_said(compound: str) -> str:
    stop = synonyms().stopwords
    return " ".join(s for w in expand(compound) if fold(w) not in stop for s in stems(w))


@lru_cache(maxsize=100_000)
def _words_said(compound: str) -> str:
    return " ".join(fold(w) for w in expand(compound))


@lru_cache(maxsize=100_000)
def _plain_said(compound: str) -> str:
    return " ".join(w for p in _PART.findall(compound) if (w := fold(p)) not in _ELISIONS)


def plain_words(text: str) -> list[str]:
    """The folded words in the order of the text, for phrases: elided articles and joined forms left out."""
    return " ".join(map(_plain_said, COMPOUND.findall(text))).split()


def stem_text(text: str) -> str:
    """The stems of a text's meaningful words, joined by spaces: what a stemmed field holds."""
    return " ".join(filter(None, map(_stems_said, COMPOUND.findall(text))))


def word_text(text: str) -> str:
    """The folded words of a text, compounds joined too, for exact names."""
    return " ".join(map(_words_said, COMPOUND.findall(text)))


def stems_and_words(text: str) -> tuple[str, str]:
    """`stem_text` and the joined `plain_words` of a text, read once."""
    return _remembered_both(text) if len(text) <= LONGEST_REMEMBERED else _both(text)


def _both(text: str) -> tuple[str, str]:
    compounds = COMPOUND.findall(text)
    stemmed = " ".join(filter(None, map(_stems_said, compounds)))
    return stemmed, " ".join(filter(None, map(_plain_said, compounds)))


_remembered_both = lru_cache(maxsize=50_000)(_both)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say a concept: stems that must all stand in one field; `factor` lowers what is less sure."""

    stems: tuple[tuple[str, ...], ...]
    text: str
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that a query asks for, and the ways to say it; the first is what was typed."""

    typed: str
    alternatives: tuple[Alternative, ...]
    weak: bool = False


SYNONYM_FACTOR = 0.75
NARROWER_FACTOR = 0.6
_LONGEST_PHRASE = 7


def _sequence(text: str) -> tuple[tuple[str, ...], ...]:
    """The stems of the meaningful words of a phrase, one tuple a word."""
    stop = synonyms().stopwords
    kept = [p for c in COMPOUND.findall(text) for p in _PART.findall(c) if fold(p) not in _ELISIONS]
    return tuple(stems(w) for w in kept if fold(w) not in stop) or tuple(stems(w) for w in kept)


@cache
def _phrases() -> dict[tuple[str, ...], list[Alternative]]:
    """What each known phrase (by the plain stems of its words) may also be called."""
    known: dict[tuple[str, ...], list[Alternative]] = {}

    def add(said: str, also: str, factor: float) -> None:
        sequence = _sequence(also)
        if not sequence:
            return
        for variant in _variants(_sequence(said)):
            ways = known.setdefault(variant, [])
            if all(w.stems != sequence for w in ways):
                ways.append(Alternative(sequence, also, factor))

    for group in synonyms().groups:
        for said in group:
            for also in group:
                if also != said:
                    add(said, also, SYNONYM_FACTOR)
    for said, others in synonyms().narrower:
        for also in others:
            add(said, also, NARROWER_FACTOR)
    return known


def _variants(sequence: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
    """Every choice of one stem a word, at most eight."""
    found: list[tuple[str, ...]] = [()]
    for choices in sequence:
        found = [(*f, c) for f in found for c in choices][:8]
    return found


def concepts(text: str) -> list[Concept]:
    """What a typed text asks for: known phrases first (the longest), then single words; stop words left out."""
    stop, weak = synonyms().stopwords, synonyms().weak
    typed = [w for c in COMPOUND.findall(text) for w in _query_words(c)]
    kept = [w for w in typed if fold(w) not in stop] or typed
    found: list[Concept] = []
    at = 0
    while at < len(kept):
        for length in range(min(_LONGEST_PHRASE, len(kept) - at), 0, -1):
            said = kept[at : at + length]
            sequence = tuple(stems(w) for w in said)
            ways = [w for v in _variants(sequence) for w in _phrases().get(v, ())]
            if ways or length == 1:
                own = Alternative(sequence, " ".join(said))
                unique = list({w.stems: w for w in [own, *ways]}.values())
                is_weak = length == 1 and fold(said[0]) in weak
                found.append(Concept(" ".join(said), tuple(unique), is_weak))
                at += length
                break
    return list({c.alternatives[0].stems: c for c in found}.values())


def _query_words(compound: str) -> list[str]:
    """The words that a typed group asks for: an elided article goes, a hyphen separates."""
    parts = _PART.findall(compound)
    if len(parts) > 1 and ("'" in compound or "’" in compound) and fold(parts[0]) in _ELISIONS:
        parts = parts[1:]
    return parts
