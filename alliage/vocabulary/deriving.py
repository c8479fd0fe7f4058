"""How texts and facts of an alliance become answers: the shape of content/method/deriving.yaml. Applied by
`rules.deriving`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any  # rows of YAML

from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require
from alliage.vocabulary.method import bank
from alliage.vocabulary.words import key

FILE = "method/deriving.yaml"


@dataclass(frozen=True, slots=True)
class Cue:
    """What speaks for one option: beginnings of words or phrases, and facts (« partners:2 »), each with its points."""

    question: str
    option: str
    words: Mapping[str, int]
    facts: Mapping[str, int]
    needs: int


@dataclass(frozen=True, slots=True)
class Deriving:
    """All cues; `silent` are the names that are never read (those of modes and trends)."""

    cues: tuple[Cue, ...]


def _weights(row: Mapping[str, Any], name: str) -> dict[str, int]:
    found = {}
    for text, points in (row.get(name) or {}).items():
        if not isinstance(points, int) or points == 0:
            raise ContentError(FILE, f"« {text} » attend un nombre entier", line_of(row))
        found[key(str(text)) if name == "words" else str(text)] = points
    return found


@cache
def deriving() -> Deriving:
    """The file, read once. Raises ContentError with file and line."""
    cues = []
    for row in require(read_yaml(FILE), "answers", FILE):
        question, option = str(require(row, "question", FILE)), str(require(row, "option", FILE))
        known = bank().questions.get(question)
        if known is None or option not in {o.id for o in known.options}:
            raise ContentError(FILE, f"« {question}: {option} » n’est pas une réponse de la banque", line_of(row))
        cues.append(Cue(question, option, _weights(row, "words"), _weights(row, "facts"), int(row.get("needs") or 1)))
    return Deriving(tuple(cues))
