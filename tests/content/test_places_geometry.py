"""Contours, points, areas and neighbours of the committed places: whole, clean, each thing inside what holds it."""

import csv
import json
import math
from io import StringIO

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from alliage.vocabulary.contours_build import _square_kilometres
from alliage.vocabulary.loading import ROOT
from alliage.vocabulary.places import gazetteer, neighbours

LEVELS = ("region", "departement", "epci")
WITHOUT_EPCI = {"22016": "Île-de-Bréhat", "29083": "Île-de-Sein", "29155": "Ouessant", "85113": "L'Île-d'Yeu"}
# What régions leave inside the country: Llívia, which is Spain, and water of the sea that no commune holds.
HOLES = {
    "Llívia": (1.98, 42.46),
    "Odet": (-4.108, 47.948),
    "Jaudy": (-3.25, 48.787),
    "Arguenon": (-2.224, 48.539),
    "baie des Veys": (-1.228, 49.309),
    "étang de Berre": (5.117, 43.511),
}


@pytest.fixture(scope="module")
def contours() -> dict[str, dict[str, shapely.Geometry]]:
    found = {}
    for level in LEVELS:
        tree = json.loads(ROOT.joinpath(f"places/contours-{level}.geojson").read_text("utf-8"))
        found[level] = {f["id"]: shape(f["geometry"]) for f in tree["features"]}
    return found


def _shared() -> list:
    """Communes of the metropole and of the overseas départements."""
    return [p for p in gazetteer().of_level("commune") if p.region < "975"]


def test_the_places_have_their_official_numbers():
    places = gazetteer()
    assert len(_shared()) == 34_875
    assert len(places.of_level("commune")) - len(_shared()) == 94
    assert len([p for p in places.of_level("departement") if p.region < "975"]) == 101
    assert len([p for p in places.of_level("region") if p.code < "975"]) == 18
    assert len(places.of_level("epci")) >= 1_250


def test_each_place_has_its_contour_under_its_code_and_name(contours):
    for level in LEVELS:
        wanted = {p.code for p in gazetteer().of_level(level) if level == "epci" or p.region < "975"}
        assert set(contours[level]) == wanted
        tree = json.loads(ROOT.joinpath(f"places/contours-{level}.geojson").read_text("utf-8"))
        for feature in tree["features"]:
            place = gazetteer().get(level, feature["id"])
            assert feature["properties"] == {"code": place.code, "name": place.name}


def test_contours_are_valid_without_gap_or_overlap(contours):
    for level in LEVELS:
        shapes = np.array(list(contours[level].values()))
        assert shapely.is_valid(shapes).all(), level
        assert shapely.coverage_is_valid(shapes), level
        assert set(shapely.get_type_id(shapes)) <= {3, 6}, level  # polygons, several when there are islands


def test_no_ground_is_missing_inside_the_country(contours):
    """A commune left out of its EPCI would be a hole: validity does not see one so large."""
    metropole = shapely.union_all([s for code, s in contours["region"].items() if code >= "11"])
    known = shapely.points(list(HOLES.values()))
    for ring in (r for part in metropole.geoms for r in part.interiors):
        hole = shapely.Polygon(ring)
        assert shapely.distance(hole, known).min() < 0.01, (hole.representative_point(), hole.area)
    for place in _shared():  # nor is a commune without ground
        assert place.area_km2, place.name


def test_a_border_is_the_same_line_at_every_level(contours):
    places = gazetteer()
    for code, region in contours["region"].items():
        inside = [contours["departement"][d.code] for d in places.members(places.get("region", code), "departement")]
        assert shapely.symmetric_difference(shapely.union_all(inside), region).area < 1e-9, code


def test_epci_cover_all_of_france_but_four_islands(contours):
    france = shapely.union_all(list(contours["departement"].values()))
    epci = shapely.union_all(list(contours["epci"].values()))
    assert shapely.difference(epci, france).area < 1e-9
    left = shapely.difference(france, epci)
    assert {p.code for p in _shared() if not p.epci} == set(WITHOUT_EPCI)
    islands = [shapely.Point(gazetteer().get("commune", code).point) for code in WITHOUT_EPCI]
    assert all(left.covers(island) for island in islands)
    for part in left.geoms:  # each bit left belongs to one of the four islands
        assert min(part.distance(island) for island in islands) < 0.06


def test_each_point_lies_inside_the_contours_that_hold_it(contours):
    communes = [p for p in _shared() if p.point]
    assert len(communes) == len(_shared()) == 34_875
    points = shapely.points([p.point for p in communes])
    for level in LEVELS:
        held = [(at, getattr(p, level)) for at, p in enumerate(communes) if getattr(p, level)]
        hosts = np.array([contours[level][code] for _, code in held])
        inside = shapely.covers(hosts, points[[at for at, _ in held]])
        assert [communes[held[i][0]].code for i in np.flatnonzero(~inside)] == []
    for level in LEVELS:
        for code, contour in contours[level].items():
            assert contour.covers(shapely.Point(gazetteer().get(level, code).point)), (level, code)


