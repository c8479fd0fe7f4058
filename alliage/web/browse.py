"""The catalogue: list, facets, chips, sort; the same list as files; the selection kept in the address."""

from __future__ import annotations

from dataclasses import replace
from tempfile import TemporaryFile
from typing import Any  # a template context

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import feedgenerator
from django.views.decorators.http import require_safe

from alliage.catalogue.queries import records_in_order
from alliage.exports.formats import CONTENT_TYPES, text_pieces
from alliage.exports.tables import write_xlsx
from alliage.search.facets import FACETS
from alliage.search.request import SearchRequest, read_request
from alliage.search.results import effective_sort
from alliage.search.territory import national_request
from alliage.vocabulary.place_prepositions import where_in_french
from alliage.vocabulary.places import Place, gazetteer
from alliage.vocabulary.words import slug
from alliage.web.asked import NEEDS_TO_TRY, Where, asked_search, asked_where, the_search
from alliage.web.frame import selection_of

# Facets open at first; the others wait folded under their title.
OPEN_FACETS = ("mode", "domain", "place", "actor_kind")
SHOWN_FACETS = (
    "mode",
    "trend",
    "domain",
    "place",
    "territory_kind",
    "actor_kind",
    "actor_size",
    "role",
    "status",
    "lessons",
    "collection",
    "scale",
    "fragility",
    "sdg",
    "documentation",
)
FORMATS = (
    ("csv", "CSV (tableur)"),
    ("xlsx", "Excel"),
    ("json", "JSON"),
    ("geojson", "GeoJSON (carte)"),
    ("rss", "RSS (flux)"),
)
SORT_LABELS = (("relevance", "pertinence"), ("recent", "récentes"), ("title", "titre"))
RSS_ITEMS = 50
# What the filter form has no field for, and carries along.
_CARRIED = ("near", "bbox", "inside", "outside", "organisation", "id")
DISTANCES = (5, 10, 20, 50, 100, 200)  # kilometres offered around a place; the address takes any up to 200


@require_safe
def examples(request: HttpRequest) -> HttpResponse:
    """The list that the address asks for; any list is a permalink."""
    return render(request, "pages/examples.html", list_context(request))


def list_context(request: HttpRequest) -> dict[str, Any]:
    """What the list and the map show alike: count, filters, chips, the first page. Raises BadRequest, CursorExpired."""
    asked, where = _with_place(request)
    answer = the_search().answer(asked)
    facets = [(FACETS[name], answer.facets[name]) for name in SHOWN_FACETS if answer.facets[name]]
    context: dict[str, Any] = {
        "action": reverse("examples"),
        "map_url": f"{reverse('map')}?{asked.query_string(cursor='')}",
        "asked": asked,
        "where": where,
        "answer": answer,
        "facets": facets,
        "open_facets": {*OPEN_FACETS, *asked.filters},
        "chips": _chips(asked),
        "shown_sort": effective_sort(asked),
        "active": sum(len(v) for v in asked.filters.values()),
        # What the search form and the filter form carry along, so that neither undoes the other.
        "carried_filters": [(n, v) for n, v in asked.parameters() if n != "q"],
        "hidden": [(n, v) for n, v in asked.parameters() if n in _CARRIED],
        "sorts": [(value, label, asked.query_string(sort=value, cursor="")) for value, label in SORT_LABELS],
        "formats": [
            (kind, label, f"{reverse('download', args=[kind])}?{asked.query_string(cursor='')}")
            for kind, label in FORMATS
        ],
        "next_url": f"?{replace(asked, cursor=answer.next).query_string()}&cursor={answer.next}" if answer.next else "",
        "first_url": f"?{asked.query_string(cursor='')}" if asked.cursor else "",
        "tries": NEEDS_TO_TRY,
        "national": _national(asked),
        "territory": only_place(asked),
        "distances": sorted({*DISTANCES, asked.within} - {0}),
        "around_label": FACETS["place"].label(asked.around),
    }
    if not answer.count:
        context |= _wider(asked)
    return context


def only_place(asked: SearchRequest) -> Place | None:
    """The place that a list is about: the only one asked for."""
    tokens = asked.filters.get("place", ())
    return gazetteer().token(tokens[0]) if len(tokens) == 1 else None


def list_url(asked: SearchRequest) -> str:
    """The address of a list."""
    return f"{reverse('examples')}?{asked.query_string(cursor='')}"


def _wider(asked: SearchRequest) -> dict[str, Any]:
    """What an empty list offers: each filter that could go, a place becoming the one around it, and three cases."""
    options = []
    for name, values in asked.filters.items():
        for value in values:
            without = replace(asked.without(name, value), cursor="")
            if name == "place" and (place := gazetteer().token(value)) and len(gazetteer().ancestors(place)) > 1:
                around = gazetteer().ancestors(place)[-2]
                places = (*without.filters.get("place", ()), around.token)
                wider = replace(without, filters={**without.filters, "place": places})
                options.append((f"tout autour\u00a0: {gazetteer().label(around)}", wider))
            options.append((f"sans «\u00a0{FACETS[name].label(value)}\u00a0»", without))
    for token in asked.inside:
        others = tuple(t for t in asked.inside if t != token)
        options.append((f"sans « dans : {FACETS['place'].label(token)} »", replace(asked, inside=others, cursor="")))
    if asked.box or asked.around or asked.inside or asked.outside:
        options.append(("partout, avec les autres filtres", asked.anywhere()))
    if asked.is_filtered:
        options.append(("sans aucun filtre", asked.unfiltered()))
    counted = [(label, the_search().answer(replace(w, limit=3), facets=()), w) for label, w in options[-8:]]
    counted = [c for c in counted if c[1].count]
    told: dict[str, Any] = {"wider": [(label, answer.count, w.query_string()) for label, answer, w in counted]}
    if counted:
        told |= {"unfiltered": counted[0][1], "unfiltered_title": f"Les plus proches, {counted[0][0]}"}
    return told


