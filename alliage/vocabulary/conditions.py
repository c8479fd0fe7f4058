"""Conditions on answers, as content writes them: all, any, not, is, at_least. What they give is for `rules.conditions`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any  # a tree of YAML

from alliage.vocabulary.loading import ContentError, line_of

OPERATORS = ("all", "any", "not", "is", "at_least")


@dataclass(frozen=True, slots=True)
class Is:
    """True when one of `options` is among the answers to `question`; `at_least` is read as all higher options."""

    question: str
    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class Every:
    """True when each part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """True when one part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when its part is not."""

    part: Condition


Condition = Is | Every | Some | Not
# Question → its options from the least to the most; empty when the question is unknown.
Options = Callable[[str], tuple[str, ...]]


def questions_of(condition: Condition) -> frozenset[str]:
    """The questions that a condition reads."""
    if isinstance(condition, Is):
        return frozenset({condition.question})
    if isinstance(condition, Not):
        return questions_of(condition.part)
    return frozenset(name for part in condition.parts for name in questions_of(part))


def read_condition(tree: Any, options: Options, file: str, line: int | None = None) -> Condition:
    """The condition written as `tree`. Raises ContentError that names file, line and what is unknown."""
    line = line_of(tree) or line if isinstance(tree, Mapping) else line
    if not isinstance(tree, Mapping) or len(tree) != 1 or next(iter(tree)) not in OPERATORS:
        raise ContentError(file, f"une condition s’écrit avec un seul mot parmi : {', '.join(OPERATORS)}", line)
    operator, value = next(iter(tree.items()))
    if operator == "not":
        return Not(read_condition(value, options, file, line))
    if operator in ("all", "any"):
        if not isinstance(value, list) or not value:
            raise ContentError(file, f"« {operator} » attend une liste de conditions", line)
        parts = tuple(read_condition(part, options, file, line) for part in value)
        return Every(parts) if operator == "all" else Some(parts)
    if not isinstance(value, Mapping) or len(value) != 1:
        raise ContentError(file, f"« {operator} » s’écrit {{question: réponse}}", line)
    question, answer = next(iter(value.items()))
    known = options(str(question))
    if not known:
        raise ContentError(file, f"la question « {question} » n’existe pas ou n’a pas de réponses à choisir", line)
    wanted = [str(a) for a in answer] if isinstance(answer, list) else [str(answer)]
    for one in wanted:
        if one not in known:
            raise ContentError(file, f"« {one} » n’est pas une réponse à « {question} » : {', '.join(known)}", line)
    if operator == "at_least":
        wanted = list(known[known.index(wanted[0]) :])
    return Is(str(question), frozenset(wanted))
