"""What to say of a gap between partners' answers, and the question that opens the talk about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require
from alliage.vocabulary.method import bank

FILE = "method/talk.yaml"
HOW = ("different", "partly", "uncertain", "alike")


@dataclass(frozen=True, slots=True)
class Talk:
    """`how` and `default` by kind of gap (HOW); `questions` by question of the bank."""

    how: Mapping[str, str]
    default: Mapping[str, str]
    questions: Mapping[str, str]

    def prompt(self, question: str, how: str) -> str:
        """The question to ask: the one of that question where answers differ, else the one of that kind of gap."""
        return self.default[how] if how == "alike" else self.questions.get(question, self.default[how])


@cache
def talk() -> Talk:
    """The words of content/method/talk.yaml. Raises ContentError."""
    tree = read_yaml(FILE)
    how, default = ({kind: str(require(require(tree, part, FILE), kind, FILE)) for kind in HOW}
                    for part in ("how", "default"))  # fmt: skip
    questions = require(tree, "questions", FILE)
    for id in questions:
        if id not in bank().questions:
            raise ContentError(FILE, f"la question « {id} » n’existe pas", line_of(questions))
    return Talk(how, default, {id: str(text) for id, text in questions.items()})
