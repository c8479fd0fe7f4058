"""Readiness: 200 only when the database and the index really answer, and the index follows; else 503 and why."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from alliage.catalogue import queries
from alliage.search.index import IndexUnavailable, current_directory, seconds_since_caught_up, shortage
from alliage.search.request import SearchRequest
from alliage.search.shared import search_in

log = logging.getLogger(__name__)
LATE_SECONDS = 60  # the writer looks four times a second; one commit of a long backlog takes a few seconds


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """What answers, what does not, and why."""
    told: dict[str, object] = {}
    try:
        revision = queries.current_revision()
        told["database"] = "ok"
    except Error as error:
        revision = 0
        log.error("La base de données ne répond pas : %s", error)  # its host and account are not for strangers
        told["database"] = "ne répond pas : le journal du serveur dit pourquoi"
    try:
        answer = search_in(settings.INDEX_DIR).answer(SearchRequest(limit=1), facets=())
        behind = max(0, revision - answer.revision)
        told["index"] = _why_not(behind) or "ok"
        told["alliances"], told["revisions_behind"] = answer.count, behind
    except IndexUnavailable as error:
        told["index"] = f"ne répond pas : {error}"
    caught_up = seconds_since_caught_up(settings.INDEX_DIR)
    told["caught_up_seconds_ago"] = None if caught_up is None else round(caught_up)
    if full := shortage(settings.INDEX_DIR):
        told["disk"] = full
    well = told["database"] == told["index"] == "ok"
    return JsonResponse(told, status=200 if well else 503, json_dumps_params={"ensure_ascii": False})


def _why_not(behind: int) -> str:
    """Why an index that answers is not well; empty when it is."""
    if current_directory(settings.INDEX_DIR) is None:
        return "en reconstruction : les recherches répondent sur son état d’avant"
    caught_up = seconds_since_caught_up(settings.INDEX_DIR)
    full = shortage(settings.INDEX_DIR)
    if behind and (full or caught_up is None or caught_up > LATE_SECONDS):
        since = "jamais mis à jour" if caught_up is None else f"plus mis à jour depuis {caught_up:.0f} s"
        why = full or "« alliage work » tourne-t-il ?"
        return f"en retard de {behind} révisions, {since} : {why}"
    return ""
