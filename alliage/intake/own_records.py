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
from alliage.vocabulary.words import is_slug, one_line, slug

# What the API adds to a record beside its fields: derived, so never read back.
DERIVED = frozenset(["url", "provenance", "revision", "sheet_lines", "similar", "licence", "collection_labels"])
_PARTNER = ("organisation", "name", "kind", "size", "role", "contributions", "siren", "siret", "rna")
# The items of the lists of facts: what each name holds. The first name, or for a source the second, must be there.
_SHAPES = {
    "results": {"text": "text", "year": "year"}
    | dict.fromkeys(("period", "scope", "scope_label", "nature", "source"), "text"),
    "resources": {"text": "text", "year": "year", "source": "text"},
    "readings": {"title": "text", "why": "text", "summary": "text", "start_year": "year", "sources": "texts"},
    "sources": {"url": "text", "title": "text", "publisher": "text", "date": "text"},
}
_UNSEEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, 0xFEFF])
_ID_FIX = "Un identifiant s’écrit en minuscules sans accent, chiffres et traits d’union, par exemple « le-four-2 »."
_ORGANISATION_FIX = f"{_ID_FIX} L’organisation est reconnue par son nom."
_FIX = f"Corrigez cette valeur{cleaning.KEPT}"


def draft_of_record(number: int, record: Mapping[str, Any], file: str) -> Draft | Refusal:
    """One record of our shape; what cannot be taken is an issue and stays raw. Keeps our identifier."""
    where = Provenance(file=file, line=number)
    issues: list[Issue] = []
    raw: dict[str, str] = {}
    values: dict[str, Any] = {}
    empty: list[str] = []

    def note(column: str, problem: Problem) -> None:
        issues.append(
            Issue(
                file=file, line=number, column=column, value=problem.value[:200], cause=problem.cause, fix=problem.fix
            )
        )
        raw[column] = _shown(record.get(column))

    record = _plain(dict(record))
    for name, value in record.items():
        if value in (None, "", [], {}) or name in DERIVED:
            empty += [name] if name in fields() else []
            continue
        if name == "id":
            values[name] = own_id(str(value), lambda p: note("id", p))
        elif name == "place_note" and isinstance(value, str):
            values[name] = value
        elif name not in fields():
            raw[str(name)] = _shown(value)
        elif (taken := _value(fields()[name], value, lambda p, n=name: note(n, p))) not in (None, "", []):  # type: ignore[misc]
            values[name] = taken
    if out_of_order := cleaning.out_of_order(values):
        note("end_year", out_of_order)
        del values["end_year"]
    title = one_line(str(values.get("title") or ""))
    if not title:
        note("title", Problem("", "Cette fiche n’a pas de titre.", "Donnez-lui un titre dans « title »."))
        return Refusal(tuple(issues), where)
    values["title"] = title
    for name, whole in cleaning.cut_long(values):
        raw[f"{fields()[name].label} (en entier)"] = whole
    return Draft(values, where, one_line(str(record.get("id") or "")), raw, tuple(issues), empty=tuple(empty))


def own_id(given: str, note: Callable[[Problem], None]) -> str:
    """An id of ours as it was given; one that could not stand in an address is mended and told."""
    given = one_line(given)
    if is_slug(given):
        return given
    note(
        Problem(given, "Cet identifiant ne peut pas servir d’adresse.", f"{_ID_FIX} Ici il devient « {slug(given)} ».")
    )
    return slug(given)


def field_value(name: str, value: Any) -> tuple[Any, list[Problem]]:
    """The value of one field of an alliance as JSON, checked: what of it can be taken, and what cannot."""
    problems: list[Problem] = []
    return _value(fields()[name], _plain(value), problems.append), problems


def _plain(value: Any) -> Any:
    """A value without the signs that no database takes: control characters, halves of characters."""
    if isinstance(value, str):
        return value if value.isprintable() else value.translate(_UNSEEN).encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {_plain(n): _plain(v) for n, v in value.items()}
    return value


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _value(field: Field, value: Any, note: Callable[[Problem], None]) -> Any:
    """The value of one field, checked; None when nothing of it can be taken."""
    match field.type:
        case "text" | "prose":
            return value if isinstance(value, str) else _refused(value, note)
        case "year":
            return _year(value, note)
        case "date":
            return _or_note(cleaning.date(_shown(value)), note)
        case "choice":
            return _or_note(_known(value, str(field.list)), note)
        case "choices":
            if not field.list:
                return [word for v in _list(value) if (word := _text(v, note))]
            found = [_or_note(_known(v, field.list), note) for v in _list(value)]
            return list(dict.fromkeys(v for v in found if v))
        case "sdgs":
            numbers, problems = cleaning.sdgs(" ; ".join(_shown(v) for v in _list(value)))
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
        if name in partner and (text := _text(partner.pop(name), note)):
            partner[name] = one_line(text)
    if not is_slug(partner.get("organisation", "a")):
        note(
            Problem(partner.pop("organisation"), "Cet identifiant d’organisation n’est pas valable.", _ORGANISATION_FIX)
        )
    return partner


def _place(value: Any, note: Callable[[Problem], None]) -> dict[str, str] | None:
    place = None
    if isinstance(value, dict):
        place = gazetteer().get(str(value.get("level")), str(value.get("code")))
    elif isinstance(value, str):
        options = gazetteer().resolve(value)
        place = options[0] if len(options) == 1 else None
    if place is None:
        note(Problem(_shown(value), "Ce lieu n’est pas connu.", "Donnez {« level », « code »} ou « niveau:code »."))
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
    item: dict[str, Any] = {}
    for name, sort in _SHAPES[kind].items():
        if name not in value or value[name] in (None, "", []):
            item |= {name: None} if name in value else {}
        elif sort == "texts":
            item[name] = [text for v in _list(value[name]) if (text := _text(v, note))]
        elif (taken := _text(value[name], note) if sort == "text" else _year(value[name], note)) is not None:
            item[name] = taken
    if not any(item.get(name) for name in (("url", "title") if kind == "sources" else list(_SHAPES[kind])[:1])):
        _refused(value, note)
        return None
    if kind == "sources" and item.get("url"):
        found, problems = cleaning.sources(str(item["url"]))
        if problems or not found or "url" not in found[0]:
            note(problems[0] if problems else Problem(str(item["url"]), "Cette adresse est mal formée.", _FIX))
            return None
    return item


def _text(value: Any, note: Callable[[Problem], None]) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    _refused(value, note)
    return None


def _year(value: Any, note: Callable[[Problem], None]) -> int | None:
    if isinstance(value, int) and cleaning.FIRST_YEAR <= value <= cleaning.LAST_YEAR:
        return value
    year: int | None = _or_note(cleaning.year(_shown(value)), note)
    return year
