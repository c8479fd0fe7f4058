"""Which tools answer a filter, how many each further choice would leave, and which fit somebody best, with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from alliage.vocabulary.method import Question, bank
from alliage.vocabulary.profiles import profiles
from alliage.vocabulary.terms import terms
from alliage.vocabulary.tools import EVERYONE, Tool, tools
from alliage.vocabulary.words import key

NONE = "none"
FACETS = ("stage", "actor", "mode", "kind", "cost")


@dataclass(frozen=True, slots=True)
class ToolFilter:
    """What is asked for; an empty value asks nothing, `none` asks for what is not filled in; `q` are words."""

    stage: str = ""
    actor: str = ""
    mode: str = ""
    kind: str = ""
    cost: str = ""
    q: str = ""


def values_of(tool: Tool, facet: str) -> tuple[str, ...]:
    """The values of a card for a facet; (`none`,) when nothing is known."""
    one = {"kind": tool.kind, "cost": tool.cost}
    many = {"stage": tool.stages, "actor": tool.actors, "mode": tool.modes}
    found = many[facet] if facet in many else tuple(v for v in (one[facet],) if v)
    return found or (NONE,)


def _says(tool: Tool, words: Iterable[str]) -> bool:
    """Whether each word begins a word of the card, accents and case aside."""
    labels = [tools().kinds[tool.kind].label, *(terms("modes").label(m) for m in tool.modes)]
    told = f" {key(' '.join([tool.name, tool.summary, tool.owner, *labels]))} "
    return all(f" {word}" in told for word in words)


def matching(cards: Iterable[Tool], wanted: ToolFilter) -> tuple[Tool, ...]:
    """The cards that answer everything asked, in the order given."""
    asked = [(facet, value) for facet in FACETS if (value := getattr(wanted, facet))]
    words = key(wanted.q).split()
    return tuple(t for t in cards if all(v in values_of(t, f) for f, v in asked) and _says(t, words))


def counts(cards: Iterable[Tool], wanted: ToolFilter) -> Mapping[str, Mapping[str, int]]:
    """For each facet and value, how many cards would be left if it were chosen instead of what that facet asks now."""
    cards = tuple(cards)
    found: dict[str, dict[str, int]] = {}
    for facet in FACETS:
        of_facet = found[facet] = {}
        for tool in matching(cards, replace(wanted, **{facet: ""})):
            for value in values_of(tool, facet):
                of_facet[value] = of_facet.get(value, 0) + 1
    return found


def stage_by_actor(cards: Iterable[Tool], wanted: ToolFilter) -> Mapping[tuple[str, str], int]:
    """How many cards each step and profile share, whatever step and profile the filter asks for."""
    found: dict[tuple[str, str], int] = {}
    for tool in matching(cards, replace(wanted, stage="", actor="")):
        for stage in tool.stages:
            for actor in tool.actors:
                found[stage, actor] = found.get((stage, actor), 0) + 1
    return found


def questions_helped(tool: Tool) -> tuple[Question, ...]:
    """The questions of the bank that a card helps with: those that name it, else those of its steps for its profiles."""
    questions = tuple(bank().questions.values())
    if named := tuple(q for q in questions if tool.id in q.tools):
        return named
    return tuple(
        q for q in questions
        if q.stage in tool.stages and (not q.actors or not tool.actors or not set(q.actors).isdisjoint(tool.actors))
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fit:
    """A card for somebody: the higher the `score`, the better it fits; `reasons` say why in French, strongest first."""

    tool: Tool
    score: int
    reasons: tuple[str, ...]


def _fit(tool: Tool, stage: str, actor: str, mode: str) -> Fit | None:
    """How well a card fits; None when it says that it is for another step, profile or form, or leads nowhere."""
    if tool.link == "dead":
        return None
    told: list[tuple[int, str]] = []
    for value, held in ((stage, tool.stages), (actor, tool.actors), (mode, tool.modes)):
        if value and held and value not in held:
            return None
    if stage in tool.stages:
        label = next(s.label for s in bank().stages if s.id == stage)
        told.append((max(5, 9 - len(tool.stages)), f"Pour l’étape «\u00a0{label}\u00a0»."))
    if actor in tool.actors:
        told.append(
            (2, "Pour tous.") if tool.for_everyone else (5, f"Pour vous\u00a0: {_lower(profiles()[actor].label)}.")
        )
    if mode in tool.modes:
        told.append((4, f"Pour la forme «\u00a0{terms('modes').label(mode)}\u00a0»."))
    if tool.used_by:
        many = len(tool.used_by) > 1
        who = f"{len(tool.used_by)} alliances de la base s’en sont servies" if many else "Une alliance s’en est servie"
        told.append((2, f"{who}."))
    if tool.cost == "gratuit":
        told.append((1, "Gratuit."))
    if tool.url:
        told.append((1, ""))
    told.sort(key=lambda reason: -reason[0])
    return Fit(tool, sum(weight for weight, _ in told), tuple(text for _, text in told if text))


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def tools_for(
    *, stage: str = "", actor: str = "", mode: str = "", limit: int = 3, cards: Iterable[Tool] | None = None
) -> tuple[Fit, ...]:
    """The cards that fit a step, a profile and a form best, each with its reasons; several kinds rather than one.

    Any value may be empty or unknown: it then asks nothing. A card that says it is for another step, profile or form is
    left out; one that says nothing may come, after those that do. Equal cards come by id: the answer never varies.
    `cards` are those of the site unless others are given.
    """
    stage = stage if stage in {s.id for s in bank().stages} else ""
    actor = actor if actor in profiles() and actor != EVERYONE else ""
    mode = mode if mode in terms("modes") else ""
    left = sorted(
        (f for t in (tools() if cards is None else cards) if (f := _fit(t, stage, actor, mode))),
        key=lambda f: (-f.score, f.tool.id),
    )
    found: list[Fit] = []
    while left and len(found) < limit:
        kinds = [f.tool.kind for f in found]
        best = max(left, key=lambda f: f.score - 3 * kinds.count(f.tool.kind))  # the first of equals: sorted above
        found.append(best)
        left.remove(best)
    return tuple(found)
