"""Boxes and distances: exactly the alliances whose own places lie there; addresses that say where, read and written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliage.search.area import Box, kilometres
from alliage.search.own_places import own_places
from alliage.search.request import BadRequest, SearchRequest, read_request
from alliage.search.results import Search
from alliage.search.territory import MOST_CLUSTERS
from alliage.vocabulary.places import gazetteer
from tests.search.placed_alliances import (
    FIGEAC,
    LOT,
    PARIS,
    QUIET,
    TOKENS,
    ids_of,
    place_of,
    record_at,
    search_on,
)

boxes = st.builds(
    lambda west, south, wide, high: Box(west, south, round(west + wide, 6), round(south + high, 6)),
    st.floats(-62, 56).map(lambda n: round(n, 3)),
    st.floats(-22, 51).map(lambda n: round(n, 3)),
    st.sampled_from([0.02, 0.5, 3.0, 12.0]),
    st.sampled_from([0.02, 0.5, 3.0, 12.0]),
) | st.sampled_from([Box(-180, -90, 180, 90), Box(1.0, 44.2, 2.3, 45.1), Box(-5.5, 41, 10, 52), Box(0, 0, 1, 1)])


@pytest.fixture(scope="module")
def every_place(tmp_path_factory) -> tuple[Search, list[str]]:
    """An alliance for each place of the country, and one without place."""
    tokens = sorted(gazetteer().by_token)
    told = [record_at(n, [t]) for n, t in enumerate(tokens)]
    return search_on(tmp_path_factory.mktemp("index"), [*told, record_at(len(tokens), [])]), tokens


@given(box=boxes)
@QUIET
def test_a_box_finds_the_alliances_whose_own_place_lies_in_it_and_no_other(every_place, box):
    search, tokens = every_place
    assert search.answer(SearchRequest(box=box, limit=1), facets=()).count == sum(
        bool(p.point and box.holds(p.point)) for p in map(place_of, tokens)
    )
    near_corner = Box(box.west, box.south, box.west + 0.3, box.south + 0.3)
    assert ids_of(search, box=near_corner) == {
        n for n, t in enumerate(tokens) if (p := place_of(t)).point and near_corner.holds(p.point)
    }


@given(token=st.sampled_from([t for t in TOKENS if place_of(t).point]), km=st.sampled_from([1, 5, 20, 60, 200]))
@QUIET
def test_within_a_distance_finds_the_places_that_are_not_further_and_no_other(every_place, token, km):
    search, tokens = every_place
    lon, lat = (math.radians(n) for n in place_of(token).point or (0, 0))

    def away(point) -> float:
        # Another way to the same angle than the one under test: the chord between two points of the sphere.
        x, y = math.radians(point[0]), math.radians(point[1])
        ends = [(math.cos(b) * math.cos(a), math.cos(b) * math.sin(a), math.sin(b)) for a, b in ((lon, lat), (x, y))]
        return 6_371.0088 * 2 * math.asin(min(1.0, math.dist(*ends) / 2))

    found = ids_of(search, around=token, within=km)
    assert found == {n for n, t in enumerate(tokens) if (p := place_of(t)).point and away(p.point) <= km}
    assert tokens.index(token) in found


def test_the_distance_between_two_towns_is_the_known_one():
    # Paris (48.8566 N, 2.3522 E) to Lyon (45.7640 N, 4.8357 E): 392 km as the crow flies.
    assert kilometres((2.3522, 48.8566), (4.8357, 45.7640)) == pytest.approx(392, abs=1)


def test_a_box_and_a_distance_hold_with_words_filters_and_each_other(search_of_places):
    search = search_of_places(([FIGEAC], {"title": "Une ferme"}), [FIGEAC], [PARIS], [])
    lot = Box(1.0, 44.2, 2.3, 45.1)
    assert ids_of(search, q="ferme", box=lot) == {0}
    assert ids_of(search, box=lot, around=PARIS, within=50) == set()
    assert ids_of(search, box=lot, filters={"place": (LOT,)}) == {0, 1}
    assert ids_of(search, outside=(LOT,)) == {2, 3}


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"bbox": ["1,2,3"]}, "bbox"),
        ({"bbox": ["1,2,3,nan"]}, "bbox"),
        ({"bbox": ["3,2,1,4"]}, "bbox"),
        ({"bbox": ["1,4,3,2"]}, "bbox"),
        ({"bbox": ["1,2,1,4"]}, "bbox"),
        ({"bbox": ["-181,2,3,4"]}, "bbox"),
        ({"bbox": ["1,2,3,91"]}, "bbox"),
        ({"bbox": ["1e1,2,30,40"]}, "bbox"),
        ({"around": ["Figeac"]}, "around"),
        ({"around": ["commune:98818"]}, "around"),
        ({"around": [FIGEAC], "within": ["0"]}, "within"),
        ({"around": [FIGEAC], "within": ["201"]}, "within"),
        ({"around": [FIGEAC], "within": ["loin"]}, "within"),
        ({"outside": ["Lot"]}, "outside"),
        ({"territory_kind": ["campagne"]}, "territory_kind"),
    ],
)
def test_a_place_parameter_that_means_nothing_names_itself(parameters, field):
    with pytest.raises(BadRequest) as refusal:
        read_request(parameters)
    assert refusal.value.field == field
    assert str(refusal.value).rstrip("»\u00a0").endswith(".")


def test_what_says_where_stands_in_the_permalink_and_is_read_back():
    asked = read_request(
        {
            "bbox": [" 1.0000000001, 44.2,2.3,45.1"],
            "around": ["commune:46102"],
            "within": ["30"],
            "outside": ["departement:12"],
            "territory_kind": ["rural", "none"],
        }
    )
    told = asked.parameters()
    assert ("bbox", "1,44.2,2.3,45.1") in told
    again: dict[str, list[str]] = {}
    for name, value in told:
        again.setdefault(name, []).append(value)
    assert read_request(again) == asked
    assert not asked.unfiltered().is_filtered


def test_the_places_of_the_whole_country_come_by_commune_without_a_limit_of_the_engine(every_place):
    search, tokens = every_place
    communes = [t for t in tokens if t.startswith("commune:")]
    assert search.counts_by_place("commune") == dict.fromkeys(communes, 1)
    with pytest.raises(BadRequest, match="resserrez la carte"):
        search.clusters(SearchRequest(), "commune", MOST_CLUSTERS)
    whole = search.clusters(SearchRequest(), "commune")
    assert {c.place.token for c in whole.clusters} == {t for t in communes if place_of(t).point}
    assert whole.count - whole.unplaced == len(whole.clusters)
    told = search.clusters(SearchRequest(box=Box(1.0, 44.2, 2.3, 45.1)), "commune")
    assert {c.place.token for c in told.clusters} == {
        t for t in communes if (p := place_of(t)).point and Box(1.0, 44.2, 2.3, 45.1).holds(p.point)
    }


def test_every_place_that_holds_another_whole_is_one_of_those_around_it():
    for token in gazetteer().by_token:
        level, _, code = token.partition(":")
        told = own_places([{"level": level, "code": code}])
        assert {t for held in told.only.values() for t in held} <= set(told.around)
