"""Maps drawn by the server as SVG: a territory or France with its alliances; what works without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from alliage.search.area import circle_around
from alliage.vocabulary.contours import CONTOUR_LEVELS, Box, box_of_all, contour, contours, outline_box, touching
from alliage.vocabulary.places import LEVELS, Place, gazetteer
from alliage.web.marks import GROWTH, Disc, Mark, discs_of, drawn_discs
from alliage.web.projection import Frame, fitting

WIDTH = 1000
MAINLAND = (-5.2, 41.3, 9.65, 51.15)  # west, south, east, north of metropolitan France
OVERSEAS = ("01", "02", "03", "04", "06")  # the régions drawn apart, each in its inset
_MAINLAND_HEIGHT, _INSET_TOP, _INSET_HEIGHT, _INSET_STEP, _INSET_WIDTH = 958, 975, 150, 202, 192
FRANCE_HEIGHT = _INSET_TOP + _INSET_HEIGHT + 44
PARIS = ("75", "92", "93", "94")
NEAR, NEAREST = 2.5, 1.5  # degrees of latitude seen: the outlines of EPCI can be told from here, their names from there
_SEA = '<rect class="sea" width="100%" height="100%"/>'
_Room = tuple[float, float, float, float]  # left, top, right, bottom, units of the drawing


@dataclass(frozen=True, slots=True)
class Circle:
    """All that lies within so many kilometres of a point (longitude, latitude)."""

    centre: tuple[float, float]
    km: int

    @property
    def box(self) -> Box:
        """The smallest box around it."""
        ring = circle_around(self.centre, self.km)
        return min(p[0] for p in ring), min(p[1] for p in ring), max(p[0] for p in ring), max(p[1] for p in ring)


def draw_territory(
    place: Place, marks: Sequence[Mark] = (), neighbours: bool = True, circle: Circle | None = None
) -> SafeString:
    """A place with the outlines of what it holds, its neighbours faint, and its alliances; "" where there is no contour.

    A commune is shown in its EPCI. The answer is one `<svg>` whose colours are the tokens of atlas.css.
    """
    box = outline_box(place)
    if box is None:
        return mark_safe("")
    frame = fitting(_with_marks(box, marks), WIDTH, most=1000, least=560, margin=70)
    shown = place if place.level != "commune" else _holder(place)
    around = [p for p in touching(shown.level, frame.seen()) if p.code != shown.code] if neighbours else []
    below = _level_below(shown)
    inside = [p for p in gazetteer().members(shown, below) if contour(p)] if below in CONTOUR_LEVELS else []
    discs = discs_of([frame], marks)
    pieces = [
        _SEA,
        *(_outline(frame, p, "around") for p in around),
        _outline(frame, shown, "ground"),
        *(_outline(frame, p, "within") for p in inside),
        _outline(frame, shown, "edge"),
        *_drawn_circle(frame, circle),
    ]
    if below == "commune":
        pieces += _commune_dots(frame, shown, place)
    pieces += _names(frame, place, inside, around, discs)
    pieces += drawn_discs(discs)
    return _svg(f"carte-{place.level}-{place.code}", _title(place, marks), frame.height, pieces)


def draw_area(box: Box, marks: Sequence[Mark] = (), circle: Circle | None = None) -> SafeString:
    """A stretch of the country, whatever it cuts, with the circle asked for and all its alliances."""
    frame = fitting(_with_marks(box, marks), WIDTH, most=1000, least=560, margin=40)
    seen = frame.seen()
    near = seen[3] - seen[1] < NEAR
    ground, lines = ("departement", "epci") if near else ("region", "departement")
    discs = discs_of([frame], marks)
    pieces = [
        _SEA,
        *(_outline(frame, p, "ground") for p in touching(ground, seen)),
        *(_outline(frame, p, "within") for p in touching(lines, seen)),
        *(_outline(frame, p, "edge") for p in touching(ground, seen)),
        *_drawn_circle(frame, circle),
        *_names(
            frame,
            None,
            touching("epci", seen) if seen[3] - seen[1] < NEAREST else (),
            touching("departement", seen),
            discs,
        ),
        *drawn_discs(discs),
    ]
    return _svg("carte-secteur", f"Carte\u00a0: {_told(marks)}", frame.height, pieces)


def draw_france(marks: Sequence[Mark] = ()) -> SafeString:
    """Metropolitan France and, each in its inset, the five overseas départements, with alliances.

    Counted by département, Paris and the three around it have an inset too: their discs would cover each other.
    """
    frames, pieces = [mainland(), *(inset(code) for code in OVERSEAS)], [*_france_ground()]
    if sum(m.place.level == "departement" and m.place.code in PARIS for m in marks) > 1:
        frames, pieces = [paris(), *frames], [*pieces, *_paris_ground()]
    pieces += drawn_discs(discs_of(frames, marks))
    return _svg("carte-france", f"Carte de France\u00a0: {_told(marks)}", FRANCE_HEIGHT, pieces)


def _with_marks(box: Box, marks: Iterable[Mark]) -> Box:
    """A box widened to hold every mark: an EPCI that reaches in may have its point outside."""
    return box_of_all([box, *((*m.place.point, *m.place.point) for m in marks if m.place.point)])


def _drawn_circle(frame: Frame, circle: Circle | None) -> list[str]:
    if circle is None:
        return []
    corners = [frame.at(*point) for point in circle_around(circle.centre, circle.km)]
    x, y = frame.at(*circle.centre)
    way = "L".join(f"{a:.0f} {b:.0f}" for a, b in corners)
    return [f'<path class="circle" d="M{way}z"/>', f'<circle class="here" cx="{x:.0f}" cy="{y:.0f}" r="9"/>']


@cache
def mainland() -> Frame:
    """The window of metropolitan France."""
    return Frame(MAINLAND, 0, 0, WIDTH, _MAINLAND_HEIGHT)


@cache
def paris() -> Frame:
    """The window of Paris and the départements that touch it, in the ocean beside Gascony."""
    box = box_of_all(b for code in PARIS if (b := outline_box(gazetteer().by_token[f"departement:{code}"])))
    return Frame(box, 0, 640, 212, 200, 8)


@cache
def _paris_ground() -> tuple[str, ...]:
    """The inset of Paris: its frame, where it lies on the map, its départements, its name."""
    frame = paris()
    west, south, east, north = frame.box
    (left, top), (right, bottom) = mainland().at(west, north), mainland().at(east, south)
    known = [gazetteer().by_token[f"departement:{code}"] for code in PARIS]
    return (
        f'<rect class="locator" x="{left:.0f}" y="{top:.0f}" width="{right - left:.0f}" height="{bottom - top:.0f}" rx="4"/>',
        f'<rect class="inset" x="{frame.left:g}" y="{frame.top:g}" width="{frame.width:g}" height="{frame.height:g}" rx="10"/>',
        *(_outline(frame, p, "ground within") for p in known),
        f'<g transform="translate(2 {frame.top + frame.height + 12:g})"><text class="name grown start" y="12">Autour de Paris</text></g>',
    )


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
    frame: Frame, place: Place | None, inside: Sequence[Place], around: Sequence[Place], discs: Sequence[Disc]
) -> list[str]:
    """Names where there is room, on the point of the place or beside its disc: none covers another, none is cut.

    Room is kept for a phone, where marks and letters are largest beside the ground (--k of map.css).
    """
    radii = {d.mark.place.token: d.radius for d in discs}
    at = {d.mark.place.token: (d.x, d.y) for d in discs}
    taken = [_room(d.x, d.y, d.radius) for d in discs]
    wanted = []
    if place and place.level == "commune" and place.point:
        taken.append(_room(*frame.at(*place.point), 12))
        wanted.append((place, "name here"))
    wanted += [(p, "name") for p in inside] + [(p, "name far") for p in around]
    pieces = []
    for named, kind in wanted:
        if named.point is None:
            continue
        x, y = at.get(named.token) or frame.at(*named.point)
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
