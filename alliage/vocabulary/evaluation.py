"""The evaluation frame of an alliance: three impacts, lines to start from, the natures of an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from alliage.vocabulary.health_check import Cited, cited
from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require
from alliage.vocabulary.method import Option

FILE = "method/evaluation.yaml"


@dataclass(frozen=True, slots=True)
class Example:
    """A line to start from."""

    objective: str
    indicator: str
    nature: str


@dataclass(frozen=True, slots=True)
class Impact:
    """One of the three impacts."""

    id: str
    label: str
    text: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the builder of an evaluation frame offers."""

    intro: str
    question: str
    sources: tuple[Cited, ...]
    impacts: tuple[Impact, ...]
    natures: tuple[Option, ...]


@cache
def evaluation() -> Evaluation:
    """The frame of content/method/evaluation.yaml. Raises ContentError."""
    tree = read_yaml(FILE)
    natures = tuple(
        Option(*(str(require(row, name, FILE)) for name in ("id", "label", "plain")))
        for row in require(tree, "natures", FILE)
    )
    impacts = []
    for row in require(tree, "impacts", FILE):
        examples = []
        for given in require(row, "examples", FILE):
            objective, indicator, nature = (
                str(require(given, name, FILE)) for name in ("objective", "indicator", "nature")
            )
            if nature not in {n.id for n in natures}:
                raise ContentError(FILE, f"« {nature} » n’est pas une nature d’indicateur", line_of(given))
            examples.append(Example(objective, indicator, nature))
        id, label, text = (str(require(row, name, FILE)) for name in ("id", "label", "text"))
        impacts.append(Impact(id, label, text, tuple(examples)))
    return Evaluation(
        intro=str(require(tree, "intro", FILE)),
        question=str(require(tree, "question", FILE)),
        sources=tuple(cited(row, FILE) for row in require(tree, "sources", FILE)),
        impacts=tuple(impacts),
        natures=natures,
    )
