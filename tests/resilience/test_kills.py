"""A command killed at any moment (SIGKILL, with its children) and run again ends as if it had never been killed.

ALLIAGE_KILL_ROWS makes the file of the import shorter (20,000 rows by default), to look at a failure quickly.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from alliage.search.index import IndexReader, IndexUnavailable
from alliage.search.request import SearchRequest
from alliage.search.results import Search
from tests.resilience.conftest import Made, written
from tests.resilience.installation import Installation, eventually, free_port
from tests.resilience.same_state import index_answers, rows_and_journal

ROWS = int(os.environ.get("ALLIAGE_KILL_ROWS", "20000"))
FEWER_ROWS = 3_000
KILLS = 20
OTHERS = """select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
            and backend_type = 'client backend'"""


def moments(whole: float, *, seed: int) -> list[float]:
    """As many moments as kills, at random, one in each twentieth of the time that the whole command takes."""
    chance = random.Random(seed)
    return [whole * (part + chance.random()) / KILLS for part in range(KILLS)]


def test_an_import_killed_twenty_times_ends_as_if_never_killed(installation: Made, tmp_path: Path) -> None:
    table = written(tmp_path / "alliances.csv", ROWS)
    whole, cut = installation("whole"), installation("cut")
    began = time.monotonic()
    whole.run("import", str(table), "--publish")
    took = time.monotonic() - began
    chance, killed, longest, seen = random.Random(11), 0, took, set()
    for moment in moments(took, seed=11):
        # A run that goes on where others were killed may be shorter than the first one.
        while not cut.killed_after(min(moment, longest), "import", str(table), "--publish"):
            longest, moment = moment, moment * chance.uniform(0.3, 0.9)
        killed += 1
        seen.add(_rows(cut))
    assert killed == KILLS
    assert any(0 < rows < ROWS for rows in seen), f"no kill fell between two transactions: {sorted(seen)}"
    cut.run("import", str(table), "--publish")
    assert rows_and_journal(cut) == rows_and_journal(whole)
    assert index_answers(cut.index) == index_answers(whole.index)
    cut.run("check")


def _rows(installation: Installation) -> int:
    """How many alliances are stored at this moment."""
    if installation.database:
        import psycopg

        with psycopg.connect(installation.database, autocommit=True) as link:
            # The server ends what a killed client had asked: a COMMIT under way (foreign keys to check) takes its time.
            assert eventually(lambda: not link.execute(OTHERS).fetchone())
            exists = link.execute("select to_regclass('catalogue_alliance')").fetchone()
            number = (
                link.execute("select count(*) from catalogue_alliance").fetchone() if exists and exists[0] else None
            )
            return int(number[0]) if number else 0
    import sqlite3

    try:
        with sqlite3.connect(f"file:{installation.home / 'alliage.sqlite3'}?mode=ro", uri=True) as base:
            return int(base.execute("select count(*) from catalogue_alliance").fetchone()[0])
    except sqlite3.OperationalError:  # killed before it made the base
        return 0


@pytest.fixture
def filled(installation: Made, tmp_path: Path) -> Installation:
    made = installation("filled")
    made.run("import", str(written(tmp_path / "alliances.csv", FEWER_ROWS)), "--publish")
    return made


def _kill_and_time(installation: Installation, seed: int, *words: str, after: Callable[[], None]) -> int:
    """Runs a command once whole, then kills it twenty times; returns how many kills found it running."""
    began = time.monotonic()
    installation.run(*words)
    killed = 0
    for moment in moments(time.monotonic() - began, seed=seed):
        killed += installation.killed_after(moment, *words)
        after()
    return killed


def test_a_rebuild_killed_twenty_times_is_never_seen_half_made_and_leaves_nothing_behind(filled: Installation) -> None:
    before = index_answers(filled.index)
    search, seen, ending = Search(IndexReader(filled.index)), set(), threading.Event()

    def read() -> None:
        while not ending.wait(0.02):
            seen.add(search.answer(SearchRequest(), facets=()).count)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        killed = _kill_and_time(filled, 12, "index", "--rebuild", after=lambda: _answers_whole(filled))
    finally:
        ending.set()
        reader.join()
    assert killed >= KILLS // 2
    assert seen == {FEWER_ROWS}
    filled.run("index", "--rebuild")
    assert index_answers(filled.index) == before
    assert len([d for d in filled.index.iterdir() if d.is_dir()]) == 1
    filled.run("check")


def _answers_whole(installation: Installation) -> None:
    """An index opened anew, by a process that starts now, answers with every record."""
    assert Search(IndexReader(installation.index)).answer(SearchRequest(), facets=()).count == FEWER_ROWS


def test_a_first_index_killed_is_absent_or_whole(filled: Installation) -> None:
    def whole_or_absent() -> None:
        try:
            _answers_whole(filled)
        except IndexUnavailable:
            return
        shutil.rmtree(filled.index)

    shutil.rmtree(filled.index)
    assert _kill_and_time(filled, 13, "index", after=whole_or_absent) >= KILLS // 2
    filled.run("index")
    filled.run("check")
    assert len([d for d in filled.index.iterdir() if d.is_dir()]) == 1


@pytest.mark.parametrize("name", ["liste.json", "liste.csv", "liste.xlsx"])
def test_an_export_killed_leaves_no_half_file_under_its_name(filled: Installation, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    out = folder / name

    def whole_or_absent() -> None:
        if out.exists():
            assert _rows_of(out) == FEWER_ROWS
            out.unlink()

    assert _kill_and_time(filled, 14, "export", str(out), after=whole_or_absent) >= KILLS // 2
    filled.run("export", str(out))
    assert _rows_of(out) == FEWER_ROWS
    assert [p.name for p in folder.iterdir()] == [name]


def _rows_of(path: Path) -> int:
    if path.suffix == ".json":
        told = json.loads(path.read_text("utf-8"))
        assert told["count"] == len(told["results"])
        return len(told["results"])
    if path.suffix == ".csv":
        import csv

        with path.open(encoding="utf-8", newline="") as file:
            return len(list(csv.reader(file))) - 1
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return sum(1 for _ in book.worksheets[0].iter_rows()) - 1
    finally:
        book.close()


def test_a_backup_killed_leaves_no_half_file_and_no_copy_of_the_base(filled: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    out = folder / "sauvegarde.zip"

    def whole_or_absent() -> None:
        if out.exists():
            with zipfile.ZipFile(out) as archive:
                assert archive.testzip() is None
                assert "sauvegarde.json" in archive.namelist()
            out.unlink()

    assert _kill_and_time(filled, 15, "backup", str(out), after=whole_or_absent) >= KILLS // 2
    filled.run("backup", str(out))
    assert [p.name for p in folder.iterdir()] == ["sauvegarde.zip"]


def test_a_restore_killed_can_be_run_again_or_is_already_done(
    filled: Installation, installation: Made, tmp_path: Path
) -> None:
    saved = tmp_path / "sauvegarde.zip"
    (filled.home / "uploads").mkdir()
    (filled.home / "uploads" / "tableur.csv").write_text("a;b", "utf-8")
    filled.run("backup", str(saved))
    expected = rows_and_journal(filled)
    began = time.monotonic()
    installation("timed").run("restore", str(saved))
    took = time.monotonic() - began
    target = installation("target")
    for part in (0.35, 0.5, 0.65, 0.8, 0.95):
        if not target.killed_after(took * part, "restore", str(saved)) or _rows(target):
            break
    if not _rows(target):
        target.run("restore", str(saved))
    target.run("index")
    assert rows_and_journal(target) == expected
    assert (target.home / "uploads" / "tableur.csv").read_text("utf-8") == "a;b"
    target.run("check")


def test_of_two_restores_at_once_one_brings_the_rows_and_the_other_says_that_the_base_is_not_empty(
    filled: Installation, installation: Made, tmp_path: Path
) -> None:
    saved, target = tmp_path / "sauvegarde.zip", installation("target")
    filled.run("backup", str(saved))
    target.run("index")
    both = [target.start("restore", str(saved)) for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert sorted(process.returncode for process in both) == [0, 1], said
    assert "n’est pas vide" in said[both[0].returncode == 0], said
    assert rows_and_journal(target) == rows_and_journal(filled)


def test_the_starter_base_killed_while_it_loads_is_whole_after_the_next_start(installation: Made) -> None:
    whole, cut = installation("whole"), installation("cut")
    for made in (whole, cut):
        made.more["ALLIAGE_STARTER"] = "1"
    began = time.monotonic()
    with whole.served():
        took = time.monotonic() - began
    for part in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        assert cut.killed_after(took * part, "serve", "--port", str(free_port()))
    with cut.served() as site:
        assert site.count() == 364
        assert site.get("/static/staticfiles.json")[0] in (200, 404)
    assert rows_and_journal(cut) == rows_and_journal(whole)
    cut.run("check")
