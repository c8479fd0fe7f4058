"""The health check of an alliance: its aspects, what each colour means, the question that opens the talk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any  # a row of YAML

from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require
from alliage.vocabulary.method import bank

FILE = "method/health.yaml"
COLOURS = ("vert", "orange", "rouge")


@dataclass(frozen=True, slots=True)
class Cited:
    """Where a method comes from, and what was taken from it."""

    title: str
    url: str
    used_for: str


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing to look at: a question of the bank in three colours; `means`: what each of COLOURS says, in that order."""

    id: str
    label: str
    text: str
    means: tuple[str, str, str]
    talk: str


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The whole sheet."""

    intro: str
    rhythm: str
    rules: tuple[str, ...]
    source: Cited
    aspects: tuple[Aspect, ...]


def cited(row: dict[str, Any], file: str) -> Cited:
    """The source told in a row."""
    return Cited(*(str(require(row, name, file)) for name in ("title", "url", "used_for")))


@cache
def health_check() -> HealthCheck:
    """The sheet of content/method/health.yaml. Raises ContentError."""
    tree = read_yaml(FILE)
    aspects: dict[str, Aspect] = {}
    for row in require(tree, "aspects", FILE):
        id, label, talk = (str(require(row, name, FILE)) for name in ("id", "label", "talk"))
        asked = bank().questions.get(id)
        if asked is None or asked.kind != "rag":
            raise ContentError(FILE, f"«\u00a0{id}\u00a0» n’est pas une question en trois couleurs", line_of(row))
        if id in aspects:
            raise ContentError(FILE, f"l’aspect « {id} » est donné deux fois", line_of(row))
        green, orange, red = (str(require(row, name, FILE)) for name in ("green", "orange", "red"))
        aspects[id] = Aspect(id, label, asked.text, (green, orange, red), talk)
    if untold := [q.id for q in bank().questions.values() if q.kind == "rag" and q.id not in aspects]:
        raise ContentError(FILE, f"ce que disent les couleurs de «\u00a0{untold[0]}\u00a0» manque", line_of(tree))
    return HealthCheck(
        intro=str(require(tree, "intro", FILE)),
        rhythm=str(require(tree, "rhythm", FILE)),
        rules=tuple(str(rule) for rule in require(tree, "rules", FILE)),
        source=cited(require(tree, "source", FILE), FILE),
        aspects=tuple(aspects.values()),
    )
