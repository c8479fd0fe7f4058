"""Normal forms of French words: what is compared when accents, case and apostrophes do not count."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = str.maketrans(
    {"’": "'", "ʼ": "'", "`": "'", "´": "'", "‘": "'", "œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae"}
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
LONGEST_SLUG = 100  # a column of the catalogue
SLUG_PATTERN = "[a-z0-9]+(-[a-z0-9]+)*"
_SLUG = re.compile(SLUG_PATTERN)


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Lower case without accents; « œ » becomes « oe », every apostrophe becomes '."""
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def key(text: str) -> str:
    """The words of a text, folded, separated by one space: equal keys mean equal names."""
    return _NOT_WORD.sub(" ", fold(text)).strip()


def one_line(text: str) -> str:
    """Runs of spaces and line ends made one space; the no-break spaces of French typography stay."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def is_slug(text: str) -> bool:
    """Whether a text may stand in an address as it is: « le-four-2 », at most LONGEST_SLUG signs."""
    return len(text) <= LONGEST_SLUG and bool(_SLUG.fullmatch(text))


def slug(text: str, longest: int = 80) -> str:
    """An identifier for an address: folded words joined by hyphens, cut at a word."""
    words = key(text).split()
    kept: list[str] = []
    for word in words:
        if kept and len("-".join([*kept, word])) > longest:
            break
        kept.append(word[:longest])
    return "-".join(kept) or "sans-titre"
