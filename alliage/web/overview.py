"""« Connaître son territoire »: France coloured by level and indicator, its table and its file, and the way to a territory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any  # a template context
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from alliage.catalogue import statistics
from alliage.exports.indicators import indicator_csv
from alliage.rules.rates import LEAST_ALLIANCES, may_be_ranked
from alliage.search.request import BadRequest, SearchRequest
from alliage.vocabulary.contours import CONTOUR_LEVELS, contours
from alliage.vocabulary.founding_sheet import founding_sheet
from alliage.vocabulary.indicators import KINDS, Indicator, Observation, indicators
from alliage.vocabulary.places import LEVEL_LABELS, Place, gazetteer
from alliage.web.asked import asked_where, the_search
from alliage.web.choropleth import classes_of, draw_choropleth
from alliage.web.templatetags.french import number
from alliage.web.territory import input_links, told_of_former

FIRST_LEVEL, FIRST_INDICATOR = "departement", "densite"
TABLE_LEVELS = (*CONTOUR_LEVELS, "commune")  # a file needs no contour
FEWEST_RANKED = 3  # two values make no ranking
MOST_SOURCES = 4  # named under the map; the file names the one of each value
MOST_ROWS = 120  # of the table in the page; the file has them all
LEVEL_NAMES = {"region": "régions", "departement": "départements", "epci": "intercommunalités"}


@dataclass(frozen=True, slots=True)
class Row:
    """One territory of the table: its rank where it has one, its value as written and as a share of the largest."""

    rank: int | None
    place: Place
    told: str
    value: float


def territory_url(place: Place) -> str:
    """The page of a territory."""
    return reverse("territory", args=[place.level, place.code])


def observed(indicator: Indicator, level: str) -> dict[str, Observation]:
    """By token, the values of an indicator for the places of a level."""
    alliances = None
    if indicator.origin == "catalogue":
        counted = the_search().counts_by_place(level, SearchRequest())
        alliances = {place.token: counted.get(place.token, 0) for place in gazetteer().of_level(level)}
    return statistics.values_of_level(indicator.id, level, alliances=alliances)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The map of an indicator, its table twin, and a territory to look for (`ou`)."""
    where = asked_where(request)
    if where.place and not where.choices:
        return HttpResponseRedirect(territory_url(where.place))
    level, indicator, offered, elsewhere = _asked(request)
    values = observed(indicator, level)
    numbers = {token.partition(":")[2]: o.value for token, o in values.items()}
    shown: dict[str, float | None] = {code: numbers.get(code) for code in contours(level)}
    classes = classes_of(numbers.values(), indicator.decimals)
    rows = ranking(indicator, values)
    title = f"{indicator.label} par {LEVEL_NAMES[level][:-1]}"
    answer = the_search().answer(SearchRequest(limit=1), facets=("place",))
    context: dict[str, Any] = {
        "where": where,
        "former": told_of_former(where.typed),
        "choices": [(territory_url(p), gazetteer().label(p)) for p in where.choices],
        "elsewhere": elsewhere,
        "level": level,
        "level_name": LEVEL_NAMES[level][:-1],
        "levels": LEVEL_NAMES.items(),
        "indicator": indicator,
        "kinds": [(name, [i for i in offered if i.kind == kind]) for kind, name in KINDS.items()],
        "title": title,
        "drawn": draw_choropleth(
            level,
            shown,
            classes,
            title=f"{title}. Le tableau donne les mêmes nombres.",
            unit=indicator.unit,
            decimals=indicator.decimals,
        ),
        "classes": classes,
        "missing": sum(value is None for value in shown.values()),
        "rows": rows[:MOST_ROWS],
        "urls": {row.place.token: territory_url(row.place) for row in rows[:MOST_ROWS]},
        "number": len(rows),
        "largest": max((row.value for row in rows), default=0),
        "unranked": any(row.rank is None for row in rows),
        "least": LEAST_ALLIANCES,
        # What comes from files and studies names the source of each value; what is computed, the one of its inputs.
        "sources": list(dict.fromkeys((o.source, o.url) for o in values.values()))[:MOST_SOURCES],
        "notes": list(dict.fromkeys(o.note.rstrip(".") for o in values.values() if o.note))[:MOST_SOURCES],
        "few": len(rows) < FEWEST_RANKED,
        "year": next((o.year for o in values.values() if o.year), None),
        "released_on": next((o.released_on for o in values.values() if o.released_on), ""),
        "table_url": f"{reverse('data_table')}?{urlencode({'level': level, 'indicator': indicator.id})}",
        "inputs": input_links(indicator, level),
        "figures": founding_sheet().figures,
        "total": answer.count,
        "without_place": next((v.count for v in answer.facets["place"] if v.value == "none"), 0),
    }
    return render(request, "pages/data.html", context)


