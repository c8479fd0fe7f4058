"""A search as asked: words, filters, sort, page; read from the parameters that pages, API and exports share."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from alliage.search.area import FURTHEST_KM, Box, read_box
from alliage.search.facets import FACETS, NONE, SMALL_WITH_LARGE
from alliage.vocabulary.places import LEVELS, gazetteer
from alliage.vocabulary.terms import terms

SORTS = ("relevance", "recent", "title")
LARGEST_PAGE = 100
LONGEST_QUERY = 400
MOST_VALUES = 50
NEARBY_KM = 20  # « around » without « within »


class BadRequest(Exception):
    """A parameter that cannot be understood; the message says what to do, `field` which one."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class SearchRequest:
    """What is searched. `filters`: parameter → values, OR inside one, AND between them; `near` lifts, never hides.

    `box`, and `around` with `within` kilometres, keep the alliances that have a place there; `inside` those that have one
    in each of these places, whatever the filters say; `outside` leaves out those that have one in these places.
    """

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_min: int | None = None
    year_max: int | None = None
    sort: str = "relevance"
    limit: int = 20
    cursor: str = ""
    near: str = ""
    box: Box | None = None
    around: str = ""
    within: int = 0
    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    organisation: str = ""
    ids: tuple[str, ...] = ()

    def parameters(self, *, paging: bool = False) -> list[tuple[str, str]]:
        """The canonical parameters of this search, in a stable order."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(name, value) for name in FACETS for value in self.filters.get(name, ())]
        pairs += [("year_min", str(self.year_min))] if self.year_min is not None else []
        pairs += [("year_max", str(self.year_max))] if self.year_max is not None else []
        pairs += [("near", self.near)] if self.near else []
        pairs += [("bbox", str(self.box))] if self.box else []
        pairs += [("around", self.around), ("within", str(self.within))] if self.around else []
        pairs += [("inside", token) for token in self.inside]
        pairs += [("outside", token) for token in self.outside]
        pairs += [("organisation", self.organisation)] if self.organisation else []
        pairs += [("id", id) for id in self.ids]
        pairs += [("sort", self.sort)] if self.sort != "relevance" else []
        if paging:
            pairs += [("limit", str(self.limit))] if self.limit != 20 else []
            pairs += [("cursor", self.cursor)] if self.cursor else []
        return pairs

    def query_string(self, **changes: object) -> str:
        """The address part of this search, with changes."""
        return urlencode(replace(self, **changes).parameters() if changes else self.parameters())  # type: ignore[arg-type]

    def digest(self) -> str:
        """Eight signs that tell two searches apart: a cursor only continues its own list."""
        return hashlib.sha256(repr(self.parameters()).encode()).hexdigest()[:8]

    def without(self, param: str, value: str) -> SearchRequest:
        """This search with one filter value less."""
        kept = tuple(v for v in self.filters.get(param, ()) if v != value)
        others = {n: v for n, v in self.filters.items() if n != param}
        return replace(self, filters={**others, param: kept} if kept else others, cursor="")

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list besides words."""
        narrowed = self.filters or self.year_min or self.year_max or self.organisation or self.ids
        return bool(narrowed or self.box or self.around or self.inside or self.outside)

    def unfiltered(self) -> SearchRequest:
        """This search without what a visitor narrowed it with: an organisation or records chosen stay."""
        return replace(self.anywhere(), filters={}, year_min=None, year_max=None)

    def anywhere(self) -> SearchRequest:
        """This search without anything that says where."""
        filters = {n: v for n, v in self.filters.items() if n != "place"}
        return replace(self, filters=filters, box=None, around="", within=0, inside=(), outside=(), cursor="")


def _values(name: str, given: Iterable[str]) -> tuple[str, ...]:
    found: list[str] = []
    for value in given:
        value = value.strip()
        if not value:
            continue
        if value != NONE and not _known(name, value):
            raise BadRequest(name, _unknown(name, value))
        if name == "place" and (place := gazetteer().token(value)):
            value = place.token  # a former code means today's commune, as the index holds it
        if value not in found:
            found.append(value)
    if len(found) > MOST_VALUES:
        raise BadRequest(name, f"Au plus {MOST_VALUES} valeurs pour « {name} ».")
    return tuple(found)


