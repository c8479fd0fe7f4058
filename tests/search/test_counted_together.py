"""Several counts in one walk over a list, and what is kept of it, are the ones that each list gives alone."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliage.search.request import SearchRequest
from alliage.vocabulary.places import LEVELS
from tests.search.placed_alliances import LOT, QUIET, TOKENS, place_of, record_at, records, search_drawn, search_on

PERIODS = ((None, 1999), (2000, 2009), (2010, 2014), (2015, 2019), (2020, None))


@given(records, st.sampled_from(LEVELS), st.sampled_from(["mode", "trend", "territory_kind"]))
@QUIET
def test_a_facet_at_several_places_is_the_facet_of_each_of_their_lists(drawn, level, name):
    search, folder = search_drawn(drawn)
    with folder:
        places = [place_of(t) for t in TOKENS if t.startswith(f"{level}:")]
        for place, counts in zip(places, search.facet_by_place(places, name), strict=True):
            alone = search.answer(SearchRequest(filters={"place": (place.token,)}), facets=(name,)).facets[name]
            assert counts == {v.value: v.count for v in alone}
    assert search.facet_by_place([], name) == []


@given(st.lists(st.sampled_from([None, 1899, 1999, 2000, 2009, 2010, 2014, 2015, 2020, 2025]), max_size=20))
@QUIET
def test_each_period_counts_what_the_list_of_its_years_does(tmp_path_factory, years):
    told = [record_at(n, [LOT][: n % 2], start_year=year) for n, year in enumerate(years)]
    search = search_on(tmp_path_factory.mktemp("index"), told)
    for filters in ({}, {"place": (LOT,)}):
        assert search.by_period(SearchRequest(filters=filters), PERIODS) == [
            search.answer(SearchRequest(filters=filters, year_min=first, year_max=last), facets=()).count
            for first, last in PERIODS
        ]


@pytest.mark.parametrize("sort", ["recent", "title"])
def test_the_first_page_kept_is_the_one_made_and_goes_on_where_it_ended(tmp_path, sort):
    search = search_on(tmp_path, [record_at(n, [LOT], mode=("mecenat", None)[n % 2]) for n in range(30)])
    whole = list(search.ids(SearchRequest(sort=sort)))
    for limit, filters in product((1, 7, 7, 100), ({}, {"mode": ("mecenat",)}, {})):
        asked, walked = SearchRequest(sort=sort, limit=limit, filters=filters), []
        while True:
            answer = search.answer(asked, facets=())
            walked += [hit.record["id"] for hit in answer.hits]
            if not answer.next:
                break
            asked = SearchRequest(sort=sort, limit=limit, filters=filters, cursor=answer.next)
        assert walked == [id for id in whole if not filters or int(id[2:]) % 2 == 0]
        assert answer.count == len(walked)
