"""Degrees to the units of a drawing: equirectangular at the middle latitude of what is drawn; contours as SVG paths."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alliage.vocabulary.contours import Box, MultiPolygon, Ring

Point = tuple[int, int]
SPECK = 5  # units: smaller islands are not drawn, but for the only one of a place


@dataclass(frozen=True, slots=True)
class Frame:
    """A window of a drawing that shows a box of the Earth, whole and centred. Units are those of the drawing."""

    box: Box
    left: float
    top: float
    width: float
    height: float
    margin: float = 0.0

    @property
    def _narrowing(self) -> float:
        """How much shorter a degree of longitude is than one of latitude, at the middle of the box."""
        return math.cos(math.radians((self.box[1] + self.box[3]) / 2))

    @property
    def scale(self) -> float:
        """Units a degree of latitude."""
        west, south, east, north = self.box
        across, down = (east - west) * self._narrowing or 1e-6, (north - south) or 1e-6
        return min((self.width - 2 * self.margin) / across, (self.height - 2 * self.margin) / down)

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a position is drawn."""
        west, south, east, north = self.box
        x = self.left + self.width / 2 + (longitude - (west + east) / 2) * self._narrowing * self.scale
        y = self.top + self.height / 2 - (latitude - (south + north) / 2) * self.scale
        return x, y

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether a position lies inside the window."""
        x, y = self.at(longitude, latitude)
        return self.left <= x <= self.left + self.width and self.top <= y <= self.top + self.height

    def seen(self) -> Box:
        """The box of the Earth that the whole window shows: larger than `box`, the margins are part of it."""
        across, down = self.width / self.scale / self._narrowing / 2, self.height / self.scale / 2
        longitude, latitude = (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2
        return longitude - across, latitude - down, longitude + across, latitude + down

    def path(self, polygons: MultiPolygon) -> str:
        """A contour as the `d` of a path, snapped to whole units: what two places share stays shared."""
        drawn = [list(self._snapped(ring)) for rings in polygons for ring in rings]
        largest = max(drawn, key=len)
        if len(largest) < 3:  # smaller than a unit: a dot, so that nothing vanishes
            return f"M{largest[0][0]} {largest[0][1]}h1v1z"
        return "".join(_relative(ring) for ring in drawn if ring is largest or _is_seen(ring))

    def _snapped(self, ring: Ring) -> Iterator[Point]:
        """The corners of a ring in whole units, those that fall together once, the closing one left out."""
        last = first = waiting = None
        for longitude, latitude in ring:
            x, y = self.at(longitude, latitude)
            corner = round(x), round(y)
            if corner == last:
                continue
            if waiting is not None:
                yield waiting
            # A ring may come by its first corner half way (a neck narrower than a unit): only at the end does it close.
            waiting = corner if corner == first else None
            if waiting is None:
                yield corner
            first, last = first or corner, corner


def fitting(box: Box, width: float, most: float, least: float, margin: float) -> Frame:
    """A window of that width for a box, as high as its shape asks, between `least` and `most` units."""
    west, south, east, north = box
    narrowing = math.cos(math.radians((south + north) / 2))
    wanted = (width - 2 * margin) * (north - south) / ((east - west) * narrowing or 1e-6) + 2 * margin
    return Frame(box, 0, 0, width, round(min(most, max(least, wanted))), margin)


def _is_seen(ring: Sequence[Point]) -> bool:
    """Whether a ring covers more than a speck."""
    if len(ring) < 3:
        return False
    across, down = [x for x, _ in ring], [y for _, y in ring]
    return max(max(across) - min(across), max(down) - min(down)) >= SPECK


def _relative(ring: Sequence[Point]) -> str:
    """« M12 34l1 2-3 4z »: steps are shorter to write than positions."""
    x, y = ring[0]
    pieces: list[str] = []
    for across, down in ring[1:]:
        step, fall = across - x, down - y
        pieces.append(f"{' ' if step >= 0 and pieces else ''}{step}{' ' if fall >= 0 else ''}{fall}")
        x, y = across, down
    return f"M{ring[0][0]} {ring[0][1]}l{''.join(pieces)}z"
