"""How the alliances of a list spread over the map: a place told apart into its children, counts by place, clusters.

All of it is counted by the engine; which places exist and what holds what comes from the gazetteer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any  # what the engine answers

from alliage.search.area import around, holders_of, in_box
from alliage.search.counting import Counting
from alliage.search.facets import FACETS, NONE
from alliage.search.own_places import CHILD_LEVEL, FRANCE
from alliage.search.query import Clause, Must, any_of, term
from alliage.search.request import BadRequest, SearchRequest
from alliage.vocabulary.places import LEVELS, Place, gazetteer
from alliage.vocabulary.terms import terms

NATIONAL = "national"  # of scales.yaml
MOST_CLUSTERS = 5_000  # on a map that moves
_COLUMN = {"region": "region", "departement": "departement", "epci": "epci", "commune": "own_place"}
_MOST_BUCKETS = 60_000  # the engine refuses more than 65,000; there are 36,500 places


@dataclass(frozen=True, slots=True)
class Split:
    """The alliances of a place told apart: in exactly one child (by token), in several, « sans précision ».

    whole = sum of `exactly` + `several` + `unsaid`, always.
    """

    whole: int
    exactly: Mapping[str, int]
    several: int
    unsaid: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """A territory with a point and how many alliances of the list it holds, by form (`none`: not filled in)."""

    place: Place
    count: int
    modes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters of a list, the fullest first; `unplaced` of its `count` alliances are in none of them."""

    count: int
    unplaced: int
    clusters: list[Cluster] = field(default_factory=list)


def child_level(place: Place | None) -> str:
    """The level into which a place is told apart (None: France); empty for a commune."""
    return CHILD_LEVEL.get(place.level if place else FRANCE, "")


def split(counting: Counting, place: Place | None, level: str) -> Split:
    """The alliances of a list tied to a place, told apart by its children of that level.

    An alliance counts in the children that hold one of its places whole; what it has outside the place changes nothing.
    Tied to the place itself, or to an EPCI that lies across children, it is « sans précision ». Raises ValueError for a
    level that is not the one of `child_level`.
    """
    if not level or level != child_level(place):
        raise ValueError(f"« {place.token if place else FRANCE} » ne se découpe pas en « {level} »")
    kind, parent = (place.level, place.token) if place else (FRANCE, FRANCE)

    def make() -> Split:
        inside: list[Clause] = [(Must, term("place", place.token))] if place else []
        column = f"only_in_{kind}"
        told = counting.aggregate(
            {
                "whole": {"value_count": {"field": "key"}},
                "only": {"terms": {"field": column, "size": _MOST_BUCKETS}},
            },
            inside,
        )
        children = {p.token for p in (gazetteer().members(place, level) if place else gazetteer().of_level(level))}
        exactly = {t: n for t, n in _counts(told["only"]).items() if t in children}
        whole, several = int(told["whole"]["value"]), _number(counting, [*inside, (Must, term("several", parent))])
        return Split(whole, exactly, several, whole - sum(exactly.values()) - several)

    return counting.remembered(("split", parent), make, lambda found: len(found.exactly))


def counts_by_place(counting: Counting, level: str) -> dict[str, int]:
    """How many alliances of a list each place of a level holds, by token; places that hold none are left out.

    The same number as the list narrowed to that place. Raises ValueError for an unknown level.
    """
    if level not in LEVELS:
        raise ValueError(f"niveau inconnu : « {level} »")
    return counting.remembered(("by place", level), lambda: _by_place(counting, level, []), len)


def _by_place(counting: Counting, level: str, more: list[Clause]) -> dict[str, int]:
    told = counting.aggregate({"places": {"terms": {"field": _COLUMN[level], "size": _MOST_BUCKETS}}}, more)
    return {t: n for t, n in _counts(told["places"]).items() if t.startswith(f"{level}:")}


