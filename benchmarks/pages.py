"""Pages and files timed inside a process, without HTTP: milliseconds and database queries of each, on a base of any size.

*Cold*: the first page of a fresh process, the files of the index and of the base dropped from the system's memory.
`python -m benchmarks.pages HOME` prints the warm ones; with a name after it, that page alone, cold.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any  # Django's execute wrapper passes anything on

from benchmarks.machine import ALLIAGE, HOUSE, STATE, environment, forget, run, size_of

TIMES = 7
FULL_EXPORT_UP_TO = 100_000
ADDRESSES = {
    "home": "/",
    "home, a need typed": "/?q=rouvrir un commerce de village",
    "catalogue": "/exemples/",
    "catalogue, a word": "/exemples/?q=insertion",
    "catalogue, place and filters": "/exemples/?place=region:84&domain=emploi-insertion&mode=mecenat",
    "alliance": "",
    "organisation in many alliances": "",
    "typology": "/typologie/",
    "territory: a région": "/territoires/region/84/",
    "territory: a département": "/territoires/departement/69/",
    "territory: an EPCI": "/territoires/epci/200046977/",
    "territory: a large commune": "/territoires/commune/69123/",
    "territory: a village": "/territoires/commune/15001/",
    "territory: A4": "/territoires/departement/69/page.pdf",
    "map of all, by région": "/exemples/carte/?level=region",
    "map of a région, by EPCI": "/exemples/carte/?place=region:84&level=epci",
    "clusters of all, by département": "/api/v1/map?level=departement",
    "clusters of all, by EPCI": "/api/v1/map?level=epci",
    "clusters in a box, by commune": "/api/v1/map?level=commune&bbox=4.5,45.4,5.3,46.1",
    "overview, by département": "/donnees/?level=departement&indicator=nombre-d-alliances",
    "overview, by EPCI": "/donnees/?level=epci&indicator=nombre-d-alliances",
    "CSV of a list": "/exemples.csv?place=departement:15",
    "JSON of a list": "/exemples.json?place=departement:15",
    "XLSX of a list": "/exemples.xlsx?place=departement:15",
    "RSS": "/exemples.rss",
}

OF_ROWS = ("CSV of a list", "JSON of a list", "XLSX of a list")


def measure(home: Path, rows: int) -> dict[str, Any]:
    """Each page warm, then cold in a process of its own; whole exports up to a hundred thousand rows."""
    told: dict[str, Any] = _asked(home)
    for name in told:
        forget(home)
        told[name] |= {f"cold_{key}": value for key, value in _asked(home, name)[name].items()}
    if rows <= FULL_EXPORT_UP_TO:
        for kind in ("csv", "json", "xlsx"):
            out = home.parent / f"export.{kind}"
            ran = run([ALLIAGE, "export", str(out)], environment(home))
            told[f"alliage export .{kind}, whole"] = {**ran.as_dict(), "file_mb": size_of(out)}
            out.unlink()
    return told


def _asked(home: Path, *name: str) -> dict[str, dict[str, float]]:
    command = [sys.executable, "-m", "benchmarks.pages", str(home), *name]
    found: dict[str, dict[str, float]] = json.loads(
        subprocess.check_output(command, env=environment(home), cwd=HOUSE, text=True)
    )
    return found


def _address(name: str) -> str:
    """Empty for a page of rows where only the index was made (benchmarks.index_only)."""
    from django.db.models import Count

    from alliage.catalogue.models import Organisation
    from alliage.catalogue.queries import published

    if name == "alliance":
        first = published().order_by("id").values_list("slug", flat=True).first()
        return f"/exemples/{first}/" if first else ""
    if name == "organisation in many alliances":
        known = Organisation.objects.filter(roles__alliance__id__lt=2_000)
        hub = known.annotate(n=Count("roles")).order_by("-n").first()
        return f"/organisations/{hub.slug}/" if hub else ""
    if name in OF_ROWS and not published().exists():
        return ""
    return ADDRESSES[name]


class _Asking:
    """One client, and the database queries of what it asks."""

    def __init__(self) -> None:
        from django.test import Client

        self.client, self.queries = Client(SERVER_NAME="localhost"), 0

    def _count(self, execute: Callable[..., Any], *given: Any) -> Any:
        self.queries += 1
        return execute(*given)

    def ask(self, address: str) -> tuple[float, float]:
        """Seconds of clock and of processor of one page, read to its end."""
        from django.db import connection

        self.queries = 0
        with connection.execute_wrapper(self._count):
            clock, processor = time.perf_counter(), time.process_time()
            answer: Any = self.client.get(address)
            b"".join(answer.streaming_content) if answer.streaming else answer.content
            clock, processor = time.perf_counter() - clock, time.process_time() - processor
        assert answer.status_code == 200, (address, answer.status_code)
        return clock, processor


def _warm() -> dict[str, dict[str, float]]:
    from alliage.serving import collect_static

    collect_static()
    asking, found = _Asking(), {}
    for name in ADDRESSES:
        if not (address := _address(name)):
            continue
        first, *others = [asking.ask(address) for _ in range(TIMES)]
        found[name] = {
            "first_ms": _ms(first[0]),
            "first_processor_ms": _ms(first[1]),
            "p50_ms": _ms(statistics.median(clock for clock, _ in others)),
            "p50_processor_ms": _ms(statistics.median(processor for _, processor in others)),
            "queries": asking.queries,
        }
    return found


def _cold(name: str) -> dict[str, dict[str, float]]:
    """After `/healthz`, which a server answers before it is given anything else: addresses and index are open then."""
    asking = _Asking()
    asking.ask("/healthz")
    clock, processor = asking.ask(_address(name))
    return {name: {"ms": _ms(clock), "processor_ms": _ms(processor), "queries": asking.queries}}


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)


if __name__ == "__main__":
    os.environ["ALLIAGE_HOME"] = sys.argv[1] if len(sys.argv) > 1 else str(STATE / "10000" / "home")
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliage.site.settings"
    import django

    django.setup()
    print(json.dumps(_cold(sys.argv[2]) if len(sys.argv) > 2 else _warm(), ensure_ascii=False))
