"""What somebody takes away of their diagnosis: their own answers as JSON or CSV, the comparison, the evaluation frame."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any  # JSON

from alliage.exports.csv_text import csv_pieces
from alliage.rules.gaps import Gap
from alliage.vocabulary.evaluation import evaluation
from alliage.vocabulary.health_check import health_check
from alliage.vocabulary.method import Answers, Question, bank
from alliage.vocabulary.places import gazetteer

Marks = Mapping[str, tuple[str, str]]
COLUMNS = ("étape", "question", "réponse", "identifiant de la question", "identifiants de la réponse", "répondu le")
LINE_COLUMNS = (
    "impact", "l’objectif de qui", "objectif", "indicateur", "chiffré ou raconté", "qui donne le chiffre", "quand",
    "au départ", "visé",
)  # fmt: skip
LINE_FIELDS = ("impact", "whose", "objective", "indicator", "nature", "provider", "due", "start", "target")
COLOUR_LABELS = {"vert": "Vert", "orange": "Orange", "rouge": "Rouge", "ne-sais-pas": "Je ne sais pas"}


def labels(question: Question, values: Sequence[str]) -> list[str]:
    """What to read for each value of an answer; a place by its name."""
    if question.kind == "place":
        return [gazetteer().label(p) if (p := gazetteer().token(v)) else v for v in values]
    return [question.label(v) for v in values]


def answers_csv(answers: Answers, when: Mapping[str, str], health: Iterable[tuple[int, Marks]]) -> Iterable[str]:
    """Own answers, in the order of the bank, then own colours; `when` holds dates by question."""
    stages = {s.id: s.label for s in bank().stages}
    rows = [
        (stages[q.stage], q.text, " ; ".join(labels(q, answers[q.id])) or "(passée)", q.id,
         " ; ".join(answers[q.id]), when.get(q.id, ""))
        for q in bank().questions.values() if q.id in answers
    ]  # fmt: skip
    for number, marks in health:
        for aspect in health_check().aspects:
            if aspect.id in marks:
                colour, note = marks[aspect.id]
                told = f"{COLOUR_LABELS.get(colour, colour)}{f' ({note})' if note else ''}"
                rows.append((f"Bulletin de santé n° {number}", aspect.text, told, aspect.id, colour, ""))
    return csv_pieces(COLUMNS, rows)


def answers_json(
    about: Mapping[str, Any],
    answers: Answers,
    when: Mapping[str, str],
    health: Iterable[tuple[int, Marks]],
    lines: Iterable[Mapping[str, str]],
) -> str:
    """Own answers and colours, and the evaluation frame, which is common."""
    told = {
        **about,
        "answers": [
            {"question": q.id, "text": q.text, "values": list(answers[q.id]), "labels": labels(q, answers[q.id]),
             "answered_at": when.get(q.id)}
            for q in bank().questions.values() if q.id in answers
        ],
        "health": [
            {"round": number, "aspect": a.id, "text": a.text, "colour": marks[a.id][0], "note": marks[a.id][1]}
            for number, marks in health for a in health_check().aspects if a.id in marks
        ],
        "evaluation": [dict(line) for line in lines],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1)


def gaps_csv(names: Sequence[str], found: Iterable[Gap], says: Mapping[str, str]) -> Iterable[str]:
    """The comparison: a line a question, a column a partner; `says` tells how far apart, by `Gap.how`."""
    rows = [
        (gap.question.text, says[gap.how], *(" ; ".join(labels(gap.question, values)) for _, values in gap.answers))
        for gap in found
    ]
    return csv_pieces(("question", "écart", *names), rows)


def evaluation_csv(lines: Iterable[Mapping[str, str]]) -> Iterable[str]:
    """The evaluation frame as a table."""
    impacts = {i.id: i.label for i in evaluation().impacts}
    natures = {n.id: n.label for n in evaluation().natures}
    rows = []
    for line in lines:
        told = {
            **line,
            "impact": impacts.get(line["impact"], line["impact"]),
            "nature": natures.get(line["nature"], ""),
        }
        rows.append([told[name] for name in LINE_FIELDS])
    return csv_pieces(LINE_COLUMNS, rows)
