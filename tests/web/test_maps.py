"""The map of a list: the list's filters and count, a drawn map that anyone can read, a table and a file that agree."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from alliage.search.request import SearchRequest
from alliage.search.territory import MOST_CLUSTERS
from alliage.vocabulary.contours import CONTOUR_LEVELS, contour, contours, contours_version, outline_box
from alliage.vocabulary.places import gazetteer
from alliage.web.drawn_map import MAINLAND, draw_france, draw_territory, mainland
from alliage.web.maps import MOST_ROWS
from alliage.web.marks import MOST_MARKS, Mark
from alliage.web.projection import Frame
from tests.search.placed_alliances import record_at, search_on

pytestmark = pytest.mark.django_db
SVG = re.compile(r"<svg class=\"drawn.*?</svg>", re.DOTALL)
FILTERED = [
    {},
    {"q": "handicap"},
    {"mode": "mecenat"},
    {"place": "region:76"},
    {"place": "departement:69", "mode": ["mecenat", "innovation-societale"]},
    {"ou": "Occitanie", "domain": "environnement"},
    {"q": "zzzzqqq"},
    {"bbox": "-2,42,4,46", "mode": ["innovation-societale", "none"]},
    {"place": ["departement:69", "region:76", "none"], "mode": ["mecenat", "cooperation-economique"]},
    {"place": "region:84", "bbox": "4,45,6,46.5", "mode": ["innovation-societale", "cooperation-economique"]},
    {"around": "commune:69123", "within": "100", "inside": "departement:69", "mode": "innovation-societale"},
    {"place": "region:84", "outside": "departement:69", "year_min": "2000"},
]


def place(token: str):
    found = gazetteer().token(token)
    assert found is not None
    return found


def rows_of(response) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("asked", FILTERED)
def test_the_map_has_the_count_and_the_filters_of_the_list(asked, client, starter_search):
    pages = [client.get(address, asked).content.decode() for address in ("/exemples/", "/exemples/carte/")]
    counts = [re.search(r'id="combien" role="status">(\d+ alliances?)<', page) for page in pages]
    assert all(counts)
    assert counts[0][1] == counts[1][1]
    ticked = [re.findall(r'id="f-([^"]+)"[^>]*checked', page) for page in pages]
    assert ticked[0] == ticked[1]
    chips, narrowed = zip(*(narrowed_by(page) for page in pages), strict=True)
    assert chips[0] == chips[1]
    assert narrowed[0] == narrowed[1]


def test_an_empty_part_of_a_place_is_offered_wider(client, starter_search):
    asked = {"place": "departement:46", "inside": "departement:59"}
    for address in ("/exemples/", "/exemples/carte/"):
        page = client.get(address, asked).content.decode()
        assert '<a href="?place=departement%3A46">sans «\u00a0dans\u00a0: Nord\u00a0»</a>' in page
        assert "dans\u00a0: Nord<span" in page


def narrowed_by(page: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The chips of a page, and what its filter form carries along."""
    form = page[page.index('<form id="filtres"') :]
    return (
        re.findall(r'<a class="chip" href="[^"]*">([^<]*)<span aria-hidden', page),
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form),
    )


@pytest.mark.parametrize("level", ["region", "departement", "epci", "commune"])
@pytest.mark.parametrize("asked", [a for a in FILTERED if "ou" not in a])
def test_page_table_and_api_count_the_same_map_and_each_link_leads_to_that_many(level, asked, client, starter_search):
    told = client.get("/api/v1/map", {**asked, "level": level}).json()
    assert told["count"] == client.get("/api/v1/alliances", asked).json()["count"]
    page = client.get("/exemples/carte/", {**asked, "level": level}).content.decode()
    if f"level={level}" not in page:  # a map of a place counts by what it holds
        return
    filed = rows_of(client.get("/exemples/carte.csv", {**asked, "level": level}))
    assert {r["code"]: int(r["alliances"]) for r in filed} == {
        c["token"].partition(":")[2]: c["count"] for c in told["clusters"]
    }
    rows = re.findall(r'<th scope="row"><a href="([^"]+)">[^<]+</a></th><td class="number">(\d+)</td>', page)
    links = {html.unescape(address): int(n) for address, n in rows}
    assert len(links) == min(len(filed), MOST_ROWS)
    asked_of_api = {c["url"].removeprefix("http://testserver"): c["count"] for c in told["clusters"]}
    assert links.items() <= asked_of_api.items()
    for address, number in list(links.items())[::7]:
        assert client.get(address.replace("/exemples/", "/api/v1/alliances", 1)).json()["count"] == number


