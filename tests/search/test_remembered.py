"""What is kept of the index's answers: within bounds of number and size, and of the last generations only."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from alliage.search.area import Box
from alliage.search.index import Generation
from alliage.search.remembered import Remembered, Room
from alliage.search.request import SearchRequest
from tests.search.placed_alliances import FIGEAC, LOT, PARIS


def generation(revision: int, id: str = "") -> Generation:
    return Generation(id or f"index.{revision}", SimpleNamespace(), revision)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40), st.booleans()), max_size=200))
def test_neither_the_answers_nor_the_numbers_kept_ever_pass_their_room(asked):
    kept, rooms = Remembered(Room(3, 20), Room(8, 60)), {True: Room(3, 20), False: Room(8, 60)}
    now, sizes = generation(1), {}
    for name, size, worded in asked:
        sizes[name, worded] = size
        assert kept.keep(now, (name,), worded, f"{name}/{size}", size) == f"{name}/{size}"
        for of, room in rooms.items():
            held = {n: v for n in range(31) if (v := kept._shelves[of].kept.get((now.id, (n,)))) is not None}
            assert len(held) <= room.answers
            assert sum(max(1, sizes[n, of]) for n in held) == kept._shelves[of].numbers <= room.numbers
        assert (kept.get(now, (name,), worded) is not None) == (size <= rooms[worded].numbers)


def test_the_least_recently_asked_goes_first():
    kept, now = Remembered(Room(1, 9), Room(2, 9)), generation(1)
    for name in ("a", "b"):
        kept.keep(now, (name,), False, name)
    kept.get(now, ("a",), False)
    kept.keep(now, ("c",), False, "c")
    assert [kept.get(now, (n,), False) for n in "abc"] == ["a", None, "c"]


def test_a_new_generation_answers_for_itself_and_the_ones_before_the_last_are_forgotten():
    kept = Remembered()
    for revision in (1, 2, 3):
        kept.keep(generation(revision), ("count",), False, revision)
    assert [kept.get(generation(r), ("count",), False) for r in (1, 2, 3)] == [None, 2, 3]
    kept.keep(generation(1), ("count",), False, 1)  # a list walked on it still asks
    assert [kept.get(generation(r), ("count",), False) for r in (1, 2, 3)] == [1, 2, 3]
    kept.keep(generation(3, "rebuilt.3"), ("count",), False, 30)
    assert kept.get(generation(3, "rebuilt.3"), ("count",), False) == 30
    assert kept.get(generation(3), ("count",), False) == 3


def test_counts_by_commune_are_kept_and_a_commit_counts_anew(search_of_places):
    search = search_of_places([FIGEAC], [PARIS], [LOT])
    for asked in (SearchRequest(), SearchRequest(box=Box(1.0, 44.2, 2.3, 45.1))):
        assert search.clusters(asked, "commune") is search.clusters(asked, "commune")
        assert search.counts_by_place("commune", asked) is search.counts_by_place("commune", asked)
    assert search.clusters(SearchRequest(), "commune") is not search.clusters(SearchRequest(), "epci")