def _national(asked: SearchRequest) -> tuple[int, str] | None:
    """How many national alliances the list of a territory leaves out, and the address that lists them."""
    apart = national_request(asked)
    number = the_search().national(asked) if apart else 0
    return (number, apart.query_string()) if apart and number else None


def _with_place(request: HttpRequest) -> tuple[SearchRequest, Where]:
    """The search, a place typed in words (`ou`) having become a filter when it is understood.

    With a distance (`within`) it becomes the centre of a circle instead, if one place is meant and its point is known.
    """
    asked, where = asked_search(request), asked_where(request)
    if where.place and where.place.point and not where.choices and request.GET.get("within"):
        asked = read_request({**dict(request.GET.lists()), "around": [where.place.token]})
    elif where.place:
        filters = {**asked.filters, "place": tuple(dict.fromkeys((*asked.filters.get("place", ()), where.place.token)))}
        asked = replace(asked, filters=filters)
    return asked, where


def _chips(asked: SearchRequest) -> list[tuple[str, str]]:
    """What narrows the list, each with the address without it."""
    chips = []
    if asked.q:
        chips.append((f"« {asked.q} »", replace(asked, q="", cursor="").query_string()))
    for name, values in asked.filters.items():
        facet = FACETS[name]
        chips += [
            (f"{facet.title} : {facet.label(value)}", asked.without(name, value).query_string()) for value in values
        ]
    if asked.near:
        chips.append(
            (f"près de : {FACETS['place'].label(asked.near)}", replace(asked, near="", cursor="").query_string())
        )
    if asked.around:
        circle = f"à moins de {asked.within} km de {FACETS['place'].label(asked.around)}"
        chips.append((circle, replace(asked, around="", within=0, cursor="").query_string()))
    if asked.box:
        chips.append(("dans le cadre de la carte", replace(asked, box=None, cursor="").query_string()))
    for token in asked.inside:
        others = tuple(t for t in asked.inside if t != token)
        chips.append(
            (f"dans : {FACETS['place'].label(token)}", replace(asked, inside=others, cursor="").query_string())
        )
    for token in asked.outside:
        others = tuple(t for t in asked.outside if t != token)
        chips.append(
            (f"hors de : {FACETS['place'].label(token)}", replace(asked, outside=others, cursor="").query_string())
        )
    if asked.organisation:
        chips.append(("une organisation", replace(asked, organisation="", cursor="").query_string()))
    if asked.ids:
        number = len(asked.ids)
        chips.append((f"{number} fiche{'s' * (number > 1)} au choix", replace(asked, ids=(), cursor="").query_string()))
    if asked.year_min is not None:
        chips.append((f"depuis {asked.year_min}", replace(asked, year_min=None, cursor="").query_string()))
    if asked.year_max is not None:
        chips.append((f"jusqu’en {asked.year_max}", replace(asked, year_max=None, cursor="").query_string()))
    return chips


@require_safe
def download(request: HttpRequest, kind: str) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """The whole list as a file: the same filters as the page, never cut."""
    asked, _ = _with_place(request)
    if kind == "rss":
        return _rss(request, asked)
    ids = list(the_search().ids(replace(asked, cursor="")))
    records = records_in_order(ids)
    name = f"alliances-{slug(asked.q, 40)}" if asked.q else "alliances"
    if kind == "xlsx":
        file = TemporaryFile()  # noqa: SIM115 (closed by FileResponse)
        write_xlsx(records, file)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
    page = request.build_absolute_uri(reverse("alliance", args=["_"]))
    pieces = text_pieces(kind, records, len(ids), lambda id: page.replace("/_/", f"/{id}/"))
    response = StreamingHttpResponse((p.encode() for p in pieces), content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _rss(request: HttpRequest, asked: SearchRequest) -> HttpResponse:
    """The newest records of the list."""
    answer = the_search().answer(replace(asked, sort="recent", limit=RSS_ITEMS, cursor=""), facets=())
    feed = feedgenerator.Rss201rev2Feed(
        title="Alliage : " + (" · ".join(label for label, _ in _chips(asked)) or "toutes les alliances"),
        link=request.build_absolute_uri(f"{reverse('examples')}?{asked.query_string()}"),
        description=f"Les alliances {where_in_french(place) if (place := only_place(asked)) else 'de cette liste'}, "
        "les plus récentes d’abord.",
        language="fr",
    )
    for hit in answer.hits:
        address = request.build_absolute_uri(reverse("alliance", args=[hit.record["id"]]))
        feed.add_item(
            title=hit.record["title"],
            link=address,
            unique_id=address,
            unique_id_is_permalink=True,
            description=hit.record.get("need") or hit.record.get("summary") or "",
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


@require_safe
def selection(request: HttpRequest) -> HttpResponse:
    """« Ma sélection »: the alliances kept in the address, to share, print, download."""
    kept = selection_of(request)
    answer = the_search().answer(SearchRequest(ids=tuple(kept), limit=100, sort="title"), facets=()) if kept else None
    hits = sorted(answer.hits, key=lambda hit: kept.index(hit.record["id"])) if answer else []
    ids = "&".join(f"id={id}" for id in kept)
    context = {
        "hits": hits,
        "formats": [
            (kind, label, f"{reverse('download', args=[kind])}?{ids}") for kind, label in FORMATS if kind != "rss"
        ],
    }
    return render(request, "pages/selection.html", context)