def test_list_and_map_lead_to_each_other_with_their_filters(client, starter_search):
    asked = "q=handicap&amp;mode=mecenat"
    page = client.get("/exemples/", {"q": "handicap", "mode": "mecenat"}).content.decode()
    assert f'href="/exemples/carte/?{asked}"' in page
    page = client.get("/exemples/carte/", {"q": "handicap", "mode": "mecenat"}).content.decode()
    assert f'href="/exemples/?{asked}">Voir la liste' in page
    page = client.get("/exemples/carte/", {"q": "handicap", "level": "departement"}).content.decode()
    assert 'href="/exemples/?q=handicap&amp;place=none">' in page


def test_each_territory_of_the_table_leads_to_a_list_of_that_many(client, starter_search):
    page = client.get("/exemples/carte/", {"mode": "mecenat"}).content.decode()
    rows = re.findall(r'<th scope="row"><a href="([^"]+)">[^<]+</a></th><td class="number">(\d+)</td>', page)
    assert len(rows) > 8
    for address, number in rows:
        listed = client.get(address.replace("&amp;", "&")).content.decode()
        assert re.search(rf'role="status">{number} alliance', listed), address


def test_the_table_of_the_page_and_its_file_say_the_same(client, starter_search):
    page = client.get("/exemples/carte/", {"level": "departement"}).content.decode()
    shown = dict(
        re.findall(
            r'<th scope="row"><a href="[^"]+place=departement%3A(\w+)">[^<]+</a></th><td class="number">(\d+)', page
        )
    )
    filed = {
        row["code"]: row["alliances"] for row in rows_of(client.get("/exemples/carte.csv", {"level": "departement"}))
    }
    assert len(filed) > 60
    assert shown == filed


def test_alliances_without_a_place_are_told_and_can_be_listed(client, starter_search):
    page = client.get("/exemples/carte/").content.decode()
    told = re.search(r'href="(/exemples/\?place=none)">(\d+) sans lieu précis', page)
    assert told
    assert re.search(rf'role="status">{told[2]} alliance', client.get(told[1]).content.decode())


def test_a_search_around_a_place_draws_its_circle_on_both_maps_and_says_it(client, starter_search):
    page = client.get("/exemples/carte/", {"around": "commune:46102", "within": "60"}).content.decode()
    assert page.count('<path class="circle"') == 1
    ring = json.loads(re.search(r'<script id="cercle" type="application/json">(.*?)</script>', page)[1])
    assert len(ring) == 96
    assert "À moins de 60 km de Figeac (Lot)" in page
    assert 'data-box="0.' in page or 'data-box="1.' in page
    assert 'id="cercle"' not in client.get("/exemples/carte/").content.decode()


def test_a_small_stretch_of_the_map_is_counted_by_small_territories_unless_asked_otherwise(client, starter_search):
    def level(**asked) -> str:
        page = client.get("/exemples/carte/", asked).content.decode()
        return re.search(r'data-table="(\w+)"', page)[1]

    assert level(around="commune:69123", within="20") == "commune"
    assert level(around="commune:69123", within="100") == "epci"
    assert level(bbox="-5,42,8,46.5") == "departement"
    assert level(bbox="-5,41,9,51") == "region"
    assert level(bbox="-5,41,9,51", level="commune") == "commune"


def test_a_table_cut_says_so_and_leads_to_the_whole(client, settings, four_regions):
    settings.INDEX_DIR = four_regions
    page = client.get("/exemples/carte/", {"level": "commune"}).content.decode()
    told = re.search(rf"Les {MOST_ROWS} territoires les plus fournis sur ([\d\u202f\u00a0]+)", page)
    address = re.search(r'href="([^"]+)">Télécharger le tableau entier', page)
    assert told
    assert address
    assert int(re.sub(r"\D", "", told[1])) == len(rows_of(client.get(html.unescape(address[1]))))


def test_an_empty_map_says_so_and_offers_wider_searches(client, starter_search):
    page = client.get("/exemples/carte/", {"q": "handicap", "mode": "mecenat", "trend": "consortium"}).content.decode()
    assert "Rien à placer sur la carte" in page
    assert "En cherchant plus large" in page


@pytest.mark.parametrize("level", ["galaxie", "région", "<b>"])
def test_an_unknown_level_is_refused_with_the_known_ones(level, client, starter_search):
    for address in ("/exemples/carte/", "/exemples/carte.csv", "/donnees/", "/donnees.csv"):
        response = client.get(address, {"level": level})
        assert response.status_code == 400
        assert "departement" in response.content.decode()


