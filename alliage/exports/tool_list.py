"""The tools as files to take away: CSV for a spreadsheet, JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any  # a row of JSON

from alliage.exports.csv_text import csv_pieces
from alliage.vocabulary.tools import Tool

# A card's link as it was last seen: state, the day it was looked at, the day since when it is dead (both may be empty).
Seen = tuple[str, str, str]


def tool_row(tool: Tool, page: str, seen: Seen) -> dict[str, Any]:
    """A card as data; lists stay lists, what is not known is null or empty. `page` is its address on this site."""
    state, checked_on, dead_since = seen
    return {
        "id": tool.id,
        "name": tool.name,
        "summary": tool.summary,
        "kind": tool.kind,
        "medoc": tool.medoc,
        "stages": list(tool.stages),
        "actors": list(tool.actors),
        "modes": list(tool.modes),
        "maturity_min": tool.maturity[0] if tool.maturity else None,
        "maturity_max": tool.maturity[1] if tool.maturity else None,
        "duration": tool.duration or None,
        "cost": tool.cost or None,
        "cost_note": tool.cost_note or None,
        "licence": tool.licence or None,
        "owner": tool.owner or None,
        "url": tool.url or None,
        "link": state if tool.url else None,
        "link_checked_on": checked_on or None,
        "link_dead_since": dead_since or None,
        "sources": [{"name": s.name, "url": s.url or None} for s in tool.sources],
        "read": tool.read,
        "used_by": list(tool.used_by),
        "page": page,
    }


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ; ".join(v if isinstance(v, str) else " ".join(x for x in v.values() if x) for v in value)
    return value


def tools_csv(rows: Iterable[dict[str, Any]]) -> str:
    """The rows as CSV: UTF-8 with BOM for spreadsheets; a header even when there is no row."""
    columns = list(tool_row(Tool("", "", "", "", ""), "", ("", "", "")))
    return "".join(csv_pieces(columns, ([_cell(row[name]) for name in columns] for row in rows)))


def tools_json(rows: Iterable[dict[str, Any]]) -> str:
    """The rows as {"count", "results"}."""
    results = list(rows)
    return json.dumps({"count": len(results), "results": results}, ensure_ascii=False, indent=1)
