"""Names of places close to a misspelt one: « Figeca » → Figeac. They are for asking; nothing here is sure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from alliage.vocabulary.place import Place
from alliage.vocabulary.place_names import Named, PlaceNames
from alliage.vocabulary.place_words import without_article

# Errors that a name of so many letters may hold; a shorter one than the first is too like everything.
_ERRORS = ((4, 1), (6, 2), (11, 3))
_ENOUGH = 3  # close names; with fewer, those with one error more are looked at too


def errors_allowed(letters: int) -> int:
    """How many errors a name of so many letters may hold and still be guessed at."""
    return max((errors for least, errors in _ERRORS if letters >= least), default=0)


class PlaceSpelling:
    """The names of places without their spaces, so that « Mont pellier » is close to Montpellier."""

    def __init__(self, names: PlaceNames) -> None:
        self._named: dict[str, list[Named]] = {}
        for name_key, named in names.every():
            for said in {name_key, without_article(name_key)}:
                self._named.setdefault(said.replace(" ", ""), []).append(named)
        self._keys = list(self._named)

    def close(self, name_key: str, most: int | None = None) -> list[tuple[Named, int]]:
        """Places with the errors that part their name from what was typed, the fewest first, then by population.

        `most`: errors at most, instead of what the length allows. The start of a name is also looked at.
        """
        typed = name_key.replace(" ", "")
        errors = errors_allowed(len(typed)) if most is None else most
        if not errors:
            return []
        best: dict[str, tuple[float, Named, int]] = {}
        for key, away in self._alike(typed, errors):
            weight = away + (key[0] != typed[0]) / 2  # few mistake the first letter
            for named in self._named[key]:
                if (known := best.get(named.place.token)) is None or weight < known[0]:
                    best[named.place.token] = (weight, named, away)
        found = sorted(best.values(), key=lambda b: (b[0], bool(b[1].said), -_said_often(b[1].place)))
        nearest = [b for b in found if b[0] < found[0][0] + 1]
        kept = nearest if len(nearest) >= _ENOUGH else [b for b in found if b[0] < found[0][0] + 2]
        return [(named, away) for _, named, away in kept]

    def _alike(self, typed: str, errors: int) -> Iterator[tuple[str, int]]:
        """Names with at most so many errors; those that start more nearly so than any whole name is close."""
        whole = _extract(typed, self._keys, errors)
        for key, away, _ in whole:
            yield key, away
        nearer = min((away for _, away, _ in whole), default=errors + 1) - 1
        for length in (len(typed), len(typed) + 1) if nearer > 0 else ():
            for _, away, at in _extract(typed, [key[:length] for key in self._keys], min(nearer, 2)):
                yield self._keys[at], away


def _said_often(place: Place) -> int:
    """People, an EPCI after the commune that bears its name."""
    return (place.population or 0) // (4 if place.level == "epci" else 1)


def _extract(typed: str, keys: Sequence[str], errors: int) -> Sequence[tuple[str, int, int]]:
    return process.extract(typed, keys, scorer=OSA.distance, score_cutoff=errors, limit=None)
