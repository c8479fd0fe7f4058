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


@lru_cache(maxsize=50_000)
def stems(word: str) -> tuple[str, ...]:
    """The stems of one word: that of its written form, and that of its form without accents when it differs.

    The Snowball French rules read accents (« égalité » gives « égal », « egalite » gives « egalit »): holding
    both lets a query typed without accents find the accented text.
    """
    plain = fold(word)
    first, second = fold(_stem(word.lower())), _stem(plain)
    return (first,) if first == second else (first, second)


@lru_cache(maxsize=50_000)
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
@lru_cache(maxsize=60_000)
def _stems_said(compound: str) -> str:
    stop = synonyms().stopwords
    return " ".join(s for w in expand(compound) if fold(w) not in stop for s in stems(w))


@lru_cache(maxsize=60_000)
def _words_said(compound: str) -> str:
    return " ".join(fold(w) for w in expand(compound))


@lru_cache(maxsize=60_000)
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


_remembered_both = lru_cache(maxsize=30_000)(_both)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say a concept: stems that must all stand in one field; `factor` lowers what is less sure."""

    stems: tuple[tuple[str, ...], ...]
    text: str
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that a query asks for, and the ways to say it; the first is what was typed. `mended`: the words of
    the base that a typing error hides."""

    typed: str
    alternatives: tuple[Alternative, ...]
    weak: bool = False
    mended: tuple[str, ...] = ()

    @property
    def written(self) -> list[str]:
        """The folded words that a text would bear if it said this as it was typed, errors mended."""
        return [fold(word) for word in self.mended or self.typed.split()]


SYNONYM_FACTOR = 0.9
NARROWER_FACTOR = 0.72
_LONGEST_PHRASE = 7


def _meaningful(text: str) -> list[str]:
    """The words of a phrase without its small words; all of them when it has no other."""
    stop = synonyms().stopwords
    kept = [p for c in COMPOUND.findall(text) for p in _PART.findall(c) if fold(p) not in _ELISIONS]
    return [w for w in kept if fold(w) not in stop] or kept


def _sequence(text: str) -> tuple[tuple[str, ...], ...]:
    """The stems of the meaningful words of a phrase, one tuple a word."""
    return tuple(stems(w) for w in _meaningful(text))


# Snowball gives « concert » and « concertation » one stem: beyond so many signs two words are not one said otherwise.
_SIGNS_APART = 3


def _also_called(said: list[str], sequence: tuple[tuple[str, ...], ...]) -> list[Alternative]:
    """The other ways to say these words."""
    length = sum(map(len, said))
    return [
        way
        for variant in _variants(sequence)
        for known, way in _phrases().get(variant, ())
        if abs(known - length) <= _SIGNS_APART * len(said)
    ]


@cache
def _phrases() -> dict[tuple[str, ...], list[tuple[int, Alternative]]]:
    """What each known phrase (by the plain stems of its words) may also be called, with the phrase's length in signs."""
    known: dict[tuple[str, ...], list[tuple[int, Alternative]]] = {}

    def add(said: str, also: str, factor: float) -> None:
        sequence = _sequence(also)
        if not sequence:
            return
        length = sum(len(w) for w in _meaningful(said))
        for variant in _variants(_sequence(said)):
            ways = known.setdefault(variant, [])
            if all(w.stems != sequence for _, w in ways):
                ways.append((length, Alternative(sequence, also, factor)))

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
    """What a typed text asks for: known phrases first (the longest), then groups joined by hyphens, then single words;
    stop words left out."""
    stop, weak = synonyms().stopwords, synonyms().weak
    groups = [_query_words(c) for c in COMPOUND.findall(text)]
    kept = [[w for w in group if fold(w) not in stop] for group in groups]
    kept = [group for group in kept if group] or groups
    typed = [w for group in kept for w in group]
    joined = {sum(len(g) for g in kept[:at]): len(group) for at, group in enumerate(kept) if len(group) > 1}
    found: list[Concept] = []
    at = 0
    while at < len(typed):
        for length in range(min(_LONGEST_PHRASE, len(typed) - at), 0, -1):
            said = typed[at : at + length]
            sequence = tuple(stems(w) for w in said)
            ways = _also_called(said, sequence)
            if joined.get(at) == length:
                ways.append(Alternative((stems("".join(said)),), "".join(said)))
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
