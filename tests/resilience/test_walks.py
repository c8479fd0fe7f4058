"""Walking a list while records arrive: by date or title each old record is met once; by relevance the list stays as it
was on the first page, or a cursor says that it is no longer kept."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliage.catalogue.actions.receive import receive
from alliage.catalogue.models import Alliance
from alliage.search import index, writing
from alliage.search.index import IndexReader
from alliage.search.request import SearchRequest
from alliage.search.results import CursorExpired, Search
from tests.conftest import NOW, TESTER, batch, draft

pytestmark = pytest.mark.django_db

# Few words and few years: titles and dates then fall between, before and on those already there.
titles = st.builds(
    "{} {}".format, st.sampled_from(["Ferme", "Moulin", "Zone", "École", "Abri", "Ferme"]), st.sampled_from("abcé-")
)
records = st.lists(st.tuples(titles, st.sampled_from([None, 1999, 2010, 2024])), min_size=1, max_size=6)
walks = st.tuples(
    st.lists(st.tuples(titles, st.sampled_from([None, 1999, 2010, 2024])), min_size=4, max_size=25),
    st.lists(records, min_size=1, max_size=5),  # what arrives after each page
    st.integers(1, 7),  # records a page
)
EFFORT = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


class Growing:
    """A catalogue to which records are added, its index, and one search that stays open."""

    def __init__(self, root: Path) -> None:
        self.root, self.number = root, 0
        Alliance.objects.all().delete()
        self.search = Search(IndexReader(root))

    def add(self, records: list[tuple[str, int | None]]) -> list[str]:
        """Publishes records, a day later each time; the ids of all that are there."""
        drafts = []
        for title, year in records:
            self.number += 1
            drafts.append(draft(f"{title} {self.number}", str(self.number), start_year=year))
        at = NOW + dt.timedelta(days=self.number)
        receive(batch=batch(*drafts), by=TESTER, at=at, publish=True)
        writing.catch_up(self.root)
        self.search.reader._looked_at = 0.0
        return list(Alliance.objects.values_list("slug", flat=True))


@pytest.fixture
def growing(empty_catalogue: None) -> type[Growing]:
    return Growing


@pytest.mark.parametrize("sort", ["recent", "title"])
@given(walk=walks)
@EFFORT
def test_a_walk_by_date_or_title_gives_each_old_record_once_whatever_arrives(growing, sort, walk):
    old_records, arrivals, limit = walk
    with tempfile.TemporaryDirectory() as folder:
        base = growing(Path(folder))
        old = base.add(old_records)
        request, met, coming = SearchRequest(sort=sort, limit=limit), [], iter(arrivals)
        while True:
            answer = base.search.answer(request, facets=())
            met += [hit.record["id"] for hit in answer.hits]
            if not answer.next:
                break
            base.add(next(coming, []) or [("Ferme", 2010)])
            request = replace(request, cursor=answer.next)
            assert len(met) < 500
        assert len(met) == len(set(met))
        assert [id for id in met if id in set(old)] == _in_order(base, sort, old)


def _in_order(base: Growing, sort: str, old: list[str]) -> list[str]:
    return [id for id in base.search.ids(SearchRequest(sort=sort)) if id in set(old)]


@given(walk=walks)
@EFFORT
def test_a_walk_by_relevance_stays_as_it_was_on_its_first_page(growing, walk):
    old_records, arrivals, limit = walk
    with tempfile.TemporaryDirectory() as folder:
        base = growing(Path(folder))
        base.add([*old_records, ("Ferme", None), ("Ferme d’en haut", None)])
        first = SearchRequest(q="ferme", limit=limit)
        expected = list(base.search.ids(first))
        request, met, coming = first, [], iter(arrivals)
        while True:
            answer = base.search.answer(request, facets=())
            met += [hit.record["id"] for hit in answer.hits]
            if not answer.next:
                break
            base.add(next(coming, []) or [("Ferme", 2010)])
            request = replace(first, cursor=answer.next)
        assert met == expected


def test_a_walk_by_relevance_whose_generation_is_no_longer_kept_is_told_so(growing, tmp_path, monkeypatch):
    base = growing(tmp_path)
    base.add([("Ferme", None)] * 5)
    page = base.search.answer(SearchRequest(q="ferme", limit=2), facets=())
    base.add([("Ferme", None)])
    assert base.search.answer(SearchRequest(q="ferme", limit=2, cursor=page.next), facets=()).hits
    monkeypatch.setattr(index, "KEPT_SECONDS", -1)
    base.search.reader._looked_at = 0.0
    with pytest.raises(CursorExpired, match="Reprenez"):
        base.search.answer(SearchRequest(q="ferme", limit=2, cursor=page.next), facets=())
