"""The doors other than « Méthodes » (method.py) and the pages of reference: help, glossary, sources, the founding sheet."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliage.catalogue.statistics import sources_shown
from alliage.exports.template import write_xlsx_template
from alliage.search.request import SearchRequest
from alliage.vocabulary.fields import fields
from alliage.vocabulary.founding_sheet import founding_sheet
from alliage.vocabulary.glossary import glossary
from alliage.vocabulary.sources import credits
from alliage.vocabulary.typology import typology
from alliage.web.asked import the_search


@require_safe
def skills(request: HttpRequest) -> HttpResponse:
    """« Apprendre »: read one case of each form, the words of the trade."""
    lessons = the_search().answer(
        SearchRequest(filters={"lessons": ("oui",), "documentation": ("bien-documentee",)}, limit=6), facets=("mode",)
    )
    return render(request, "pages/skills.html", {"lessons": lessons, "glossary": glossary(), "typology": typology()})


@require_safe
def contribute(request: HttpRequest) -> HttpResponse:
    """How alliances come into the base today: a spreadsheet, a sheet, the editor."""
    return render(request, "pages/contribute.html", {"fields": fields(), "contact": settings.CONTACT})


@require_safe
def template_file(request: HttpRequest) -> FileResponse:
    """The blank sheet with its lists of values."""
    with NamedTemporaryFile(suffix=".xlsx") as file:
        write_xlsx_template(Path(file.name))
        return FileResponse(io.BytesIO(Path(file.name).read_bytes()), as_attachment=True, filename="alliances.xlsx")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Who publishes this installation, and whom to write to."""
    return render(
        request,
        "pages/about.html",
        {"publisher": settings.PUBLISHER, "contact": settings.CONTACT, "days": settings.DIAGNOSIS_DAYS},
    )


@require_safe
def search_help(request: HttpRequest) -> HttpResponse:
    """« Comment chercher »: every promise of this page is a test (tests/search/test_promises.py)."""
    return render(request, "pages/search_help.html", {})


@require_safe
def glossary_page(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/glossary.html", {"glossary": glossary()})


@require_safe
def sources_page(request: HttpRequest) -> HttpResponse:
    """Sources and licences."""
    return render(request, "pages/sources.html", {"credits": credits(), "figures": sources_shown()})


@require_safe
def founding_sheet_(request: HttpRequest) -> HttpResponse:
    """« La fiche d’origine »: each line, figure and link of the founding sheet, and what answers it here."""
    sheet = founding_sheet()
    ids = tuple(dict.fromkeys(id for row in sheet.rows for id in row.alliances))
    hits = the_search().answer(SearchRequest(ids=ids, limit=100, sort="title"), facets=()).hits
    return render(
        request,
        "pages/founding_sheet.html",
        {"sheet": sheet, "titles": {h.record["id"]: h.record["title"] for h in hits}},
    )
