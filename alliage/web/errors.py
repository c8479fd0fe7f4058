"""Error pages: one clear sentence, what to do, and the search."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from alliage.web.asked import Where


def show_error(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """An error page; the API gets its JSON shape."""
    if request.path.startswith("/api/"):
        body = {"error": {"code": str(status), "message": f"{title} {text}", "field": None}}
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
        "Réessayez dans un instant ; rien de ce que vous avez fait n’est perdu.",
    )
