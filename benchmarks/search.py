"""Search through HTTP with all facet counts, cold and warm, against the bare engine and against Datasette."""

from __future__ import annotations

import http.client
import json
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode

from alliage.search.facets import FACETS
from benchmarks.machine import ALLIAGE, HOUSE, environment, forget, memory_of, size_of, tree
from benchmarks.mix import KINDS, Asked, mix
from benchmarks.rivals import Datasette, datasette_table

PORT, RIVAL_PORT = 8_790, 8_791
QUERIES = 300
RIVAL_QUERIES = {10_000: 60, 100_000: 30}
RIVAL_QUERIES_LARGEST = 30
Mix = Sequence[tuple[str, Asked]]


def figures(seconds: Sequence[float], queries: Mix) -> dict[str, object]:
    """Milliseconds (median, 95th percentile), queries a second, and the median of each kind."""
    ranked = sorted(seconds)
    kinds = {k: [s for s, (kind, _) in zip(seconds, queries, strict=True) if kind == k] for k in KINDS}
    return {
        "p50_ms": round(1000 * statistics.median(ranked), 2),
        "p95_ms": round(1000 * ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))], 2),
        "mean_ms": round(1000 * statistics.fmean(ranked), 2),
        "a_second": round(len(ranked) / sum(ranked), 2),
        "p50_ms_by_kind": {k: round(1000 * statistics.median(v), 2) for k, v in kinds.items() if v},
    }


def timed(
    port: int, address: Callable[[Asked], str], queries: Mix, check: Callable[[dict[str, object]], None]
) -> list[float]:
    """Seconds of each query, one after the other on one connection, its answer read to the end."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=3_600)
    seconds = []
    for _, asked in queries:
        started = time.perf_counter()
        link.request("GET", address(asked))
        answer = link.getresponse()
        body = answer.read()
        seconds.append(time.perf_counter() - started)
        assert answer.status == 200, (answer.status, body[:300])
        check(json.loads(body))
    return seconds


def _address(asked: Asked) -> str:
    return f"/api/v1/alliances?{urlencode(asked)}"


def _complete(answer: dict[str, object]) -> None:
    assert isinstance(answer["facets"], dict)
    assert len(answer["facets"]) == len(FACETS)


def _rival_complete(answer: dict[str, object]) -> None:
    assert not answer.get("facets_timed_out"), answer["facets_timed_out"]
    assert len(answer["facet_results"]) == 11  # type: ignore[arg-type]  # the facets that the base fills


def _served(home: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [ALLIAGE, "serve", "--port", str(PORT)], env=environment(home), cwd=HOUSE, stderr=subprocess.DEVNULL
    )
    for _ in range(1_200):
        try:
            link = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
            link.request("GET", "/healthz")
            if link.getresponse().status == 200:
                return process
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("alliage serve does not answer")


def _web_process(pid: int) -> dict[str, float]:
    """The memory of the process that answers: the largest of what `serve` started, the worker beside left out."""
    found = [m for p in tree(pid) if (m := memory_of(p)) and not m.command.endswith("work")]
    largest = max(found, key=lambda m: m.resident)
    return {"resident_mb": largest.resident, "share_mb": largest.share, "own_mb": largest.own}


def measure(home: Path) -> dict[str, object]:
    """The figures of search on one base, Datasette apart."""
    index = home / "index"
    first, second = mix(QUERIES, seed=11), mix(QUERIES, seed=12)
    forget(index)
    server = _served(home)
    try:
        at_start = _web_process(server.pid)
        cold = timed(PORT, _address, first, _complete)
        warm = timed(PORT, _address, second, _complete)
        again = timed(PORT, _address, second, _complete)
        after = _web_process(server.pid)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)
    forget(index)
    told = home.parent / "mixes.json"
    told.write_text(json.dumps([first, second]), "utf-8")
    printed = subprocess.check_output(
        [sys.executable, "-m", "benchmarks.bare_engine", index, told], cwd=HOUSE, text=True
    )
    bare_cold, bare_warm = json.loads(printed)
    return {
        "cold": figures(cold, first),
        "warm": figures(warm, second),
        "again": figures(again, second),
        "bare_cold": figures(bare_cold, first),
        "bare_warm": figures(bare_warm, second),
        "times_bare_cold": round(sum(cold) / sum(bare_cold), 2),
        "times_bare_warm": round(sum(warm) / sum(bare_warm), 2),
        "memory_at_start": at_start,
        "memory_after": after,
        "index_mb": size_of(index),
        "base_mb": size_of(home / "alliage.sqlite3"),
    }


def against_datasette(home: Path, rows: int) -> dict[str, object]:
    """The first queries of the warm mix, as many of each kind as the whole mix holds, asked of both in one run."""
    queries = mix(QUERIES, seed=12)
    base = datasette_table(home / "alliage.sqlite3", home.parent / "datasette.db")
    wanted = RIVAL_QUERIES.get(rows, RIVAL_QUERIES_LARGEST)
    share = {k: sum(kind == k for kind, _ in queries) * wanted // len(queries) for k in KINDS}
    taken = []
    for at, (kind, _) in enumerate(queries):
        if share[kind]:
            share[kind] -= 1
            taken.append(at)
    asked = [queries[at] for at in taken]
    server = _served(home)
    try:
        timed(PORT, _address, mix(QUERIES, seed=11), _complete)
        ours = timed(PORT, _address, queries, _complete)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)
    rival = Datasette(base, RIVAL_PORT)
    try:
        rival.ready()
        seconds = timed(RIVAL_PORT, rival.address, asked, _rival_complete)
    finally:
        rival.stop()
    return {
        "datasette": figures(seconds, asked),
        "datasette_queries": len(asked),
        "datasette_mb": size_of(base),
        "times_datasette": round(sum(seconds) / sum(ours[at] for at in taken), 1),
    }
