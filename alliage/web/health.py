"""Readiness: 200 only when the database and the index really answer."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from alliage.catalogue import queries
from alliage.search.index import IndexUnavailable
from alliage.search.request import SearchRequest
from alliage.search.shared import search_in

log = logging.getLogger(__name__)
MOST_REVISIONS_BEHIND = 1_000


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """What answers, what does not, and why."""
    told: dict[str, object] = {}
    try:
        revision = queries.current_revision()
        told["database"] = "ok"
    except DatabaseError as error:
        revision = 0
        log.error("La base de données ne répond pas : %s", error)  # its host and account are not for strangers
        told["database"] = "ne répond pas : le journal du serveur dit pourquoi"
    try:
        answer = search_in(settings.INDEX_DIR).answer(SearchRequest(limit=1), facets=())
        behind = revision - answer.revision
        told["index"] = "ok" if behind <= MOST_REVISIONS_BEHIND else f"en retard de {behind} révisions"
        told["alliances"], told["revisions_behind"] = answer.count, behind
    except IndexUnavailable as error:
        told["index"] = f"ne répond pas : {error}"
    well = told["database"] == told["index"] == "ok"
    return JsonResponse(told, status=200 if well else 503, json_dumps_params={"ensure_ascii": False})
