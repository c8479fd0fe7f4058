"""The page of a territory, its A4, and the door that leads to it from a name typed."""

from __future__ import annotations

from typing import Any  # a template context
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliage.catalogue.statistics import values_of
from alliage.exports.comparables import comparables_csv
from alliage.exports.indicators import indicator_csv
from alliage.exports.territory_sheet import write_pdf
from alliage.rules import comparable as comparing
from alliage.rules import rates
from alliage.search.request import SearchRequest
from alliage.search.territory import child_level, national_request
from alliage.vocabulary.indicators import COUNTRY, Indicator, indicators
from alliage.vocabulary.place import curly
from alliage.vocabulary.places import LEVEL_LABELS, Place, gazetteer
from alliage.vocabulary.starting import starting
from alliage.vocabulary.territories import territories
from alliage.vocabulary.typology import typology
from alliage.web.asked import HOMONYMS_SHOWN, asked_where, the_search
from alliage.web.browse import FORMATS
from alliage.web.drawn_map import draw_territory
from alliage.web.marks import Mark
from alliage.web.portrait import Portrait, kind_of, portrait_of, sentence_of
from alliage.web.territory_sheet import sheet_of

MOST_COMPARED = 4


def _found(level: str, code: str, name: str) -> Place | HttpResponse:
    """The place of an address; a former code leads to the place of today."""
    place = gazetteer().get(level, code.upper())
    if place is None:
        raise Http404
    if (place.level, place.code) != (level, code):
        return HttpResponseRedirect(reverse(name, args=[place.level, place.code]), status=301)
    return place


