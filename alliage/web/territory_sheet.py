"""The A4 of a territory, composed from its portrait: words, figures, a small map."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from alliage.exports.territory_sheet import (
    FIGURES,
    SheetAlliance,
    SheetCall,
    SheetFigure,
    SheetMap,
    SheetMark,
    TerritorySheet,
    shortened,
)
from alliage.search.results import Hit
from alliage.vocabulary.contours import Box, MultiPolygon, box_around, contour, outline_box
from alliage.vocabulary.place_prepositions import where_in_french
from alliage.vocabulary.places import LEVELS, Place, gazetteer
from alliage.vocabulary.starting import starting
from alliage.vocabulary.terms import terms
from alliage.vocabulary.territories import territories
from alliage.web.portrait import Portrait, kind_of, sentence_of
from alliage.web.projection import Frame
from alliage.web.templatetags.french import mode_class, number, place_label
from alliage.web.territory_figures import Figure

ALLIANCES = 3
MAP_WIDTH, MAP_HEIGHT = 170, 190  # points
MOST_MARKS = 12
LONGEST_PARTNER, LONGEST_PARTNERS = 60, 110  # signs of one name, of all of them
_FROM_HERE = {1: "La première est d’ici ; les autres :", 2: "Les deux premières sont d’ici ; l’autre :"}


def sheet_of(request: HttpRequest, portrait: Portrait) -> TerritorySheet:
    """All that the A4 shows of a territory."""
    place = portrait.place
    hits = [*portrait.hits, *(h for h in portrait.inspiring if h.record["id"] not in _ids(portrait.hits))][:ALLIANCES]
    here = min(len(portrait.hits), ALLIANCES)
    address = request.build_absolute_uri(reverse("territory", args=[place.level, place.code]))
    today = date_format(timezone.localtime(), "j F Y")
    return TerritorySheet(
        title=f"Alliances : {portrait.label}",
        publisher=settings.PUBLISHER or "Alliage",
        name=portrait.label,
        kind=kind_of(place),
        sentence=sentence_of(portrait),
        figures=tuple(_figures(portrait)),
        map=_map(portrait),
        alliances_title="Trois alliances d’ici" if here == ALLIANCES else "Trois alliances, d’ici ou d’ailleurs",
        alliances_note=_where_from(portrait, here),
        alliances=tuple(_sheet_alliance(request, h) for h in hits),
        questions=tuple(portrait.questions),
        calls=(
            *(SheetCall(n.name, n.purpose, n.url) for n in portrait.networks),
            *(SheetCall(h.name, h.purpose, h.url or "") for h in starting().who_can_help),
        ),
        caution=territories().caution,
        footer=f"Page du {today}, à jour à l’adresse",
        address=address,
    )


def _where_from(portrait: Portrait, here: int) -> str:
    """What the reader must know of alliances that are not from here; empty when all are."""
    if here == ALLIANCES:
        return ""
    return f"{territories().nothing_here if not here else _FROM_HERE[here]} {portrait.inspired_by}."


def _ids(hits: list[Hit]) -> set[str]:
    return {h.record["id"] for h in hits}


def _sheet_figure(figure: Figure, place: Place) -> SheetFigure:
    here = figure.here
    year = f", {here.year}" if here.year and str(here.year) not in here.source else ""
    return SheetFigure(
        figure.value,
        f"{figure.indicator.label} ({here.unit})",
        f"{here.source}{year}",
        figure.beside,
    )


def _sheet_alliance(request: HttpRequest, hit: Hit) -> SheetAlliance:
    record = hit.record
    who = partners_in_short([p["name"] for p in record["partners"]])
    where = ", ".join(place_label(p) for p in record["places"][:2])
    since = f"depuis {record['start_year']}" if record.get("start_year") else "année non dite"
    form = terms("modes").label(record["mode"]) if record.get("mode") else ""
    return SheetAlliance(
        mode_class=mode_class(record.get("mode")),
        title=record["title"],
        need=record.get("need") or record.get("summary") or "",
        facts=" · ".join(part for part in (form, who, where, since) if part),
        address=request.build_absolute_uri(reverse("alliance", args=[record["id"]])),
    )


def partners_in_short(names: Sequence[str]) -> str:
    """« La Poste + LPO et 3 autres »: as many names as stand on a line, long ones cut at a word."""
    kept: list[str] = []
    for name in names:
        short = shortened(name, LONGEST_PARTNER)
        if len(kept) == ALLIANCES or (kept and len(" + ".join([*kept, short])) > LONGEST_PARTNERS):
            break
        kept.append(short)
    others = len(names) - len(kept)
    return " + ".join(kept) + (f" et {others} autre{'s' * (others > 1)}" if others else "")


def _figures(portrait: Portrait) -> list[SheetFigure]:
    """Five figures that say something: the people, statistics, then the ground; the alliances of the base, no zeros."""
    told = (f for f in portrait.figures if f.indicator.kind != "alliance" and f.value.strip("0,"))
    known = sorted(told, key=_interest)
    recorded = list(_recorded(portrait))
    kept = [_sheet_figure(f, portrait.place) for f in known[: max(FIGURES - 1, FIGURES - len(recorded))]]
    return [*kept, *recorded][:FIGURES]


def _interest(figure: Figure) -> int:
    """The rank of an indicator among the five: what statistics and people say comes before the size of the ground."""
    if figure.indicator.id == "population":
        return 0
    if figure.indicator.kind != "profile":
        return 1
    return 3 if figure.indicator.unit == "km²" else 2


def _recorded(portrait: Portrait) -> Iterator[SheetFigure]:
    """What the base counts here, then around, each larger than the one before."""
    source = f"La base d’Alliage, {date_format(timezone.localtime(), 'F Y')}"
    shown = 0
    for place, count in [(portrait.place, portrait.count), *((a.place, a.count) for a in portrait.above)]:
        if count > shown:
            where = "ici" if place == portrait.place else where_in_french(place)
            plural = "s" * (count > 1)
            yield SheetFigure(number(count), f"alliance{plural} recensée{plural} {where}", source, "")
            shown = count
    if portrait.national > 1 and not shown:
        yield SheetFigure(number(portrait.national), "alliances nationales recensées", source, "")


def _map(portrait: Portrait) -> SheetMap | None:
    """The territory with what it holds; a commune is shown in its EPCI, else in its département."""
    shown = portrait.place
    if shown.level == "commune":
        around = list(reversed(gazetteer().ancestors(shown)[:-1]))
        # Paris is its département: its own outline says more than that of the metropolis around.
        around.sort(key=lambda p: list(gazetteer().members(p, "commune")) != [portrait.place])
        shown = next((p for p in around if contour(p)), shown)
    box = outline_box(shown)
    outline = contour(shown)
    if box is None or outline is None:
        return None
    frame = Frame(box, 0, 0, MAP_WIDTH, MAP_HEIGHT, 4)
    below = LEVELS[LEVELS.index(shown.level) + 1]
    # An EPCI that lies across the border of what is shown is left out: it would run over the page.
    inner = (c for p in gazetteer().members(shown, below) if (c := contour(p)) and _within(box_around(c), box))
    marks = _marks(portrait, frame.at)
    told = "\u00a0: le territoire, et ce qui y est recensé." if marks else "\u00a0: le territoire."
    label = gazetteer().label(shown)
    return SheetMap(
        MAP_WIDTH,
        MAP_HEIGHT,
        _rings(frame, outline),
        tuple(ring for polygons in inner for ring in _rings(frame, polygons)),
        tuple(marks),
        f"Carte de {label}{told}",
        f"{label}. Contours\u00a0: IGN, simplifiés.",
    )


def _within(box: Box, whole: Box) -> bool:
    return box[0] >= whole[0] and box[1] >= whole[1] and box[2] <= whole[2] and box[3] <= whole[3]


def _rings(frame: Frame, polygons: MultiPolygon) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The outer rings of a contour, in points of the map."""
    drawn = (tuple(frame.at(*position) for position in rings[0]) for rings in polygons)
    return tuple(tuple((round(x, 1), round(y, 1)) for x, y in ring) for ring in drawn)


def _marks(portrait: Portrait, at: Callable[[float, float], tuple[float, float]]) -> list[SheetMark]:
    found = [
        SheetMark(*at(*c.place.point), radius=7 if c.count < 100 else 10, text=str(c.count))
        for c in portrait.clusters.clusters[:MOST_MARKS]
        if c.place.point
    ]
    place: Place = portrait.place
    if not found and place.level == "commune" and place.point:
        found = [SheetMark(*at(*place.point), radius=3.5, text="")]
    return found
