"""Places of a row: shown at today's boundaries, kept as written, counted once; what may be several is asked."""

import pytest

from alliage.intake.cleaning_places import places_of_row
from alliage.intake.reading import read_batch
from alliage.vocabulary.places import gazetteer
from tests.content.test_hard_places import HARD


def drafts(path):
    return list(read_batch(path, source="test").items)


def _tokens(**cells: str) -> list[str]:
    found = places_of_row({f"places.{path}" if path != "places" else path: [cell] for path, cell in cells.items()})
    return [f"{p['level']}:{p['code']}" for p in found.as_values()]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({"code INSEE": "50383"}, "50129"),  # Octeville, merged in 2000
        ({"commune": "Châlons-sur-Marne"}, "51108"),  # renamed in 1998
        ({"code INSEE": "69383"}, "69123"),  # an arrondissement
        ({"code EPCI": "245900410"}, "200093201"),  # Lille's number until 2020
    ],
)
def test_what_was_written_in_former_times_is_kept_and_shown_at_today_s_boundaries(tmp_path, written, place):
    path = tmp_path / "t.csv"
    path.write_text(f"titre;{';'.join(written)}\nUn four;{';'.join(written.values())}\n", "utf-8")
    (draft,) = drafts(path)
    assert [p["code"] for p in draft.values["places"]] == [place]
    assert set(written.items()) <= set(draft.raw.items())
    assert not draft.issues


def test_a_place_of_today_is_not_kept_twice(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("titre;commune;code INSEE\nUn four;Figeac;46102\n", "utf-8")
    (draft,) = drafts(path)
    assert not draft.raw


def test_former_communes_of_one_commune_are_one_place():
    assert _tokens(code="50383; 50129; 50173") == ["commune:50129"]
    assert _tokens(places="Octeville, Cherbourg, Cherbourg-en-Cotentin") == ["commune:50129"]
    assert _tokens(places="Paris 11e, 75020 Paris") == ["commune:75056"]


def test_several_cities_with_arrondissements_are_several_places():
    assert _tokens(places="Paris 11e, Lyon 3") == ["commune:75056", "commune:69123"]


def test_a_former_region_is_its_departements_unless_a_commune_says_where():
    assert _tokens(region="Nord-Pas-de-Calais") == ["departement:59", "departement:62"]
    assert _tokens(places="Région Alsace") == ["departement:67", "departement:68"]
    assert _tokens(region="Rhône-Alpes", commune="Vienne") == ["commune:38544"]


def test_a_code_in_a_column_of_regions_is_that_of_a_region():
    assert _tokens(region="84") == ["region:84"]
    assert _tokens(departement="84") == ["departement:84"]
    assert _tokens(departement="1") == ["departement:01"]


def test_a_name_beside_says_which_commune_of_a_split_code_is_meant():
    assert _tokens(code="15141", commune="Chavagnac") == ["commune:15047"]
    assert _tokens(code="15141", commune="Neussargues-Moissac") == ["commune:15141"]


def test_a_postcode_in_a_column_of_codes_is_not_another_commune():
    """38200 is the code of Jarrie and the postcode of Vienne."""
    assert _tokens(code="38200", commune="Vienne") == ["commune:38544"]
    assert _tokens(code="75011", commune="Paris") == ["commune:75056"]


def test_a_code_and_a_name_that_disagree_are_told():
    found = places_of_row({"places.code": ["01004"], "places.commune": ["Figeac"]})
    assert [p.code for p in found.places] == ["01004"]
    ((_, problem),) = found.problems
    assert "Ambérieu-en-Bugey (Ain)" in problem.cause
    assert "Figeac" in problem.cause


@pytest.mark.parametrize(
    ("cells", "asked"),
    [
        ({"places.commune": ["Laval"]}, "Laval, aujourd’hui Laval-en-Belledonne (Isère)"),
        ({"places": ["Vienne"]}, "Vienne (département), Vienne (Isère)"),
        ({"places.code": ["200067221"]}, "Centre Morbihan Communauté (Morbihan)"),
    ],
)
def test_what_may_be_several_places_is_asked_with_each_of_them(cells, asked):
    found = places_of_row(cells)
    assert found.as_values() == []
    ((_, problem),) = found.problems
    assert asked in problem.fix


def test_a_misspelt_place_is_kept_as_written_and_the_report_offers_close_ones():
    found = places_of_row({"places.commune": ["Figeca"]})
    assert found.as_values() == []
    ((_, problem),) = found.problems
    assert problem.fix.startswith("Peut-être\u00a0: Figeac (Lot)\u00a0? ")


@pytest.mark.parametrize(("typed", "meant"), HARD, ids=[typed or "rien" for typed, _ in HARD])
def test_a_cell_of_places_is_read_as_the_place_field_or_asked(typed, meant):
    found = places_of_row({"places": [typed]})
    tokens = {f"{p['level']}:{p['code']}" for p in found.as_values()}
    if isinstance(meant, str):
        assert tokens == {meant}
    elif tokens:  # only the parts that make up a former région may come several at once
        assert tokens == {p.token for p in gazetteer().together(typed)} == set(meant)
    else:
        assert found.problems or not typed or found.scale
