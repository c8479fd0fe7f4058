"""A file of statistics that is not whole, or not what is published, stops: territories, levels, columns, units."""

from __future__ import annotations

import pytest

from alliage.intake.statistic_checks import PublishedToday, against_published
from tests.intake.statistic_makers import (
    CENSUS,
    DS_POVERTY,
    POVERTY,
    broken,
    census_rows,
    long_poverty_rows,
    open_rows,
    plain,
    poverty_rows,
    read,
    write,
)


def test_half_the_territories_gone_stops_the_file_and_names_some(tmp_path):
    rows = census_rows()
    batch = read(write(tmp_path / CENSUS, rows[: len(rows) // 2]), "insee-rp")
    assert batch.values == []
    assert "34\u202f900 attendus" in batch.issues[0].cause
    assert "Paris (75056)" in batch.issues[0].fix
    assert "17\u202f437 territoires" in batch.issues[0].cause
    assert "57 territoires" in broken(tmp_path, lambda rows: rows.__delitem__(slice(1, 45))).issues[0].cause


@pytest.mark.parametrize("gone", ["DEP", "EPCI", "REG"])
def test_a_level_that_its_source_gives_and_the_file_has_not_stops_the_file(tmp_path, gone):
    rows = [row for row in long_poverty_rows() if row[1] not in ("COM", gone)]
    batch = read(write(tmp_path / DS_POVERTY, rows), "insee-filosofi")
    assert batch.values == []
    assert len(batch.issues) == 2
    for issue, word in zip(batch.issues, ("COM", gone), strict=True):
        assert "aucun territoire" in issue.cause
        assert f"« {word} »" in plain(issue.fix)


@pytest.mark.parametrize(("said", "instead"), [("DEP", "Département"), ("REG", "reg"), ("EPCI", "EPCI ")])
def test_a_level_spelt_otherwise_stops_the_file_and_says_what_was_read(tmp_path, said, instead):
    rows = [[row[0], instead if row[1] == said else row[1], *row[2:]] for row in long_poverty_rows() if row[1] != "COM"]
    batch = read(write(tmp_path / DS_POVERTY, rows), "insee-filosofi")
    assert batch.values == []
    fixes = [plain(issue.fix) for issue in batch.issues]
    if instead.strip() == said:
        assert len(fixes) == 1, "a space behind is no other spelling: only the communes are missing"
        return
    assert any(f"s’écrit « {said} » dans la colonne GEO_OBJECT" in fix and f"« {instead} »" in fix for fix in fixes)


def test_levels_spelt_otherwise_in_the_open_format_are_refused_line_by_line(tmp_path):
    batch = broken(tmp_path, lambda rows: [row.__setitem__(1, "DEP") for row in rows[1:]])
    assert batch.issues_in_all == 101
    assert plain(batch.issues[0].cause) == "Le niveau « DEP » n’existe pas."


def test_a_measure_spelt_otherwise_stops_the_file(tmp_path):
    rows = [
        [*row[:2], row[2].replace("PR_MD60", "PR_MD_60"), *row[3:]] for row in long_poverty_rows() if row[1] != "COM"
    ]
    batch = read(write(tmp_path / DS_POVERTY, rows), "insee-filosofi")
    assert batch.values == []
    assert "FILOSOFI_MEASURE « PR_MD_60 »" in plain(batch.issues[0].fix)


def test_a_column_of_the_last_census_gone_stops_the_file(tmp_path):
    """Without P22_POP, the population of 2016 would stand beside the old people of 2022."""
    rows = [[row[0], *row[2:]] for row in census_rows()]
    batch = read(write(tmp_path / CENSUS, rows), "insee-rp")
    assert batch.values == []
    assert any("la dernière année est 2016, le fichier va jusqu’à 2022" in i.cause for i in batch.issues)


def test_a_column_of_empty_cells_stops_the_file(tmp_path):
    rows = census_rows()
    for row in rows[1:]:
        row[1] = ""
    batch = read(write(tmp_path / CENSUS, rows), "insee-rp")
    assert batch.values == []
    assert "toutes les cases sont vides ou secrètes" in batch.issues[0].cause


def test_people_counted_in_thousands_are_noticed_without_any_published_value(tmp_path):
    rows = census_rows()
    for row in rows[1:]:
        row[1] = f"{float(row[1]) / 1000:.3f}"
    batch = read(write(tmp_path / CENSUS, rows), "insee-rp")
    assert batch.values == []
    assert "0,002 par habitant" in batch.issues[0].cause
    assert "ni milliers" in batch.issues[0].fix


def test_rates_given_as_fractions_are_noticed_without_any_published_value(tmp_path):
    batch = broken(tmp_path, lambda rows: [row.__setitem__(4, f"{float(row[4]) / 100:.4f}") for row in rows[1:]])
    assert "vraisemblable (3 à 40)" in batch.issues[0].cause


def test_a_sign_that_groups_thousands_is_never_read_as_a_decimal_one(tmp_path):
    rows = census_rows()
    for row in rows[1:]:
        row[1] = f"{int(row[1]):,}"
        row[4] = row[5] = str(round(float(row[4])))
    batch = read(write(tmp_path / CENSUS, rows), "insee-rp")
    assert batch.values == []
    assert any("sans séparateur de milliers" in plain(i.fix) for i in batch.issues)


def held(values, keep=lambda v: True, factor: float = 1) -> PublishedToday:
    """What would be published today had the same values, changed, been published before."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for v in values:
        if keep(v):
            found.setdefault((v.indicator, v.level), {})[v.code] = v.value * factor
    return PublishedToday(found)


def test_far_fewer_values_than_are_published_stop_the_file(tmp_path):
    rows = poverty_rows(rate=lambda at: "12,5" if at % 2 else "s")
    batch = read(write(tmp_path / POVERTY, rows), "insee-filosofi")
    assert batch.issues == [], "all territories are listed: only what is published tells"
    before = read(write(tmp_path / POVERTY, poverty_rows()), "insee-filosofi").values
    assert against_published(batch, batch.values, PublishedToday()) == []
    assert against_published(batch, batch.values, held(batch.values)) == []
    (issue,) = against_published(batch, batch.values, held(before))
    assert "publiées aujourd’hui" in issue.cause


def test_a_departement_that_the_file_leaves_out_is_told_and_stops_it_once_it_is_published(tmp_path):
    rows = [row for row in census_rows() if not row[0].startswith("46")]
    batch = read(write(tmp_path / CENSUS, rows), "insee-rp")
    assert batch.issues == [], "within the tolerance of the source"
    assert any("Lot (46)" in note for note in batch.notes)
    today = held(batch.values)
    today.values["population-recensee", "commune"]["46102"] = 20_000.0
    issues = against_published(batch, batch.values, today)
    assert any("plus aucune valeur dans ces départements : Lot (46)" in plain(i.cause) for i in issues)


@pytest.mark.parametrize(("factor", "said"), [(0.1, "10 fois plus grandes"), (1000, "1\u202f000 fois plus petites")])
def test_values_of_another_order_than_the_published_ones_stop_the_file(tmp_path, factor, said):
    batch = read(write(tmp_path / "taux.csv", open_rows(), ","), "insee-filosofi")
    (issue,) = against_published(batch, batch.values, held(batch.values, factor=factor))
    assert said in issue.cause


def test_a_few_territories_less_are_told_and_do_not_stop_the_file(tmp_path):
    before = read(write(tmp_path / "taux.csv", open_rows(), ","), "insee-filosofi").values
    batch = read(write(tmp_path / "taux.csv", open_rows()[:-2], ","), "insee-filosofi")
    assert against_published(batch, batch.values, held(before)) == []
    assert any("2 territoires publiés n’ont plus de valeur" in plain(note) for note in batch.notes)
