"""Indicators computed from the places: each redone by hand from the committed files."""

from __future__ import annotations

import pytest

from alliage.rules.computed import of_places, ratio_of
from alliage.vocabulary.indicators import Observation, indicators
from alliage.vocabulary.loading import read_csv
from alliage.vocabulary.places import gazetteer

EPCI = "200069193"  # CC de la Dombes


@pytest.fixture(scope="module")
def inside():
    """The rows of its communes, as the file gives them."""
    return [row for row in read_csv("places/communes.csv") if row["epci"] == EPCI]


def value(indicator: str, token: str) -> float | None:
    found = of_places(indicators().by_id[indicator], [token], gazetteer())
    return found[token].value if token in found else None


def test_the_population_is_the_one_of_the_file_and_that_of_its_communes_added_up(inside):
    assert value("population", "commune:01001") == 860
    assert value("population", f"epci:{EPCI}") == sum(int(row["population"]) for row in inside)


def test_the_number_of_communes_is_counted(inside):
    assert value("nombre-de-communes", f"epci:{EPCI}") == len(inside) == 36
    assert value("nombre-de-communes", "departement:75") == 1
    assert value("nombre-de-communes", "pays:FR") == 34_875
    assert value("nombre-de-communes", "commune:01001") is None


def test_the_area_is_the_sum_of_the_communes(inside):
    assert value("superficie", f"epci:{EPCI}") == pytest.approx(sum(float(row["area_km2"]) for row in inside))


def test_the_density_is_people_by_area(inside):
    people, area = (sum(float(row[name]) for row in inside) for name in ("population", "area_km2"))
    assert value("densite", f"epci:{EPCI}") == pytest.approx(people / area)


def test_the_share_of_small_communes_is_people_in_them_by_all_people(inside):
    people = [int(row["population"]) for row in inside]
    wanted = 100 * sum(p for p in people if p < 2000) / sum(people)
    assert value("part-petites-communes", f"epci:{EPCI}") == pytest.approx(wanted)
    assert value("part-petites-communes", "departement:75") == 0


def test_france_is_the_eighteen_regions_and_not_the_overseas_collectivities():
    rows = [row for row in read_csv("places/communes.csv") if len(row["region"]) == 2]
    assert value("population", "pays:FR") == sum(int(row["population"] or 0) for row in rows)


def test_a_value_carries_its_unit_year_source_and_address():
    found = of_places(indicators().by_id["population"], ["region:24"], gazetteer())["region:24"]
    assert (found.unit, found.year) == ("habitants", 2023)
    assert found.source
    assert found.url.startswith("https://")


@pytest.mark.parametrize("indicator", [i for i in indicators() if i.origin == "places"], ids=lambda i: i.id)
def test_every_indicator_of_the_places_is_computed_for_each_of_its_levels(indicator):
    tokens = {
        "pays": "pays:FR",
        "region": "region:76",
        "departement": "departement:46",
        "epci": f"epci:{EPCI}",
        "commune": "commune:46102",
    }
    found = of_places(indicator, tokens.values(), gazetteer())
    assert set(found) == {tokens[level] for level in indicator.levels}
    assert all(o.source == indicator.source.label and o.unit == indicator.unit for o in found.values())


def test_what_is_not_known_is_left_out():
    assert value("population", "departement:984") is None
    assert value("densite", "commune:98818") is None  # no polygon beyond the 18 régions
    assert value("population", "commune:99999") is None


def observation(value: float, year: int = 2022, place: str = "commune:01001") -> Observation:
    return Observation("x", place, value, "habitants", year, "INSEE", "https://www.insee.fr/")


def test_a_ratio_is_of_one_place_and_one_year_and_never_over_nothing():
    share = indicators().by_id["part-65-ans-et-plus"]
    found = ratio_of(share, observation(30), observation(120))
    assert found
    assert (found.value, found.unit, found.indicator) == (25.0, "%", share.id)
    assert ratio_of(share, observation(30), observation(120, year=2021)) is None
    assert ratio_of(share, observation(30), observation(120, place="commune:01002")) is None
    assert ratio_of(share, observation(30), observation(0)) is None