def test_areas_are_those_of_the_country():
    """Insee: metropole 543,940 to 551,500 km² by the way of counting; overseas départements about 89,300 km²."""
    places = gazetteer()
    area = {p.code: p.area_km2 for p in _shared() if p.area_km2}
    assert len(area) == 34_875
    overseas = sum(a for code, a in area.items() if code.startswith("97"))
    assert 86_000 < overseas < 90_000
    assert 543_000 < sum(area.values()) - overseas < 552_000
    assert min(area, key=area.get) == "33103"  # Castelmoron-d'Albret, the smallest: 3.5 hectares
    assert area["33103"] == pytest.approx(0.03, abs=0.015)
    assert max(area, key=area.get) == "97353"  # Maripasoula, the largest: 18,360 km²
    assert area["93066"] == pytest.approx(15.9, rel=0.02)  # Saint-Denis, with Pierrefitte-sur-Seine since 2025
    assert area["15141"] == pytest.approx(14.0, rel=0.02)  # Neussargues-Moissac, without the four that left it
    assert area["75056"] == pytest.approx(105.4, rel=0.01)
    assert places.get("departement", "974").area_km2 == pytest.approx(2_504, rel=0.01)


def test_a_larger_place_is_as_large_as_its_communes_and_its_contour_nearly_so(contours):
    places = gazetteer()
    for level in LEVELS:
        for code, contour in contours[level].items():
            place = places.get(level, code)
            communes = [c.area_km2 or 0 for c in places.of_level("commune") if getattr(c, level) == code]
            assert place.area_km2 == pytest.approx(sum(communes))
            drawn = float(_square_kilometres(np.array([contour]))[0])
            assert drawn == pytest.approx(place.area_km2, rel=0.035 if level == "epci" else 0.012), place.name


def test_the_area_on_the_ellipsoid_is_right():
    """A square degree at the equator is 12,308.8 km² on WGS 84 (110.574 by 111.320 km)."""
    assert float(_square_kilometres(np.array([shapely.box(0, 0, 1, 1)]))[0]) == pytest.approx(12_308.8, rel=1e-4)
    whole = float(_square_kilometres(np.array([shapely.box(-180, -90, 180, 90)]))[0])
    assert whole == pytest.approx(510_065_622, rel=1e-5)


def test_neighbours_are_mutual_and_of_the_same_level():
    known = gazetteer().by_token
    for token, near in neighbours().items():
        assert token in known
        assert near, token
        assert token not in near
        for other in near:
            assert other.partition(":")[0] == token.partition(":")[0]
            assert token in neighbours()[other], (token, other)


def test_neighbours_touch_on_the_map_and_all_that_touch_are_neighbours(contours):
    for level in ("region", "departement"):
        codes, shapes = list(contours[level]), np.array(list(contours[level].values()))
        for i, code in enumerate(codes):
            shared = shapely.length(shapely.intersection(shapes[i], shapes)) > 0
            touching = {f"{level}:{codes[j]}" for j in np.flatnonzero(shared) if j != i}
            assert set(neighbours().get(f"{level}:{code}", ())) == touching, code


def test_paris_has_the_neighbours_one_knows():
    names = {gazetteer().token(t).name for t in neighbours()["departement:75"]}
    assert names == {"Hauts-de-Seine", "Seine-Saint-Denis", "Val-de-Marne"}
    assert "commune:93070" in neighbours()["commune:75056"]  # Saint-Ouen-sur-Seine


def test_names_codes_and_memberships_are_those_of_the_reference_files(shared_files):
    """Against files made apart from the same official package; what differs is listed in docs/places.md."""
    places = gazetteer()
    rows = {r["code"]: r for r in csv.DictReader(StringIO((shared_files / "data/communes.csv").read_text("utf-8")))}
    assert set(rows) == {p.code for p in places.of_level("commune")}
    without = set()
    for code, row in rows.items():
        place = places.get("commune", code)
        assert (place.name, place.departement, place.region, place.epci) == (
            *(row["nom"], row["departement"], row["region"], row["epci"]),
        )
        if place.region < "975" and not row["lat"]:
            without.add(code)
        if row["lat"] and place.point:
            east = (place.point[0] - float(row["lon"])) * math.cos(math.radians(place.point[1]))
            assert math.hypot(east, place.point[1] - float(row["lat"])) < 0.125, code  # 14 km: large communes
    assert without == {"15031", "15035", "15047", "15171", "39140", "41284", "60694", "85165", "85212"}
    epci = {r["code"]: r for r in csv.DictReader(StringIO((shared_files / "data/epci.csv").read_text("utf-8")))}
    assert {c: (r["nom"], r["type"]) for c, r in epci.items()} == {
        p.code: (p.name, p.kind) for p in places.of_level("epci")
    }


def test_contours_are_those_of_the_reference_files_within_their_generalisation(shared_files, contours):
    files = {"region": "contours-regions-1000m", "departement": "contours-departements-1000m"}
    for level, file in files.items():
        tree = json.loads((shared_files / f"data/{file}.geojson").read_text("utf-8"))
        theirs = {f["properties"]["code"]: shapely.make_valid(shape(f["geometry"])) for f in tree["features"]}
        assert set(theirs) == set(contours[level])
        for code, other in theirs.items():
            differs = shapely.symmetric_difference(contours[level][code], other).area / other.area
            assert differs < (0.14 if code in ("06", "976") else 0.08), (level, code)
