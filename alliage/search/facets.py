"""The facets: which parameter filters on which index field, under which title, with which list of values."""

from __future__ import annotations

from dataclasses import dataclass

from alliage.vocabulary.places import gazetteer
from alliage.vocabulary.terms import terms

NONE = "none"
SMALL_WITH_LARGE = "petit-avec-grand"
SMALL, LARGE = frozenset({"tpe", "pme"}), frozenset({"eti", "grande"})


@dataclass(frozen=True, slots=True)
class Facet:
    """`param` in the address, `field` in the index, `list` of labels; `most` values are counted."""

    param: str
    field: str
    title: str
    list: str = ""
    most: int = 40

    def label(self, value: str) -> str:
        """What a reader sees for a value."""
        if value == NONE:
            return "non renseigné"
        if value == SMALL_WITH_LARGE:
            return "petit avec grand"
        if self.param == "place":
            place = gazetteer().token(value)
            return gazetteer().label(place) if place else value
        if self.param == "lessons":
            return "avec leçons"
        return terms(self.list).label(value) if self.list else value


FACETS: dict[str, Facet] = {
    f.param: f
    for f in (
        Facet("mode", "mode", "Forme d’alliance", "modes"),
        Facet("trend", "trend", "Tendance", "trends"),
        Facet("domain", "domain", "Domaine", "domains", 60),
        Facet("place", "region", "Territoire", most=130),
        Facet("territory_kind", "territory_kind", "Type de territoire", "territory_kinds"),
        Facet("actor_kind", "actor_kind", "Acteurs", "actor_kinds"),
        Facet("actor_size", "actor_size", "Taille des acteurs", "actor_sizes"),
        Facet("role", "role", "Qui apporte quoi", "contributions"),
        Facet("status", "status", "Vie de l’alliance", "statuses"),
        Facet("lessons", "lessons", "Leçons"),
        Facet("collection", "collection", "Collection", "collections"),
        Facet("fragility", "fragility", "Fragilité", "fragilities"),
        Facet("scale", "scale", "Échelle", "scales"),
        Facet("sdg", "sdg", "ODD", "sdgs"),
        Facet("documentation", "documentation", "Documentation", "documentation"),
    )
}


def filter_field(param: str, value: str) -> str:
    """The index field on which a filter value is looked up: a place at any level, else the facet's own."""
    if param == "place" and value != NONE:
        return "place"
    return FACETS[param].field
