"""« Connaître son territoire »: what the map, the table and the file say is the same; a rank only where it means something."""

from __future__ import annotations

import csv
import gzip
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from alliage.catalogue import statistics
from alliage.rules.rates import may_be_ranked
from alliage.vocabulary.contours import contours
from alliage.vocabulary.indicators import Observation
from alliage.vocabulary.places import gazetteer
from alliage.web import overview
from alliage.web.choropleth import MOST_CLASSES, classes_of, draw_choropleth, shade_of
from alliage.web.drawn_map import frame_of, france_paths
from alliage.web.templatetags.french import number

pytestmark = pytest.mark.django_db
LEVELS = ("region", "departement", "epci")


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("indicator", ["population", "densite", "nombre-d-alliances"])
def test_map_table_and_file_give_the_same_numbers(level, indicator, client, starter_search):
    page = client.get("/donnees/", {"level": level, "indicator": indicator}).content.decode()
    svg = etree.fromstring(re.search(r'<svg class="drawn choropleth.*?</svg>', page, re.DOTALL)[0])
    drawn = {path.get("data-code"): str(path.find("title").text) for path in svg.iter("path") if path.get("data-code")}
    assert set(drawn) == set(contours(level))
    filed = {row["code"]: row for row in rows_of(client.get("/donnees.csv", {"level": level, "indicator": indicator}))}
    decimals = 1 if indicator == "densite" else 0
    for code, told in drawn.items():
        assert number(float(filed[code]["valeur"]), decimals) in told
    table = re.findall(r'href="/territoires/\w+/(\w+)/">[^<]+</a>.*?<td class="number">([^<]+)</td>', page, re.DOTALL)
    assert 18 <= len(table) <= overview.MOST_ROWS
    for code, told in table:
        assert told == number(float(filed[code]["valeur"]), decimals)
    assert all(row["source"] and row["adresse"] for row in filed.values())


def test_source_and_year_stand_under_the_map_and_a_long_table_ends_in_its_file(client, starter_search):
    page = client.get("/donnees/", {"level": "epci", "indicator": "population"}).content.decode()
    caption = re.search(r"<figcaption>.*?</figcaption>", page, re.DOTALL)[0]
    assert "Source\u00a0:" in caption
    assert re.search(r"20\d\d", caption)
    assert f"Ce tableau montre {overview.MOST_ROWS} territoires sur 1\u202f255" in page
    assert 'aria-describedby="coupe"' in page
    assert "Ce tableau montre" not in client.get("/donnees/", {"level": "region"}).content.decode()


def test_the_file_of_communes_is_streamed_whole_and_says_of_what_each_is_part(client, starter_search):
    response = client.get("/donnees.csv", {"level": "commune", "indicator": "population"})
    assert response.streaming
    rows = {row["code"]: row for row in rows_of(response)}
    assert len(rows) == sum(p.population is not None for p in gazetteer().of_level("commune"))
    assert (rows["46102"]["epci"], rows["46102"]["departement"]) == (gazetteer().by_token["commune:46102"].epci, "46")
    assert rows["46102"]["licence"] == "Licence Ouverte 2.0"
    assert client.get("/donnees/", {"level": "commune"}).status_code == 400, "a map needs contours"


def test_a_density_that_is_not_nothing_is_never_written_0(client, starter_search):
    page = client.get("/donnees/", {"level": "departement", "indicator": "densite"}).content.decode()
    assert not re.search(r'<td class="number">0(?:,0)?</td>', page)
    wild = min((p for p in gazetteer().of_level("commune") if p.density), key=lambda p: p.density)
    page = client.get(f"/territoires/commune/{wild.code}/").content.decode()
    assert re.search(r"habitants, 0,\d*[1-9]\d* par km²", page)


def test_a_former_region_says_why_its_departements_answer_and_offers_the_region_of_today(client, starter_search):
    for address in ("/donnees/", "/territoires/"):
        page = client.get(address, {"ou": "Languedoc-Roussillon"}).content.decode()
        assert "est une ancienne région. Elle fait aujourd’hui partie d’une région plus grande, Occitanie" in page
        assert "Ses 5 départements n’ont pas changé" in page
        assert '/territoires/region/76/"' in page
        assert all(f'/territoires/departement/{code}/"' in page for code in ("11", "30", "34", "48", "66"))
        page = client.get(address, {"ou": "Seine-et-Oise"}).content.decode()
        assert "n’existe plus" in page
        assert "ancienne région" not in client.get(address, {"ou": "Saint-Denis"}).content.decode()


def test_the_sources_page_names_licence_and_date_of_each_source_of_figures(client):
    page = client.get("/sources/").content.decode()
    table = page[page.index('id="chiffres"') : page.index("Documents</h2>")]
    for said in (
        "populations de référence 2023",
        "Licence Ouverte 2.0",
        "millésime 2023",
        "IGN",
        "millésime 2024",
        "Densité",
    ):
        assert said in table
    assert "Filosofi" not in table, "nothing of it is shown here"


def test_a_page_of_1250_territories_stays_light(client, starter_search):
    assert len(gzip.compress(client.get("/donnees/", {"level": "epci"}).content)) < 180_000


