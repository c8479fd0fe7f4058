"""Cells of a statistics file → numbers, or why a cell is none; the decimal sign of a whole file."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

_POINT, _COMMA = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"), re.compile(r"[+-]?\d+(?:,\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f\u2009'’]\d{3})+(?:[.,]\d+)?")
_BY_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:[.,]\d{3})+")
_NAMES = {",": "une virgule", ".": "un point"}
# From so many cells on, three digits after every sign are no chance: the sign groups thousands.
MANY_BY_THOUSANDS = 10


def sign_of(texts: Iterable[str], declared: str) -> str:
    """The decimal sign of a file: the declared one, or with « any » the one that most of its cells have."""
    if declared != "any":
        return declared
    told = list(texts)
    return "," if sum("," in text for text in told) > sum("." in text for text in told) else "."


def thousands_apart(texts: Iterable[str]) -> str:
    """A cell that shows that the sign groups thousands (« 12.400 » for 12 400), empty when the file does not do so."""
    signed = [text for text in texts if "," in text or "." in text]
    if len(signed) < MANY_BY_THOUSANDS or not all(_BY_THOUSANDS.fullmatch(text) for text in signed):
        return ""
    return signed[0]


def number_of(text: str, sign: str) -> float | None:
    """The number that a cell writes with that decimal sign; None when it writes none."""
    if not (_COMMA if sign == "," else _POINT).fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if math.isfinite(value) else None


def why_none(text: str, sign: str) -> tuple[str, str]:
    """Cause and fix for a cell that is no number with that decimal sign."""
    other = "." if sign == "," else ","
    if number_of(text, other) is not None and other in text:
        return (
            f"{_NAMES[other].capitalize()} au lieu d’{_NAMES[sign]}.",
            f"Dans ce fichier, le signe décimal est {_NAMES[sign]} : écrivez « {text.replace(other, sign)} ».",
        )
    bare = re.sub(r"[\s\u00a0\u202f]*[%‰]$", "", text)
    if bare != text and number_of(bare, sign) is not None:
        return f"Le signe « {text[-1]} » est dans la case.", f"Écrivez le nombre seul : « {bare} »."
    if _GROUPED.fullmatch(text):
        plain = re.sub(r"[^\d.,+-]", "", text)
        return "Des espaces ou des apostrophes séparent les milliers.", f"Écrivez le nombre d’un trait : « {plain} »."
    if text.casefold() in ("nan", "na", "n/a", "null", "none", "inf", "-inf", "#n/a", "#div/0!", "#valeur!", "#ref!"):
        return (
            f"« {text} » est ce qu’écrit un logiciel qui n’a pas de valeur.",
            "Laissez la case vide si la source ne publie pas cette valeur.",
        )
    return "Ce n’est pas un nombre.", "Corrigez la valeur, ou laissez-la vide si la source ne la publie pas."
