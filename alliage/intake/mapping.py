"""A mapping that a person gives: column → path of columns.py. Which paths exist, and does the file have these columns?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from alliage.intake.columns import FAMILIES, PLACE_SORTS
from alliage.intake.drafts import Issue
from alliage.vocabulary.fields import fields
from alliage.vocabulary.words import key

_OF_A_PARTNER = re.compile(r"partners\.\d{1,2}\.([a-z]+)")


def is_path(path: str) -> bool:
    """Whether a column may fill this; « » leaves the column out."""
    if path == "" or path in fields():
        return True
    if match := _OF_A_PARTNER.fullmatch(path):
        return match[1] != "id" and match[1] in fields("organisation")
    head, _, tail = path.partition(":")
    if head == "partners":
        return tail in FAMILIES
    return path.startswith("places.") and path.removeprefix("places.") in PLACE_SORTS


def paths_told() -> str:
    """The paths that exist, in French, for who gave another one."""
    of_a_partner = [name for name in fields("organisation") if name != "id"]
    return (
        f"{', '.join(fields())} ; "
        f"partners.1.X, partners.2.X… avec X parmi {', '.join(of_a_partner)} ; "
        f"partners:X avec X parmi {', '.join(FAMILIES)} ; "
        f"places.X avec X parmi {', '.join(PLACE_SORTS)} ; vide pour laisser la colonne"
    )


def absent_columns(mapping: Mapping[str, str], present: Iterable[str], file: str) -> Issue | None:
    """An issue when a mapping names columns that the file does not have."""
    known = {key(column) for column in present}
    absent = [column for column in mapping if key(column) not in known]
    if not absent:
        return None
    cause = "La correspondance nomme des colonnes que le fichier n’a pas."
    fix = "Vérifiez leurs titres dans le fichier, ou donnez par --map une correspondance à jour."
    return Issue(file=file, column=", ".join(absent)[:200], cause=cause, fix=fix)
