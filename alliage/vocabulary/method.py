"""The question bank of the method: stages, questions, their answers, and when each is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any  # rows of YAML

from alliage.vocabulary.conditions import Condition, read_condition
from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require, require_number
from alliage.vocabulary.profiles import profiles
from alliage.vocabulary.terms import LISTS, terms

FILE = "method/questions.yaml"
KINDS = ("choice", "choices", "scale", "rag", "text", "place")
UNSURE = "ne-sais-pas"
# Question id → what was answered: ids of options, "1" to "5" of a scale, one text, one token of a place.
Answers = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen."""

    id: str
    label: str
    plain: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the method."""

    id: str
    label: str
    plain: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `short` is its place in the short path, `max` how many options may be chosen, `actors` the profiles
    it is for (none: all), `when` its condition on other answers."""

    id: str
    stage: str
    kind: str
    text: str
    help: str
    why: str
    options: tuple[Option, ...]
    max: int
    ordered: bool
    unsure: bool
    short: int | None
    actors: tuple[str, ...]
    when: Condition | None
    tools: tuple[str, ...]

    def label(self, option: str) -> str:
        """What to show for an answer: the option's label; a text or place as it is."""
        if option == UNSURE:
            return "Je ne sais pas"
        return next((o.label for o in self.options if o.id == option), option)


@dataclass(frozen=True, slots=True)
class Bank:
    """All stages, and all questions in the order of the file, by id."""

    stages: tuple[Stage, ...]
    questions: Mapping[str, Question]

    @property
    def short(self) -> tuple[Question, ...]:
        """The questions of the short path, in its order."""
        return tuple(sorted((q for q in self.questions.values() if q.short), key=lambda q: q.short or 0))

    def of_stage(self, stage: str) -> tuple[Question, ...]:
        """The questions of a stage, in the order of the file."""
        return tuple(q for q in self.questions.values() if q.stage == stage)


_SCALE = tuple(
    Option(str(n), label) for n, label in enumerate(("Pas du tout", "Un peu", "À moitié", "Bien", "Tout à fait"), 1)
)
_RAG = (Option("rouge", "Rouge", "Il faut en parler."), Option("orange", "Orange", "À surveiller."),
        Option("vert", "Vert", "Cela va."))  # fmt: skip


def _options(row: Mapping[str, Any]) -> tuple[Option, ...]:
    kind, name = row["kind"], row.get("list")
    if kind in ("text", "place"):
        return ()
    if kind == "scale":
        return _SCALE
    if kind == "rag":
        return _RAG
    if name == "profiles":
        return tuple(Option(p.id, p.label, p.plain) for p in profiles().values())
    if name is not None:
        if name not in LISTS:
            raise ContentError(FILE, f"« {name} » n’est pas une liste", line_of(row))
        return tuple(Option(t.id, t.label, t.plain) for t in terms(name).values())
    options = tuple(
        Option(str(require(o, "id", FILE)), str(require(o, "label", FILE)), o.get("plain") or "")
        for o in require(row, "options", FILE)
    )
    if len({o.id for o in options}) != len(options):
        raise ContentError(FILE, f"« {row['id']} » a deux réponses du même identifiant", line_of(row))
    return options


def _question(row: Mapping[str, Any], stages: set[str], options: Mapping[str, tuple[Option, ...]]) -> Question:
    def ids(question: str) -> tuple[str, ...]:
        return tuple(o.id for o in options.get(question, ()))

    if require(row, "stage", FILE) not in stages:
        raise ContentError(FILE, f"« {row['stage']} » n’est pas une étape", line_of(row))
    for actor in row.get("actors") or ():
        if actor not in profiles():
            raise ContentError(FILE, f"« {actor} » n’est pas un profil", line_of(row))
    return Question(
        id=row["id"],
        stage=row["stage"],
        kind=row["kind"],
        text=str(require(row, "text", FILE)),
        help=str(require(row, "help", FILE)),
        why=str(require(row, "why", FILE)),
        options=options[row["id"]],
        max=require_number(row, "max", FILE) if row.get("max") else 1,
        ordered=bool(row.get("ordered")) or row["kind"] in ("scale", "rag"),
        unsure=bool(row.get("unsure", row["kind"] in ("choice", "choices", "scale"))),
        short=row.get("short"),
        actors=tuple(row.get("actors") or ()),
        when=read_condition(row["when"], ids, FILE, line_of(row)) if row.get("when") else None,
        tools=tuple(row.get("tools") or ()),
    )


@cache
def bank() -> Bank:
    """The questions of content/method/questions.yaml. Raises ContentError with file and line."""
    tree = read_yaml(FILE)
    stages = tuple(
        Stage(str(require(s, "id", FILE)), str(require(s, "label", FILE)), str(require(s, "plain", FILE)))
        for s in require(tree, "stages", FILE)
    )
    options: dict[str, tuple[Option, ...]] = {}
    rows = require(tree, "questions", FILE)
    for row in rows:
        id = str(require(row, "id", FILE))
        if id in options:
            raise ContentError(FILE, f"la question « {id} » est donnée deux fois", line_of(row))
        if require(row, "kind", FILE) not in KINDS:
            raise ContentError(FILE, f"« {row['kind']} » n’est pas une sorte : {', '.join(KINDS)}", line_of(row))
        options[id] = _options(row)
    known = {s.id for s in stages}
    return Bank(stages, {row["id"]: _question(row, known, options) for row in rows})
