"""A road map as a file to take away: which formats there are, and the answer that carries one."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone

from alliage.exports.road_map import RoadMap
from alliage.exports.road_map_calendar import write_ics
from alliage.exports.road_map_document import write_docx
from alliage.exports.road_map_pdf import write_pdf
from alliage.exports.road_map_tables import write_csv, write_xlsx
from alliage.rules.road_map import day_of

CONTENT_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
}
# Kind, what a reader calls it.
FORMATS = (
    ("docx", "Document à modifier (Word, LibreOffice)"),
    ("pdf", "À imprimer (PDF)"),
    ("xlsx", "Tableau (Excel, LibreOffice)"),
    ("csv", "Tableau (CSV)"),
    ("ics", "Agenda (ICS)"),
)


def road_map_file(road_map: RoadMap, kind: str, name: str) -> HttpResponse:
    """The file of one of FORMATS, under that name. Raises Http404 for another kind."""
    if kind not in CONTENT_TYPES:
        raise Http404
    return attached(_written(road_map, kind, timezone.localtime()), kind, name)


def _written(road_map: RoadMap, kind: str, at: dt.datetime) -> bytes:
    match kind:
        case "docx":
            return write_docx(road_map)
        case "pdf":
            return write_pdf(road_map, at=at, publisher=settings.PUBLISHER or "Alliage")
        case "xlsx":
            return write_xlsx(road_map.steps, title=road_map.title)
        case "csv":
            return write_csv(road_map.steps)
        case _:
            return write_ics(road_map, day_of=partial(day_of, begun=road_map.begun_on), at=at)


def attached(data: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep; no cache holds what may be private."""
    response = HttpResponse(data, content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["Cache-Control"] = "private, no-store"
    return response
