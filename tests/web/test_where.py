"""What says where, on the pages: chips, the circle around a place, national alliances apart, the list as GeoJSON."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import parse_qs

import pytest

from alliage.api.shapes import AllianceLine
from alliage.vocabulary.places import gazetteer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter_search")]
FIGEAC = "commune:46102"


def _chips_of(page: str) -> dict[str, str]:
    """The chips of a list: label and the address without it."""
    found = re.findall(r'<a class="chip" href="(\?[^"]*)">([^<]*)<span aria-hidden', page)
    return {label: unescape(address) for address, label in found}


def test_what_says_where_is_a_chip_that_can_be_taken_away_and_stays_when_words_change(client):
    asked = {"around": FIGEAC, "within": "50", "bbox": "0,43,3,46", "outside": "departement:12"}
    page = client.get("/exemples/", asked).content.decode()
    chips = _chips_of(page)
    assert set(chips) == {
        "à moins de 50\u00a0km de Figeac (Lot)",
        "dans le cadre de la carte",
        "hors de\u00a0: Aveyron",
    }
    gone = {"dans le cadre de la carte": "bbox", "hors de\u00a0: Aveyron": "outside"}
    for label, name in gone.items():
        assert set(parse_qs(chips[label].lstrip("?"))) == set(asked) - {name}
    assert set(parse_qs(chips["à moins de 50\u00a0km de Figeac (Lot)"].lstrip("?"))) == {"bbox", "outside"}
    ask, filters = (page[page.index(start) :] for start in ('class="ask"', 'id="filtres"'))
    for form in (ask[: ask.index("</form>")], filters[: filters.index("</form>")]):
        assert f'name="around" value="{FIGEAC}"' in form
        assert 'name="bbox" value="0,43,3,46"' in form
        assert 'name="outside" value="departement:12"' in form


def test_a_place_typed_with_a_distance_becomes_the_centre_of_a_circle(client):
    page = client.get("/exemples/", {"ou": "Figeac", "within": "50"}).content.decode()
    alone = client.get("/exemples/", {"ou": "Figeac", "within": ""}).content.decode()
    assert "à moins de 50\u00a0km de Figeac (Lot)" in _chips_of(page)
    assert "Territoire\u00a0: Figeac (Lot)" in _chips_of(alone)

    def count(text: str) -> int:
        return int(re.search(r'role="status">(\d+) alliance', text)[1])

    assert count(page) > count(alone) > 0
    file = client.get("/exemples.json", {"ou": "Figeac", "within": "50"}).getvalue()
    assert json.loads(file)["count"] == count(page)


def test_the_list_of_a_territory_offers_the_national_alliances_apart(client):
    page = client.get("/exemples/", {"place": "departement:46"}).content.decode()
    number, address = re.search(
        r'(\d+) alliances nationales agissent aussi partout\u00a0: <a href="([^"]+)"', page
    ).groups()
    there = client.get("/exemples/" + unescape(address)).content.decode()
    assert f'role="status">{number} alliances' in there
    assert "hors de\u00a0: Lot" in _chips_of(there)
    assert "agissent aussi partout" not in client.get("/exemples/", {"q": "emploi"}).content.decode()


@pytest.mark.parametrize("bad", [{"bbox": "1,2,3"}, {"around": "Figeac"}, {"around": FIGEAC, "within": "900"}])
def test_a_bad_place_in_the_address_is_a_clear_page(client, bad):
    assert client.get("/exemples/", bad).status_code == 400
    assert client.get("/exemples.geojson", bad).status_code == 400


def test_the_geojson_of_a_list_holds_each_alliance_of_it_once_on_its_own_points(client):
    told = json.loads(client.get("/exemples.geojson", {"mode": "innovation-societale"}).getvalue())
    listed = json.loads(client.get("/exemples.json", {"mode": "innovation-societale"}).getvalue())
    assert told["type"] == "FeatureCollection"
    assert told["count"] == len(told["features"]) == listed["count"]
    assert [f["id"] for f in told["features"]] == [r["id"] for r in listed["results"]]
    kinds = set()
    for feature, record in zip(told["features"], listed["results"], strict=True):
        places = [gazetteer().get(p["level"], p["code"]) for p in record["places"]]
        points = {p.point for p in places if p and p.point}
        shape = feature["geometry"]
        kinds.add(shape and shape["type"])
        if not points:
            assert shape is None
        elif len(points) == 1:
            assert tuple(shape["coordinates"]) in points
        else:
            assert {tuple(c) for c in shape["coordinates"]} == points
        assert set(feature["properties"]) == set(AllianceLine.model_fields) - {"reason"}
        assert feature["properties"]["url"] == f"http://testserver/exemples/{record['id']}/"
    assert kinds == {None, "Point", "MultiPoint"}