def clusters(counting: Counting, level: str, most: int | None = None) -> Clusters:
    """The list as clusters: the territories of a level that hold its alliances, inside what the request asks for.

    At `commune` an alliance stands on the communes it names, nowhere else. Raises BadRequest for an unknown level, and
    for more than `most` territories at a time.
    """
    if level not in LEVELS:
        raise BadRequest("level", f"Niveau inconnu : « {level[:40]} ». Niveaux possibles : {', '.join(LEVELS)}.")

    def make() -> Clusters:
        count, shown = counting.count(), _territories(counting.request, level)
        found = _by_form(counting, level, shown)
        placed = [
            Cluster(place, sum(modes.values()), modes)
            for token, modes in found.items()
            if (place := gazetteer().token(token)) and place.point
        ]
        if shown is None:
            clause = term("unplaced", level)
            unplaced = _number(counting, [(Must, clause)])
        else:
            tokens = [c.place.token for c in placed]
            unplaced = count - (_number(counting, [(Must, any_of(_COLUMN[level], tokens))]) if tokens else 0)
        return Clusters(count, unplaced, sorted(placed, key=lambda c: (-c.count, c.place.code)))

    found = counting.remembered(("clusters", level), make, lambda told: sum(1 + len(c.modes) for c in told.clusters))
    if most is not None and len(found.clusters) > most:
        raise BadRequest(
            "level", f"Plus de {most} lieux à la fois : resserrez la carte, ou choisissez un niveau plus large."
        )
    return found


def _by_form(counting: Counting, level: str, shown: set[str] | None) -> dict[str, dict[str, int]]:
    """How many alliances of each form each place of a level holds; `shown`: these places alone."""
    forms = (*terms("modes"), NONE)
    column = {"field": _COLUMN[level], "size": _MOST_BUCKETS}
    by_form = {"forms": {"terms": {"field": "mode", "size": len(forms)}}}
    found: dict[str, dict[str, int]] = {}
    try:
        told = counting.aggregate({"places": {"terms": column, "aggs": by_form}})
        found = {str(b["key"]): _counts(b["forms"]) for b in told["places"]["buckets"]}
    except ValueError:  # more buckets than the engine gives: the communes of the country, one form after the other
        for form in forms:
            for token, number in _by_place(counting, level, [(Must, term("mode", form))]).items():
                found.setdefault(token, {})[form] = number
    return {t: n for t, n in found.items() if t.startswith(f"{level}:") and (shown is None or t in shown)}


def facet_by_place(counting: Counting, places: Sequence[Place], name: str) -> list[dict[str, int]]:
    """For each of these places, how many alliances of the list have each value of a facet, in one walk over the list.

    The same numbers as the facet of the list narrowed to that place, « non renseigné » among them.
    """
    values = {"values": {"terms": {"field": FACETS[name].field, "size": FACETS[name].most}}}
    asked = {p.token: {"filter": f'place:"{p.token}"', "aggs": values} for p in places}

    def make() -> list[dict[str, int]]:
        told = counting.aggregate(asked, [(Must, any_of("place", asked))])
        return [_counts(told[token]["values"]) for token in asked]

    if not places:
        return []
    return counting.remembered((name, *asked), make, lambda found: sum(map(len, found)))


def _number(counting: Counting, more: list[Clause]) -> int:
    return int(counting.aggregate({"number": {"value_count": {"field": "key"}}}, more)["number"]["value"])


def _territories(request: SearchRequest, level: str) -> set[str] | None:
    """The territories of a level that the request's places, box and distance touch; None when it says nowhere.

    An alliance of Lot and of Paris is on the map of Occitanie in Lot alone.
    """
    asked = [p for token in request.filters.get("place", ()) if (p := gazetteer().token(token))]
    found: list[set[str]] = []
    if asked and NONE not in request.filters["place"]:
        found.append(set().union(*(holders_of(place.token, level) for place in asked)))
    found += [set(holders_of(token, level)) for token in request.inside]
    if request.box:
        found.append(in_box(request.box).holders(level))
    if request.around:
        found.append(around(request.around, request.within).holders(level))
    return set.intersection(*found) if found else None


def national_request(request: SearchRequest) -> SearchRequest | None:
    """The list of the national alliances that a territory's list does not hold; None when there is none to offer.

    None is offered when the request says nowhere, and when it asks for other scales only. A box or a distance has no
    name to leave out: all national alliances are listed then.
    """
    places = request.inside or tuple(v for v in request.filters.get("place", ()) if v != NONE)
    scales = request.filters.get("scale", ())
    if not (places or request.box or request.around) or (scales and NATIONAL not in scales):
        return None
    free = request.anywhere()
    return replace(free, filters={**free.filters, "scale": (NATIONAL,)}, outside=places)


def _counts(told: Mapping[str, Any]) -> dict[str, int]:
    return {str(b["key"]): int(b["doc_count"]) for b in told["buckets"]}
