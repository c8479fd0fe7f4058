"""Turns the search room's named failures into clear pages, for every view at once."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from alliage.search.index import IndexUnavailable, shortage
from alliage.search.request import BadRequest
from alliage.search.results import CursorExpired
from alliage.web.errors import show_error

log = logging.getLogger(__name__)


class FriendlyErrors:
    """Middleware: a bad parameter is 400, an expired cursor 410, an index being built or a database away 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, BadRequest):
            return show_error(request, 400, "Cette recherche n’est pas comprise.", str(exception))
        if isinstance(exception, CursorExpired):
            return show_error(request, 410, "Cette liste a changé depuis.", str(exception))
        if isinstance(exception, IndexUnavailable):
            full = shortage(settings.INDEX_DIR)
            text = full or "Elle sera prête dans un instant : rechargez la page."
            response = show_error(request, 503, "La recherche se prépare.", text)
            response["Retry-After"] = "60" if full else "5"
            return response
        if isinstance(exception, OperationalError | InterfaceError):
            log.error("La base ne répond pas (%s)", request.path, exc_info=exception)
            text = "Rien n’est perdu : réessayez dans un instant."
            response = show_error(request, 503, "La base de données ne répond pas.", text)
            response["Retry-After"] = "10"
            return response
        return None
