"""Three writers and ten readers at once: no change lost, no lock shown, every change soon found, every count right.

ALLIAGE_SOAK=120 makes it last two minutes. With ALLIAGE_TEST_POSTGRES there are two web nodes, each with its own index.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import statistics
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Any

from tests.resilience.conftest import Made, written
from tests.resilience.installation import Installation, Process, Site, eventually

SECONDS = float(os.environ.get("ALLIAGE_SOAK", "15"))
VISIBLE_SECONDS = 2.0
# Where other programs hold the processors, a commit waits for them too: the bound is then this many times longer.
BUSY_ELSEWHERE, PATIENCE = 0.15, 10
BASE = 2_000
READERS = 10
PATHS = (
    "/",
    "/exemples/",
    "/exemples/?q=jardin",
    "/exemples/?place=region:84",
    "/api/v1/alliances?q=mobilit%C3%A9",
    "/api/v1/alliances?sort=title&limit=50",
    "/api/v1/alliances?place=region:84&sort=recent",
    "/api/v1/suggest?q=asso",
    "/api/v1/typology",
    "/exemples/fiche-partagee/",
    "/healthz",
)


@dataclass
class Told:
    """What the writers and readers met."""

    visible: list[float] = field(default_factory=list)  # seconds from commit to search, by change and node
    answers: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    imported: int = 0


def read(site: Site, seed: int, ending: threading.Event, told: Told) -> None:
    """One reader: pages and lists at random, a short pause after each; checks that an answer agrees with itself."""
    chance = random.Random(seed)
    link = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    while not ending.is_set():
        path = chance.choice(PATHS)
        began = time.monotonic()
        try:
            link.request("GET", path)
            answer = link.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            told.wrong.append(f"{path}: {error!r}")
            link.close()
            continue
        told.waits.append(time.monotonic() - began)
        told.answers[answer.status] += 1
        if answer.status != 200:
            told.wrong.append(f"{path}: {answer.status} {body[:300]!r}")
        elif path.startswith("/api/v1/alliances"):
            list_ = json.loads(body)
            for name in ("mode", "status"):  # of these, each alliance has one value or « none »
                if sum(v["count"] for v in list_["facets"][name]) != list_["count"]:
                    told.wrong.append(f"{path}: {name} does not add up to {list_['count']}")
        ending.wait(chance.uniform(0.05, 0.25))
    link.close()


def listen(process: Process, told: Told) -> None:
    """Notes the changes that a writer tells."""
    assert process.stdout
    for line in process.stdout:
        if line.startswith("{"):
            told.changes.append(json.loads(line))
        else:
            told.wrong.append(line)


def watch(site: Site, ending: threading.Event, told: Told) -> None:
    """Searches on a node without end, and notes how long after its commit each change is seen."""
    taken, pending = 0, []
    patience = 0.0
    while pending or taken < len(told.changes) or not ending.is_set():
        new = told.changes[taken:]
        taken, pending = taken + len(new), pending + new
        withdrawn = {c["slug"] for c in told.changes if c["change"] == "withdraw"}
        pending = [c for c in pending if c["change"] != "publish" or c["slug"] not in withdrawn]  # never to be seen
        asked = time.time()
        acted = {r["id"]: r for r in site.list("q=%C3%A9crire+ensemble&sort=recent&limit=100")}
        shared = site.list("q=partag%C3%A9e&limit=1")[0]
        seen = [c for c in pending if float(c["at"]) <= asked and _is_seen(c, acted, shared)]
        told.visible += [time.time() - c["at"] for c in seen]
        pending = [c for c in pending if c not in seen]
        patience = (patience or time.time() + 20) if ending.is_set() else 0.0
        if patience and time.time() > patience:
            told.wrong.append(f"never seen on port {site.port}: {pending[:5]}")
            return
        time.sleep(0.05)


def _is_seen(change: dict[str, Any], acted: dict[str, Any], shared: dict[str, Any]) -> bool:
    if change["change"] == "correct":  # or a later correction by the same writer
        writer = change["value"].rstrip("0123456789")
        return any(
            str(shared[f] or "").startswith(writer) and shared[f] >= change["value"] for f in ("need", "summary")
        )
    return (change["slug"] in acted) == (change["change"] == "publish")


def import_on(node: Installation, folder: Path, until: float, sites: list[Site], told: Told) -> None:
    """Imports new files one after another; what a command said it received is found when it ends."""
    turn = 0
    while time.time() < until:
        turn += 1
        table = written(folder / f"arrivals-{turn}.csv", 100, seed=1_000 + turn)
        done = node.run("import", str(table), "--publish", check=False)
        ended = time.time()
        if done.returncode or "100 nouvelles" not in done.stdout or "locked" in done.stdout + done.stderr:
            told.wrong.append(done.stdout + done.stderr)
        told.imported += 100
        word = table.read_text("utf-8").splitlines()[-1].split(",")[1].split()[0]
        for site in sites:
            if not eventually(lambda site=site, word=word: site.count(f"q={word}"), 20):
                told.wrong.append(f"import {turn} not found on port {site.port}")
            told.visible.append(time.time() - ended)


def test_nothing_is_lost_and_everything_is_soon_found(installation: Made, tmp_path: Path) -> None:
    first = installation("first")
    shared = {"results": [{"id": "fiche-partagee", "title": "Fiche partagée", "partners": [], "places": []}]}
    (tmp_path / "shared.json").write_text(json.dumps(shared), "utf-8")
    first.run("import", str(tmp_path / "shared.json"), "--publish")
    first.run("import", str(written(tmp_path / "base.csv", BASE)), "--publish")
    nodes = [first]
    if first.database:
        nodes.append(
            Installation(tmp_path / "second", first.database, {"ALLIAGE_INDEX_DIR": str(tmp_path / "index-2")})
        )
    told, ending, written_all = Told(), threading.Event(), threading.Event()
    before = _processor_seconds()
    with ExitStack() as stack:
        sites = [stack.enter_context(node.served(workers=2 // len(nodes))) for node in nodes]
        assert all(eventually(lambda site=site: site.count() == BASE + 1) for site in sites)
        readers = [threading.Thread(target=read, args=(sites[n % len(sites)], n, ending, told)) for n in range(READERS)]
        writers = [
            nodes[n % len(nodes)].start(name, str(SECONDS), module="tests.resilience.acting")
            for n, name in enumerate(("first", "second"))
        ]
        listeners = [threading.Thread(target=listen, args=(process, told)) for process in writers]
        watchers = [threading.Thread(target=watch, args=(site, written_all, told)) for site in sites]
        importer = threading.Thread(target=import_on, args=(nodes[-1], tmp_path, time.time() + SECONDS, sites, told))
        for thread in (*readers, *listeners, *watchers, importer):
            thread.start()
        for thread in (*listeners, importer):
            thread.join()
        written_all.set()
        for thread in watchers:
            thread.join()
        ending.set()
        for thread in readers:
            thread.join()
        codes = [process.wait() for process in writers]
        made = Counter(c["change"] for c in told.changes)
        expected = BASE + 1 + told.imported + made["publish"] - made["withdraw"]
        assert all(eventually(lambda site=site: site.count() == expected) for site in sites), (
            expected,
            [site.count() for site in sites],
        )
    busy, ours, all_of_it = (now - then for now, then in zip(_processor_seconds(), before, strict=True))
    elsewhere = (busy - ours) / all_of_it
    _report(told, len(nodes), elsewhere)
    assert codes == [0, 0]
    assert told.wrong == []
    assert set(told.answers) == {200}
    _journal_holds_every_change(first, tmp_path, told)
    for node in nodes:
        node.run("check")
        log = (node.home / "log").read_text("utf-8")
        assert "Traceback" not in log
        assert "locked" not in log
    assert max(told.visible) < VISIBLE_SECONDS * (PATIENCE if elsewhere > BUSY_ELSEWHERE else 1)


def _journal_holds_every_change(first: Installation, folder: Path, told: Told) -> None:
    """The journal tells each change of the shared record, one revision after another, and the record holds the last."""
    from tests.resilience.same_state import rows_and_journal

    changes = [c for c in rows_and_journal(first)["catalogue_change"] if c["subject_id"] == "fiche-partagee"]
    corrections = sorted((c for c in changes if c["verb"] == "correct"), key=lambda c: c["revision"])
    asked = [c["value"] for c in told.changes if c["change"] == "correct"]
    assert sorted(v for c in corrections for v in c["after"].values()) == sorted(asked)
    assert len({c["revision"] for c in corrections}) == len(asked)
    held: dict[str, str] = {}
    for change in corrections:
        for name, before in change["before"].items():
            assert (before or "") == held.get(name, ""), change
        held |= change["after"]
    out = folder / "shared-after.json"
    first.run("export", str(out), "--query", "q=partagée")
    (record,) = json.loads(out.read_text("utf-8"))["results"]
    assert {name: record[name] for name in held} == held


def _processor_seconds() -> tuple[float, float, float]:
    """Seconds of processor used so far by all programs, by this test and what it ran to its end, and all there were."""
    tick = os.sysconf("SC_CLK_TCK")
    times = [int(n) / tick for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    used = sum(t.ru_utime + t.ru_stime for t in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))
    for file in Path("/proc").glob(
        "[0-9]*/stat"
    ):  # PostgreSQL works for us too; its children that ended are in its sum
        with contextlib.suppress(OSError):
            command, _, rest = file.read_text().rpartition(")")
            used += sum(map(int, rest.split()[11:15])) / tick if command.endswith("(postgres") else 0
    return sum(times) - times[3] - times[4], used, sum(times)


def _report(told: Told, nodes: int, elsewhere: float) -> None:
    """Figures for docs/performance.md (pytest -s shows them)."""
    visible, waits = sorted(told.visible), sorted(told.waits)
    print(
        f"\n{nodes} node(s), {SECONDS:.0f} s: {len(told.changes)} changes by actions, {told.imported} rows imported, "
        f"{len(waits)} answers {dict(told.answers)}; visible in search after {statistics.median(visible):.2f} s (median), "
        f"{visible[int(len(visible) * 0.95)]:.2f} s (95 %), {visible[-1]:.2f} s (longest); "
        f"answers in {statistics.median(waits) * 1000:.0f} ms (median), {waits[int(len(waits) * 0.95)] * 1000:.0f} ms (95 %); "
        f"other programs took {elsewhere:.0%} of the processors"
    )


def test_one_file_imported_three_times_at_once_gives_each_row_once(installation: Made, tmp_path: Path) -> None:
    made = installation("first")
    made.run("index")
    table = written(tmp_path / "alliances.csv", 1_500)
    reports = [tmp_path / f"report-{n}.json" for n in range(3)]
    processes = [made.start("import", str(table), "--publish", "--report", str(report)) for report in reports]
    for process in processes:
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, said
        assert "locked" not in said
    told = [json.loads(report.read_text("utf-8")) for report in reports]
    assert sorted((t["created"], t["unchanged"]) for t in told) == [(0, 1_500), (0, 1_500), (1_500, 0)]
    made.run("check")


def test_a_probable_double_is_seen_though_its_like_is_not_committed_yet(installation: Made, tmp_path: Path) -> None:
    made = installation("first")
    titles = {"base": "Marché de plein vent", "one": "Jardin partagé de Figeac", "two": "Jardin partagé à Figeac"}
    for name, title in titles.items():
        row = f"{title};Association du Célé | Ville de Figeac"
        (tmp_path / f"{name}.csv").write_text(f"titre;partenaires\n{row}\n", "utf-8")
    made.run("import", str(tmp_path / "base.csv"))  # the partners are there: only the likeness tells the double
    slow = made.start(str(tmp_path / "one.csv"), "6", module="tests.resilience.slow_writer")
    assert slow.stdout
    assert slow.stdout.readline() == "written\n"
    done = made.run("import", str(tmp_path / "two.csv"))
    told, _ = slow.communicate(timeout=60)
    assert slow.returncode == 0, told
    assert "1 mises de" in done.stdout.replace("\n", " "), done.stdout