def _known(name: str, value: str) -> bool:
    facet = FACETS[name]
    if name == "place":
        return value.partition(":")[0] in LEVELS and gazetteer().token(value) is not None
    if name == "actor_size" and value == SMALL_WITH_LARGE:
        return True
    if name == "lessons":
        return value == "oui"
    return value in terms(facet.list)


def _unknown(name: str, value: str) -> str:
    if name == "place":
        return f"Lieu inconnu : « {value[:80]} ». Écrivez par exemple « region:84 », « departement:69 » ou « commune:69123 »."
    facet = FACETS[name]
    allowed = ["oui"] if name == "lessons" else list(terms(facet.list))
    return f"Valeur inconnue pour « {name} » : « {value[:80]} ». Valeurs possibles : {', '.join(allowed)}, none."


def _number(name: str, value: str, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,6}", value.strip()) or not least <= int(value) <= most:
        raise BadRequest(name, f"« {name} » attend un nombre entre {least} et {most}.")
    return int(value)


def _places(name: str, given: Iterable[str]) -> tuple[str, ...]:
    """Places given as « level:code », today's codes."""
    found: list[str] = []
    for value in filter(None, map(str.strip, given)):
        place = gazetteer().token(value)
        if place is None:
            raise BadRequest(name, _unknown("place", value))
        if place.token not in found:
            found.append(place.token)
    if len(found) > MOST_VALUES:
        raise BadRequest(name, f"Au plus {MOST_VALUES} valeurs pour « {name} ».")
    return tuple(found)


def _box(text: str) -> Box | None:
    try:
        return read_box(text) if text else None
    except ValueError as error:
        raise BadRequest("bbox", str(error)) from error


def _around(token: str, km: str) -> tuple[str, int]:
    """The place and the distance of « around » and « within »; a distance alone says nothing."""
    distance = _number("within", km, 1, FURTHEST_KM) if km else NEARBY_KM
    if not token:
        return "", 0
    (around,) = _places("around", [token])
    place = gazetteer().token(around)
    if place is None or place.point is None:
        name = gazetteer().label(place) if place else around
        raise BadRequest(
            "around",
            f"Nous ne savons pas où se trouve {name} sur la carte : choisissez un lieu voisin, ou filtrez par « place ».",
        )
    return around, distance


def read_request(parameters: Mapping[str, list[str]], *, default_limit: int = 20) -> SearchRequest:
    """The search that address parameters ask for; raises BadRequest with the parameter at fault."""

    def one(name: str) -> str:
        return (parameters.get(name) or [""])[-1].strip()

    q = re.sub(r"[\x00-\x1f\x7f]+", " ", one("q"))[:LONGEST_QUERY].strip()
    filters = {name: values for name in FACETS if (values := _values(name, parameters.get(name) or ()))}
    sort = one("sort") or "relevance"
    if sort not in SORTS:
        raise BadRequest("sort", f"Tri inconnu : « {sort[:40]} ». Tris possibles : {', '.join(SORTS)}.")
    near = one("near")
    if near and gazetteer().token(near) is None:
        raise BadRequest("near", _unknown("place", near))
    box, (around, within) = _box(one("bbox")), _around(one("around"), one("within"))
    return SearchRequest(
        q=q,
        filters=filters,
        year_min=_number("year_min", one("year_min"), 1800, 2200) if one("year_min") else None,
        year_max=_number("year_max", one("year_max"), 1800, 2200) if one("year_max") else None,
        sort=sort,
        limit=_number("limit", one("limit"), 1, LARGEST_PAGE) if one("limit") else default_limit,
        cursor=one("cursor")[:600],
        near=near,
        box=box,
        around=around,
        within=within,
        inside=_places("inside", parameters.get("inside") or ()),
        outside=_places("outside", parameters.get("outside") or ()),
        organisation=one("organisation")[:100],
        ids=tuple(dict.fromkeys(v.strip()[:100] for v in (parameters.get("id") or ())[:LARGEST_PAGE] if v.strip())),
    )
