"""Places against the reference files beside the repository: every difference is counted here and explained in docs/places.md."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from alliage.vocabulary.loading import ROOT
from alliage.vocabulary.places import gazetteer

FILES = {
    "region": "contours-regions-1000m",
    "departement": "contours-departements-1000m",
    "epci": "contours-epci-simplifies",
}
# Communes without a point there (docs/places.md): re-created since 2022, or too small for 1,000 m.
WITHOUT_POINT = {"15031", "15035", "15047", "15171", "39140", "41284", "60694", "85165", "85212"}
# Villages destroyed in 1916: no inhabitants, in both.
WITHOUT_PEOPLE = {"55039", "55050", "55139", "55189", "55239", "55307"}
# Small islands, and borders drawn along water, lose most to a generalisation at 1,000 m: share of the surface that differs.
FARTHEST = {
    "region": {"06": 0.13, "02": 0.06, "01": 0.045},
    "departement": {"976": 0.13, "94": 0.065, "93": 0.065, "972": 0.06, "92": 0.055, "75": 0.045, "971": 0.045},
    "epci": {"200050532": 1.05, "248500191": 0.31, "241700459": 0.24},
}
OTHERS = {"region": 0.02, "departement": 0.04, "epci": 0.22}
MEDIAN = {"region": 0.008, "departement": 0.015, "epci": 0.057}
INVALID = {"region": {"01"}, "departement": {"09", "31", "971"}, "epci": set()}
# Communes whose point lies in no contour there, of their own or of another territory: the coast and the border are cut.
IN_NONE = {"region": 25, "departement": 25, "epci": 24}
ELSEWHERE = {"region": 4, "departement": 19, "epci": 60}


@pytest.fixture
def rows_of(shared_files):
    def read(name: str) -> dict[str, dict[str, str]]:
        with (shared_files / "data" / name).open(encoding="utf-8", newline="") as file:
            return {row["code"]: row for row in csv.DictReader(file)}

    return read


def test_communes_have_the_same_codes_names_memberships_postcodes_and_people(rows_of):
    rows = rows_of("communes.csv")
    places = {p.code: p for p in gazetteer().of_level("commune")}
    assert set(rows) == set(places)
    for code, row in rows.items():
        place = places[code]
        assert (row["nom"], row["departement"], row["region"], row["epci"]) == (
            *(place.name, place.departement, place.region, place.epci),
        )
        assert sorted(row["codes_postaux"].replace("|", " ").replace(";", " ").split()) == sorted(place.postcodes)
        assert row["population"] == ("" if place.population is None else str(place.population))
    assert {code for code, p in places.items() if p.population == 0} >= WITHOUT_PEOPLE


def test_points_of_communes_lie_close_and_nine_are_known_here_alone(rows_of):
    far = []
    without = set()
    for code, row in rows_of("communes.csv").items():
        place = gazetteer().get("commune", code)
        if place.region >= "975":
            continue
        if not row["lat"]:
            without.add(code)
            continue
        east = (place.point[0] - float(row["lon"])) * math.cos(math.radians(place.point[1]))
        far.append(111.2 * math.hypot(east, place.point[1] - float(row["lat"])))
    assert without == WITHOUT_POINT
    assert np.median(far) == pytest.approx(0.5, abs=0.1)  # km
    assert max(far) < 14


def test_epci_have_the_same_codes_names_kinds_and_number_of_communes_but_another_census(rows_of):
    rows = rows_of("epci.csv")
    places = {p.code: p for p in gazetteer().of_level("epci")}
    assert {code: (r["nom"], r["type"]) for code, r in rows.items()} == {c: (p.name, p.kind) for c, p in places.items()}
    members = {code: len(gazetteer().members(place, "commune")) for code, place in places.items()}
    assert {code: int(r["nb_membres"]) for code, r in rows.items()} == members
    ratios = {code: places[code].population / int(r["population_municipale"]) for code, r in rows.items()}
    assert sum(ratio != 1 for ratio in ratios.values()) == 1_246
    assert np.median(list(ratios.values())) == pytest.approx(1, abs=0.01)
    assert sum(abs(ratio - 1) > 0.05 for ratio in ratios.values()) <= 5


@pytest.mark.parametrize("level", FILES)
def test_contours_differ_by_generalisation_alone_and_the_farthest_are_named(shared_files, level):
    ours = _contours(ROOT.joinpath(f"places/contours-{level}.geojson"))
    theirs = _contours(shared_files / f"data/{FILES[level]}.geojson")
    assert set(theirs) == set(ours)
    assert {code for code, other in theirs.items() if not other.is_valid} == INVALID[level]
    assert all(contour.is_valid for contour in ours.values())
    theirs = {code: shapely.make_valid(other) for code, other in theirs.items()}
    differs = {
        code: shapely.symmetric_difference(ours[code], other).area / other.area for code, other in theirs.items()
    }
    for code, share in differs.items():
        assert share <= FARTHEST[level].get(code, OTHERS[level]), (level, code, share)
    assert np.median(list(differs.values())) == pytest.approx(MEDIAN[level], abs=0.002)


@pytest.mark.parametrize("level", FILES)
def test_their_contours_leave_points_out_that_ours_hold(shared_files, level):
    theirs = {
        code: shapely.make_valid(other)
        for code, other in _contours(shared_files / f"data/{FILES[level]}.geojson").items()
    }
    communes = [p for p in gazetteer().of_level("commune") if p.region < "975" and getattr(p, level)]
    points = shapely.points([p.point for p in communes])
    inside = shapely.covers(np.array([theirs[getattr(p, level)] for p in communes]), points)
    whole = shapely.union_all(list(theirs.values()))
    shapely.prepare(whole)
    out = points[~inside]
    in_none = int((~shapely.covers(whole, out)).sum())
    assert (in_none, len(out) - in_none) == (IN_NONE[level], ELSEWHERE[level])


def _contours(path: Path) -> dict[str, shapely.Geometry]:
    tree = json.loads(path.read_text("utf-8"))
    return {f["properties"]["code"]: shape(f["geometry"]) for f in tree["features"]}
