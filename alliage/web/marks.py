"""The discs of a drawn map: how many alliances each place holds, none covering another; the ground is drawn elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.urls import reverse
from django.utils.html import escape

from alliage.vocabulary.places import Place, gazetteer
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import typology
from alliage.web.projection import Frame
from alliage.web.templatetags.french import mode_class

Point = tuple[float, float]

GROWTH = 1.65  # of marks and letters on a phone: --k of map.css
CROWDED = 40  # more marks than this are always small, without shapes
MOST_MARKS = 110  # every département and région has room; more would cover the ground; the table beside has them all
_SCALE = 20  # where the fullest place holds fewer, discs stay small
_GAP = 3.0  # units between two discs
_ROUNDS = 100  # of pushing: most maps need fewer than thirty
_FURTHEST = 2.2  # a disc stands no further from its place than so many of its radii
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


@dataclass(frozen=True, slots=True)
class _Size:
    """How large discs are, in units: of the emptiest and the fullest place, and to hold so many signs; their shapes."""

    least: float
    most: float
    margin: float
    sign: float
    shapes: float  # their scale; 0: none
    text: str = ""

    def radius(self, count: int, largest: int) -> float:
        share = math.sqrt(count / max(largest, _SCALE))
        signs = len(short(count)) * self.sign + self.margin
        return max(self.least + (self.most - self.least) * share, signs)


_LARGE, _MIDDLE, _SMALL = (
    _Size(24, 40, 6, 6, 1),
    _Size(18, 28, 7, 5, 0.72, "fine"),
    _Size(13, 22, 10, 2.5, 0),
)


@dataclass(frozen=True, slots=True)
class Disc:
    """A mark where it is drawn: centre and radius in units of the drawing; `at`: the place itself."""

    mark: Mark
    at: Point
    x: float
    y: float
    radius: float
    size: _Size


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Where a disc would stand, and the room that it takes on a phone, where marks are largest beside the ground."""

    frame: Frame
    x: float
    y: float
    reach: float

    def inside(self, x: float, y: float) -> Point:
        """The nearest centre from which the disc does not leave its window."""
        frame, reach = self.frame, min(self.reach, self.frame.width / 2, self.frame.height / 2)
        return (
            min(max(x, frame.left + reach), frame.left + frame.width - reach),
            min(max(y, frame.top + reach), frame.top + frame.height - reach),
        )


def discs_of(frames: Sequence[Frame], marks: Iterable[Mark]) -> list[Disc]:
    """A disc a mark in the first window that holds it, moved aside where two would cover each other.

    Where there is no room for all near their places, discs become smaller, then the emptiest are left to the table.
    """
    known = sorted((m for m in marks if m.place.point and m.count), key=_rank)[: 3 * MOST_MARKS]
    shown = [(m, frame) for m in known if m.place.point and (frame := _window(frames, m.place.point))]
    for size in (_LARGE, _MIDDLE, _SMALL) if len(shown) <= CROWDED else (_SMALL,):
        radii = [size.radius(m.count, shown[0][0].count) for m, _ in shown]
        at = [frame.at(*m.place.point) for m, frame in shown if m.place.point]
        wanted = tuple(_Wanted(f, *p, r * GROWTH) for (_, f), p, r in zip(shown, at, radii, strict=True))
        centres = _pushed_apart(wanted) if len(wanted) <= MOST_MARKS else None
        if centres is None and size is _SMALL:
            centres = _nearest_free(wanted)
        if centres is not None:
            put = zip(shown, at, radii, centres, strict=False)
            return [Disc(mark, place, *centre, radius, size) for (mark, _), place, radius, centre in put if centre]
    return []


def _rank(mark: Mark) -> tuple[int, int, str]:
    """The fullest first; of two as full, the more peopled."""
    return -mark.count, -(mark.place.population or 0), mark.place.code


def _window(frames: Sequence[Frame], point: Point) -> Frame | None:
    return next((f for f in frames if f.holds(*point)), None)


@lru_cache(maxsize=64)  # the same maps are asked for again and again
def _pushed_apart(wanted: tuple[_Wanted, ...]) -> Sequence[Point | None] | None:
    """Centres that two by two give way, the smaller disc the more; None when they would not find room soon and near."""
    centres = [w.inside(w.x, w.y) for w in wanted]
    widest = max((w.reach for w in wanted), default=0.0)
    for turn in range(_ROUNDS):
        free, order = True, sorted(range(len(wanted)), key=lambda n: (centres[n], n))
        for rank, n in enumerate(order):
            for m in order[rank + 1 :]:
                if centres[m][0] - centres[n][0] > wanted[n].reach + widest + _GAP:
                    break
                if pushed := _pushed(wanted[n], centres[n], wanted[m], centres[m], turn):
                    centres[n], centres[m] = pushed
                    free = False
        if free:
            near = all(math.dist(c, (w.x, w.y)) <= _FURTHEST * w.reach for c, w in zip(centres, wanted, strict=True))
            return centres if near else None
    return None


