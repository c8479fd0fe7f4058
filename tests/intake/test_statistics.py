"""Files of statistics: what each shape gives, what is mended and told, and every way in which a broken file stops."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from alliage.intake import statistic_rows
from alliage.intake.drafts import Unreadable
from alliage.intake.statistic_batch import StatisticBatch
from alliage.vocabulary.places import gazetteer
from tests.intake.statistic_makers import (
    CENSUS,
    DS_POVERTY,
    POVERTY,
    broken,
    census_rows,
    departements,
    long_poverty_rows,
    open_rows,
    plain,
    poverty_rows,
    read,
    write,
)


def value(batch: StatisticBatch, indicator: str, level: str, code: str) -> float:
    (found,) = [v for v in batch.values if (v.indicator, v.level, v.code) == (indicator, level, code)]
    return found.value


def census(tmp_path: Path, *, people: dict[str, str], drop: tuple[str, ...] = ()) -> StatisticBatch:
    """The census file with some rows more and some less; 10 people in a row added, of whom 2 are 65 or more."""
    rows = [row for row in census_rows() if row[0] not in drop]
    rows += [[code, number, "1", "0", "1", "1", "1", "1"] for code, number in people.items()]
    return read(write(tmp_path / CENSUS, rows), "insee-rp")


def test_the_census_file_gives_communes_and_their_sums(tmp_path):
    batch = read(write(tmp_path / CENSUS, census_rows()), "insee-rp")
    assert batch.issues == []
    assert value(batch, "population-recensee", "commune", "01001") == 2 * 860
    # Men and women of 65 and more: a tenth of 1,720 each.
    assert value(batch, "population-65-ans-et-plus", "commune", "01001") == 344
    inside = [p for p in gazetteer().of_level("commune") if p.epci == "200069193"]
    by_hand = sum(2 * (p.population or 0) for p in inside)
    assert value(batch, "population-recensee", "epci", "200069193") == by_hand
    assert {v.year for v in batch.values} == {2022}, "an older census of the same file is left"
    france = next(v for v in batch.values if v.level == "pays" and v.indicator == "population-recensee")
    assert france.value == sum(v.value for v in batch.values if v.level == "region" and v.indicator == france.indicator)
    assert france.note == "somme de 34875 communes"


def test_the_poverty_file_has_decimal_commas_and_counts_what_is_secret(tmp_path):
    rows = poverty_rows()
    batch = read(write(tmp_path / POVERTY, rows), "insee-filosofi")
    assert batch.issues == []
    bourg = next(row for row in rows if row[0] == "01053")
    assert value(batch, "taux-de-pauvrete", "commune", "01053") == float(bourg[3].replace(",", "."))
    assert batch.hidden == sum(row[3] == "s" for row in rows)
    assert {v.level for v in batch.values} == {"commune"}, "a rate is never added up"


def test_the_long_poverty_file_gives_the_levels_and_the_measure_that_are_declared(tmp_path):
    batch = read(write(tmp_path / DS_POVERTY, long_poverty_rows()), "insee-filosofi")
    assert batch.issues == []
    assert batch.counts() == {
        ("taux-de-pauvrete", "commune", 2021): 34_804,
        ("taux-de-pauvrete", "departement", 2021): 98,
        ("taux-de-pauvrete", "epci", 2021): 1_255,
        ("taux-de-pauvrete", "region", 2021): 15,
    }


def test_the_unemployment_workbook_gives_the_mean_of_the_four_quarters_of_its_last_whole_year(tmp_path):
    book = xlwt.Workbook()
    book.add_sheet("Lisez-moi").write(0, 0, "Taux de chômage localisés")
    sheet = book.add_sheet("Département")
    sheet.write(0, 0, "Taux de chômage localisés par département")
    head = ["Code", "Libellé", "T1_2023", "T2_2023", "T3_2023", "T4_2023", "T1_2024", "T2_2024", "T3_2024", "T4_2024"]
    for column, title in enumerate([*head, "T1_2025"]):
        sheet.write(3, column, title)
    for line, place in enumerate(departements()[:100], 4):
        number = int(place.code) if place.code.isdecimal() else place.code  # a spreadsheet takes the zero off
        for column, cell in enumerate([number, place.name, 1, 1, 1, 1, 7.1, 7.2, 7.4, 7.9, 9.9]):
            sheet.write(line, column, cell)
    sheet.write(105, 0, "Source : Insee, taux de chômage localisés.")
    path = tmp_path / "sl_etc_2025T1.xls"
    book.save(str(path))
    batch = read(path, "insee-chomage")
    assert batch.issues == []
    assert batch.counts() == {("taux-de-chomage", "departement", 2024): 100}
    assert value(batch, "taux-de-chomage", "departement", "01") == pytest.approx((7.1 + 7.2 + 7.4 + 7.9) / 4)
    assert any("perdu leur zéro" in note for note in batch.notes)


def test_parquet_gives_what_the_same_csv_gives(tmp_path):
    arrow = pytest.importorskip("pyarrow", reason="pip install .[parquet]")
    from pyarrow import parquet

    head, *rows = open_rows()
    columns = dict(zip(head, zip(*rows, strict=True), strict=True))
    columns["value"] = [float(text) for text in columns["value"]]
    columns["year"] = [int(text) for text in columns["year"]]
    parquet.write_table(arrow.table({k: list(v) for k, v in columns.items()}), tmp_path / "taux.parquet")
    first = read(tmp_path / "taux.parquet", "insee-filosofi")
    second = read(write(tmp_path / "taux.csv", open_rows(), ","), "insee-filosofi")
    assert first.issues == second.issues == []
    assert first.values == second.values
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "taux.parquet").read_bytes()[:500])
    with pytest.raises(Unreadable, match="Parquet ne se lit pas"):
        read(tmp_path / "cut.parquet", "insee-filosofi")


def test_without_its_option_a_parquet_file_gets_one_clear_sentence(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "taux.parquet").write_bytes(b"PAR1....")
    with pytest.raises(Unreadable) as refused:
        read(tmp_path / "taux.parquet", "insee-filosofi")
    assert "l’option « parquet »" in plain(str(refused.value))


def test_french_titles_and_levels_left_out_are_understood(tmp_path):
    head = ["code", "indicateur", "annee", "valeur", "unite", "source"]
    rows = [head] + [[r[0], r[2], r[3], r[4], r[5], r[6]] for r in open_rows("commune")[1:]]
    batch = read(write(tmp_path / "communes.csv", [*rows]), "insee-filosofi")
    # The values go past 100 %.
    assert {i.column for i in batch.issues} == {"valeur"}
    small = [head] + [[r[0], r[2], r[3], "12.5", r[5], r[6]] for r in open_rows("commune")[1:]]
    assert read(write(tmp_path / "communes.csv", small), "insee-filosofi").issues == []


# --- Codes of yesterday ---


def test_all_codes_without_their_zero_get_it_back_and_this_is_told(tmp_path):
    rows = census_rows()
    for row in rows[1:]:
        row[0] = row[0].lstrip("0")
    batch = read(write(tmp_path / CENSUS, rows), "insee-rp")
    assert batch.issues == []
    assert value(batch, "population-recensee", "commune", "01001") == 1720
    assert any("perdu leur zéro" in note for note in batch.notes)


def test_former_communes_are_added_up_into_the_one_of_today(tmp_path):
    own = next(int(row[1]) for row in census_rows() if row[0] == "01015")
    batch = census(tmp_path, people={"01340": "10"})  # Saint-Bois is in Arboys en Bugey today
    assert batch.issues == []
    assert value(batch, "population-recensee", "commune", "01015") == own + 10
    assert next(v for v in batch.values if v.code == "01015").note == "somme des anciennes communes 01015, 01340"


def test_a_quantity_of_which_one_former_commune_is_not_published_has_no_value(tmp_path):
    batch = census(tmp_path, people={"01340": "nd"})
    assert batch.issues == []
    assert not [v for v in batch.values if (v.indicator, v.code) == ("population-recensee", "01015")]


def test_paris_is_never_counted_whole_and_by_arrondissement(tmp_path):
    paris = next(int(row[1]) for row in census_rows() if row[0] == "75056")
    districts = {f"751{n:02}": "10" for n in range(1, 21)}
    both = census(tmp_path, people=districts)
    assert value(both, "population-recensee", "commune", "75056") == paris
    parts = census(tmp_path, people=districts, drop=("75056",))
    assert value(parts, "population-recensee", "commune", "75056") == 200


def test_a_rate_of_former_communes_is_kept_apart_and_told(tmp_path):
    rows = [*poverty_rows(), ["01340", "100", "21000", "14,0"]]
    batch = read(write(tmp_path / POVERTY, rows), "insee-filosofi")
    assert batch.issues == []
    assert not [v for v in batch.values if v.code == "01015"]
    rows = [row for row in rows if row[0] != "01015"]
    batch = read(write(tmp_path / POVERTY, rows), "insee-filosofi")
    assert not [v for v in batch.values if v.code == "01015"]
    assert any("01340" in note and "un taux ne s’additionne pas" in note for note in batch.notes)


def test_a_sum_needs_nearly_all_the_people_of_the_territory(tmp_path):
    batch = census(tmp_path, people={"46102": "nd"}, drop=("46102",))  # Figeac
    assert batch.issues == []
    levels = {(v.level, v.code) for v in batch.values if v.indicator == "population-recensee"}
    figeac = gazetteer().by_token["commune:46102"]
    assert ("departement", "46") not in levels
    assert ("epci", figeac.epci) not in levels
    region = next(v for v in batch.values if (v.level, v.code, v.indicator) == ("region", "76", "population-recensee"))
    assert region.note.endswith("; 1 sans valeur")


# --- Files that stop ---


def cell(at: int, column: int, text: str):
    return lambda rows: rows[at].__setitem__(column, text)


@pytest.mark.parametrize(
    ("change", "cause", "fix"),
    [
        (cell(29, 0, "2a"), "la casse des lettres compte", "2A"),
        (cell(30, 0, "3"), "Il manque un chiffre", "03"),
        (cell(30, 0, "98765"), "n’est celui d’aucun territoire", "Corrigez le code"),
        (cell(30, 4, "12,5"), "Une virgule au lieu d’un point", "12.5"),
        (cell(30, 4, "n.c."), "Ce n’est pas un nombre", "laissez-la vide"),
        (cell(30, 4, "NaN"), "un logiciel qui n’a pas de valeur", "Laissez la case vide"),
        (cell(30, 4, "12.5 %"), "Le signe « % » est dans la case", "« 12.5 »"),
        (cell(30, 4, "1\u202f200"), "séparent les milliers", "« 1200 »"),
        (cell(30, 4, "1e999"), "Ce n’est pas un nombre", "laissez-la vide"),
        (cell(30, 4, "12.5.1"), "Ce n’est pas un nombre", "Corrigez"),
        (cell(30, 4, "140"), "va de 0 à 100 %", "son signe décimal"),
        (cell(30, 4, "-3"), "va de 0 à 100 %", "Vérifiez"),
        (cell(30, 2, "taux-de-paresse"), "L’indicateur « taux-de-paresse » n’existe pas", "taux-de-pauvrete"),
        (cell(30, 2, "population"), "il ne s’importe pas", "taux-de-pauvrete"),
        (cell(30, 1, "canton"), "Le niveau « canton » n’existe pas", "commune"),
        (cell(30, 1, "pays"), "n’est pas celui d’un pays", "FR"),
        (cell(30, 3, "21"), "n’est pas une année", "quatre chiffres"),
        (cell(30, 5, "‰"), "L’unité de « Taux de pauvreté » est « % »", "Convertissez"),
        (lambda rows: rows.append(list(rows[30])), "a déjà une valeur", "Gardez une seule"),
        (lambda rows: rows[30].insert(4, "12"), "plus de cellules que la première", "Corrigez la ligne"),
        (lambda rows: rows.__setitem__(30, rows[30][:3]), "Cette ligne est coupée", "Corrigez la ligne"),
    ],
)
def test_one_value_that_cannot_be_told_stops_the_file_and_says_where(tmp_path, change, cause, fix):
    batch = broken(tmp_path, change)
    issue = next(i for i in batch.issues if cause in plain(i.cause))
    assert fix in plain(issue.fix)
    assert issue.file == "taux.csv"
    assert issue.line in (30, 31, 103)


def test_a_corsican_commune_in_small_letters_stops_the_file(tmp_path):
    rows = poverty_rows()
    at = next(n for n, row in enumerate(rows) if row[0] == "2A004")
    rows[at][0] = "2a004"
    batch = read(write(tmp_path / POVERTY, rows), "insee-filosofi")
    (issue,) = batch.issues
    assert (issue.line, issue.value) == (at + 1, "2a004")
    assert "« 2A004 »" in plain(issue.fix)


def test_a_missing_digit_stops_the_file_even_where_a_zero_would_make_a_code(tmp_path):
    rows = census_rows()
    at = next(n for n, row in enumerate(rows) if row[0] == "10387")  # Troyes
    rows[at][0] = "1004"  # « 01004 » exists, and is there too
    batch = read(write(tmp_path / CENSUS, rows), "insee-rp")
    assert {(i.line, i.value) for i in batch.issues} == {(at + 1, "1004")}
    assert "on ne peut pas savoir lequel" in batch.issues[0].cause


@pytest.mark.parametrize("text", ["a;b\n1;2\n", "", "CODGEO;MED21\n01001;3\n", "<html><body>Introuvable</body></html>"])
def test_a_file_of_another_shape_says_which_columns_are_awaited(tmp_path, text):
    path = tmp_path / POVERTY
    path.write_text(text, "utf-8")
    with pytest.raises(Unreadable) as refused:
        read(path, "insee-filosofi")
    assert "CODGEO" in str(refused.value) or "CSV" in str(refused.value)


def test_a_file_of_endless_values_stops_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(statistic_rows, "MOST_VALUES", 50)
    batch = read(write(tmp_path / "taux.csv", open_rows(), ","), "insee-filosofi")
    assert "plus de 50 valeurs" in plain(batch.issues[0].cause)
    assert batch.values == []


def test_two_files_with_the_same_columns_are_told_by_their_name_only(tmp_path):
    path = write(tmp_path / "pauvrete.csv", poverty_rows())
    with pytest.raises(Unreadable, match="cc_filosofi"):
        read(path, "insee-filosofi")


digits = st.text("0123456789abAB, .;-\u00a0\"'é\n", max_size=8)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(digits, min_size=1, max_size=9), max_size=6), st.integers(1, 6))
def test_no_content_of_cells_makes_a_traceback(tmp_path_factory, some, at):
    rows = open_rows()
    for row in some:
        rows.insert(at, row)
    batch = read(write(tmp_path_factory.mktemp("s") / "taux.csv", rows, ","), "insee-filosofi")
    codes = [v.code for v in batch.values]
    assert len(codes) == len(set(codes))
    assert not (batch.issues and batch.values)
