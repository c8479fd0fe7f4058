"""Maps drawn by the server as SVG: a territory or France with its alliances; what works without JavaScript."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from alliage.vocabulary.contours import CONTOUR_LEVELS, contour, contours, outline_box, touching
from alliage.vocabulary.places import LEVELS, Place, gazetteer
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import typology
from alliage.web.projection import Frame, fitting
from alliage.web.templatetags.french import mode_class

WIDTH = 1000
MAINLAND = (-5.2, 41.3, 9.65, 51.15)  # west, south, east, north of metropolitan France
OVERSEAS = ("01", "02", "03", "04", "06")  # the régions drawn apart, each in its inset
_MAINLAND_HEIGHT, _INSET_TOP, _INSET_HEIGHT, _INSET_STEP, _INSET_WIDTH = 958, 975, 150, 202, 192
FRANCE_HEIGHT = _INSET_TOP + _INSET_HEIGHT + 44
GROWTH = 1.65  # of marks and letters on a phone: --k of map.css
CROWDED = 40  # more marks than this are small, without shapes
MOST_MARKS = 150  # more would cover the ground; the table beside has them all
_Room = tuple[float, float, float, float]  # left, top, right, bottom, units of the drawing
_SHAPES = {
    "mecenat": '<circle r="5"/>',
    "pratiques": '<path d="M-4.5-4.5h9v9h-9z"/>',
    "cooperation": '<path d="M0-5.5 5.2 4.5H-5.2z"/>',
    "innovation": '<path d="M0-6 6 0 0 6-6 0z"/>',
}


@dataclass(frozen=True, slots=True)
class Mark:
    """The alliances of one place on a map: how many, how many of each mode, and the list that tells them."""

    place: Place
    count: int
    modes: Mapping[str, int] = field(default_factory=dict)
    url: str = ""

    @property
    def address(self) -> str:
        """The list of these alliances."""
        return self.url or f"{reverse('examples')}?place={self.place.token}"

    @property
    def label(self) -> str:
        """« Lot : 3 alliances (mécénat 2, innovation sociétale 1) »."""
        told = [f"{terms('modes').label(m.id).lower()} {n}" for m in typology().modes if (n := self.modes.get(m.id))]
        forms = f" ({', '.join(told)})" if told else ""
        return f"{gazetteer().label(self.place)}\u00a0: {self.count} alliance{'s' * (self.count > 1)}{forms}"


def draw_territory(place: Place, marks: Sequence[Mark] = (), neighbours: bool = True) -> SafeString:
    """A place with the outlines of what it holds, its neighbours faint, and its alliances; "" where there is no contour.

    A commune is shown in its EPCI. The answer is one `<svg>` whose colours are the tokens of atlas.css.
    """
    box = outline_box(place)
    if box is None:
        return mark_safe("")
    frame = fitting(box, WIDTH, most=1000, least=560, margin=70)
    shown = place if place.level != "commune" else _holder(place)
    around = [p for p in touching(shown.level, frame.seen()) if p.code != shown.code] if neighbours else []
    below = _level_below(shown)
    inside = [p for p in gazetteer().members(shown, below) if contour(p)] if below in CONTOUR_LEVELS else []
    pieces = [
        '<rect class="sea" width="100%" height="100%"/>',
        *(_outline(frame, p, "around") for p in around),
        _outline(frame, shown, "ground"),
        *(_outline(frame, p, "within") for p in inside),
        _outline(frame, shown, "edge"),
    ]
    if below == "commune":
        pieces += _commune_dots(frame, shown, place)
    pieces += _names(frame, place, inside, around, marks)
    pieces += _drawn_marks([frame], marks)
    return _svg(f"carte-{place.level}-{place.code}", _title(place, marks), frame.height, pieces)


def draw_france(marks: Sequence[Mark] = ()) -> SafeString:
    """Metropolitan France and, each in its inset, the five overseas départements, with alliances."""
    frames = [mainland(), *(inset(code) for code in OVERSEAS)]
    pieces = [*_france_ground(), *_drawn_marks(frames, marks)]
    title = f"Carte de France\u00a0: {_told(marks)}"
    return _svg("carte-france", title, FRANCE_HEIGHT, pieces)


@cache
def mainland() -> Frame:
    """The window of metropolitan France."""
    return Frame(MAINLAND, 0, 0, WIDTH, _MAINLAND_HEIGHT)


@cache
def inset(region: str) -> Frame:
    """The window of an overseas région, below metropolitan France."""
    box = outline_box(gazetteer().by_token[f"region:{region}"])
    assert box is not None  # noqa: S101 (the five have a contour)
    return Frame(box, OVERSEAS.index(region) * _INSET_STEP, _INSET_TOP, _INSET_WIDTH, _INSET_HEIGHT, 14)


def frame_of(place: Place) -> Frame | None:
    """The window of the map of France where a place lies; None for the overseas collectivities."""
    return (
        (inset(place.region) if place.region in OVERSEAS else mainland())
        if place.region in contours("region")
        else None
    )


@cache
def france_paths(level: str) -> Mapping[str, str]:
    """The path of each place of a level on the map of France, by code: the same for every request."""
    found = {}
    for code, polygons in contours(level).items():
        place = gazetteer().get(level, code)
        frame = frame_of(place) if place else None
        if frame:
            found[code] = frame.path(polygons)
    return found


def inset_pieces() -> list[str]:
    """The frames and names of the five insets."""
    pieces = []
    for code in OVERSEAS:
        frame, name = inset(code), gazetteer().by_token[f"region:{code}"].name
        x, y = frame.left + frame.width / 2, frame.top + frame.height + 12
        pieces.append(
            f'<rect class="inset" x="{frame.left:g}" y="{frame.top:g}" width="{frame.width:g}" height="{frame.height:g}" rx="10"/>'
        )
        pieces.append(
            f'<g transform="translate({x:g} {y:g})"><text class="name grown" y="12">{escape(name)}</text></g>'
        )
    return pieces


@cache
def _france_ground() -> tuple[str, ...]:
    ground = (f'<path class="ground within" d="{d}"/>' for d in france_paths("departement").values())
    edges = (f'<path class="edge" d="{d}"/>' for d in france_paths("region").values())
    return (*inset_pieces(), *ground, *edges)


def _holder(commune: Place) -> Place:
    """The EPCI in which a commune is shown, else its département."""
    epci = gazetteer().get("epci", commune.epci)
    return epci or gazetteer().by_token[f"departement:{commune.departement}"]


def _level_below(place: Place) -> str:
    """The next level down that divides the place: an overseas région is one département."""
    below = LEVELS[LEVELS.index(place.level) + 1]
    return "epci" if below == "departement" and len(gazetteer().members(place, below)) < 2 else below


def _outline(frame: Frame, place: Place, kind: str) -> str:
    polygons = contour(place)
    return f'<path class="{kind}" d="{frame.path(polygons)}"/>' if polygons else ""


def _commune_dots(frame: Frame, shown: Place, place: Place) -> list[str]:
    """A dot a commune; the one that the map is about stands out."""
    pieces = []
    for commune in gazetteer().members(shown, "commune"):
        if commune.point:
            x, y = frame.at(*commune.point)
            kind = "here" if commune == place else "dot"
            pieces.append(f'<circle class="{kind}" cx="{x:.0f}" cy="{y:.0f}" r="{12 if kind == "here" else 4}"/>')
    return pieces


def _names(
    frame: Frame, place: Place, inside: Sequence[Place], around: Sequence[Place], marks: Sequence[Mark]
) -> list[str]:
    """Names where there is room, on the point of the place or beside its mark: none covers another, none is cut.

    Room is kept for a phone, where marks and letters are largest beside the ground (--k of map.css).
    """
    radii = {m.place.token: _radius(m, _largest(marks), len(marks) > CROWDED) for m in marks if m.place.point}
    taken = [_room(*frame.at(*m.place.point), radii[m.place.token]) for m in marks if m.place.point]
    wanted = []
    if place.level == "commune" and place.point:
        taken.append(_room(*frame.at(*place.point), 12))
        wanted.append((place, "name here"))
    wanted += [(p, "name") for p in inside] + [(p, "name far") for p in around]
    pieces = []
    for named, kind in wanted:
        if named.point is None:
            continue
        x, y = frame.at(*named.point)
        name = gazetteer().label(named).partition(" (")[0]
        half, beside = len(name) * 5.2 * GROWTH, radii.get(named.token, 14) + 15
        for shift in (0, beside, -beside):
            room = (x - half, y + (shift - 13) * GROWTH, x + half, y + (shift + 13) * GROWTH)
            if _is_free(room, taken, frame):
                taken.append(room)
                text = f'<text class="{kind} grown" y="{shift:.0f}">{escape(name)}</text>'
                pieces.append(f'<g transform="translate({x:.0f} {y:.0f})">{text}</g>')
                break
    return pieces


def _room(x: float, y: float, radius: float) -> _Room:
    reach = radius * GROWTH
    return x - reach, y - reach, x + reach, y + reach


def _is_free(room: _Room, taken: Iterable[_Room], frame: Frame) -> bool:
    if room[0] < 0 or room[2] > frame.width or room[1] < 0 or room[3] > frame.height:
        return False
    return not any(room[0] < t[2] and room[2] > t[0] and room[1] < t[3] and room[3] > t[1] for t in taken)


def _drawn_marks(frames: Sequence[Frame], marks: Sequence[Mark]) -> list[str]:
    """Each mark in the first window that holds it, the largest first so that the small ones stay on top."""
    shown = sorted((m for m in marks if m.place.point and m.count), key=lambda m: -m.count)[:MOST_MARKS]
    pieces = []
    for mark in shown:
        assert mark.place.point  # noqa: S101 (filtered above)
        frame = next((f for f in frames if f.holds(*mark.place.point)), None)
        if frame:
            x, y = frame.at(*mark.place.point)
            pieces.append(_drawn_mark(mark, x, y, _largest(shown), len(shown) > CROWDED))
    return pieces


def _drawn_mark(mark: Mark, x: float, y: float, largest: int, crowded: bool) -> str:
    """A disc whose area follows the number, the shapes of its modes below the number; a link to the list."""
    kinds = [] if crowded else [mode_class(m.id) for m in typology().modes if mark.modes.get(m.id)]
    radius = _radius(mark, largest, crowded)
    shapes = "".join(
        f'<g class="{kind}" transform="translate({(at - (len(kinds) - 1) / 2) * 12:g} 11)">{_SHAPES[kind]}</g>'
        for at, kind in enumerate(kinds)
    )
    label = escape(mark.label)
    return (
        f'<a class="cluster" href="{escape(mark.address)}" aria-label="{label}"><title>{label}</title>'
        f'<g transform="translate({x:.0f} {y:.0f})"><g class="grown"><circle r="{radius:.0f}"/>'
        f'<text y="{-4 if kinds else 0}">{mark.count}</text>{shapes}</g></g></a>'
    )


def _largest(marks: Sequence[Mark]) -> int:
    return max((m.count for m in marks), default=1)


def _radius(mark: Mark, largest: int, crowded: bool) -> float:
    least, most = (14, 26) if crowded else (25, 40)
    return max(least + (most - least) * math.sqrt(mark.count / largest), 7 * len(str(mark.count)) + 6)


def _told(marks: Sequence[Mark]) -> str:
    if not marks:
        return "aucune alliance recensée"
    return f"{len(marks)} territoire{'s' * (len(marks) > 1)} avec des alliances"


def _title(place: Place, marks: Sequence[Mark]) -> str:
    return f"Carte\u00a0: {gazetteer().label(place)}, {_told(marks)}"


def _svg(id: str, title: str, height: float, pieces: Iterable[str]) -> SafeString:
    return format_html(
        '<svg class="drawn" viewBox="0 0 {} {}" role="group" aria-labelledby="{}"><title id="{}">{}</title>{}</svg>',
        WIDTH,
        round(height),
        id,
        id,
        title,
        mark_safe("".join(pieces)),  # numbers of ours, and names escaped above
    )