def _pushed(one: _Wanted, here: Point, other: _Wanted, there: Point, turn: int) -> tuple[Point, Point] | None:
    """Two centres moved apart when their discs overlap, else None."""
    needed, away = one.reach + other.reach + _GAP, math.dist(here, there)
    if away >= needed - 0.05:
        return None
    if away < 0.01:  # two places on one point
        across, down, missing = math.cos(turn + 1.0), math.sin(turn + 1.0), needed
    else:
        across, down, missing = (there[0] - here[0]) / away, (there[1] - here[1]) / away, needed - away
    mine = missing * other.reach / (one.reach + other.reach)
    theirs = missing - mine
    return (
        one.inside(here[0] - across * mine, here[1] - down * mine),
        other.inside(there[0] + across * theirs, there[1] + down * theirs),
    )


@lru_cache(maxsize=64)
def _nearest_free(wanted: tuple[_Wanted, ...]) -> Sequence[Point | None]:
    """For each disc in turn the free centre nearest to its place, None where there is none near; MOST_MARKS at most."""
    taken: list[tuple[Point, float]] = []
    centres: list[Point | None] = []
    for w in wanted:
        if len(taken) == MOST_MARKS:
            break
        reach = _FURTHEST * w.reach
        around = [(c, r) for c, r in taken if math.dist(c, (w.x, w.y)) < reach + w.reach + r + _GAP]
        ways = (
            w.inside(w.x + step * reach / 5 * math.cos(turn), w.y + step * reach / 5 * math.sin(turn))
            for step in range(6)
            for turn in (math.tau * n / 8 for n in range(8 if step else 1))
        )
        free = (way for way in ways if all(math.dist(way, c) >= w.reach + r + _GAP - 0.05 for c, r in around))
        centre = next(free, None)
        if centre:
            taken.append((centre, w.reach))
        centres.append(centre)
    return centres


def drawn_discs(discs: Sequence[Disc]) -> list[str]:
    """The discs as links to their lists, those that left their place with a line back to it; the smallest on top."""
    ordered = sorted(discs, key=lambda d: _rank(d.mark))
    return [*filter(None, map(_leader, ordered)), *map(_drawn, ordered)]


def _leader(disc: Disc) -> str:
    x, y = disc.at
    if math.hypot(disc.x - x, disc.y - y) <= disc.radius + 5:
        return ""
    return f'<path class="leader" d="M{x:.0f} {y:.0f}L{disc.x:.0f} {disc.y:.0f}"/><circle class="leader" cx="{x:.0f}" cy="{y:.0f}" r="4"/>'


def _drawn(disc: Disc) -> str:
    """A disc whose area follows the number, the shapes of its modes below the number."""
    mark = disc.mark
    scale = disc.size.shapes
    kinds = [mode_class(m.id) for m in typology().modes if scale and mark.modes.get(m.id)]
    way = f" scale({scale:g})" if scale != 1 else ""
    shapes = "".join(
        f'<g class="{kind}" transform="translate({(at - (len(kinds) - 1) / 2) * 12 * scale:g} {11 * scale:g}){way}">{_SHAPES[kind]}</g>'
        for at, kind in enumerate(kinds)
    )
    label = escape(mark.label)
    fine = disc.size.text or ("fine" if disc.size is _SMALL and mark.count > 99 else "")
    fine = f' class="{fine}"' if fine else ""
    return (
        f'<a class="cluster" href="{escape(mark.address)}" aria-label="{label}"><title>{label}</title>'
        f'<g transform="translate({disc.x:.0f} {disc.y:.0f})"><g class="grown"><circle r="{disc.radius:.0f}"/>'
        f'<text{fine} y="{-4 * scale if kinds else 0:g}">{short(mark.count)}</text>{shapes}</g></g></a>'
    )


def short(number: int) -> str:
    """A number that fits a disc: « 940 », « 1,2k », « 12k »; the label beside says it whole."""
    if number < 1_000:
        return str(number)
    if number < 9_950:
        return f"{number / 1_000:.1f}k".replace(".", ",").replace(",0k", "k")
    return f"{number / 1_000:.0f}k"
