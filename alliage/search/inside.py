"""Which list holds the alliances that a map counts at one of its places; every link from a map is made of it."""

from __future__ import annotations

from dataclasses import replace

from alliage.search.area import held
from alliage.search.facets import NONE
from alliage.search.request import SearchRequest
from alliage.vocabulary.places import Place


def list_inside(asked: SearchRequest, place: Place) -> SearchRequest:
    """The alliances of a list that have a place in this one: as many as `clusters` and `counts_by_place` say.

    The place takes the room of what is asked for around it, and is asked for beside what is not: an EPCI across two
    départements, on the map of one of them, holds there only what both hold.
    """
    here, places = held(place.token), asked.filters.get("place", ())
    wider = tuple(token for token in asked.inside if not here <= held(token))
    known = tuple(token for token in places if token != NONE)
    if not places or any(here <= held(token) for token in known):
        return replace(asked, filters={**asked.filters, "place": (place.token,)}, inside=wider, cursor="")
    if known and all(held(token) <= here for token in known):
        return replace(asked, filters={**asked.filters, "place": known}, inside=wider, cursor="")
    return replace(asked, inside=tuple(dict.fromkeys((*wider, place.token))), cursor="")


def list_nowhere(asked: SearchRequest) -> SearchRequest:
    """The alliances of a list, but for its places, that name none."""
    return replace(asked, filters={**asked.filters, "place": (NONE,)}, cursor="")
