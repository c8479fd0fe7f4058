"""The public contract of the API."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alliage.api.shapes import AllianceList, MapAnswer
from alliage.vocabulary.places import gazetteer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter_search")]
SNAPSHOT = Path(__file__).parent / "openapi.json"


def test_the_list_has_the_shape_of_the_contract(client):
    answer = client.get("/api/v1/alliances", {"limit": 3}).json()
    assert answer["count"] >= 364
    assert set(answer) == {"count", "results", "facets", "next"}
    assert len(answer["results"]) == 3
    line = answer["results"][0]
    assert {
        "id",
        "title",
        "summary",
        "need",
        "mode",
        "trend",
        "domains",
        "partners",
        "places",
        "start_year",
        "status",
        "status_year",
        "confirmed_on",
        "url",
    } <= set(line)
    assert {"name", "kind", "size", "role"} <= set(line["partners"][0])
    assert set(answer["facets"]["mode"][0]) == {"value", "label", "count"}


@pytest.mark.parametrize("asked", [{}, {"q": "emploi", "place": "region:84", "near": "commune:69123", "limit": 50}])
def test_the_list_is_what_its_described_shape_says_no_more_no_less(client, asked):
    answer = client.get("/api/v1/alliances", asked).json()
    assert AllianceList.model_validate(answer).model_dump() == answer
    assert answer["results"]


def test_following_next_gives_every_alliance_once(client):
    ids, cursor = [], None
    while True:
        page = client.get("/api/v1/alliances", {"limit": 100, **({"cursor": cursor} if cursor else {})}).json()
        ids += [line["id"] for line in page["results"]]
        cursor = page["next"]
        if not cursor:
            break
    assert len(ids) == len(set(ids)) == page["count"]


def test_each_id_of_the_starter_base_is_served_whole(client):
    from alliage.vocabulary.loading import ROOT

    ids = [e.name.removesuffix(".yaml") for e in (ROOT / "alliances").iterdir()]
    assert len(ids) == 364
    for id in ids:
        record = client.get(f"/api/v1/alliances/{id}").json()
        assert record["id"] == id
        assert record["sources"]
        assert record["provenance"]["source"] == "socle-alliage"


def test_a_repeated_parameter_is_or_and_different_ones_are_and(client):
    def count(**parameters):
        return client.get("/api/v1/alliances", parameters).json()["count"]

    both = count(mode=["mecenat", "innovation-societale"])
    assert both == count(mode="mecenat") + count(mode="innovation-societale")
    assert count(mode="mecenat", domain="culture") < min(count(mode="mecenat"), count(domain="culture"))
    assert count(trend="none") == 3


@pytest.mark.parametrize(
    ("address", "status", "code", "field"),
    [
        ("/api/v1/alliances?mode=zz", 400, "bad_parameter", "mode"),
        ("/api/v1/alliances?limit=1000", 400, "bad_parameter", "limit"),
        ("/api/v1/alliances?place=Lyon", 400, "bad_parameter", "place"),
        ("/api/v1/alliances?cursor=%00", 400, "bad_parameter", "cursor"),
        ("/api/v1/alliances?bbox=1,2,3", 400, "bad_parameter", "bbox"),
        ("/api/v1/alliances?around=commune:46102&within=201", 400, "bad_parameter", "within"),
        ("/api/v1/map?level=canton", 400, "bad_parameter", "level"),
        ("/api/v1/map?place=Lyon", 400, "bad_parameter", "place"),
        ("/api/v1/alliances/nulle-part", 404, "not_found", "id"),
        ("/api/v1/nulle-part", 404, "not_found", None),
    ],
)
def test_an_error_has_the_one_shape(client, address, status, code, field):
    response = client.get(address)
    assert response.status_code == status
    error = response.json()["error"]
    assert (error["code"], error["field"]) == (code, field)
    assert error["message"]


def test_the_typology_counts_every_alliance(client):
    modes = client.get("/api/v1/typology").json()["modes"]
    assert [len(m["trends"]) for m in modes] == [4, 4, 4, 4]
    assert sum(m["count"] for m in modes) == client.get("/api/v1/alliances?limit=1").json()["count"]


def test_suggestions_come_from_alliances_organisations_trends_domains_and_places(client):
    def kinds(q):
        return {s["kind"] for s in client.get("/api/v1/suggest", {"q": q}).json()["results"]}

    assert "alliance" in kinds("log'in")
    assert "organisation" in kinds("wimo")
    assert "trend" in kinds("consor")
    assert "domain" in kinds("handi")
    assert "place" in kinds("fige")
    assert kinds("") == set() == kinds("*")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"level": "departement"},
        {"level": "departement", "place": "region:76"},
        {"level": "commune", "bbox": "-2,42,4,46", "mode": "innovation-societale"},
        {"level": "epci", "q": "emploi", "around": "commune:69123", "within": "150"},
        {"level": "region", "place": "commune:69123"},
        {"level": "departement", "place": "none"},
    ],
)
def test_each_cluster_of_the_map_leads_to_as_many_alliances_as_it_says(client, asked):
    told = client.get("/api/v1/map", asked).json()
    assert MapAnswer.model_validate(told).model_dump() == told
    filters = {n: v for n, v in asked.items() if n != "level"}
    assert told["count"] == client.get("/api/v1/alliances", filters).json()["count"]
    assert told["unplaced"] + sum(c["count"] for c in told["clusters"]) >= told["count"] > 0
    for cluster in told["clusters"]:
        page, _, query = cluster["url"].partition("?")
        assert page == "http://testserver/exemples/"
        listed = client.get(f"/api/v1/alliances?{query}&limit=100").json()
        assert cluster["count"] == listed["count"] == sum(cluster["modes"].values())


def test_the_alliances_without_place_are_no_cluster_and_are_counted(client):
    told = client.get("/api/v1/map").json()
    without = client.get("/api/v1/alliances?place=none").json()["count"]
    pointless = [f"place={r.token}" for r in gazetteer().of_level("region") if r.point is None]
    overseas = client.get("/api/v1/alliances?" + "&".join(pointless)).json()["count"]
    assert told["unplaced"] == without + overseas
    assert without > 0


def test_suggested_places_come_alone_with_all_communes_of_a_postcode(client):
    def suggested(q):
        return client.get("/api/v1/suggest", {"q": q, "kind": "place"}).json()["results"]

    assert {s["kind"] for s in suggested("fig")} == {"place"}
    first = suggested("Châlons-sur-M")[0]
    assert (first["label"], first["value"], first["note"]) == (
        "Châlons-sur-Marne, aujourd’hui Châlons-en-Champagne (Marne)",
        "commune:51108",
        "commune",
    )
    assert len(suggested("51300")) > 30


def test_the_api_description_changes_only_knowingly(client):
    """To accept a change of the contract: delete tests/api/openapi.json and run this test once."""
    told = client.get("/api/v1/openapi.json").json()
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    assert told == json.loads(SNAPSHOT.read_text("utf-8"))


def test_head_answers_as_get_and_other_methods_are_refused_in_the_one_shape(client):
    assert client.head("/api/v1/alliances").status_code == 200
    refused = client.post("/api/v1/alliances")
    assert refused.status_code == 405
    assert refused.json()["error"]["code"] == "method_not_allowed"
    assert client.get("/api/v1/rien").json()["error"]["code"] == "not_found"
