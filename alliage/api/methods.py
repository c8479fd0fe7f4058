"""Which methods the API takes: GET, and HEAD as GET without its body; any other is refused in the one error shape."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse


class ReadOnly:
    """Middleware of the addresses under /api/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        if request.method == "HEAD":
            request.method = "GET"  # the server leaves the body out
        if request.method not in ("GET", "OPTIONS"):
            message = "Cette API se lit seulement\u00a0: demandez cette adresse avec GET."
            body = {"error": {"code": "method_not_allowed", "message": message, "field": None}}
            refused = JsonResponse(body, status=405, json_dumps_params={"ensure_ascii": False})
            refused["Allow"] = "GET, HEAD, OPTIONS"
            return refused
        return self.get_response(request)
