"""What every page of a territory says: the caution, the questions to ask, the networks of each région."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any  # rows of YAML

from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require
from alliage.vocabulary.places import gazetteer

FILE = "territories.yaml"
CONDITIONS = ("nothing", "some", "missing", "always")


@dataclass(frozen=True, slots=True)
class Question:
    """A question to ask around the table, and when it is worth asking: one of CONDITIONS; {form} is filled in."""

    when: str
    text: str


@dataclass(frozen=True, slots=True)
class Network:
    """A network or a desk of a région to call; `source` says who attests it, `read` when."""

    name: str
    purpose: str
    url: str
    source: str
    read: str


@dataclass(frozen=True, slots=True)
class Territories:
    """The words of all territory pages; `networks` by code of région."""

    caution: str
    nothing_here: str
    questions: tuple[Question, ...]
    networks: Mapping[str, tuple[Network, ...]]


def _question(row: Mapping[str, Any]) -> Question:
    when, text = str(require(row, "when", FILE)), str(require(row, "text", FILE))
    if when not in CONDITIONS:
        raise ContentError(
            FILE, f"« {when} » n’est pas une condition ; possibles : {', '.join(CONDITIONS)}", line_of(row)
        )
    if ("{form}" in text) != (when == "missing"):
        raise ContentError(FILE, "« {form} » va avec « when: missing », et avec elle seule", line_of(row))
    return Question(when, text)


def _network(row: Mapping[str, Any]) -> Network:
    name, purpose, url, source, read = (str(require(row, n, FILE)) for n in ("name", "for", "url", "source", "read"))
    return Network(name, purpose, url, source, read)


@cache
def territories() -> Territories:
    """The words of content/territories.yaml. Raises ContentError."""
    tree = read_yaml(FILE)
    networks = require(tree, "networks", FILE)
    for code in networks:
        if gazetteer().get("region", str(code)) is None:
            raise ContentError(FILE, f"« {code} » n’est pas le code d’une région", line_of(networks))
    questions = tuple(_question(row) for row in require(tree, "questions", FILE))
    if sum(q.when == "always" for q in questions) < 3:
        raise ContentError(FILE, "il faut au moins trois questions « always »", line_of(tree))
    return Territories(
        caution=str(require(tree, "caution", FILE)),
        nothing_here=str(require(tree, "nothing_here", FILE)),
        questions=questions,
        networks={str(code): tuple(_network(row) for row in rows) for code, rows in networks.items()},
    )
