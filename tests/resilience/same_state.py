"""What an installation holds, told so that two of them can be compared; and what « the same » leaves out.

Left out: when things happened, and which run brought them (a killed run is a run that began). Numbers of rows are told
as ranks, because PostgreSQL does not give again the numbers that a transaction took before it was killed.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from alliage.search.index import IndexReader
from alliage.search.request import SearchRequest
from alliage.search.results import Search
from tests.resilience.installation import Installation

LEFT_OUT = {"at", "started_at", "ended_at", "made_at", "decided_at", "first_published_on", "batch_id"}
RUNS, LINKS = "catalogue_importbatch", {"catalogue_sheetline_alliances"}
POINTS_TO = {
    "alliance_id": "catalogue_alliance",
    "merged_into_id": "",  # its own table
    "organisation_id": "catalogue_organisation",
    "proposal_id": "catalogue_proposal",
    "sheetline_id": "catalogue_sheetline",
}
SEARCHES = ("", "jardin", "mobilité Lyon", "société 5 12", "association", "emploi -figeac")


def rows_and_journal(installation: Installation) -> dict[str, list[dict[str, Any]]]:
    """Table → rows, in their order, read from a backup."""
    path = installation.home / "state.zip"
    installation.run("backup", str(path))
    tables: dict[str, list[dict[str, Any]]] = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("tables/catalogue_"):
                columns, *rows = map(json.loads, archive.read(name).splitlines())
                table = name.removeprefix("tables/").removesuffix(".jsonl")
                tables[table] = [dict(zip(columns, row, strict=True)) for row in rows]
    path.unlink()
    ranks = {table: {row.get("id"): rank for rank, row in enumerate(rows)} for table, rows in tables.items()}
    told = {}
    for table, rows in tables.items():
        if table != RUNS:
            told[table] = [_told(row, table, ranks) for row in rows]
            if table in LINKS:
                told[table].sort(key=lambda row: sorted(row.items()))  # links have no order
    return told


def _told(row: dict[str, Any], table: str, ranks: dict[str, dict[Any, int]]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in LEFT_OUT}
    if table != "catalogue_revisioncounter":
        kept.pop("id", None)
    for name, target in POINTS_TO.items():
        if kept.get(name) is not None:
            kept[name] = ranks[target or table][kept[name]]
    return kept


def index_answers(root: Path) -> dict[str, Any]:
    """Every record shown, and for several searches the count, the facets and the lists by date and title.

    Lists by relevance are told as sets: equal scores follow the order of the segments, which a killed run may change.
    """
    search = Search(IndexReader(root))
    told: dict[str, Any] = {"revision": search.reader.latest().revision}
    for q in SEARCHES:
        answer = search.answer(SearchRequest(q=q))
        told[q] = {
            "count": answer.count,
            "facets": {name: [(v.value, v.count) for v in values] for name, values in answer.facets.items()},
            "recent": list(search.ids(SearchRequest(q=q, sort="recent"))),
            "title": list(search.ids(SearchRequest(q=q, sort="title"))),
            "relevance": set(search.ids(SearchRequest(q=q))),
        }
    told["shown"] = [search.by_id(id) for id in told[""]["title"][::7]]
    return told
