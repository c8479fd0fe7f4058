"""How values are written for a reader: labels of lists, life of an alliance, lit words, plurals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any  # template values

from django import template
from django.template.defaultfilters import date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from alliage.intake.starter import SOURCE as STARTER
from alliage.vocabulary.founding_sheet import SheetRow
from alliage.vocabulary.numbers import in_round_figures, written
from alliage.vocabulary.places import LEVEL_LABELS, Place, gazetteer
from alliage.vocabulary.terms import terms

register = template.Library()
_MODE_CLASSES = {
    "mecenat": "mecenat",
    "pratiques-responsables": "pratiques",
    "cooperation-economique": "cooperation",
    "innovation-societale": "innovation",
}


@register.filter
def label(value: object, name: str) -> str:
    """The label of a value of a controlled list: {{ trend|label:"trends" }}."""
    return terms(name).label(str(value)) if value else ""


@register.filter
def mode_class(mode: str | None) -> str:
    """The CSS class that gives a mode its colour and shape."""
    return _MODE_CLASSES.get(mode or "", "no-mode")


@register.filter
def lit(pieces: Iterable[tuple[str, bool]]) -> SafeString:
    """The pieces of a text, the words that answer the query in <mark>."""
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", text) if is_lit else text,) for text, is_lit in pieces)
    )


@register.filter
def life_class(record: Mapping[str, Any]) -> str:
    """The CSS class of the life of an alliance: on, ended, or none."""
    return {"active": "on", "ended": "ended"}.get(str(record.get("status")), "")


@register.filter
def life(record: Mapping[str, Any]) -> str:
    """« active, vue en 2023 »: what is known of the life of an alliance, and when it was last attested."""
    status, year = record.get("status") or "unknown", record.get("status_year")
    if record.get("confirmed_on"):
        return f"{terms('statuses').label(status).lower()}, confirmée en {str(record['confirmed_on'])[:4]}"
    if status == "unknown":
        return f"vue en {year}" if year else "à confirmer"
    if status == "ended" and record.get("end_year"):
        return f"terminée en {record['end_year']}"
    told = terms("statuses").label(status).lower()
    return f"{told}, vue en {year}" if year else told


@register.filter
def source_label(source: str) -> str:
    """« Le socle d’Alliage » for the records that come with the software, the name of the file's source else."""
    return "Le socle d’Alliage" if source == STARTER else source or "saisie dans l’éditeur"


@register.filter
def is_ours(file: str) -> bool:
    """Whether a provenance names a file of the software's own content, which tells a reader nothing."""
    return file.startswith("alliances/")


@register.filter
def place_label(place: Mapping[str, str]) -> str:
    """« Figeac (Lot) » for a place of a record."""
    known = gazetteer().get(place["level"], place["code"])
    return gazetteer().label(known) if known else place["name"]


@register.filter
def place_name(place: Place) -> str:
    """« Figeac (Lot) » for a place of the gazetteer."""
    return gazetteer().label(place)


@register.filter
def level_label(level: str) -> str:
    return LEVEL_LABELS.get(level, level)


@register.filter
def number(value: float | str | None, decimals: int = 0) -> str:
    """« 12 400 », « 3,5 »: a number as the French write it; empty for none, and for what a template does not find."""
    return "" if value is None or isinstance(value, str) else written(value, decimals)


@register.filter
def round_number(value: float | None) -> str:
    """« 120 », « 3,2 », « 0,04 »: a density as one says it; empty for none."""
    return "" if value is None else in_round_figures(value)


@register.filter
def day(iso: str) -> str:
    """« 1er mars 2026 » for « 2026-03-01 »; what is no day stays as it is."""
    try:
        found = dt.date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{'1er' if found.day == 1 else found.day} {date(found, 'F Y')}"


@register.filter
def full_stop(text: str) -> str:
    """A sentence with its full stop, once."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


@register.filter
def lower_first(text: str) -> str:
    """A label inside a sentence: « population municipale »; a name in capitals stays."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


@register.filter
def percent_of(number: int, largest: int) -> int:
    """The share of the largest, for a bar drawn on 100."""
    return round(100 * number / largest) if largest else 0


@register.filter
def plural(number: int, ending: str = "s") -> str:
    """The French plural ending: none below 2."""
    return ending if number >= 2 else ""


@register.filter
def get(mapping: Mapping[str, Any], name: str) -> Any:
    """The value of a key that a template only knows at run time."""
    return mapping.get(name)


@register.filter
def without_figure(row: SheetRow) -> str:
    """The text of a figure of the founding sheet, without the number that stands in large beside it."""
    told = f"{row.figure.value}{row.figure.unit} " if row.figure else ""
    return row.text.removeprefix(told)
