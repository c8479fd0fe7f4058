"""For every view at once: headers that close what no page uses, and named failures turned into clear pages."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict

from alliage.search.index import IndexUnavailable, shortage
from alliage.search.request import BadRequest
from alliage.search.results import CursorExpired
from alliage.web.errors import bad_request, show_error

log = logging.getLogger(__name__)
MOST_SENT = 4 << 20  # bytes of a whole request: a road map brought back, or a form
MOST_PARAMETERS = 500  # a selection has a hundred ids, a facet fifty values


class Headers:
    """Middleware: what Django and django-csp do not set themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class ReadableAddress:
    """Middleware: an address of too many parameters is 400 at once; further in, each is a term of one query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.META.get("QUERY_STRING", "").count("&") >= MOST_PARAMETERS:
            request.GET = QueryDict("")
            return show_error(
                request,
                400,
                "Cette adresse est trop longue.",
                f"Elle porte plus de {MOST_PARAMETERS}\u00a0paramètres\u00a0: gardez seulement ceux de votre recherche.",
            )
        return self.get_response(request)


class BoundedBody:
    """Middleware: what is sent is 413 beyond MOST_SENT, before a byte of it is read or written to a disk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit() and int(length[:15]) > MOST_SENT:
            return show_error(
                request,
                413,
                "Ce fichier est trop lourd.",
                f"On peut envoyer {MOST_SENT >> 20}\u00a0Mo au plus. Une feuille de route tient en quelques dizaines de Ko.",
            )
        return self.get_response(request)


class FriendlyErrors:
    """Middleware: a bad parameter is 400, an expired cursor 410, an index being built or a busy base 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            allowed = response["Allow"]
            if "GET" in allowed:
                said = "Cette page se lit, elle ne reçoit rien.", "Demandez-la par son lien, ou cherchez ici."
            else:
                said = "Cette adresse ne se visite pas.", "Revenez à la page précédente, et servez-vous de son bouton."
            response = show_error(request, 405, *said)
            response["Allow"] = allowed
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, BadRequest):
            return show_error(request, 400, "Cette recherche n’est pas comprise.", str(exception))
        if isinstance(exception, DataError):  # PostgreSQL holds no NUL, and a cookie or a form may carry one
            return bad_request(request)
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
