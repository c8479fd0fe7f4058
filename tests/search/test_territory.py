"""Alliances by place: boxes and distances, kinds of territory, a place told apart, clusters, national ones apart."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliage.search.area import Box
from alliage.search.index import LOOK_AGAIN_SECONDS
from alliage.search.own_places import territory_kinds
from alliage.search.request import BadRequest, SearchRequest, read_request
from alliage.search.territory import national_request
from alliage.vocabulary.loading import read_csv
from alliage.vocabulary.places import LEVELS, gazetteer
from alliage.vocabulary.terms import terms
from tests.search.placed_alliances import (
    FIGEAC,
    LOT,
    OCCITANIE,
    PARIS,
    QUIET,
    TOKENS,
    held_whole,
    ids_of,
    place_of,
    record_at,
    records,
    search_drawn,
    search_on,
)

CHAINS = (
    [(None, "region"), (place_of(OCCITANIE), "departement"), (place_of("region:01"), "departement")]
    + [(place_of(t), "commune") for t in (LOT, "departement:75", "departement:975", "epci:200067361")]
    + [(place_of(t), "commune") for t in TOKENS if t.startswith("epci:")]
    + [(place_of(f"region:{place_of(t).region}"), "departement") for t in TOKENS if t.startswith("epci:")]
)


@given(records)
@QUIET
def test_one_child_several_children_and_unsaid_always_add_up_to_the_place(drawn):
    search, folder = search_drawn(drawn)
    with folder:
        for place, level in CHAINS:
            told = search.split(place, level)
            listed = ids_of(search, filters={"place": (place.token,)} if place else {})
            assert told.whole == len(listed) == sum(told.exactly.values()) + told.several + told.unsaid
            expected: Counter[str] = Counter()
            children = gazetteer().members(place, level) if place else gazetteer().of_level(level)
            for number in listed:
                held = [c.token for c in children if any(held_whole(t, c) for t in drawn[number][0])]
                expected["several" if len(held) > 1 else held[0] if held else "unsaid"] += 1
            assert told.several == expected.pop("several", 0)
            assert told.unsaid == expected.pop("unsaid", 0)
            assert dict(told.exactly) == dict(expected)


@given(records, st.sampled_from([{}, {"place": (OCCITANIE,)}, {"place": (LOT,), "mode": ("mecenat",)}]))
@QUIET
def test_counts_by_place_are_those_of_the_list_narrowed_to_each_place(drawn, filters):
    search, folder = search_drawn(drawn)
    with folder:
        for level in LEVELS:
            counts = search.counts_by_place(level, SearchRequest(filters=filters))
            listed = ids_of(search, filters=filters)
            expected = {
                token: both
                for token in own_tokens(drawn, level)
                if (both := len(listed & ids_of(search, filters={"place": (token,)})))
            }
            assert counts == expected


def own_tokens(drawn, level: str) -> set[str]:
    """The places of a level that hold a place of these records."""
    return {
        above.token
        for tokens, _ in drawn
        for t in tokens
        for above in gazetteer().ancestors(place_of(t))
        if above.level == level
    }


asked_areas = st.sampled_from(
    [
        {},
        {"filters": {"place": (OCCITANIE,)}},
        {"filters": {"place": (LOT, "departement:75")}},
        {"filters": {"place": ("none",)}},
        {"box": Box(1.0, 44.2, 2.3, 45.1)},
        {"around": FIGEAC, "within": 60},
        {"around": FIGEAC, "within": 60, "filters": {"mode": ("mecenat",)}},
    ]
)


@given(records, asked_areas)
@QUIET
def test_each_alliance_of_a_list_is_in_a_cluster_or_said_to_be_unplaced(drawn, asked):
    search, folder = search_drawn(drawn)
    with folder:
        listed = ids_of(search, **asked)
        for level in LEVELS:
            told = search.clusters(SearchRequest(**asked), level)
            assert told.count == len(listed)
            shown = {c.place.token for c in told.clusters}
            held = {number: own_tokens([drawn[number]], level) & shown for number in listed}
            assert told.unplaced == sum(not tokens for tokens in held.values())
            assert {c.place.token: c.count for c in told.clusters} == Counter(t for h in held.values() for t in h)
            for cluster in told.clusters:
                assert cluster.place.point
                modes = Counter(drawn[n][1] or "none" for n, tokens in held.items() if cluster.place.token in tokens)
                assert dict(cluster.modes) == modes
            if asked == {}:
                pointed = [{t for t in own_tokens([d], level) if place_of(t).point} for d in drawn]
                assert told.unplaced == sum(not tokens for tokens in pointed)


def test_an_alliance_of_two_regions_counts_in_one_child_of_each(search_of_places):
    search = search_of_places([FIGEAC, PARIS])
    assert search.split(place_of(OCCITANIE), "departement").exactly == {LOT: 1}
    assert search.split(None, "region").several == 1
    assert search.split(place_of(LOT), "commune").exactly == {FIGEAC: 1}


def test_an_epci_across_two_departements_is_in_none_of_them_for_sure(search_of_places):
    across = next(
        e
        for e in gazetteer().of_level("epci")
        if len({c.departement for c in gazetteer().members(e, "commune")}) > 1
        and len({c.region for c in gazetteer().members(e, "commune")}) == 1
    )
    told = search_of_places([across.token]).split(place_of(f"region:{across.region}"), "departement")
    assert (told.whole, told.unsaid) == (1, 1)


def test_a_place_is_only_told_apart_into_the_level_below_it(search_of_places):
    search = search_of_places([FIGEAC])
    for place, level in ((place_of(LOT), "epci"), (place_of(FIGEAC), "commune"), (None, "departement")):
        with pytest.raises(ValueError, match="ne se découpe pas"):
            search.split(place, level)


def test_a_former_code_means_todays_commune_in_a_filter_and_in_a_record(search_of_places):
    former, today = next(
        (row["code"], place.code)
        for row in read_csv("places/communes-anciennes.csv")
        if row["code"] not in ("", row["commune"])
        and gazetteer().by_token.get(f"commune:{row['code']}") is None
        and (place := gazetteer().get("commune", row["code"])) is not None
        and place.point
    )
    asked = read_request({"place": [f"commune:{former}"]})
    assert asked.filters["place"] == (f"commune:{today}",)
    search = search_of_places([f"commune:{former}"], [f"commune:{today}"])
    assert ids_of(search, filters=asked.filters) == {0, 1}
    assert search.counts_by_place("commune") == {f"commune:{today}": 2}
    assert [p["code"] for p in search.by_id("a-0")["places"]] == [former]


def test_the_size_of_each_commune_is_the_class_that_its_label_says():
    bounds = {
        k: terms("territory_kinds").label(k).replace("\u202f", "").replace("\u00a0", " ")
        for k in ("rural", "petite-ville", "ville")
    }
    assert "moins de 2000" in bounds["rural"]
    assert "de 2000 à 20000" in bounds["petite-ville"]
    assert "20000 habitants et plus" in bounds["ville"]
    for commune in gazetteer().of_level("commune"):
        people = commune.population
        size = [] if people is None else ["rural" if people < 2_000 else "petite-ville" if people < 20_000 else "ville"]
        overseas = ["outre-mer"] if commune.code[:2] in ("97", "98") else []
        assert territory_kinds([commune.token], ()) == sorted(size + overseas), commune


def test_kinds_of_territory_add_up_over_the_places_of_an_alliance(search_of_places):
    search = search_of_places(
        [FIGEAC, PARIS],
        ["departement:971"],
        ["commune:97502"],
        ["region:988"],
        ([LOT], {"domains": ["quartiers-prioritaires"]}),
        [LOT],
        [],
    )
    told = {v.value: v.count for v in search.answer(SearchRequest()).facets["territory_kind"]}
    assert told == {"petite-ville": 2, "ville": 1, "outre-mer": 3, "quartier-prioritaire": 1, "none": 2}


def test_alliances_without_place_are_a_value_of_the_place_facet(search_of_places):
    answer = search_of_places([FIGEAC], [], []).answer(SearchRequest())
    assert [(v.value, v.count) for v in answer.facets["place"]] == [(OCCITANIE, 1), ("none", 2)]


def test_national_alliances_are_offered_apart_and_as_many_as_the_link_shows(search_of_places):
    search = search_of_places(
        [FIGEAC], ([], {"scale": "national"}), ([PARIS], {"scale": "national"}), ([LOT], {"scale": "national"})
    )
    lot = SearchRequest(filters={"place": (LOT,)})
    assert ids_of(search, filters=lot.filters) == {0, 3}
    asked = national_request(lot)
    assert asked is not None
    assert search.national(lot) == search.answer(asked, facets=()).count == 2
    assert set(search.ids(asked)) == {"a-1", "a-2"}
    assert dict(asked.parameters())["outside"] == LOT
    assert search.national(SearchRequest()) == 0
    assert search.national(SearchRequest(filters={"place": (LOT,), "scale": ("local",)})) == 0


def test_only_a_known_level_is_counted(search_of_places):
    search = search_of_places([FIGEAC])
    with pytest.raises(BadRequest, match="Niveau inconnu"):
        search.clusters(SearchRequest(), "canton")
    with pytest.raises(ValueError, match="niveau inconnu"):
        search.counts_by_place("canton")


def test_what_is_kept_of_first_pages_and_of_the_whole_base_ends_with_its_generation(tmp_path):
    here = SearchRequest(filters={"place": (FIGEAC,)}, limit=5)
    search = search_on(tmp_path, [record_at(0, [FIGEAC]), record_at(1, [PARIS])])
    for _ in range(2):
        assert [h.record["id"] for h in search.answer(here, facets=()).hits] == [record_at(0, [])["id"]]
        assert search.counts_by_place("commune") == {FIGEAC: 1, PARIS: 1}
    search_on(tmp_path, [record_at(0, [FIGEAC]), record_at(2, [FIGEAC])])  # a rebuild takes the place of that index
    time.sleep(LOOK_AGAIN_SECONDS + 0.05)
    answer = search.answer(here, facets=())
    assert (answer.count, len(answer.hits)) == (2, 2)
    assert search.counts_by_place("commune") == {FIGEAC: 2}


def test_first_pages_of_another_length_or_order_are_kept_apart(search_of_places):
    search = search_of_places(*([FIGEAC] for _ in range(6)))
    for _ in range(2):
        for limit in (1, 4, 6):
            assert len(search.answer(SearchRequest(limit=limit), facets=()).hits) == limit
        by_date, by_title = (
            [h.record["id"] for h in search.answer(SearchRequest(limit=6, sort=sort), facets=()).hits]
            for sort in ("recent", "title")
        )
        assert by_date == by_title[::-1]
