"""A stretch of the map — a box, or all within so many kilometres of a place — as the few tokens that mean it exactly."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from alliage.vocabulary.places import Place, gazetteer

EARTH_KM = 6_371.0088  # mean radius
KM_A_DEGREE = math.pi * EARTH_KM / 180
FURTHEST_KM = 200
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?")


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the map in degrees (WGS 84), its edges included; written « west,south,east,north », to 0.1 m."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return ",".join(f"{n:.6f}".rstrip("0").rstrip(".") for n in (self.west, self.south, self.east, self.north))

    def holds(self, point: tuple[float, float]) -> bool:
        """Whether a point (longitude, latitude) lies in it."""
        return self.west <= point[0] <= self.east and self.south <= point[1] <= self.north


def read_box(text: str) -> Box:
    """The box written so. Raises ValueError with the sentence for who wrote it."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(_NUMBER.fullmatch(p) for p in parts):
        raise ValueError(
            "« bbox » attend quatre nombres séparés par des virgules : ouest, sud, est, nord, en degrés. "
            "Par exemple « bbox=1.0,44.2,2.3,45.1 »."
        )
    west, south, east, north = (round(float(p), 6) + 0.0 for p in parts)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        raise ValueError("« bbox » sort de la Terre : les longitudes vont de -180 à 180, les latitudes de -90 à 90.")
    if west >= east or south >= north:
        raise ValueError(
            "« bbox » est à l’envers : donnez ouest, sud, est, nord, l’ouest plus petit que l’est, le sud que le nord."
        )
    return Box(west, south, east, north)


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great-circle distance between two points (longitude, latitude)."""
    (x1, y1), (x2, y2) = ((math.radians(lon), math.radians(lat)) for lon, lat in (one, other))
    half = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def circle_around(centre: tuple[float, float], km: float, corners: int = 96) -> list[tuple[float, float]]:
    """The points (longitude, latitude) at that distance of a centre, evenly around it, as a ring without its closing."""
    angle, (lon, lat) = km / EARTH_KM, (math.radians(n) for n in centre)
    found = []
    for n in range(corners):
        bearing = 2 * math.pi * n / corners
        north = math.asin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing))
        east = lon + math.atan2(
            math.sin(bearing) * math.sin(angle) * math.cos(lat), math.cos(angle) - math.sin(lat) * math.sin(north)
        )
        found.append((math.degrees(east), math.degrees(north)))
    return found


@dataclass(frozen=True, slots=True)
class Cover:
    """The places whose point lies in a stretch of the map, said in few tokens.

    `wholes`: régions and départements of which each place lies inside, so that an alliance tied to any of them is meant.
    `rest`: the other places that lie inside, each for itself.
    """

    wholes: tuple[str, ...]
    rest: tuple[str, ...]

    def holders(self, level: str) -> set[str]:
        """The places of a level that hold a place of which the point lies inside."""
        return holders(self.rest, level).union(*(holders_of(whole, level) for whole in self.wholes))


@lru_cache(maxsize=128)
def in_box(box: Box) -> Cover:
    """The places whose point lies in a box."""
    return _cover(box.south, box.north, box.holds)


@lru_cache(maxsize=128)
def around(token: str, km: int) -> Cover:
    """The places whose point lies at most so many kilometres from that of a place; none when it has no point."""
    place = gazetteer().token(token)
    if place is None or place.point is None:
        return Cover((), ())
    centre, reach = place.point, km / KM_A_DEGREE + 1e-6
    return _cover(centre[1] - reach, centre[1] + reach, lambda point: kilometres(centre, point) <= km)


@cache
def _by_latitude() -> tuple[list[float], list[Place]]:
    """Every place that has a point, from south to north."""
    known = sorted((p for p in gazetteer().by_token.values() if p.point), key=lambda p: p.point[1] if p.point else 0.0)
    return [p.point[1] for p in known if p.point], known


def _cover(south: float, north: float, holds: Callable[[tuple[float, float]], bool]) -> Cover:
    latitudes, known = _by_latitude()
    band = known[bisect_left(latitudes, south) : bisect_right(latitudes, north)]
    inside = {p.token for p in band if p.point and holds(p.point)}
    wholes: list[str] = []
    covered: set[str] = set()
    for level in ("region", "departement"):
        for token in _of_level(inside, level):
            if token not in covered and held(token) <= inside:
                wholes.append(token)
                covered |= held(token)
    return Cover(tuple(wholes), tuple(sorted(inside - covered)))


def _of_level(tokens: Iterable[str], level: str) -> list[str]:
    return sorted(t for t in tokens if t.startswith(f"{level}:"))


def held(token: str) -> frozenset[str]:
    """All the places whose alliances are found under a place (they have it as ancestor), itself among them."""
    return _held().get(token) or frozenset((token,))


@cache
def _held() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for place in gazetteer().by_token.values():
        for above in gazetteer().ancestors(place):
            if above.level != "commune":  # which holds itself alone
                found.setdefault(above.token, set()).add(place.token)
    return {token: frozenset(tokens) for token, tokens in found.items()}


def holders(tokens: Iterable[str], level: str) -> set[str]:
    """The places of a level that hold one of these."""
    found = set()
    for token in tokens:
        place = gazetteer().token(token)
        for above in gazetteer().ancestors(place) if place else ():
            if above.level == level:
                found.add(above.token)
    return found


@lru_cache(maxsize=1_024)
def holders_of(token: str, level: str) -> frozenset[str]:
    """The places of a level that hold this one, or one that it holds."""
    return frozenset(holders(held(token), level))