def test_a_map_page_of_the_four_regions_stays_light(client, starter_search):
    for address, most in (("/exemples/carte/", 60_000), ("/exemples/carte/?place=region:76", 30_000)):
        assert len(gzip.compress(client.get(address).content)) < most


def test_the_clusters_count_what_the_list_holds(starter_search):
    request = SearchRequest(filters={"mode": ("mecenat",)})
    found = starter_search.clusters(request, "region")
    assert found.count == starter_search.answer(request).count
    facet = {v.value: v.count for v in starter_search.answer(request, facets=("place",)).facets["place"]}
    assert {c.place.token: c.count for c in found.clusters}.items() <= facet.items()
    assert found.unplaced >= facet["none"]


WEST = ("24", "28", "52", "53")
WHERE = {
    "place": {"place": "region:53"},
    "box": {"bbox": "-5.2,47.2,-1,49"},
    "circle": {"around": "commune:35238", "within": "120"},
    "place and forms": {"place": ["region:53", "region:52"], "mode": ["mecenat", "none"]},
    "part of a place": {"place": ["region:53", "departement:44"], "inside": "departement:35"},
    "everywhere": {},
}


@pytest.fixture(scope="module")
def four_regions(tmp_path_factory):
    """The folder of an index with an alliance in each commune of the west: more than a map that moves can show."""
    root = tmp_path_factory.mktemp("country")
    modes = ("mecenat", "innovation-societale", None)
    communes = [p for p in gazetteer().of_level("commune") if p.region in WEST]
    assert len(communes) > MOST_CLUSTERS
    told = [record_at(n, [p.token], mode=modes[n % 3]) for n, p in enumerate(communes)]
    search_on(root, [*told, record_at(len(told), [], mode=None)])
    return root


@pytest.mark.parametrize("asked", WHERE.values(), ids=WHERE)
def test_a_table_of_any_length_keeps_the_place_the_box_and_the_forms(asked, client, settings, four_regions):
    settings.INDEX_DIR = four_regions
    filed = rows_of(client.get("/exemples/carte.csv", {**asked, "level": "commune"}))
    page = client.get("/exemples/carte/", {**asked, "level": "commune"}).content.decode()
    count = int(re.search(r'role="status">(\d+) alliance', page)[1])
    nowhere = 0 if asked else 1
    assert len(filed) + nowhere == count == client.get("/api/v1/alliances", asked).json()["count"]
    shown = re.findall(r'<th scope="row"><a href="[^"]+(?:place|inside)=commune%3A(\w+)[^"]*">', page)
    assert shown == [row["code"] for row in filed[: len(shown)]]
    assert len(shown) == min(len(filed), MOST_ROWS)
    assert {int(row["alliances"]) for row in filed} == {1}
    forms = ("Mécénat", "Innovation sociétale", "forme non renseignée")
    assert sum(int(row[form]) for row in filed for form in forms) == len(filed)


TERRITORIES = [
    "commune:46102",
    "epci:200067361",
    "departement:46",
    "departement:974",
    "region:76",
    "region:04",
    "region:01",
]


@pytest.mark.parametrize("token", TERRITORIES)
def test_a_drawn_territory_is_well_formed_and_named(token):
    shown = place(token)
    inside = [Mark(p, n + 1, {"mecenat": n + 1}) for n, p in enumerate(gazetteer().members(shown, "commune")[:9])]
    svg = etree.fromstring(str(draw_territory(shown, inside)))
    title = svg.find("title")
    assert title is not None
    assert gazetteer().label(shown) in str(title.text)
    assert svg.get("aria-labelledby") == title.get("id")
    links = svg.findall("a")
    assert len(links) == len([m for m in inside if m.place.point])
    for link in links:
        assert re.search(r"\d+ alliances? \(mécénat \d+\)", link.get("aria-label") or "")
        assert (link.get("href") or "").startswith("/exemples/?place=commune")
    width, height = (float(n) for n in (svg.get("viewBox") or "").split()[2:])
    for group in svg.iterfind("a/g"):
        if at := re.fullmatch(r"translate\((-?\d+) (-?\d+)\)", group.get("transform") or ""):
            assert 0 <= int(at[1]) <= width
            assert 0 <= int(at[2]) <= height


def test_a_name_with_signs_of_markup_stays_text():
    named = next(p for p in gazetteer().of_level("commune") if "'" in p.name and p.point)
    svg = str(draw_territory(named, [Mark(named, 1, {}, url='/?q="><script>')]))
    assert "<script" not in svg
    etree.fromstring(svg)


def test_a_place_without_contour_draws_nothing_and_its_page_says_so(client, starter_search):
    away = place("departement:987")
    assert draw_territory(away, []) == ""
    assert (
        "n’ont pas le contour de ce territoire"
        in client.get("/exemples/carte/", {"place": "departement:987"}).content.decode()
    )


