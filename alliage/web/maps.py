"""The map of a list: drawn for everyone, moved about where a browser can, always with its list and its table."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any  # a template context

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from alliage.exports.csv_text import csv_pieces
from alliage.search.area import circle_around
from alliage.search.facets import NONE
from alliage.search.inside import list_inside, list_nowhere
from alliage.search.request import BadRequest, SearchRequest
from alliage.search.territory import Cluster, Clusters
from alliage.vocabulary.contours import CONTOUR_LEVELS, Box, contour_file, contours_version, outline_box
from alliage.vocabulary.places import LEVEL_LABELS, LEVELS, Place, gazetteer
from alliage.vocabulary.typology import typology
from alliage.web.asked import the_search
from alliage.web.browse import list_context, list_url, only_place
from alliage.web.drawn_map import MAINLAND, OVERSEAS, Circle, draw_area, draw_france, draw_territory
from alliage.web.marks import CROWDED, Mark

MOST_ROWS = 200  # of the table in the page; the file has them all
FOR_EVER = "public, max-age=31536000, immutable"
# By the degrees of latitude that a box or a circle covers, the level it is counted by unless another is asked.
_FINEST = ((1.2, "commune"), (3.0, "epci"), (8.0, "departement"), (180.0, "region"))
_BY_DEFAULT = {"region": "departement", "departement": "epci", "epci": "commune", "commune": "commune"}


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """The map of the list that the address asks for: its filters, its count, its table."""
    context = list_context(request)
    asked: SearchRequest = context["asked"]
    place = only_place(asked)
    levels = _levels(place)
    level = _asked_level(request, asked, place)
    found = the_search().clusters(asked, level)
    here = reverse("map")
    nowhere = next((v.count for v in context["answer"].facets["place"] if v.value == NONE), 0)
    given = request.GET.get("level", "")
    context |= {
        "action": here,
        "list_url": list_url(asked),
        "place": place,
        "level": level,
        "levels": [(other, LEVEL_LABELS[other], f"{here}?{_at_level(asked, other)}") for other in levels],
        "drawn": _drawn(asked, place, level, found),
        "rows": [(c, list_url(list_inside(asked, c.place))) for c in found.clusters[:MOST_ROWS]],
        "territories": len(found.clusters),
        "most_rows": MOST_ROWS,
        "crowded": len(found.clusters) > CROWDED,
        "modes": typology().modes,
        "nowhere": 0 if "place" in asked.filters else nowhere,
        "nowhere_url": list_url(list_nowhere(asked)),
        "vague": max(0, found.unplaced - (0 if "place" in asked.filters else nowhere)),
        "table_url": f"{reverse('map_table')}?{_at_level(asked, level)}",
        "map": _interactive(asked, place),
        "hidden": [*context["hidden"], *([("level", level)] if given else [])],
        "carried_filters": [*context["carried_filters"], *([("level", level)] if given else [])],
    }
    return render(request, "pages/map.html", context)


@require_safe
def map_table(request: HttpRequest) -> StreamingHttpResponse:
    """The table of the map, whole, as CSV."""
    asked = list_context(request)["asked"]
    level = _asked_level(request, asked, only_place(asked))
    pieces = csv_pieces(
        ["niveau", "code", "territoire", "alliances", *(m.label for m in typology().modes), "forme non renseignée"],
        _table_rows(the_search().clusters(asked, level).clusters),
    )
    response = StreamingHttpResponse((p.encode() for p in pieces), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="alliances-par-{level}.csv"'
    return response


@require_safe
def contours_file(request: HttpRequest, level: str, version: str) -> HttpResponse:
    """The contours of a level as GeoJSON, at an address that changes with them: kept by browsers for ever."""
    if level not in CONTOUR_LEVELS or version != contours_version(level):
        raise Http404
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        _packed_contours(level) if packed else contour_file(level), content_type="application/geo+json"
    )
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"], response["Vary"] = FOR_EVER, "Accept-Encoding"
    return response


@cache
def _packed_contours(level: str) -> bytes:
    return gzip.compress(contour_file(level), mtime=0)


def contours_address(level: str) -> str:
    """Where the contours of a level are served."""
    return reverse("contours", args=[level, contours_version(level)])


def _levels(place: Place | None) -> Sequence[str]:
    """The levels at which a map can count: those below its place."""
    return LEVELS if place is None else LEVELS[LEVELS.index(place.level) + 1 :] or ("commune",)


def _asked_level(request: HttpRequest, asked: SearchRequest, place: Place | None) -> str:
    given = request.GET.get("level", "").strip()
    if given and given not in LEVELS:
        raise BadRequest(
            "level", f"Niveau inconnu\u00a0: «\u00a0{given[:40]}\u00a0». Possibles\u00a0: {', '.join(LEVELS)}."
        )
    if given in _levels(place):
        return given
    if place:
        return _BY_DEFAULT[place.level]
    area = _area(asked)
    return next(level for most, level in _FINEST if most >= area[3] - area[1]) if area else "region"


def _circle(asked: SearchRequest) -> Circle | None:
    """The circle of a search around a place."""
    centre = gazetteer().token(asked.around) if asked.around else None
    return Circle(centre.point, asked.within) if centre and centre.point else None


def _area(asked: SearchRequest) -> Box | None:
    """The box or the circle that a list is asked for in."""
    if asked.box:
        return asked.box.west, asked.box.south, asked.box.east, asked.box.north
    circle = _circle(asked)
    return circle.box if circle else None


def _looked_at(asked: SearchRequest, place: Place | None) -> Box | None:
    """The box that the map opens on: the one of its place, the one asked for, else metropolitan France."""
    return outline_box(place) if place else _area(asked) or MAINLAND


def _at_level(asked: SearchRequest, level: str) -> str:
    return "&".join(filter(None, (asked.query_string(cursor=""), f"level={level}")))


def _drawn(asked: SearchRequest, place: Place | None, level: str, found: Clusters) -> SafeString:
    """The map as the server draws it; the whole country is counted by département at the finest."""
    area = _area(asked)
    if place is None and area is None and level not in ("region", "departement"):
        found = the_search().clusters(asked, "departement")
    marks = [Mark(c.place, c.count, c.modes, list_url(list_inside(asked, c.place))) for c in found.clusters]
    if place:
        return draw_territory(place, marks, circle=_circle(asked))
    return draw_area(area, marks, _circle(asked)) if area else draw_france(marks)


def _interactive(asked: SearchRequest, place: Place | None) -> dict[str, Any]:
    """What the script of the map needs, as attributes of the page."""
    boxes = [
        (gazetteer().by_token[f"region:{code}"].name, _written(outline_box(gazetteer().by_token[f"region:{code}"])))
        for code in OVERSEAS
    ]
    return {
        "clusters": f"{reverse('api:map')}?{asked.query_string(cursor='')}",
        "box": _written(_looked_at(asked, place)),
        "boxes": [("Hexagone et Corse", _written(MAINLAND)), *boxes] if not (place or _area(asked)) else [],
        "circle": circle_around(circle.centre, circle.km) if (circle := _circle(asked)) else [],
        "contours": [(level, contours_address(level)) for level in CONTOUR_LEVELS],
        "place": place.token if place else "",
        "names": [[p.name, *p.point] for p in gazetteer().of_level("departement") if p.point],
        "tiles": settings.TILES,
        "tiles_credit": settings.TILES_CREDIT,
    }


def _written(box: Box | None) -> str:
    return ",".join(f"{n:g}" for n in box) if box else ""


def _table_rows(clusters: Sequence[Cluster]) -> Iterator[list[str | int]]:
    for c in clusters:
        counts = [c.modes.get(m.id, 0) for m in typology().modes]
        yield [c.place.level, c.place.code, gazetteer().label(c.place), c.count, *counts, c.modes.get(NONE, 0)]
