"""Which methods the API takes: GET, HEAD as GET without its body, OPTIONS; any other is refused in the one error shape."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

_TAKEN = "GET, HEAD, OPTIONS"


class ReadOnly:
    """Middleware of the addresses under /api/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        if request.method == "HEAD":
            request.method = "GET"  # the server leaves the body out
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": _TAKEN})
        if request.method != "GET":
            message = "Cette API se lit seulement\u00a0: demandez cette adresse avec GET."
            body = {"error": {"code": "method_not_allowed", "message": message, "field": None}}
            refused = JsonResponse(body, status=405, json_dumps_params={"ensure_ascii": False})
            refused["Allow"] = _TAKEN
            return refused
        return self.get_response(request)