def test_france_has_its_five_overseas_departements_in_named_insets():
    svg = str(draw_france([Mark(place("departement:974"), 3), Mark(place("departement:75"), 2)]))
    for name in ("Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"):
        assert f">{name}</text>" in svg
    assert svg.count('class="cluster"') == 2


def test_a_crowded_map_draws_the_largest_and_leaves_the_rest_to_the_table():
    communes = [p for p in gazetteer().of_level("commune") if p.point][:400]
    svg = str(draw_france([Mark(p, n) for n, p in enumerate(communes, 1)]))
    assert 10 < svg.count('class="cluster"') <= MOST_MARKS
    assert ": 400 alliances" in svg
    assert ": 2 alliances" not in svg


@given(longitude=st.floats(MAINLAND[0], MAINLAND[2]), latitude=st.floats(MAINLAND[1], MAINLAND[3]))
def test_every_point_of_the_mainland_is_drawn_in_its_window(longitude, latitude):
    x, y = mainland().at(longitude, latitude)
    assert -0.01 <= x <= 1000.01
    assert -0.01 <= y <= mainland().height + 0.01


@given(st.floats(-60, 60), st.floats(-50, 50), st.floats(0.01, 20), st.floats(0.01, 20))
def test_a_window_shows_its_whole_box_with_north_up(west, south, across, down):
    frame = Frame((west, south, west + across, south + down), 0, 0, 300, 200, 10)
    left, low = frame.at(west, south)
    right, high = frame.at(west + across, south + down)
    assert 9.9 <= left < right <= 290.1
    assert 9.9 <= high < low <= 190.1


def test_neighbours_that_share_a_border_share_it_on_the_drawing():
    frame = mainland()
    edges: Counter[frozenset[tuple[int, int]]] = Counter()
    for code in ("46", "12", "82"):
        for rings in contours("departement")[code]:
            corners = list(frame._snapped(rings[0]))
            edges.update(frozenset(e) for e in zip(corners, [*corners[1:], corners[0]], strict=True))
    assert sum(n == 2 for n in edges.values()) > 60


def test_contours_are_served_packed_and_kept_for_ever_at_an_address_that_changes_with_them(client):
    for level in CONTOUR_LEVELS:
        address = f"/contours/{level}.{contours_version(level)}.geojson"
        packed = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert packed["Content-Encoding"] == "gzip"
        assert "immutable" in packed["Cache-Control"]
        assert packed["Vary"] == "Accept-Encoding"
        plain = client.get(address)
        assert gzip.decompress(packed.content) == plain.content
        assert {f["id"] for f in json.loads(plain.content)["features"]} == set(contours(level))
    assert client.get("/contours/region.0123456789.geojson").status_code == 404
    assert client.get(f"/contours/commune.{contours_version('epci')}.geojson").status_code == 404


def test_a_commune_is_shown_in_its_epci():
    figeac = place("commune:46102")
    assert contour(figeac) is None
    assert outline_box(figeac) == outline_box(place(f"epci:{figeac.epci}"))
    assert outline_box(place("region:987")) is None


def test_an_unreadable_tile_address_or_tiles_without_credit_stop_the_start(monkeypatch):
    from django.core.exceptions import ImproperlyConfigured

    from alliage.site.settings import _origin_of_tiles

    assert _origin_of_tiles("", "") == []
    assert _origin_of_tiles("https://tuiles.exemple.fr:8443/{z}/{x}/{y}.png", "© Exemple") == [
        "https://tuiles.exemple.fr:8443"
    ]
    for address, credit in (
        ("javascript:{z}{x}{y}", "c"),
        ("https://tuiles.exemple.fr/carte.png", "c"),
        ("https://a.fr/{z}/{x}/{y}", ""),
    ):
        with pytest.raises(ImproperlyConfigured, match="ALLIAGE_TILES"):
            _origin_of_tiles(address, credit)


def test_tiles_open_the_content_policy_to_their_origin_alone(tmp_path):
    from tests.web.test_closed_by_default import run

    code = """
from alliage.site.settings import CONTENT_SECURITY_POLICY as policy
print(sorted(n for n, sources in policy["DIRECTIVES"].items() if "https://tuiles.exemple.fr" in sources))
"""
    address = "https://tuiles.exemple.fr/{z}/{x}/{y}.png"
    out = run(code, tmp_path, ALLIAGE_TILES=address, ALLIAGE_TILES_CREDIT="© Exemple")
    assert out.stdout.strip() == "['connect-src', 'img-src']", out.stderr