def test_small_counts_of_alliances_are_never_ranked(client, starter_search):
    found = next(i for i in statistics.available("departement") if i.id == "nombre-d-alliances")
    rows = overview.ranking(found, overview.observed(found, "departement"))
    assert not any(r.rank for r in rows if not may_be_ranked(int(r.value)))
    ranked = [r.rank for r in rows if r.rank]
    assert not ranked or len(ranked) >= overview.FEWEST_RANKED, "one or two make no ranking"
    small = [(not r.value, gazetteer().label(r.place)) for r in rows if r.rank is None]
    assert small == sorted(small), "by name, those where nothing is recorded last"
    page = client.get("/donnees/", {"level": "departement", "indicator": "nombre-d-alliances"}).content.decode()
    assert "pas de rang" in page
    assert "Le classement" not in page


def test_equals_have_the_same_rank(starter_search):
    population = statistics.available("region")[0]
    told = overview.observed(population, "region")
    first, second, third = list(told)[:3]
    some = {
        t: Observation(population.id, t, v, "", None, "", "") for t, v in ((first, 5.0), (second, 9.0), (third, 5.0))
    }
    assert [row.rank for row in overview.ranking(population, some)] == [1, 2, 2]


def test_a_territory_typed_opens_its_page_and_homonyms_are_asked(client, starter_search):
    assert client.get("/donnees/", {"ou": "Figeac"})["Location"] == "/territoires/commune/46102/"
    page = client.get("/donnees/", {"ou": "Saint-Denis"}).content.decode()
    assert "Plusieurs territoires répondent" in page
    assert page.count('class="chip" href="/territoires/commune/') >= 2
    assert "Nous n’avons pas trouvé" in client.get("/donnees/", {"ou": "xyzxyz"}).content.decode()


def test_an_unknown_indicator_is_refused_with_the_known_ones(client, starter_search):
    response = client.get("/donnees/", {"indicator": "bonheur"})
    assert response.status_code == 400
    assert "population" in response.content.decode()


def test_an_indicator_without_value_at_a_level_gives_way_and_is_told(client, starter_search):
    asked = {"level": "epci", "indicator": "mecenat-declare"}
    page = client.get("/donnees/", asked).content.decode()
    assert "n’a pas de valeur par intercommunalité" in page
    assert client.get("/donnees.csv", asked).status_code == 400


def test_a_territory_without_value_is_hatched_and_said():
    values: dict[str, float | None] = {code: float(at) for at, code in enumerate(contours("region"))}
    values["84"] = None
    svg = str(draw_choropleth("region", values, classes_of(values.values())))
    etree.fromstring(svg)
    assert svg.count('class="q" fill="url(#hachures)" data-code="84"') == 1
    assert "Auvergne-Rhône-Alpes\u00a0: pas de donnée" in svg
    assert svg.count("pas de donnée") == 1


@given(
    st.lists(st.floats(-1e6, 1e9, allow_nan=False).map(lambda n: round(n, 2)), min_size=1, max_size=300),
    st.integers(0, 2),
)
def test_each_value_has_one_of_at_most_five_classes_and_a_larger_one_is_never_lighter(values, decimals):
    classes = classes_of(values, decimals)
    assert 1 <= len(classes) <= MOST_CLASSES
    assert len({c.shade for c in classes}) == len(classes)
    shades = [shade_of(v, classes) for v in sorted(values)]
    assert shades == sorted(shades)
    assert min(shades) >= 1
    for value in values:
        holding = [c for c in classes if value >= c.low and (c.high is None or value < c.high)]
        assert [c.shade for c in holding] == [shade_of(value, classes)]


def test_two_shares_that_are_the_same_but_for_their_division_are_one_class():
    shares = [100 * (people * 0.2) / people for people in range(101, 900, 7)]
    assert len(set(shares)) > 1
    (only,) = classes_of(shares, 1)
    assert {shade_of(share, [only]) for share in shares} == {only.shade}


def test_few_values_have_a_class_each_and_labels_a_reader_understands():
    assert [c.label for c in classes_of([0, 0, 1, 2, 5])] == ["0", "1", "2 à 4", "5"]
    assert [c.label for c in classes_of([10.5, 20.25], 1)] == ["10,5", "20,2"]
    assert classes_of([None, None]) == ()
    assert [c.label for c in classes_of([0] * 900 + [1] * 40 + [2] * 30 + [3] * 20 + [*range(4, 24)])] == [
        *("0", "1", "2", "3 et plus"),
    ], "where most have nothing, the others are told apart"


def test_the_map_of_every_level_is_painted_without_a_hole():
    """A ring that comes by its first corner half way must not end there: the ground behind it would be blank."""
    for level in LEVELS:
        for code, path in france_paths(level).items():
            place = gazetteer().get(level, code)
            frame = frame_of(place)
            wanted = sum(
                abs(area_of([frame.at(*point) for point in ring])) * (1 if at == 0 else -1)
                for rings in contours(level)[code]
                for at, ring in enumerate(rings)
            )
            drawn = abs(sum(area_of(ring) for ring in rings_of(path)))
            assert drawn == pytest.approx(wanted, rel=0.2, abs=25), (level, place.name)


def area_of(ring: list[tuple[float, float]]) -> float:
    """The signed area of a ring (shoelace)."""
    return sum(x * v - u * y for (x, y), (u, v) in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def rings_of(path: str) -> list[list[tuple[float, float]]]:
    """The rings of the `d` of a path made of « M x y l dx dy … z »."""
    found = []
    for part in path.split("M")[1:]:
        start, _, steps = part.rstrip("z").partition("l")
        x, y = (float(n) for n in re.findall(r"-?\d+", start)[:2])
        ring = [(x, y)]
        numbers = [float(n) for n in re.findall(r"-?\d+", steps)]
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + across, y + down
            ring.append((x, y))
        found.append(ring)
    return found
