"""The file formats of a list of alliances: which there are, the text ones in pieces, any of them as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from alliage.exports.geojson import geojson_pieces
from alliage.exports.tables import Record, csv_lines, json_pieces, write_xlsx
from alliage.exports.whole_file import whole_file

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "geojson": "application/geo+json; charset=utf-8",
}
KINDS = ("csv", "xlsx", "json", "geojson")


def text_pieces(kind: str, records: Iterable[Record], count: int, address: Callable[[str], str]) -> Iterator[str]:
    """A file of one of CONTENT_TYPES; `count` records, `address` gives the page of an id."""
    if kind == "csv":
        return csv_lines(records)
    return json_pieces(records, count) if kind == "json" else geojson_pieces(records, count, address)


def write_list(out: Path, records: Iterable[Record], count: int, address: Callable[[str], str]) -> None:
    """Writes a list in the format that the file's name says, whole or not at all. Raises BeingWritten."""
    kind = out.suffix.lower().removeprefix(".")
    with whole_file(out) as beside:
        if kind == "xlsx":
            write_xlsx(records, beside)
        else:
            with beside.open("w", encoding="utf-8", newline="") as file:
                file.writelines(text_pieces(kind, records, count, address))
