"""The index is disposable: it follows the catalogue, heals, and is never seen half made."""

from __future__ import annotations

import shutil

import pytest

from alliage.catalogue.actions import correct
from alliage.catalogue.journal import current_revision
from alliage.catalogue.models.states import Publication
from alliage.search import writing
from alliage.search.index import IndexReader, IndexUnavailable, current_directory
from alliage.search.request import SearchRequest
from alliage.search.results import Search
from tests.conftest import NOW, TESTER, draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path, empty_catalogue, received):
    received(draft("Une ferme", "1"), draft("Un moulin", "2"), publish=True)
    writing.catch_up(tmp_path)
    return tmp_path


def _titles(root) -> set[str]:
    answer = Search(IndexReader(root)).answer(SearchRequest(), facets=())
    return {h.record["title"] for h in answer.hits}


def test_it_pulls_what_changed_and_holds_the_revision_it_pulled(root, received):
    received(draft("Une ferme", "1", need="x"), draft("Un lavoir", "3"), publish=True)
    assert writing.catch_up(root) == 2
    assert _titles(root) == {"Une ferme", "Un moulin", "Un lavoir"}
    assert IndexReader(root).latest().revision == current_revision()
    assert writing.catch_up(root) == 0


def test_what_is_withdrawn_or_merged_leaves_the_index(root):
    correct.set_publication(slug="un-moulin", publication=Publication.WITHDRAWN, by=TESTER, at=NOW)
    writing.catch_up(root)
    assert _titles(root) == {"Une ferme"}


def test_drafts_are_not_in_the_index(root, received):
    received(draft("Un secret", "9"))
    writing.catch_up(root)
    assert "Un secret" not in _titles(root)


def test_deleted_even_while_serving_it_is_made_anew(root):
    search = Search(IndexReader(root))
    assert search.answer(SearchRequest(), facets=()).count == 2
    shutil.rmtree(root)
    writing.catch_up(root)
    search.reader._looked_at = 0
    assert search.answer(SearchRequest(), facets=()).count == 2


def test_without_an_index_the_reader_says_so(tmp_path):
    with pytest.raises(IndexUnavailable):
        IndexReader(tmp_path).latest()


def test_an_index_of_another_layout_is_not_used_and_is_rebuilt(root, monkeypatch):
    monkeypatch.setattr("alliage.search.index.fingerprint", lambda: "autre")
    monkeypatch.setattr("alliage.search.writing.fingerprint", lambda: "autre")
    assert current_directory(root) is None
    writing.catch_up(root)
    assert _titles(root) == {"Une ferme", "Un moulin"}


def test_a_rebuild_leaves_one_directory_and_the_same_answers(root):
    before = _titles(root)
    assert writing.rebuild(root) == 2
    assert _titles(root) == before
    assert len([d for d in root.iterdir() if d.is_dir()]) == 1


def test_a_broken_index_file_is_rebuilt(root):
    (current_directory(root) / "meta.json").write_text("{", "utf-8")
    writing.catch_up(root)
    assert _titles(root) == {"Une ferme", "Un moulin"}


def test_a_catalogue_restored_to_an_older_state_makes_the_index_anew(root):
    from alliage.catalogue.models import Alliance, RevisionCounter

    RevisionCounter.objects.update(value=1)
    Alliance.objects.filter(slug="un-moulin").update(publication="withdrawn", revision=1)
    Alliance.objects.filter(slug="une-ferme").update(revision=1)
    RevisionCounter.objects.update(value=0)
    writing.catch_up(root)
    assert _titles(root) == {"Une ferme"}


def test_a_second_writer_waits_and_then_says_who_writes(root):
    with (
        writing.writer_lock(root),
        pytest.raises(writing.IndexBusy, match="Réessayez"),
        writing.writer_lock(root, wait=0.1),
    ):
        pass


def test_a_generation_is_kept_while_it_is_the_newest_and_ten_minutes_more(root, received, monkeypatch):
    from alliage.search import index as rooms

    now = [1_000.0]
    monkeypatch.setattr(rooms.time, "monotonic", lambda: now[0])
    reader = IndexReader(root)
    first = reader.latest()
    now[0] += 100_000
    assert reader.generation(first.id) is first
    received(draft("Un lavoir", "3"), publish=True)
    writing.catch_up(root)
    now[0] += 1
    assert reader.latest().id != first.id
    now[0] += rooms.KEPT_SECONDS - 10
    assert reader.generation(first.id) is first
    now[0] += 20
    assert reader.generation(first.id) is None
