"""Every link from a map leads to a list of as many alliances as the map says, whatever was asked for."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliage.search.area import Box, held
from alliage.search.facets import NONE
from alliage.search.inside import list_inside, list_nowhere
from alliage.search.request import SearchRequest, read_request
from alliage.vocabulary.places import LEVELS, gazetteer
from tests.search.placed_alliances import (
    FIGEAC,
    LOT,
    OCCITANIE,
    QUIET,
    TOKENS,
    ids_of,
    place_of,
    records,
    search_drawn,
)

BOXES = [None, Box(1.0, 44.2, 2.3, 45.1), Box(-5.5, 41, 10, 52), Box(2.0, 44.0, 6.0, 47.0)]
requests = st.builds(
    lambda places, modes, box, around, inside, outside: SearchRequest(
        filters={n: tuple(v) for n, v in (("mode", modes), ("place", places)) if v},
        box=box,
        around=FIGEAC if around else "",
        within=around,
        inside=tuple(inside),
        outside=tuple(outside),
    ),
    st.lists(st.sampled_from([*TOKENS, NONE]), max_size=3, unique=True),
    st.lists(st.sampled_from(["mecenat", "cooperation-economique", NONE]), max_size=2, unique=True),
    st.sampled_from(BOXES),
    st.sampled_from([0, 0, 60, 200]),
    st.lists(st.sampled_from(TOKENS), max_size=1),
    st.lists(st.sampled_from(TOKENS), max_size=1),
)


def number_of(search, asked: SearchRequest) -> int:
    return search.answer(asked, facets=()).count


@given(records, requests)
@QUIET
def test_a_link_from_a_cluster_leads_to_as_many_alliances_as_the_cluster_says(drawn, asked):
    search, folder = search_drawn(drawn)
    with folder:
        for level in LEVELS:
            for cluster in search.clusters(asked, level).clusters:
                link = list_inside(asked, cluster.place)
                assert number_of(search, link) == cluster.count, (cluster.place, link.query_string())
                assert read_request(parse_qs(link.query_string())) == link
                for nearer in search.clusters(link, "commune").clusters:
                    assert number_of(search, list_inside(link, nearer.place)) == nearer.count


@given(records, requests, st.sampled_from(TOKENS))
@QUIET
def test_the_list_inside_a_place_is_what_both_the_list_and_the_place_hold(drawn, asked, token):
    search, folder = search_drawn(drawn)
    with folder:
        both = set(search.ids(asked)) & set(search.ids(SearchRequest(filters={"place": (token,)})))
        assert set(search.ids(list_inside(asked, place_of(token)))) == both


@given(records)
@QUIET
def test_the_map_of_a_place_counts_in_each_child_what_its_split_does_and_what_is_also_elsewhere(drawn):
    search, folder = search_drawn(drawn)
    with folder:
        for token, level in [(OCCITANIE, "departement"), (LOT, "commune"), ("epci:200067361", "commune")]:
            asked = SearchRequest(filters={"place": (token,)})
            told = {c.place.token: c.count for c in search.clusters(asked, level).clusters}
            for child, exactly in search.split(place_of(token), level).exactly.items():
                if place_of(child).point:
                    assert exactly <= told[child]


ACROSS = next(
    e
    for e in gazetteer().of_level("epci")
    if e.departement == "46" and len({c.departement for c in gazetteer().members(e, "commune")}) > 1
)


def test_the_map_of_an_intercommunality_across_two_departements_links_to_the_part_in_each(search_of_places):
    by_departement = {c.departement: c.token for c in gazetteer().members(ACROSS, "commune")}
    away = next(code for code in by_departement if code != "46")
    search = search_of_places([by_departement["46"]], [by_departement[away]], [by_departement[away], FIGEAC])
    whole = SearchRequest(filters={"place": (ACROSS.token,)})
    for level, asked in (("departement", whole), ("epci", SearchRequest(filters={"place": (LOT,)}))):
        found = {c.place.token: c.count for c in search.clusters(asked, level).clusters}
        assert found == {c: number_of(search, list_inside(asked, place_of(c))) for c in found}
    assert list_inside(SearchRequest(filters={"place": (LOT,)}), ACROSS).inside == (ACROSS.token,)


@pytest.mark.parametrize(
    ("asked", "place", "filters", "inside"),
    [
        ((), LOT, (LOT,), ()),
        ((OCCITANIE,), LOT, (LOT,), ()),
        ((LOT, NONE), OCCITANIE, (LOT,), ()),
        ((LOT, "departement:75"), OCCITANIE, (LOT, "departement:75"), (OCCITANIE,)),
        ((NONE,), LOT, (NONE,), (LOT,)),
    ],
)
def test_the_address_of_a_part_stays_as_short_as_it_can(asked, place, filters, inside):
    link = list_inside(SearchRequest(filters={"place": asked} if asked else {}), place_of(place))
    assert (link.filters["place"], link.inside) == (filters, inside)
    assert list_nowhere(link).filters["place"] == (NONE,)


def test_a_place_holds_what_its_alliances_are_found_under(search_of_places):
    for token in TOKENS:
        for other in held(token):
            assert place_of(token) in gazetteer().ancestors(place_of(other))
    commune = sorted(t for t in held(LOT) if t.startswith("commune:"))[0]
    assert ids_of(search_of_places([commune]), filters={"place": (LOT,)}) == {0}
