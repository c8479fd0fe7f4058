"""Normal forms of French words: what is compared when accents, case and apostrophes do not count."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = str.maketrans(
    {"’": "'", "ʼ": "'", "`": "'", "´": "'", "‘": "'", "œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae"}
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")


# Names and titles come again and again; longer texts hardly do, and would fill the memory.
LONGEST_REMEMBERED = 200


def fold(text: str) -> str:
    """Lower case without accents; « œ » becomes « oe », every apostrophe becomes '."""
    return _remembered_fold(text) if len(text) <= LONGEST_REMEMBERED else _fold(text)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


_remembered_fold = lru_cache(maxsize=200_000)(_fold)


def key(text: str) -> str:
    """The words of a text, folded, separated by one space: equal keys mean equal names."""
    return _NOT_WORD.sub(" ", fold(text)).strip()


def one_line(text: str) -> str:
    """Runs of spaces and line ends made one space; the no-break spaces of French typography stay."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def slug(text: str, longest: int = 80) -> str:
    """An identifier for an address: folded words joined by hyphens, cut at a word."""
    words = key(text).split()
    kept: list[str] = []
    for word in words:
        if kept and len("-".join([*kept, word])) > longest:
            break
        kept.append(word[:longest])
    return "-".join(kept) or "sans-titre"


_AFTER_OPEN = re.compile(r"«[ \u00a0\u202f]*")
_URL = re.compile(r"https?://\S+")
_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0](?=\d{3}(?!\d))")
_DIGIT_UNIT = re.compile(r"(?<=\d)[ ](?=(?:M€|k€|ans|personnes|salariés|millions|milliards|hectares|ha|km|MWh|kg)\b)")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def french(text: str) -> str:
    """French typography: curly apostrophes, no-break spaces before « : ; ? ! % » and inside « »."""

    def dress(part: str) -> str:
        part = _APOSTROPHE.sub("’", part)
        part = re.sub(r'"([^"]+)"', "«\u00a0\\1\u00a0»", part)
        part = _AFTER_OPEN.sub("«\u00a0", part)
        part = re.sub(r"(?<=[\w)»’'…])[ \u00a0\u202f]+([;:!?»%€])", "\u00a0\\1", part)
        part = re.sub(r"(?<=[^\s\u00a0])([»])", "\u00a0\\1", part) if "«" in part else part
        part = re.sub(r"(?<=\d)%", "\u00a0%", part)
        part = _THOUSANDS.sub("\u202f", part)
        return _DIGIT_UNIT.sub("\u00a0", part)

    out, last = [], 0
    for url in _URL.finditer(text):
        out += [dress(text[last : url.start()]), url.group()]
        last = url.end()
    return "".join([*out, dress(text[last:])])
