"""Normal forms of French words: what is compared when accents, case and apostrophes do not count."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MADE_PLAIN = (
    *((sign, "'") for sign in "’ʼ`´‘"),
    *(("œ", "oe"), ("Œ", "Oe"), ("æ", "ae"), ("Æ", "Ae")),
)
_MARKS = re.compile(r"[\u0300-\u034e\u0350-\u036f]+")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
# Names and words come back all the time; whole paragraphs do not, and would fill the memory.
LONGEST_REMEMBERED = 100
LONGEST_SLUG = 100  # a column of the catalogue
SLUG_PATTERN = "[a-z0-9]+(-[a-z0-9]+)*"
_SLUG = re.compile(SLUG_PATTERN)


def fold(text: str) -> str:
    """Lower case without accents; « œ » becomes « oe », every apostrophe becomes '."""
    return _remembered_fold(text) if len(text) <= LONGEST_REMEMBERED else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return text.replace("`", "'").lower()
    for sign, plain in _MADE_PLAIN:
        text = text.replace(sign, plain)
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    if not text.isascii():
        text = "".join(c for c in text if not unicodedata.combining(c))
    return text.casefold()


_remembered_fold = lru_cache(maxsize=50_000)(_fold)


def key(text: str) -> str:
    """The words of a text, folded, separated by one space: equal keys mean equal names."""
    return _remembered_key(text) if len(text) <= LONGEST_REMEMBERED else _key(text)


def _key(text: str) -> str:
    return _NOT_WORD.sub(" ", _fold(text)).strip()


_remembered_key = lru_cache(maxsize=20_000)(_key)


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
