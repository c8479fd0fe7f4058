"""Error pages: one clear sentence, what to do, and the search."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from alliage.web.asked import Where

_CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    410: "gone",
    429: "too_many_requests",
    500: "server_error",
    503: "unavailable",
}
_API_MESSAGES = {404: "Cette adresse de l’API n’existe pas. /api/v1/openapi.json les décrit toutes."}


def show_error(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """An error page; the API gets its JSON shape."""
    if request.path.startswith("/api/"):
        message = _API_MESSAGES.get(status, f"{title} {text}")
        body = {"error": {"code": _CODES.get(status, str(status)), "message": message, "field": None}}
        return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    return render(
        request, "pages/error.html", {"title": title, "text": text, "status": status, "where": Where()}, status=status
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return show_error(
        request, 400, "Cette adresse n’est pas comprise.", "Revenez à la page précédente, ou cherchez ci-dessous."
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return show_error(
        request,
        403,
        "Cette page n’est pas ouverte à ce compte.",
        "Si vous pensez que c’est une erreur, écrivez à l’administrateur du site.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form sent without the proof that it came from one of our pages; why is for the log, which Django writes."""
    return show_error(
        request,
        403,
        "Ce formulaire n’a pas pu être vérifié.",
        "Rechargez la page d’où vous venez et envoyez-le de nouveau ; les cookies de ce site doivent être permis.",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return show_error(
        request,
        404,
        "Cette page n’existe pas, ou plus.",
        "L’adresse est peut-être incomplète. Cherchez ci-dessous : les fiches gardent leur adresse pour toujours.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return show_error(
        request,
        500,
        "Quelque chose s’est mal passé de notre côté.",
        "Réessayez dans un instant ; rien de ce que vous avez fait n’est perdu.",
    )
