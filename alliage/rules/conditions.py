"""Whether a condition of the content holds for some answers."""

from __future__ import annotations

from alliage.vocabulary.conditions import Condition, Every, Is, Not
from alliage.vocabulary.method import Answers


def holds(condition: Condition, answers: Answers) -> bool:
    """True when the answers meet the condition; a question not answered meets no `is`."""
    if isinstance(condition, Is):
        return not condition.options.isdisjoint(answers.get(condition.question, ()))
    if isinstance(condition, Not):
        return not holds(condition.part, answers)
    parts = (holds(part, answers) for part in condition.parts)
    return all(parts) if isinstance(condition, Every) else any(parts)
