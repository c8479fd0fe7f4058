"""The ten profiles of people who use Alliage, and the kinds and sizes of organisations each stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from alliage.vocabulary.loading import ContentError, line_of, read_section, require
from alliage.vocabulary.terms import terms

FILE = "profiles.yaml"


@dataclass(frozen=True, slots=True)
class Profile:
    """Who somebody is; `kinds` and `sizes` are values of the lists of actors, no size means any."""

    id: str
    label: str
    plain: str
    kinds: tuple[str, ...]
    sizes: tuple[str, ...]
    words: tuple[str, ...]


@cache
def profiles() -> Mapping[str, Profile]:
    """The profiles of content/profiles.yaml, by id, in its order. Raises ContentError."""
    found: dict[str, Profile] = {}
    for row in read_section(FILE, "profiles"):
        id = str(require(row, "id", FILE))
        kinds, sizes = tuple(require(row, "kinds", FILE)), tuple(row.get("sizes") or ())
        for value, name in [*((k, "actor_kinds") for k in kinds), *((s, "actor_sizes") for s in sizes)]:
            if value not in terms(name):
                raise ContentError(FILE, f"« {value} » n’est pas une valeur de actors.yaml", line_of(row))
        if id in found:
            raise ContentError(FILE, f"l’identifiant « {id} » est donné deux fois", line_of(row))
        words = tuple(row.get("words") or ())
        found[id] = Profile(id, require(row, "label", FILE), require(row, "plain", FILE), kinds, sizes, words)
    return found
