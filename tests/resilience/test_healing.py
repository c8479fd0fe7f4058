"""What is broken heals without a hand, or /healthz and the page say what is wrong; nobody ever sees a half index."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alliage.search.index import LOCK_NAME, IndexReader, current_directory
from alliage.search.request import SearchRequest
from alliage.search.results import Search
from tests.conftest import skip_or_fail
from tests.resilience.conftest import Made, written
from tests.resilience.installation import HOUSE, Installation, Site, eventually

ROWS = 1_500


@pytest.fixture
def filled(installation: Made, tmp_path: Path) -> Installation:
    made = installation("filled")
    made.run("import", str(written(tmp_path / "alliances.csv", ROWS)), "--publish")
    return made


@contextmanager
def reading(ask: Callable[[], int | None]) -> Iterator[set[int | None]]:
    """What a reader that asks without end is told during the block."""
    seen: set[int | None] = set()
    ending = threading.Event()

    def read() -> None:
        while not ending.wait(0.02):
            seen.add(ask())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield seen
    finally:
        ending.set()
        reader.join()


def well(site: Site) -> bool:
    return site.health()[0] == 200


def test_deleting_the_index_while_serving_is_not_seen_by_those_who_search(filled: Installation) -> None:
    with filled.served(workers=2) as site:
        for _ in range(8):  # both workers hold the index open
            assert site.count() == ROWS
        with reading(site.count) as seen:
            for _ in range(3):
                shutil.rmtree(filled.index)
                assert eventually(lambda: current_directory(filled.index) is not None)
                assert eventually(lambda: well(site))
        assert seen == {ROWS}
    filled.run("check")


def test_a_process_that_starts_without_an_index_says_so_until_it_is_made(filled: Installation) -> None:
    with filled.served() as site:
        (work,) = eventually(site.works)
        os.kill(work, signal.SIGSTOP)
        try:
            shutil.rmtree(filled.index)
            (worker,) = site.web_workers()
            os.kill(worker, signal.SIGKILL)
            assert eventually(lambda: site.web_workers() not in ([], [worker]))
            status, page, headers = eventually(lambda: (a := site.get("/exemples/"))[0] and a)
            assert status == 503
            assert "La recherche se prépare" in page
            assert "Traceback" not in page
            assert int(headers["retry-after"]) > 0
            status, told, headers = site.get("/api/v1/alliances")
            assert status == 503
            assert '"index_unavailable"' in told
            assert int(headers["retry-after"]) > 0
            status, health = site.health()
            assert status == 503
            assert "n’existe pas encore" in health["index"]
        finally:
            os.kill(work, signal.SIGCONT)
        assert eventually(lambda: well(site))
        assert site.count() == ROWS


def test_when_the_catch_up_is_stopped_health_says_that_the_index_is_late(filled: Installation, tmp_path: Path) -> None:
    with filled.served() as site:
        (work,) = eventually(site.works)
        os.kill(work, signal.SIGSTOP)
        try:
            other = Installation(filled.home, filled.database, {"ALLIAGE_INDEX_DIR": str(tmp_path / "other-node")})
            other.run("import", str(written(tmp_path / "more.csv", 50, seed=9)), "--publish")
            assert site.health()[0] == 200  # late by seconds is the ordinary life of an index
            an_hour_ago = time.time() - 3_600
            os.utime(filled.index / LOCK_NAME, (an_hour_ago, an_hour_ago))
            status, health = eventually(lambda: (a := site.health())[0] == 503 and a)
            assert status == 503
            assert "en retard" in health["index"]
            assert site.count() == ROWS
        finally:
            os.kill(work, signal.SIGCONT)
        assert eventually(lambda: well(site) and site.count() == ROWS + 50)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MB for the index."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        skip_or_fail("ce test monte un petit disque en mémoire : lancez-le en administrateur (root).")
    folder = tmp_path / "small-disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if done.returncode:
        skip_or_fail(f"ce test monte un petit disque en mémoire, et la machine refuse : {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Takes every free byte of a disk; the file to delete to give them back."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                pass
    return ballast


def test_a_full_disk_keeps_what_is_stored_answers_as_before_says_so_and_heals_when_there_is_room(
    filled: Installation, small_disk: Path, tmp_path: Path
) -> None:
    filled.more["ALLIAGE_INDEX_DIR"] = str(small_disk / "index")
    with filled.served() as site:
        assert site.count() == ROWS
        ballast = fill(small_disk)
        done = filled.run("import", str(written(tmp_path / "more.csv", 400, seed=9)), "--publish")
        assert "400 nouvelles" in done.stdout
        assert "Tout est gardé" in done.stderr
        assert "Traceback" not in done.stderr
        status, health = site.health()
        assert status == 503
        assert "en retard" in health["index"]
        assert "est plein" in health["disk"]
        assert site.count() == ROWS
        ballast.unlink()
        assert eventually(lambda: site.count() == ROWS + 400, 30)
        assert eventually(lambda: well(site))
    filled.run("check")


def test_with_no_index_and_a_full_disk_the_site_serves_and_says_why_it_cannot_search(
    filled: Installation, small_disk: Path
) -> None:
    filled.more["ALLIAGE_INDEX_DIR"] = str(small_disk / "index")
    ballast = fill(small_disk)
    with filled.served() as site:
        status, page, headers = site.get("/exemples/")
        assert status == 503
        assert "Le disque de l’index est plein" in page
        assert int(headers["retry-after"]) > 0
        assert site.health()[0] == 503
        time.sleep(12)  # two tries of the catch-up: neither may eat the disk or end the site
        assert site.get("/glossaire/")[0] == 200
        ballast.unlink()
        assert eventually(lambda: site.count() == ROWS, 30)
        assert eventually(lambda: well(site))
    assert len([d for d in filled.index.iterdir() if d.is_dir()]) == 1
    filled.run("check")


def test_a_field_of_another_index_type_makes_the_index_anew_at_the_next_start(
    filled: Installation, tmp_path: Path
) -> None:
    before = current_directory(filled.index)
    assert before is not None
    house = tmp_path / "house"
    shutil.copytree(HOUSE / "alliage", house / "alliage", ignore=shutil.ignore_patterns("__pycache__"))
    schema = house / "alliage" / "search" / "schema.py"
    text = schema.read_text("utf-8")
    raw = 'builder.add_text_field("identifier", tokenizer_name="raw"'
    assert raw in text
    schema.write_text(
        text.replace(raw, 'builder.add_text_field("identifier", fast=True, tokenizer_name="raw"'), "utf-8"
    )
    newer = Installation(filled.home, filled.database, house=house)
    with newer.served() as site:
        assert site.count() == ROWS
        assert well(site)
    assert [d.name for d in newer.index.iterdir() if d.is_dir()] != [before.name]
    newer.run("check")
    filled.run("index")  # and back again: an upgrade undone
    filled.run("check")
    assert len([d for d in filled.index.iterdir() if d.is_dir()]) == 1


def test_the_writer_killed_inside_its_commits_loses_nothing(filled: Installation, tmp_path: Path) -> None:
    chance = random.Random(4)
    with filled.served() as site:
        other = Installation(filled.home, filled.database, {"ALLIAGE_INDEX_DIR": str(tmp_path / "other-node")})
        with reading(site.count) as seen:
            for turn in range(6):
                (work,) = eventually(site.works)
                table = written(tmp_path / f"more-{turn}.csv", 300, seed=20 + turn)
                assert "300 nouvelles" in other.run("import", str(table), "--publish").stdout
                time.sleep(chance.uniform(0, 0.6))
                os.kill(work, signal.SIGKILL)
                assert eventually(lambda work=work: site.works() not in ([], [work]))
            assert eventually(lambda: site.count() == ROWS + 6 * 300, 30)
        assert seen <= {ROWS + 300 * n for n in range(7)}
        assert eventually(lambda: well(site))
    filled.run("check")


def test_directories_left_by_killed_rebuilds_go_and_others_stay(filled: Installation) -> None:
    current = current_directory(filled.index)
    assert current is not None
    left = filled.index / f"{current.name.partition('-')[0]}-123"
    left.mkdir()
    (left / "half.store").write_bytes(b"half")
    stranger = filled.index / "photos"
    stranger.mkdir()
    filled.run("index")
    assert {d.name for d in filled.index.iterdir() if d.is_dir()} == {current.name, "photos"}


def test_any_index_file_lost_cut_or_changed_is_noticed_and_the_index_made_anew(filled: Installation) -> None:
    good = filled.home / "good"
    shutil.copytree(filled.index, good)
    directory = current_directory(filled.index)
    assert directory is not None
    kinds = {path.name.rpartition(".")[2]: path.name for path in sorted(directory.iterdir()) if path.suffix != ".lock"}
    assert len(kinds) > 5
    for kind, name in kinds.items():
        shutil.rmtree(filled.index)
        shutil.copytree(good, filled.index)
        path = filled.index / directory.name / name
        data = path.read_bytes()
        match sorted(kinds).index(kind) % 3:
            case 0:
                path.unlink()
            case 1:
                path.write_bytes(data[: len(data) // 2])
            case 2:
                path.write_bytes(bytes(byte ^ 0x5A if at % 97 == 0 else byte for at, byte in enumerate(data)))
        filled.run("index")
        assert Search(IndexReader(filled.index)).answer(SearchRequest(), facets=()).count == ROWS, (kind, name)
    filled.run("check")
