"""The words of a two-hour workshop: its agenda and what to prepare. Its cards are questions of the bank."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require, require_number
from alliage.vocabulary.method import bank

FILE = "method/workshop.yaml"


@dataclass(frozen=True, slots=True)
class Moment:
    """A part of the agenda; `cards`: the one in which the cards are played."""

    minutes: int
    title: str
    how: str
    cards: bool = False


@dataclass(frozen=True, slots=True)
class WorkshopWords:
    """Everything of content/method/workshop.yaml; `together`: the stages to talk over, the best first."""

    minutes: int
    most_cards: int
    together: tuple[str, ...]
    intro: str
    before: tuple[str, ...]
    agenda: tuple[Moment, ...]
    after: str


@cache
def workshop_words() -> WorkshopWords:
    """The words of the workshop. Raises ContentError."""
    tree = read_yaml(FILE)
    agenda = tuple(
        Moment(require_number(m, "minutes", FILE), str(require(m, "title", FILE)), str(require(m, "how", FILE)),
               bool(m.get("cards")))
        for m in require(tree, "agenda", FILE)
    )  # fmt: skip
    minutes = require_number(tree, "minutes", FILE)
    if sum(m.minutes for m in agenda) != minutes:
        raise ContentError(
            FILE,
            f"les temps font {sum(m.minutes for m in agenda)} minutes, {minutes} sont annoncées",
            line_of(tree["agenda"][0]),
        )
    if sum(m.cards for m in agenda) != 1:
        raise ContentError(FILE, "un seul moment se passe avec les cartes (cards: true)", line_of(tree["agenda"][0]))
    together = tuple(str(s) for s in require(tree, "together", FILE))
    if unknown := set(together) - {s.id for s in bank().stages}:
        raise ContentError(FILE, f"«\u00a0{unknown.pop()}\u00a0» n’est pas une étape", line_of(tree))
    return WorkshopWords(
        minutes,
        require_number(tree, "most_cards", FILE),
        together,
        str(require(tree, "intro", FILE)),
        tuple(str(b) for b in require(tree, "before", FILE)),
        agenda,
        str(require(tree, "after", FILE)),
    )
