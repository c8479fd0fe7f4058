"""A question of the method as fields of a form: what is ticked, what was typed, which place was meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from alliage.exports.diagnosis import labels
from alliage.vocabulary.method import UNSURE, Question
from alliage.vocabulary.places import gazetteer
from alliage.web.asked import Where, typed, where_of

LONGEST_PLACE = 120


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that can be ticked."""

    id: str
    label: str
    plain: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A question with what it holds; `name` is that of its inputs, `where` the place being asked about."""

    question: Question
    name: str
    choices: tuple[Choice, ...] = ()
    text: str = ""
    where: Where | None = None

    @property
    def many(self) -> bool:
        """Whether several answers may be ticked."""
        return self.question.kind == "choices"

    @property
    def filled(self) -> bool:
        """Whether it holds an answer."""
        return bool(self.text) or any(choice.ticked for choice in self.choices)

    @property
    def shown(self) -> str:
        """What a line of text shows: the answer, or the place as it was typed."""
        return self.text or (self.where.typed if self.where else "")


def field(question: Question, name: str, values: Sequence[str] = (), where: Where | None = None) -> Field:
    """The field of a question that holds that answer."""
    choices = tuple(Choice(o.id, o.label, o.plain, o.id in values) for o in question.options)
    if question.unsure and question.kind in ("choice", "choices", "scale"):
        choices += (Choice(UNSURE, "Je ne sais pas", "", UNSURE in values),)
    text = " ".join(labels(question, [v for v in values if v != UNSURE])) if question.kind in ("text", "place") else ""
    return Field(question, name, choices, text, where)


def sent(data: QueryDict, question: Question, name: str) -> tuple[list[str], Where]:
    """What was sent for a question: its values, and, for a place, how it was understood.

    A place that is not sure gives no value: it must be asked about (`Where.choices`, `Where.unknown`).
    """
    given = [typed(value) for value in data.getlist(name)]
    if question.kind == "text":
        return ["\n".join(typed(line) for line in value.splitlines()).strip() for value in data.getlist(name)], Where()
    if question.kind != "place":
        return given, Where()
    if token := typed(data.get(f"{name}-choix", "")):
        place = gazetteer().token(token)
        return ([place.token], Where(token, place)) if place else ([], Where(token))
    where = where_of(" ".join(given)[:LONGEST_PLACE].strip())
    sure = where.place is not None and not where.choices
    return [where.place.token] if sure and where.place else [], where
