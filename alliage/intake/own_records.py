"""A record in our own shape (API, JSON exports) to a Draft: each value checked against the fields file and the lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any  # a record is JSON

from alliage.intake import cleaning
from alliage.intake.cleaning import Problem
from alliage.intake.cleaning_partners import identifier_of, merged
from alliage.intake.drafts import Draft, Issue, Provenance, Refusal
from alliage.vocabulary.fields import Field, fields
from alliage.vocabulary.places import gazetteer
from alliage.vocabulary.terms import terms
from alliage.vocabulary.words import one_line

# What the API adds to a record beside its fields: derived, so never read back.
DERIVED = frozenset(["url", "provenance", "revision", "sheet_lines", "similar", "licence", "collection_labels"])
_PARTNER = ("organisation", "name", "kind", "size", "role", "contributions", "siren", "siret", "rna")
_SHAPES = {
    "results": ("text", "year", "period", "scope", "scope_label", "nature", "source"),
    "resources": ("text", "year", "source"),
    "readings": ("title", "why", "summary", "start_year", "sources"),
    "sources": ("url", "title", "publisher", "date"),
}
_FIX = "Corrigez cette valeur dans le fichier ; d’ici là elle est gardée telle quelle avec la fiche."


def draft_of_record(number: int, record: Mapping[str, Any], file: str) -> Draft | Refusal:
    """One record of our shape; what cannot be taken is an issue and stays raw. Keeps our identifier."""
    where = Provenance(file=file, line=number)
    issues: list[Issue] = []
    raw: dict[str, str] = {}
    values: dict[str, Any] = {}

    def note(column: str, problem: Problem) -> None:
        issues.append(
            Issue(
                file=file, line=number, column=column, value=problem.value[:200], cause=problem.cause, fix=problem.fix
            )
        )
        raw[column] = _shown(record.get(column))

    for name, value in record.items():
        if value in (None, "", [], {}) or name in DERIVED:
            continue
        if name == "place_note" and isinstance(value, str):
            values[name] = value
        elif name not in fields():
            raw[str(name)] = _shown(value)
        elif (taken := _value(fields()[name], value, lambda p, n=name: note(n, p))) not in (None, "", []):  # type: ignore[misc]
            values[name] = taken
    title = one_line(str(values.get("title") or ""))
    if not title:
        note("title", Problem("", "Cette fiche n’a pas de titre.", "Donnez-lui un titre dans « title »."))
        return Refusal(tuple(issues), where)
    values["title"] = title[:300]
    return Draft(values, where, str(values.get("id") or ""), raw, tuple(issues))


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _value(field: Field, value: Any, note: Callable[[Problem], None]) -> Any:
    """The value of one field, checked; None when nothing of it can be taken."""
    match field.type:
        case "text" | "prose":
            return value if isinstance(value, str) else _refused(value, note)
        case "year":
            if isinstance(value, int) and cleaning.FIRST_YEAR <= value <= cleaning.LAST_YEAR:
                return value
            return _or_note(cleaning.year(_shown(value)), note)
        case "date":
            return _or_note(cleaning.date(_shown(value)), note)
        case "choice":
            return _or_note(_known(value, str(field.list)), note)
        case "choices":
            if not field.list:
                return [str(v) for v in _list(value)]
            found = [_or_note(_known(v, field.list), note) for v in _list(value)]
            return list(dict.fromkeys(v for v in found if v))
        case "sdgs":
            numbers, problems = cleaning.sdgs(" ; ".join(str(v) for v in _list(value)))
            for problem in problems:
                note(problem)
            return numbers
        case "partners":
            return merged(p for v in _list(value) if (p := _partner(v, note)))
        case "places":
            return [p for v in _list(value) if (p := _place(v, note))]
        case _:
            return [item for v in _list(value) if (item := _item(field.type, v, note))]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _refused(value: Any, note: Callable[[Problem], None]) -> None:
    note(Problem(_shown(value), "Cette valeur n’a pas la forme attendue.", _FIX))


def _or_note(value: Any, note: Callable[[Problem], None]) -> Any:
    if isinstance(value, Problem):
        note(value)
        return None
    return value


def _known(value: Any, name: str) -> str | Problem:
    return value if isinstance(value, str) and value in terms(name) else cleaning.choice(_shown(value), name)


def _partner(value: Any, note: Callable[[Problem], None]) -> dict[str, Any] | None:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not value["name"].strip():
        _refused(value, note)
        return None
    partner = {n: value[n] for n in _PARTNER if value.get(n) not in (None, "", [])}
    for name, its_list in (("kind", "actor_kinds"), ("size", "actor_sizes")):
        if name in partner and (known := _or_note(_known(partner.pop(name), its_list), note)):
            partner[name] = known
    if "contributions" in partner:
        told = (_or_note(_known(c, "contributions"), note) for c in _list(partner.pop("contributions")))
        if contributions := [c for c in told if c]:
            partner["contributions"] = contributions
    for name in ("siren", "siret", "rna"):
        if name in partner and (number := _or_note(identifier_of(name, str(partner.pop(name))), note)):
            partner[name] = number
    for name in ("organisation", "name", "role"):
        if name in partner:
            partner[name] = one_line(str(partner[name]))
    return partner


def _place(value: Any, note: Callable[[Problem], None]) -> dict[str, str] | None:
    place = None
    if isinstance(value, dict):
        place = gazetteer().get(str(value.get("level")), str(value.get("code")))
    elif isinstance(value, str):
        options = gazetteer().resolve(value)
        place = options[0] if len(options) == 1 else None
    if place is None:
        note(Problem(_shown(value), "Ce lieu n’est pas connu.", "Donnez {« level », « code »} ou « niveau:code »."))
        return None
    return {"level": place.level, "code": place.code, "name": place.name}


def _item(kind: str, value: Any, note: Callable[[Problem], None]) -> dict[str, Any] | None:
    if isinstance(value, str):
        if kind == "sources":
            found, problems = cleaning.sources(value)
            for problem in problems:
                note(problem)
            return dict(found[0]) if found else None
        return {"title" if kind == "readings" else "text": value}
    if not isinstance(value, dict):
        _refused(value, note)
        return None
    item = {n: value[n] for n in _SHAPES[kind] if n in value}
    if kind == "sources" and item.get("url"):
        found, problems = cleaning.sources(str(item["url"]))
        if problems or not found or "url" not in found[0]:
            note(problems[0] if problems else Problem(str(item["url"]), "Cette adresse est mal formée.", _FIX))
            return None
    return item or None
