"""What the page of a territory asks of the index: little the first time, nothing until the base changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alliage.search.index import Generation, IndexReader
from alliage.search.results import Search
from alliage.vocabulary.places import gazetteer
from alliage.web.portrait import portrait_of

pytestmark = pytest.mark.django_db


class Counted:
    """A searcher that counts what is asked of it."""

    def __init__(self, searcher) -> None:
        self.searcher, self.asked = searcher, 0

    def __getattr__(self, name):
        self.asked += name in ("search", "aggregate")
        return getattr(self.searcher, name)


class CountedReader(IndexReader):
    """Opens the index as any reader does; every generation shares one count."""

    def latest(self) -> Generation:
        found = super().latest()
        if not hasattr(self, "searcher"):
            self.searcher = Counted(found.searcher)
        return replace(found, searcher=self.searcher)


@pytest.mark.parametrize(
    ("token", "most"),
    [("commune:69123", 22), ("epci:200046977", 24), ("region:84", 24), ("departement:46", 32), ("commune:01001", 44)],
)
def test_a_page_asks_the_index_a_bounded_number_of_times_and_nothing_the_second_time(
    token, most, settings, starter_search
):
    search = Search(reader := CountedReader(settings.INDEX_DIR))
    place = gazetteer().by_token[token]
    first = portrait_of(place, search)
    assert reader.searcher.asked <= most
    before = reader.searcher.asked
    again = portrait_of(place, search)
    assert reader.searcher.asked == before
    assert [h.record["id"] for h in again.hits + again.inspiring] == [
        h.record["id"] for h in first.hits + first.inspiring
    ]
    assert (again.count, again.split, again.clusters) == (first.count, first.split, first.clusters)
