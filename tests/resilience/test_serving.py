"""The site's processes live and end together: web workers, and one background catch-up that is started again."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from tests.resilience.conftest import Made, written
from tests.resilience.installation import eventually, kill_group, processes_of


def test_several_web_workers_have_one_catch_up_and_both_kinds_are_started_again(installation: Made) -> None:
    with installation("site").served(workers=2) as site:
        assert eventually(lambda: len(site.works()) == 1)
        (work,) = site.works()
        assert len(site.web_workers()) == 2
        os.kill(work, signal.SIGKILL)
        assert eventually(lambda: site.works() not in ([], [work]))
        first = site.web_workers()[0]
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: len(now := site.web_workers()) == 2 and first not in now)
        assert site.health()[0] == 200
        assert len(site.works()) == 1


def test_a_served_site_that_is_killed_leaves_nobody_behind_and_serves_again_on_its_port(installation: Made) -> None:
    made = installation("site")
    with made.served(workers=2) as site:
        assert eventually(site.works)
        os.kill(site.group, signal.SIGKILL)
        assert eventually(lambda: not site.processes(), 10), site.processes()
    with made.served(workers=2, port=site.port) as again:
        assert again.health()[0] == 200


def test_a_list_by_relevance_begun_in_one_web_worker_is_continued_in_the_other(
    installation: Made, tmp_path: Path
) -> None:
    made = installation("site")
    made.run("import", str(written(tmp_path / "table.csv", 300)), "--publish")
    with made.served(workers=2) as site:
        pages = []
        for turn in range(3):
            before = site.count()
            body = json.loads(site.get("/api/v1/alliances?q=association&limit=5")[1])
            pages.append((body["next"], {r["id"] for r in body["results"]}))
            made.run("import", str(written(tmp_path / f"more-{turn}.csv", 5, seed=30 + turn)), "--publish")
            assert eventually(lambda before=before: site.count() == before + 5)
        for cursor, first in pages * 6:
            status, answer, _ = site.get(f"/api/v1/alliances?q=association&limit=5&cursor={cursor}")
            assert status == 200, answer
            assert not first & {r["id"] for r in json.loads(answer)["results"]}


def test_two_sites_on_one_home_share_the_index_without_harm(installation: Made, tmp_path: Path) -> None:
    made = installation("site")
    with made.served() as one, made.served(log="log-2") as two:
        assert eventually(lambda: len(one.works()) == len(two.works()) == 1)
        for turn in range(3):
            made.run("import", str(written(tmp_path / f"part-{turn}.csv", 200, seed=turn)), "--publish")
            for site in (one, two):
                assert eventually(lambda site=site, turn=turn: site.count() == 200 * (turn + 1), 10)
        assert one.health()[0] == two.health()[0] == 200
    for name in ("log", "log-2"):
        told = (made.home / name).read_text("utf-8")
        assert "Traceback" not in told
        assert "s’est arrêté" not in told
    assert len([d for d in made.index.iterdir() if d.is_dir()]) == 1
    made.run("check")


def test_commands_started_together_on_an_empty_home_all_succeed(installation: Made, tmp_path: Path) -> None:
    made = installation("new")
    tables = [written(tmp_path / f"table-{n}.csv", 30, seed=n) for n in range(4)]
    processes = [made.start("import", str(table), "--publish") for table in tables]
    for process in processes:
        told, _ = process.communicate(timeout=120)
        assert process.returncode == 0, told
        assert "locked" not in told
    made.run("index")
    made.run("export", str(tmp_path / "all.json"))
    assert json.loads((tmp_path / "all.json").read_text("utf-8"))["count"] == 120
    made.run("check")


def test_two_exports_to_one_file_never_mix(installation: Made, tmp_path: Path) -> None:
    made = installation("exports")
    made.run("import", str(written(tmp_path / "table.csv", 2_000)), "--publish")
    out = tmp_path / "all.json"
    processes = [made.start("export", str(out)) for _ in range(3)]
    codes = []
    for process in processes:
        told, _ = process.communicate(timeout=120)
        assert "Traceback" not in told
        codes.append(process.returncode)
        assert process.returncode == 0 or "Un autre processus écrit" in told.replace("\n", " ")
    assert 0 in codes
    assert json.loads(out.read_text("utf-8"))["count"] == 2_000


def test_the_index_follows_a_long_import_and_a_killed_import_leaves_nobody_behind(
    installation: Made, tmp_path: Path
) -> None:
    made, table = installation("long"), written(tmp_path / "alliances.csv", 9_000)
    process = made.start("import", str(table), "--publish")
    try:
        assert eventually(lambda: any(c.endswith(" work") for c in processes_of(process.pid).values()), 60)
        os.kill(process.pid, signal.SIGKILL)
        assert eventually(lambda: not processes_of(process.pid), 15), processes_of(process.pid)
    finally:
        kill_group(process)
    made.run("import", str(table), "--publish")
    made.run("check")
