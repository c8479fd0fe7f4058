"""Answers read from a sentence or from the facts of a record, by the published mapping; never from mode or trend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any  # a record is JSON

from alliage.vocabulary.deriving import deriving
from alliage.vocabulary.method import Answers, bank
from alliage.vocabulary.words import key


def _answers(text: str, facts: frozenset[str]) -> Answers:
    whole = f" {key(text)} "
    scores: dict[str, list[tuple[int, str]]] = {}
    for cue in deriving().cues:
        score = sum(n for words, n in cue.words.items() if f" {words}" in whole)
        score += sum(n for fact, n in cue.facts.items() if fact in facts)
        if score >= cue.needs:
            scores.setdefault(cue.question, []).append((score, cue.option))
    found: dict[str, tuple[str, ...]] = {}
    for name, rows in scores.items():
        question = bank().questions[name]
        place = [o.id for o in question.options].index
        best = sorted(rows, key=lambda r: (-r[0], place(r[1])))[: question.max]
        found[name] = tuple(sorted((option for _, option in best), key=place))
    return found


def answers_of_text(text: str) -> Answers:
    """The answers of the short path that a sentence suggests, to be corrected by who wrote it; `besoin` is the text."""
    found = dict(_answers(text, frozenset()))
    if text.strip():
        found["besoin"] = (" ".join(text.split()),)
    return found


def answers_of_record(record: Mapping[str, Any]) -> Answers:
    """The answers that the facts of a record suggest; `record` as content/alliances holds it."""
    text = " ".join(str(record.get(name) or "") for name in ("need", "action"))
    return _answers(text, frozenset())
