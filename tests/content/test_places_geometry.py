"""Contours, points, areas and neighbours of the committed places: whole, clean, each thing inside what holds it."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from alliage.vocabulary.contours_build import _square_kilometres
from alliage.vocabulary.loading import ROOT
from alliage.vocabulary.places import gazetteer, neighbours

LEVELS = ("region", "departement", "epci")
HOUSE = Path(__file__).parents[2]
WITHOUT_EPCI = {"22016": "Île-de-Bréhat", "29083": "Île-de-Sein", "29155": "Ouessant", "85113": "L'Île-d'Yeu"}
# What contours leave inside the country, each named in docs/places.md: where, and how large (km²). All but the Odet are holes
# of the IGN polygons themselves, that no commune holds; the mouth of the Odet is closed by simplification.
HOLES = {
    "Llívia": (1.975, 42.469, 12.19),
    "Odet": (-4.108, 47.948, 2.97),
    "Jaudy, amont": (-3.253, 48.785, 0.01),
    "Jaudy, aval": (-3.249, 48.788, 0.04),
    "Arguenon": (-2.224, 48.539, 0.01),
    "baie des Veys": (-1.228, 49.309, 0.03),
    "étang de Berre": (5.117, 43.511, 0.02),
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
    assert len(places.of_level("epci")) == 1_255
    collectivities = [p for p in places.of_level("commune") if p.region >= "975"]
    assert not any(p.point or p.area_km2 for p in collectivities), "told apart in docs/places.md"


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


def test_the_only_gaps_inside_the_country_are_the_seven_that_the_documentation_explains(contours):
    """A commune left out of its EPCI would be a gap too: validity does not see one so large."""
    documented = (HOUSE / "docs/places.md").read_text("utf-8")
    for level in LEVELS:
        whole = shapely.union_all(list(contours[level].values()))
        holes = [shapely.Polygon(ring) for part in whole.geoms for ring in part.interiors]
        found = {}
        for hole in holes:
            x, y = hole.representative_point().coords[0]
            name = min(HOLES, key=lambda n: math.hypot(HOLES[n][0] - x, HOLES[n][1] - y))
            assert math.hypot(HOLES[name][0] - x, HOLES[name][1] - y) < 0.002, (level, x, y)
            found[name] = float(_square_kilometres(np.array([hole]))[0])
        assert {name: round(area, 2) for name, area in found.items()} == {n: h[2] for n, h in HOLES.items()}, level
        assert sum(found.values()) == pytest.approx(15.3, abs=0.05)
    for name in HOLES:
        assert name in documented
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