@require_safe
def overview_table(request: HttpRequest) -> StreamingHttpResponse:
    """The values of an indicator for all territories of a level, each with its source, as CSV."""
    level, indicator, _, elsewhere = _asked(request, TABLE_LEVELS)
    if elsewhere:
        raise BadRequest("indicator", f"«\u00a0{elsewhere}\u00a0» n’a pas de valeur par {LEVEL_LABELS[level]}.")
    pieces = indicator_csv(observed(indicator, level).values())
    response = StreamingHttpResponse((p.encode() for p in pieces), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{indicator.id}-{level}.csv"'
    return response


def ranking(indicator: Indicator, values: Mapping[str, Observation]) -> list[Row]:
    """The territories by falling value, equals at the same rank; counts of alliances too small for a rank, or ranked
    alone, come by name, those where nothing is recorded last."""
    told = [(o.value, place) for token, o in values.items() if (place := gazetteer().token(token))]
    counted = indicator.origin == "catalogue"
    enough = {place.token for value, place in told if not counted or may_be_ranked(int(value))}
    if counted and len(enough) < FEWEST_RANKED:
        enough = set()
    ranked = sorted((t for t in told if t[1].token in enough), key=lambda t: (-t[0], gazetteer().label(t[1])))
    others = sorted((t for t in told if t[1].token not in enough), key=lambda t: (not t[0], gazetteer().label(t[1])))
    rows: list[Row] = []
    for at, (value, place) in enumerate(ranked, 1):
        told_as = number(value, indicator.decimals)
        rank = rows[-1].rank if rows and rows[-1].told == told_as else at  # what reads the same has the same rank
        rows.append(Row(rank, place, told_as, value))
    return rows + [Row(None, place, number(value, indicator.decimals), value) for value, place in others]


def _asked(
    request: HttpRequest, levels: Sequence[str] = CONTOUR_LEVELS
) -> tuple[str, Indicator, Sequence[Indicator], str]:
    """The level and the indicator of the address, the indicators that the level offers, and the label of the one asked
    for when it has no value at this level: the first is shown instead. Raises BadRequest for what does not exist."""
    level = request.GET.get("level", "").strip() or FIRST_LEVEL
    if level not in levels:
        known = ", ".join(levels)
        raise BadRequest("level", f"Niveau inconnu\u00a0: «\u00a0{level[:40]}\u00a0». Possibles\u00a0: {known}.")
    offered = statistics.available(level)
    by_id = {i.id: i for i in offered}
    id = request.GET.get("indicator", "").strip() or FIRST_INDICATOR
    if id in by_id:
        return level, by_id[id], offered, ""
    if elsewhere := indicators().get(id):
        return level, by_id[FIRST_INDICATOR], offered, elsewhere.label
    known = ", ".join(by_id)
    raise BadRequest("indicator", f"Indicateur inconnu\u00a0: «\u00a0{id[:60]}\u00a0». Possibles\u00a0: {known}.")
