"""Every figure that is shown, computed a second time from the files that its page offers, and from nothing else of ours."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from math import log

import pytest
import xlwt

from alliage.catalogue.actions.publish_statistics import publish_file
from alliage.vocabulary.indicators import COUNTRY, indicators
from alliage.vocabulary.loading import read_csv
from alliage.vocabulary.places import gazetteer
from tests.conftest import NOW, TESTER
from tests.intake.statistic_makers import census_rows, departements, poverty_rows, write

pytestmark = pytest.mark.django_db
EPCI = "200069193"  # CC de la Dombes
QUARTERS = (7.1, 7.2, 7.4, 7.9)


@pytest.fixture
def table(client, starter_search):
    """The rows of a download, numbers as numbers."""

    def read(address: str, **asked: str) -> list[dict[str, str]]:
        answer = client.get(address, asked)
        assert answer.status_code == 200, answer.content[:300]
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))

    return read


@pytest.fixture
def values(table) -> Callable[[str, str], dict[str, float]]:
    """By code, the values of an indicator at a level, as /donnees.csv gives them."""
    return lambda level, id: {
        row["code"]: float(row["valeur"]) for row in table("/donnees.csv", level=level, indicator=id)
    }


@pytest.fixture
def of_the_epci(table) -> Callable[[str], list[float]]:
    """The values of the communes of the EPCI, which the file says of each."""
    return lambda id: [
        float(row["valeur"]) for row in table("/donnees.csv", level="commune", indicator=id) if row["epci"] == EPCI
    ]


def test_population_is_the_people_of_the_communes_added_up(values, of_the_epci):
    assert values("epci", "population")[EPCI] == sum(of_the_epci("population"))


def test_the_number_of_communes_is_the_number_of_lines_of_the_file_of_communes(values, of_the_epci):
    assert values("epci", "nombre-de-communes")[EPCI] == len(of_the_epci("population")) == 36


def test_the_area_is_that_of_the_communes_added_up(values, of_the_epci):
    assert values("epci", "superficie")[EPCI] == pytest.approx(sum(of_the_epci("superficie")))


def test_density_is_people_by_area(values):
    people, area, density = (values("epci", id) for id in ("population", "superficie", "densite"))
    assert set(density) == set(people)
    for code, value in density.items():
        assert value == pytest.approx(people[code] / area[code], rel=1e-5)


def test_the_share_of_small_communes_is_their_people_in_a_hundred(values, of_the_epci):
    people = of_the_epci("population")
    assert values("epci", "part-petites-communes")[EPCI] == pytest.approx(
        100 * sum(n for n in people if n < 2000) / sum(people), abs=1e-5
    )


def test_the_number_of_alliances_is_the_number_of_lines_of_their_list(values, table):
    shown = values("departement", "nombre-d-alliances")
    assert shown["59"] == len(table("/exemples.csv", place="departement:59")) > 0


def test_the_poverty_rate_is_the_one_of_its_file(tmp_path, values):
    rows = {row[0]: row for row in poverty_rows()}
    publish(write(tmp_path / "cc_filosofi_2021_COM.csv", rows.values()), "insee-filosofi")
    shown = values("commune", "taux-de-pauvrete")
    assert shown["01053"] == float(rows["01053"][3].replace(",", "."))
    assert len(shown) == sum(row[3] != "s" for row in rows.values()) - 1  # the header


def test_the_unemployment_rate_is_the_mean_of_the_four_quarters_of_its_file(tmp_path, values):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Département")
    for line, cells in enumerate(
        [["Code", "Libellé", "T1_2024", "T2_2024", "T3_2024", "T4_2024"]]
        + [[p.code, p.name, *QUARTERS] for p in departements()]
    ):
        for column, cell in enumerate(cells):
            sheet.write(line, column, cell)
    book.save(str(tmp_path / "sl_etc_2024T4.xls"))
    publish(tmp_path / "sl_etc_2024T4.xls", "insee-chomage")
    assert values("departement", "taux-de-chomage")["46"] == pytest.approx(sum(QUARTERS) / 4)


def test_census_figures_are_those_of_the_communes_of_their_file_added_up_and_their_share(tmp_path, values):
    publish(write(tmp_path / "base-cc-evol-struct-pop-2022.CSV", census_rows()), "insee-rp")
    inside = [p.code for p in gazetteer().of_level("commune") if p.epci == EPCI]
    rows = {row[0]: row for row in census_rows()[1:]}
    people = sum(float(rows[code][1]) for code in inside)
    older = sum(float(rows[code][4]) + float(rows[code][5]) for code in inside)
    assert values("epci", "population-recensee")[EPCI] == pytest.approx(people)
    assert values("epci", "population-65-ans-et-plus")[EPCI] == pytest.approx(older)
    assert values("epci", "part-65-ans-et-plus")[EPCI] == pytest.approx(100 * older / people)


REDONE_ABOVE = {
    "population", "nombre-de-communes", "superficie", "densite", "part-petites-communes", "nombre-d-alliances",
    "taux-de-pauvrete", "taux-de-chomage", "population-recensee", "population-65-ans-et-plus", "part-65-ans-et-plus",
}  # fmt: skip


def test_what_studies_tell_is_the_last_line_of_their_file(table):
    shown = {(r["niveau"], r["indicateur"]): r for r in table("/territoires/region/24/chiffres.csv")}
    last: dict[tuple[str, str], dict[str, str]] = {}
    for row in sorted(read_csv("indicator_values.csv"), key=lambda r: int(r["year"] or 0)):
        if row["place"] in (COUNTRY, "region:24"):
            last[row["place"].partition(":")[0], row["indicator"]] = row
    assert len(last) > 10
    for key, row in last.items():
        assert (float(shown[key]["valeur"]), shown[key]["annee"], shown[key]["source"], shown[key]["adresse"]) == (
            *(float(row["value"]), row["year"], row["source"], row["address"]),
        )


def test_no_indicator_is_shown_that_no_test_redoes():
    assert {i.id for i in indicators() if i.origin != "studies"} == REDONE_ABOVE


@pytest.mark.parametrize(
    "indicator", [i for i in indicators() if i.origin in ("places", "catalogue")], ids=lambda i: i.id
)
def test_the_page_of_a_territory_links_the_inputs_of_its_figures_and_they_answer(indicator, client, starter_search):
    page = client.get("/territoires/departement/46/").content.decode()
    for level, id in indicator.inputs_at("departement"):
        address = f"/donnees.csv?level={level}&indicator={id}"
        assert address.replace("&", "&amp;") in page
        assert client.get(address).status_code == 200


def test_the_rate_is_alliances_by_ten_thousand_people(client, values):
    page = client.get("/territoires/region/84/").content.decode()
    count, people = (values("region", id)["84"] for id in ("nombre-d-alliances", "population"))
    said = f"{10_000 * count / people:.2f}".replace(".", ",")
    assert f"<strong>{said}</strong> alliance" in page


@pytest.mark.parametrize("token", ["departement/46", "departement/974", f"epci/{EPCI}", "commune/46102", "region/24"])
def test_comparable_territories_are_found_again_from_the_file_of_inputs(token, client, table):
    """The sentence of the page, followed with the columns of the file."""
    rows = table(f"/territoires/{token}/comparables.csv")
    at, others = rows[0], rows[1:]

    def distance(row: dict[str, str]) -> float:
        far = abs(log(float(row["habitants"])) - log(float(at["habitants"])))
        known = [r["habitants_par_km2"] for r in (row, at)]
        if all(known):
            far += 0.5 * abs(log(float(known[0])) - log(float(known[1])))
        elif any(known):
            far += 1
        far += 0.5 * (row["nature"] != at["nature"])
        if row["part_petites_communes"] and at["part_petites_communes"]:
            far += 0.01 * abs(float(row["part_petites_communes"]) - float(at["part_petites_communes"]))
        return far + 100 * (row["outre_mer"] != at["outre_mer"])

    by_hand = sorted(others, key=lambda row: (round(distance(row), 4), row["code"]))
    page = client.get(f"/territoires/{token}/").content.decode()
    shown = page[page.index('id="comparables"') :].partition("</section>")[0]
    level = token.partition("/")[0]
    places = [shown.find(f'href="/territoires/{level}/{row["code"]}/"') for row in by_hand[:10]]
    assert -1 not in places
    assert places == sorted(places)
    for row in others[:50]:
        assert float(row["distance"]) == pytest.approx(distance(row), abs=1e-3)


def publish(path, source: str) -> None:
    report = publish_file(path, source=indicators().sources[source], by=TESTER, at=NOW)
    assert report.published, report.issues
