"""« Suggérer un outil »: a form without account, kept for an editor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from alliage.catalogue.actions.suggest_tool import NotSuggested, suggest_tool
from alliage.vocabulary.method import bank
from alliage.vocabulary.tools import tools

FIELDS = ("name", "url", "purpose", "stage")
TRAP = "site_web"  # no reader sees this field: what fills it is a program


@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest) -> HttpResponse:
    """The form; what is sent is kept, then the page says so at an address that can be loaded again. `?outil=<id>`
    begins a correction of that card."""
    values = {name: request.POST.get(name, "") for name in FIELDS}
    if request.method != "POST" and (known := tools().by_id.get(request.GET.get("outil", ""))):
        values |= {"name": known.name, "url": known.url, "purpose": "À corriger\u00a0: "}
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            if not request.POST.get(TRAP):
                suggest_tool(**values, at=timezone.now())
            return HttpResponseRedirect(f"{reverse('suggest_tool')}?merci=1")
        except NotSuggested as error:
            errors = error.errors
    context = {
        "values": values,
        "errors": errors,
        "trap": TRAP,
        "stages": bank().stages,
        "thanks": request.method != "POST" and bool(request.GET.get("merci")),
    }
    return render(request, "pages/tool_suggestion.html", context, status=400 if errors else 200)
