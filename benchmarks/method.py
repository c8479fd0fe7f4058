"""The fair test of the method: what it advises from the facts of alliances it was not tuned on, and from their text.

Run: `.venv/bin/python -m benchmarks.method` (writes its part of docs/method.md). The half that was not tuned on is told
by a rule; its texts were never read while tuning.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any  # a record is YAML

from alliage.rules.advice import advise
from alliage.rules.deriving import answers_of_record, answers_of_text
from alliage.vocabulary.loading import ROOT, read_yaml
from alliage.vocabulary.method import Answers, bank
from alliage.vocabulary.typology import typology

PAGE = Path(__file__).parents[1] / "docs" / "method.md"
START, END = "<!-- measured -->", "<!-- /measured -->"
FIRST = 3
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A record, what was advised first, the answers read, and whether it is what the record says."""

    record: Record
    mode: str
    trends: tuple[str, ...]
    answers: Answers

    @property
    def right_mode(self) -> bool:
        return self.mode == self.record["mode"]

    @property
    def right_trend(self) -> bool:
        return self.record.get("trend") in self.trends


def records() -> tuple[Record, ...]:
    """The starter base, in the order of ids."""
    names = sorted(entry.name for entry in (ROOT / "alliances").iterdir())
    return tuple(read_yaml(f"alliances/{name}") for name in names)


def is_unseen(record: Record) -> bool:
    """The stated rule: a well-documented alliance of which the SHA-256 of the id is an odd number."""
    odd = int(hashlib.sha256(record["id"].encode()).hexdigest(), 16) % 2 == 1
    return record["documentation"] == "bien-documentee" and odd


def text_of(record: Record) -> str:
    """What somebody would tell of it: need and action, without title, partners or keywords."""
    return " ".join(record[name] for name in ("need", "action") if record.get(name))


def outcome(record: Record, answers: Answers) -> Outcome:
    """What the method advises for these answers."""
    advice = advise(answers)
    return Outcome(record, advice.modes[0].id, tuple(t.id for t in advice.trends[:FIRST]), answers)


def by_facts(rows: Iterable[Record]) -> tuple[Outcome, ...]:
    """Advised from the facts of each record, by the published mapping."""
    return tuple(outcome(r, answers_of_record(r)) for r in rows)


def by_text(rows: Iterable[Record]) -> tuple[Outcome, ...]:
    """Advised from need and action alone, as « Classer mon partenariat » does."""
    return tuple(outcome(r, answers_of_text(text_of(r))) for r in rows)


def figures(outcomes: Sequence[Outcome]) -> tuple[int, int, int, int]:
    """Right modes, alliances, right trends among three, alliances with a trend."""
    told = [o for o in outcomes if o.record.get("trend")]
    return sum(o.right_mode for o in outcomes), len(outcomes), sum(o.right_trend for o in told), len(told)


def _share(good: int, all_: int) -> str:
    return f"{good} of {all_} ({100 * good / all_:.0f} %)"


def _why(answers: Answers) -> str:
    said = []
    for name, values in answers.items():
        if name not in ("besoin", "acteur"):
            said.append("/".join(bank().questions[name].label(v) for v in values))
    return " · ".join(said)


def _miss(miss: Outcome) -> str:
    labels = {x.id: x.label for x in (*typology().modes, *typology().trends)}
    record = miss.record
    expected = labels[record["mode"]] + (f", {labels[record['trend']]}" if record.get("trend") else "")
    given = f"{labels[miss.mode]}, {labels[miss.trends[0]]}"
    wrong = "mode" if not miss.right_mode else "trend"
    return f"| {record['title']} | {wrong} | {expected} | {given} | {_why(miss.answers)} |"


def report(rows: Sequence[Record]) -> str:
    """The measured part of docs/method.md."""
    groups: dict[str, Callable[[Record], bool]] = {
        "unseen half of the well-documented": is_unseen,
        "half that tuned": lambda r: r["documentation"] == "bien-documentee" and not is_unseen(r),
        "less documented, tuned on too": lambda r: r["documentation"] != "bien-documentee",
    }
    lines = ["| Alliances | From | Right mode first | Right trend among three |", "|---|---|---|---|"]
    unseen: tuple[Outcome, ...] = ()
    for name, belongs in groups.items():
        chosen = [r for r in rows if belongs(r)]
        for source, outcomes in (("facts", by_facts(chosen)), ("need and action", by_text(chosen))):
            modes, all_, trends, told = figures(outcomes)
            lines.append(f"| {name} | {source} | {_share(modes, all_)} | {_share(trends, told)} |")
            if belongs is is_unseen and source == "facts":
                unseen = outcomes
    misses = [o for o in unseen if not o.right_mode or (o.record.get("trend") and not o.right_trend)]
    lines += ["", f"### The {len(misses)} misses of the unseen half, from facts", ""]
    lines += [
        "| Alliance | Missed | Told by the base | Advised first | Answers that were read |",
        "|---|---|---|---|---|",
    ]
    lines += [_miss(m) for m in misses]
    return "\n".join(lines)


def main() -> None:
    """Measures, prints the figures and writes the page."""
    text = report(records())
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n{text}\n{END}{after}", "utf-8")
    print(text.split("\n\n")[0])


if __name__ == "__main__":
    main()
