"""Pages and files timed inside one process: milliseconds and database queries of each, on a base of any size.

`python -m benchmarks.pages HOME` prints them; the settings are read from ALLIAGE_HOME, so each base has its process.
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

from benchmarks.machine import ALLIAGE, HOUSE, STATE, environment, run, size_of

TIMES = 7
FULL_EXPORT_UP_TO = 100_000


def measure(home: Path, rows: int) -> dict[str, object]:
    """Runs the pages in a process of their own; whole exports up to a hundred thousand rows."""
    command = [sys.executable, "-m", "benchmarks.pages", str(home)]
    told: dict[str, object] = json.loads(subprocess.check_output(command, env=environment(home), cwd=HOUSE, text=True))
    if rows <= FULL_EXPORT_UP_TO:
        for kind in ("csv", "json", "xlsx"):
            out = home.parent / f"export.{kind}"
            ran = run([ALLIAGE, "export", str(out)], environment(home))
            told[f"alliage export .{kind}, whole"] = {**ran.as_dict(), "file_mb": size_of(out)}
            out.unlink()
    return told


def _pages() -> dict[str, dict[str, float]]:
    from django.db import connection
    from django.db.models import Count
    from django.test import Client

    from alliage.catalogue.models import Organisation
    from alliage.catalogue.queries import published

    hub = Organisation.objects.filter(roles__alliance__id__lt=2_000).annotate(n=Count("roles")).order_by("-n").first()
    alliance = published().order_by("id").values_list("slug", flat=True)[0]
    addresses = {
        "home": "/",
        "home, a need typed": "/?q=rouvrir un commerce de village",
        "catalogue": "/exemples/",
        "catalogue, a word": "/exemples/?q=insertion",
        "catalogue, place and filters": "/exemples/?place=region:84&domain=emploi-insertion&mode=mecenat",
        "alliance": f"/exemples/{alliance}/",
        "organisation in many alliances": f"/organisations/{hub.slug if hub else ''}/",
        "typology": "/typologie/",
        "territory: a région": "/territoires/region/84/",
        "territory: a commune": "/territoires/commune/69123/",
        "territory: A4": "/territoires/departement/69/page.pdf",
        "map of all, by région": "/exemples/carte/?level=region",
        "map of a région, by EPCI": "/exemples/carte/?place=region:84&level=epci",
        "clusters of all, by département": "/api/v1/map?level=departement",
        "clusters of all, by EPCI": "/api/v1/map?level=epci",
        "clusters in a box, by commune": "/api/v1/map?level=commune&bbox=4.5,45.4,5.3,46.1",
        "overview": "/donnees/?level=departement&indicator=nombre-d-alliances",
        "CSV of a list": "/exemples.csv?place=departement:15",
        "JSON of a list": "/exemples.json?place=departement:15",
        "XLSX of a list": "/exemples.xlsx?place=departement:15",
        "RSS": "/exemples.rss",
    }
    client, asked = Client(), [0]

    def count(execute: Callable[..., Any], *given: Any) -> Any:
        asked[0] += 1
        return execute(*given)

    found = {}
    for name, address in addresses.items():
        seconds = []
        with connection.execute_wrapper(count):
            for _ in range(TIMES):
                asked[0] = 0
                started = time.perf_counter()
                answer: Any = client.get(address)
                b"".join(answer.streaming_content) if answer.streaming else answer.content
                seconds.append(time.perf_counter() - started)
                assert answer.status_code == 200, (address, answer.status_code)
        found[name] = {
            "first_ms": round(1000 * seconds[0], 1),
            "p50_ms": round(1000 * statistics.median(seconds[1:]), 1),
            "queries": asked[0],
        }
    return found


if __name__ == "__main__":
    os.environ["ALLIAGE_HOME"] = sys.argv[1] if len(sys.argv) > 1 else str(STATE / "10000" / "home")
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliage.site.settings"
    import django

    django.setup()
    print(json.dumps(_pages(), ensure_ascii=False))
