"""Contours of régions, départements and EPCI, read once from content/places; communes have a point and no contour."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from alliage.vocabulary.loading import ROOT
from alliage.vocabulary.places import Place, gazetteer

CONTOUR_LEVELS = ("region", "departement", "epci")
Position = tuple[float, float]  # longitude, latitude, degrees
Ring = Sequence[Position]
MultiPolygon = Sequence[Sequence[Ring]]  # polygons; of each, the outline then its holes
Box = tuple[float, float, float, float]  # west, south, east, north, degrees


def contour_file(level: str) -> bytes:
    """The GeoJSON of a level as committed, coordinates in degrees (WGS 84). KeyError where a level has none."""
    if level not in CONTOUR_LEVELS:
        raise KeyError(level)
    return ROOT.joinpath(f"places/contours-{level}.geojson").read_bytes()


@cache
def contours_version(level: str) -> str:
    """Ten signs that change with the contours of a level: for an address that a browser may keep for ever."""
    return hashlib.sha256(contour_file(level)).hexdigest()[:10]


@cache
def contours(level: str) -> Mapping[str, MultiPolygon]:
    """The contour of each place of a level, by official code. KeyError where a level has none."""
    found: dict[str, MultiPolygon] = {}
    for feature in json.loads(contour_file(level))["features"]:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        found[feature["id"]] = tuple(tuple(tuple((p[0], p[1]) for p in ring) for ring in rings) for rings in polygons)
    return found


def contour(place: Place) -> MultiPolygon | None:
    """The contour of a place; None for communes and overseas collectivities."""
    return contours(place.level).get(place.code) if place.level in CONTOUR_LEVELS else None


def box_around(polygons: MultiPolygon) -> Box:
    """The smallest box around the outlines of a contour."""
    points = [point for rings in polygons for point in rings[0]]
    longitudes, latitudes = [p[0] for p in points], [p[1] for p in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


@cache
def _boxes(level: str) -> Mapping[str, Box]:
    return {code: box_around(polygons) for code, polygons in contours(level).items()}


def box_of_all(boxes: Iterable[Box]) -> Box:
    """The smallest box around boxes, at least one."""
    kept = list(boxes)
    return min(b[0] for b in kept), min(b[1] for b in kept), max(b[2] for b in kept), max(b[3] for b in kept)


def outline_box(place: Place) -> Box | None:
    """The box to look at for a place: its own contour, for a commune that of its EPCI (else département); None without."""
    if place.level in CONTOUR_LEVELS:
        return _boxes(place.level).get(place.code)
    for level, code in (("epci", place.epci), ("departement", place.departement)):
        if found := _boxes(level).get(code):
            return found
    return None


def touching(level: str, box: Box) -> list[Place]:
    """The places of a level whose boxes meet this one, by code: what may be seen in a frame."""
    west, south, east, north = box
    return [
        place
        for code, (w, s, e, n) in _boxes(level).items()
        if w <= east and e >= west and s <= north and n >= south and (place := gazetteer().get(level, code))
    ]
