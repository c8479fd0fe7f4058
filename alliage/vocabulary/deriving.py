"""How texts and facts of an alliance become answers: the shape of content/method/deriving.yaml and of its
table of points. Applied by `rules.deriving`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from alliage.vocabulary.loading import ContentError, read_csv, read_yaml, require, require_number
from alliage.vocabulary.method import bank
from alliage.vocabulary.terms import terms
from alliage.vocabulary.words import key

FILE = "method/deriving.yaml"
FACTS = ("kind", "several", "gives", "given", "scale", "partners", "always")


@dataclass(frozen=True, slots=True)
class Clue:
    """One row of the table: a word (`beginning`: with any ending) or a fact, and its points for each answer."""

    text: str
    beginning: bool
    points: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Deriving:
    """`answers`: the (question, option) that can be read, by question; `close`: how many points behind the best an
    option may be and be taken too; `enough`: the points that words alone must reach; `silent`: names never read in a
    record, folded, the longest first."""

    answers: Mapping[str, tuple[str, ...]]
    words: tuple[Clue, ...]
    facts: Mapping[str, Clue]
    texts: tuple[str, ...]
    close: int
    enough: int
    usual: int
    fewest: int
    silent: tuple[str, ...]


def _columns(names: Sequence[str], table: str) -> dict[str, tuple[str, str]]:
    """Column → (question, option). Raises ContentError for what is not in the bank."""
    found = {}
    for name in names:
        question, _, option = name.partition(":")
        known = bank().questions.get(question)
        if known is None or option not in {o.id for o in known.options}:
            raise ContentError(table, f"« {name} » n’est pas une réponse de la banque", 1)
        found[name] = (question, option)
    return found


def _clue(row: Mapping[str, str], columns: Mapping[str, tuple[str, str]], table: str, line: int) -> Clue:
    text = row["indice"]
    if row["sorte"] not in ("mot", "fait"):
        raise ContentError(table, f"« {row['sorte']} » n’est pas une sorte : mot ou fait", line)
    if row["sorte"] == "fait" and text.partition(":")[0] not in FACTS:
        raise ContentError(table, f"« {text} » n’est pas un fait : {', '.join(FACTS)}", line)
    points = {}
    for name, answer in columns.items():
        if row[name]:
            try:
                points[answer] = int(row[name])
            except ValueError:
                raise ContentError(table, f"« {row[name]} » n’est pas un nombre entier", line) from None
    beginning = text.endswith("*")
    return Clue(text if row["sorte"] == "fait" else key(text), beginning, points)


@cache
def deriving() -> Deriving:
    """The mapping and its table, read once. Raises ContentError with file and line."""
    tree = read_yaml(FILE)
    table = f"method/{require(tree, 'table', FILE)}"
    rows = list(read_csv(table))
    columns = _columns([name for name in rows[0] if name not in ("sorte", "indice")], table)
    clues = [(row["sorte"], _clue(row, columns, table, line)) for line, row in enumerate(rows, 2)]
    answers: dict[str, tuple[str, ...]] = {}
    for question, option in columns.values():
        answers[question] = (*answers.get(question, ()), option)
    names = {key(t.label) for name in ("modes", "trends") for t in terms(name).values()}
    names |= {key(part) for t in terms("trends").values() for part in t.label.split("/")}
    length = require(tree, "length", FILE)
    return Deriving(
        answers=answers,
        words=tuple(clue for kind, clue in clues if kind == "mot"),
        facts={clue.text: clue for kind, clue in clues if kind == "fait"},
        texts=tuple(require(tree, "texts", FILE)),
        close=require_number(tree, "close", FILE),
        enough=require_number(tree, "enough", FILE),
        usual=require_number(length, "usual", FILE),
        fewest=require_number(length, "fewest", FILE),
        silent=tuple(sorted(names, key=lambda n: (-len(n), n))),
    )
