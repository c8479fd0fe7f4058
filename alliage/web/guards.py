"""Turns the search room's named failures into clear pages, for every view at once."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from alliage.search.index import IndexUnavailable
from alliage.search.request import BadRequest
from alliage.search.results import CursorExpired
from alliage.web.errors import show_error


class FriendlyErrors:
    """Middleware: a bad parameter is 400, an expired cursor 410, an index being built 503."""

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
            response = show_error(
                request, 503, "La recherche se prépare.", "Elle sera prête dans un instant : rechargez la page."
            )
            response["Retry-After"] = "5"
            return response
        return None