@require_safe
def territory(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """One territory: what is recorded there, what comparable ones do, figures with their sources."""
    place = _found(level, code, "territory")
    if isinstance(place, HttpResponse):
        return place
    portrait = portrait_of(place, the_search())
    here = SearchRequest(filters={"place": (place.token,)})
    listed, nationals = here.query_string(), national_request(here)
    context: dict[str, Any] = {
        "place": place,
        "portrait": portrait,
        "kind": kind_of(place),
        "sentence": sentence_of(portrait),
        "map": draw_territory(place, marks_of(portrait)),
        "child_label": LEVEL_LABELS.get(child_level(place), ""),
        "words": territories(),
        "starting": starting(),
        "typology": typology(),
        "listed": listed,
        "nationals": nationals.query_string() if nationals else "",
        "split_rows": _split_rows(portrait),
        "largest_period": max((n for _, n in portrait.over_time), default=0),
        "formats": [(kind, label, f"{reverse('download', args=[kind])}?{listed}") for kind, label in FORMATS],
        "in_short": comparing.IN_SHORT,
        "how_compared": comparing.COMPUTATION,
        "how_rated": rates.COMPUTATION,
        "under_reporting": rates.UNDER_REPORTING,
        "inputs": {f.indicator.id: input_links(f.indicator, place.level) for f in portrait.figures},
        "inputs_of_rate": input_links(indicators().by_id["nombre-d-alliances"], place.level)
        + input_links(indicators().by_id["population"], place.level),
        "compared": _compared(request, portrait),
    }
    return render(request, "pages/territory.html", context)


@require_safe
def territory_pdf(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """The A4 of a territory."""
    place = _found(level, code, "territory_pdf")
    if isinstance(place, HttpResponse):
        return place
    sheet = sheet_of(request, portrait_of(place, the_search()))
    response = HttpResponse(write_pdf(sheet, at=timezone.now()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="alliances-{place.level}-{place.code}.pdf"'
    return response


@require_safe
def territory_csv(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """The figures of a territory and of France, each with its source and date."""
    place = _found(level, code, "territory_csv")
    if isinstance(place, HttpResponse):
        return place
    count = the_search().answer(SearchRequest(filters={"place": (place.token,)}, limit=1), facets=()).count
    told = values_of([place.token, COUNTRY], alliances={place.token: count})
    lines = indicator_csv(o for token in told for o in told[token].values())
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="chiffres-{place.level}-{place.code}.csv"'
    return response


@require_safe
def territory_comparables(request: HttpRequest, level: str, code: str) -> HttpResponse | StreamingHttpResponse:
    """What the computation of comparable territories reads: every territory of the level, by distance to this one."""
    place = _found(level, code, "territory_comparables")
    if isinstance(place, HttpResponse):
        return place
    found = comparing.inputs(place, gazetteer())
    if not found:
        raise Http404
    pieces = (piece.encode() for piece in comparables_csv(found))
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="comparables-{place.level}-{place.code}.csv"'
    return response


@require_safe
def find_territory(request: HttpRequest) -> HttpResponse:
    """`/territoires/?ou=…`: to the page of the place meant; several are shown to choose from."""
    where = asked_where(request)
    if where.place and not where.choices:
        return HttpResponseRedirect(reverse("territory", args=[where.place.level, where.place.code]))
    choices = [where.place, *where.choices] if where.place else list(where.choices)
    context = {"where": where, "choices": choices, "former": told_of_former(where.typed)}
    return render(request, "pages/territories.html", context)


def told_of_former(typed: str) -> tuple[str, Place | None]:
    """Why a former région or département is answered by several places of today, and the région that holds them all;
    an empty sentence for any other name."""
    whole = gazetteer().whole(typed) if typed else None
    if whole is None or len(whole.places) < 2:
        return "", None
    held = {p.region for p in whole.places}
    region = gazetteer().get("region", held.pop()) if len(held) == 1 else None
    name, number = curly(whole.name), len(whole.places)
    if not whole.former:
        return f"« {name} » réunit {number} départements, qui ont chacun leur page.", region
    if not whole.together:
        return f"« {name} » n’existe plus : son territoire est aujourd’hui celui de ces {number} départements.", region
    now = (
        region
        and f" Elle fait aujourd’hui partie d’une région plus grande, {region.shown}, dont les chiffres seraient trop larges."
    )
    return (
        f"« {name} » est une ancienne région.{now or ''} Ses {number} départements n’ont pas changé : "
        "choisissez l’un d’eux, ou la région d’aujourd’hui.",
        region,
    )


def input_links(indicator: Indicator, level: str) -> list[tuple[str, str]]:
    """The files from which a figure of a level can be redone: what each holds, and its address."""
    return [
        (
            f"{indicators().by_id[id].label}, par {LEVEL_LABELS[of]}",
            f"{reverse('data_table')}?{urlencode({'level': of, 'indicator': id})}",
        )
        for of, id in indicator.inputs_at(level)
    ]


def marks_of(portrait: Portrait) -> list[Mark]:
    """The alliances on the map, by the territories that hold them."""
    return [Mark(c.place, c.count, c.modes) for c in portrait.clusters.clusters]


def _split_rows(portrait: Portrait) -> list[tuple[Place, int]]:
    """The children that hold alliances alone, the fullest first."""
    if portrait.split is None:
        return []
    known = [(p, n) for token, n in portrait.split.exactly.items() if (p := gazetteer().token(token))]
    return sorted(known, key=lambda row: (-row[1], row[0].name))


def _compared(request: HttpRequest, portrait: Portrait) -> dict[str, Any]:
    """The territories named in the address (`avec`, repeated) beside this one: a column each, a line an indicator."""
    typed = [t.strip()[:120] for t in request.GET.getlist("avec")[: 2 * MOST_COMPARED] if t.strip()]
    meant = {t: gazetteer().resolve(t) for t in typed}
    unsure = [t for t, found in meant.items() if len(found) != 1]
    choices = [p for t in unsure for p in meant[t][:HOMONYMS_SHOWN]]
    sure = dict.fromkeys(found[0] for found in meant.values() if len(found) == 1)
    others = [p for p in sure if p != portrait.place][:MOST_COMPARED]
    asked = {"unsure": unsure, "choices": choices, "near": [s.place for t in unsure for s in gazetteer().near(t)]}
    if not others:
        return {**asked, "places": [], "rows": []}
    places = [portrait.place, *others]
    counts = [
        the_search().answer(SearchRequest(filters={"place": (p.token,)}, limit=1), facets=()).count for p in places
    ]
    told = values_of([p.token for p in places], alliances=dict(zip((p.token for p in places), counts, strict=True)))
    rows = [
        (indicator, values)
        for indicator in indicators()
        if any(values := [told[p.token].get(indicator.id) for p in places])
    ]
    return {**asked, "places": places, "rows": rows}
