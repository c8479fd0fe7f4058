"""What « Faire pareil chez nous » says to everyone: questions first, who can help, what a model is worth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from alliage.vocabulary.loading import read_yaml, require

FILE = "starting.yaml"


@dataclass(frozen=True, slots=True)
class Helper:
    """A network or a desk to call."""

    name: str
    purpose: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Starting:
    """The words around a first road map."""

    opening: str
    model_notice: str
    before_you_start: tuple[str, ...]
    who_can_help: tuple[Helper, ...]


@cache
def starting() -> Starting:
    """The words of content/starting.yaml."""
    tree = read_yaml(FILE)
    return Starting(
        opening=str(require(tree, "opening", FILE)),
        model_notice=str(require(tree, "model_notice", FILE)),
        before_you_start=tuple(str(q) for q in require(tree, "before_you_start", FILE)),
        who_can_help=tuple(Helper(h["name"], h["for"], h.get("url")) for h in require(tree, "who_can_help", FILE)),
    )
