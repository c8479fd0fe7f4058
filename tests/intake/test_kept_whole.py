"""A cell is never reduced to one value in silence: what the field cannot hold stays with the record."""

from __future__ import annotations

import pytest

from alliage.intake.pipeline import open_batch


def drafts(tmp_path, text, **options):
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    return list(open_batch(path, source="t", **options).items)


@pytest.mark.parametrize("cell", ["2018-2022", "2018 – 2022", "de 2018 à 2022", "2018/2022"])
def test_two_years_under_the_title_of_the_start_give_start_and_end(tmp_path, cell):
    (one,) = drafts(tmp_path, f"titre;début\nA;{cell}\n")
    assert one.values == {"title": "A", "start_year": 2018, "end_year": 2022}
    assert one.raw == {}


@pytest.mark.parametrize(
    ("cell", "year"), [("01/09/2015", 2015), ("vers 2019", 2019), ("2018, repris en 2021", 2018), ("2022-2018", 2022)]
)
def test_a_cell_that_tells_more_than_its_year_stays_with_the_record(tmp_path, cell, year):
    (one,) = drafts(tmp_path, f"titre;début\nA;{cell}\n")
    assert (one.values["start_year"], one.raw) == (year, {"début": cell})


@pytest.mark.parametrize("cell", ["2019", "depuis 2019", "en 2019"])
def test_a_cell_that_only_tells_a_year_is_not_kept_twice(tmp_path, cell):
    (one,) = drafts(tmp_path, f"titre;début\nA;{cell}\n")
    assert (one.values["start_year"], one.raw) == (2019, {})


def test_two_years_beside_a_column_for_the_end_leave_it_its_own_cell(tmp_path):
    (one,) = drafts(tmp_path, "titre;début;fin\nA;2018-2022;2023\n")
    assert (one.values["start_year"], one.values["end_year"]) == (2018, 2023)
    assert one.raw == {"début": "2018-2022"}


def test_an_end_before_the_start_is_told_and_not_taken(tmp_path):
    (one,) = drafts(tmp_path, "titre;début;fin\nA;2020;2018\n")
    assert one.values == {"title": "A", "start_year": 2020}
    (issue,) = one.issues
    assert (issue.column, issue.value, one.raw) == ("fin", "2018", {"fin": "2018"})
    assert "2020" in issue.cause


def test_places_told_in_one_cell_are_all_kept(tmp_path):
    (one,) = drafts(tmp_path, 'titre;lieux\nA;"Lot ; Figeac"\n')
    assert [p["code"] for p in one.values["places"]] == ["46", "46102"]


def test_a_region_beside_its_commune_only_says_where_it_lies(tmp_path):
    (one,) = drafts(tmp_path, "titre;région;commune\nA;Occitanie;Figeac\n")
    assert [p["code"] for p in one.values["places"]] == ["46102"]


@pytest.mark.parametrize(
    ("title", "cell", "fact"),
    [
        ("Budget (k€)", "12,5", {"text": "12,5\u00a0k€"}),
        ("Budget 2023 (en k€)", "12,5", {"text": "12,5\u00a0k€", "year": 2023}),
        ("Budget (k€)", "12,5 M€ par an", {"text": "12,5 M€ par an"}),
        ("Budget", "12,5", {"text": "12,5"}),
    ],
)
def test_a_bare_number_keeps_the_unit_of_its_column(tmp_path, title, cell, fact):
    (one,) = drafts(tmp_path, f'titre;{title}\nA;"{cell}"\n')
    assert one.values["resources"] == [fact]


def test_two_roles_of_the_same_partner_are_both_told(tmp_path):
    (one,) = drafts(tmp_path, 'titre;partenaires\nA;"Mairie : finance ; Mairie : prête le local ; Mairie : finance"\n')
    assert one.values["partners"] == [{"name": "Mairie", "role": "finance ; prête le local"}]


def test_a_role_told_with_the_name_stays_beside_that_of_the_role_column(tmp_path):
    (one,) = drafts(tmp_path, "titre;partenaire 1;rôle 1\nA;Mairie : finance;prête le local\n")
    assert one.values["partners"] == [{"name": "Mairie", "role": "finance ; prête le local"}]


@pytest.mark.parametrize("title", ["Nom projet", "Nom du projet", "nom de l'alliance"])
def test_a_title_without_its_small_words_is_the_same_title(tmp_path, title):
    (one,) = drafts(tmp_path, f"{title};référent\nLe four;A. B.\n")
    assert one.values == {"title": "Le four"}


def test_a_name_too_long_for_its_column_is_cut_told_and_kept_whole(tmp_path):
    name = "Association " + "des amis " * 60
    (one,) = drafts(tmp_path, f"titre;partenaire 1\nA;{name}\n")
    (partner,) = one.values["partners"]
    assert len(partner["name"]) <= 300
    assert one.raw == {"partenaire 1": name.strip()}
    assert one.issues[0].column == "partenaire 1"
