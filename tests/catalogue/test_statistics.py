"""Published statistics: whole or not at all, replaced with their history kept, read in one query by every page."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest

from alliage.agreement import database_disagreements
from alliage.catalogue import statistics
from alliage.catalogue.actions.publish_statistics import publish_file
from alliage.catalogue.journal import current_revision
from alliage.catalogue.models import Change, IndicatorValue, StatisticRelease
from alliage.exports.indicators import COLUMNS, indicator_csv
from alliage.vocabulary.indicators import indicators
from alliage.vocabulary.places import gazetteer
from tests.conftest import NOW, TESTER
from tests.intake.statistic_makers import census_rows, departements, open_rows, write

pytestmark = pytest.mark.django_db
POVERTY = "taux-de-pauvrete"


def publish(path: Path, source: str = "insee-filosofi", **options):
    return publish_file(path, source=indicators().sources[source], by=TESTER, at=NOW, **options)


@pytest.fixture
def poverty(tmp_path):
    """Publishes poverty rates of départements after a change of the rows."""

    def run(change=lambda rows: None, year="2021", name="taux.csv", **options):
        rows = open_rows(year=year)
        change(rows)
        return publish(write(tmp_path / name, rows, ","), **options)

    return run


def ain() -> float | None:
    found = statistics.values_of(["departement:01"])["departement:01"].get(POVERTY)
    return found.value if found else None


def test_a_published_value_carries_its_year_unit_source_address_and_day(poverty):
    report = poverty()
    assert (report.published, report.values, report.stopped) == (True, 101, False)
    found = statistics.values_of(["departement:2A", "departement:01"])
    lines = {row[0]: row for row in open_rows()}
    for code in ("2A", "01"):
        observation = found[f"departement:{code}"][POVERTY]
        assert observation.value == float(lines[code][4])
        assert (observation.unit, observation.year) == ("%", 2021)
        assert observation.source == "INSEE, Filosofi 2021"
        assert observation.url == "https://www.insee.fr/fr/statistiques/7756729"
        assert observation.released_on == "2026-03-02"


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[20].__setitem__(0, "2a"),
        lambda rows: rows[30].__setitem__(0, "3"),
        lambda rows: rows.__delitem__(slice(1, 50)),
        lambda rows: rows[30].__setitem__(4, "12,5"),
        lambda rows: rows[30].__setitem__(2, "taux-de-paresse"),
        lambda rows: rows.append(list(rows[30])),
        lambda rows: rows[30].__setitem__(4, "140"),
        lambda rows: [row.__setitem__(4, "") for row in rows[40:]],
        lambda rows: rows.clear(),
        lambda rows: [row.__setitem__(1, "DEP") for row in rows[1:]],
        lambda rows: [row.__setitem__(4, "0.105") for row in rows[1:]],
        lambda rows: rows[30].__setitem__(4, "-3"),
        lambda rows: rows[30].__setitem__(4, "NaN"),
        lambda rows: rows[30].__setitem__(4, "12.5 %"),
        lambda rows: rows[30].__setitem__(3, ""),
    ],
    ids=[
        "letter case", "one digit missing", "half gone", "comma", "unknown indicator", "twice", "out of bounds",
        "values no longer published", "empty file", "level spelt otherwise", "fractions", "negative", "NaN", "percent sign",
        "no year",
    ],
)  # fmt: skip
def test_a_broken_file_leaves_published_values_releases_and_journal_as_they_were(poverty, change):
    poverty()
    before = (list(IndicatorValue.objects.order_by("id").values()), current_revision(), Change.objects.count())
    report = poverty(lambda rows: ([row.__setitem__(4, "25.5") for row in rows[1:]], change(rows)))
    assert (report.stopped, report.published) == (True, False)
    assert report.issues
    assert all(issue.cause and issue.fix and issue.file == "taux.csv" for issue in report.issues)
    assert (list(IndicatorValue.objects.order_by("id").values()), current_revision(), Change.objects.count()) == before
    assert StatisticRelease.objects.count() == 1
    assert ain() == 10.0


def test_the_same_file_again_changes_nothing(poverty):
    poverty()
    revision = current_revision()
    report = poverty(name="le-meme.csv")
    assert (report.unchanged, report.published) == (True, False)
    assert (current_revision(), StatisticRelease.objects.count()) == (revision, 1)


def test_a_dry_run_checks_everything_and_publishes_nothing(poverty):
    report = poverty(dry_run=True)
    assert (report.values, report.published, report.stopped) == (101, False, False)
    assert not IndicatorValue.objects.exists()


def test_a_new_file_of_the_same_year_replaces_and_keeps_the_former_values(poverty):
    poverty()
    report = poverty(lambda rows: rows[1].__setitem__(4, "11.1"))
    assert report.replaced == 101
    assert ain() == 11.1
    former, last = StatisticRelease.objects.order_by("revision")
    assert (former.current, last.current) == (False, True)
    assert former.values.get(code="01").value == 10.0
    assert former.checksum != last.checksum
    assert database_disagreements() == []


def test_each_release_is_one_change_of_the_journal(poverty):
    poverty()
    poverty(lambda rows: rows[1].__setitem__(4, "11.1"))
    first, second = Change.objects.filter(subject="statistic").order_by("revision")
    assert (first.verb, first.by_label) == ("publish", "test")
    assert first.after["counts"] == {POVERTY: {"departement 2021": 101}}
    assert first.after["checksum"] == StatisticRelease.objects.get(pk=first.subject_id).checksum
    assert second.before == {"replaced": {first.subject_id: 101}}
    assert second.revision == current_revision()


def test_another_year_stands_beside_and_the_last_one_is_shown(poverty):
    poverty(year="2021")
    poverty(lambda rows: rows[1].__setitem__(4, "9.9"), year="2020", name="2020.csv")
    assert ain() == 10.0
    assert statistics.values_of_level(POVERTY, "departement", year=2020)["departement:01"].value == 9.9
    assert len(statistics.values_of_level(POVERTY, "departement")) == 101


def test_a_share_of_two_imported_quantities_is_redone_by_hand_at_every_level(tmp_path):
    publish(write(tmp_path / "base-cc-evol-struct-pop-2022.CSV", census_rows()), "insee-rp")
    rows = {row[0]: row for row in census_rows()[1:]}
    tokens = ["commune:46102", "departement:46", "region:76", "pays:FR"]
    found = statistics.values_of(tokens)
    lot = [rows[p.code] for p in gazetteer().of_level("commune") if p.departement == "46"]
    older = sum(float(row[4]) + float(row[5]) for row in lot)
    people = sum(int(row[1]) for row in lot)
    assert found["departement:46"]["population-65-ans-et-plus"].value == pytest.approx(older)
    assert found["departement:46"]["part-65-ans-et-plus"].value == pytest.approx(100 * older / people)
    assert {round(found[token]["part-65-ans-et-plus"].value, 3) for token in tokens} == {20.0}
    assert len(statistics.values_of_level("part-65-ans-et-plus", "epci")) == 1255


def people_rows(indicator: str, year: int, number) -> list[list[str]]:
    """Départements in the open format; `number` of the place."""
    head = ["code", "level", "indicator", "year", "value", "unit", "source"]
    return [head] + [
        [p.code, "departement", indicator, str(year), str(number(p)), "habitants", "INSEE"] for p in departements()
    ]


def test_a_share_whose_two_quantities_end_in_different_years_is_of_the_last_year_that_both_have(tmp_path):
    share = "part-65-ans-et-plus"
    for at, (indicator, year, number) in enumerate(
        [
            ("population-recensee", 2020, lambda p: p.population),
            ("population-65-ans-et-plus", 2022, lambda p: p.population // 5),
        ]
    ):
        publish(write(tmp_path / f"{at}.csv", people_rows(indicator, year, number), ","), "insee-rp")
    assert share not in {i.id for i in statistics.available("departement")}, "no year in common, no empty map"
    assert statistics.values_of_level(share, "departement") == {}
    third = people_rows("population-65-ans-et-plus", 2020, lambda p: p.population // 4)
    publish(write(tmp_path / "2.csv", third, ","), "insee-rp")
    assert share in {i.id for i in statistics.available("departement")}
    found = statistics.values_of_level(share, "departement")
    assert len(found) == 101
    assert {o.year for o in found.values()} == {2020}
    assert found["departement:46"].value == pytest.approx(25, abs=0.01)
    assert statistics.values_of(["departement:46"])["departement:46"][share].year == 2020


def test_a_year_that_has_not_begun_stops_the_file(poverty):
    report = poverty(year="2091")
    assert report.stopped
    assert "2091" in report.issues[0].cause
    assert not IndicatorValue.objects.exists()


def test_a_level_that_a_file_of_the_source_gave_and_the_next_one_lacks_stops_it(tmp_path):
    def rows(levels):
        head, *departments = open_rows()
        regions = [p for p in gazetteer().of_level("region") if len(p.code) == 2]
        told = [[p.code, "region", POVERTY, "2021", "14.5", "%", "INSEE"] for p in regions]
        return [head, *(departments if "departement" in levels else ()), *(told if "region" in levels else ())]

    assert publish(write(tmp_path / "deux.csv", rows(("departement", "region")), ",")).published
    report = publish(write(tmp_path / "un.csv", rows(("departement",)), ","))
    assert (report.stopped, report.published) == (True, False)
    (issue,) = report.issues
    assert issue.cause == (
        "«\u00a0Taux de pauvreté\u00a0», niveau région\u00a0: aucune valeur, alors que «\u00a0deux.csv\u00a0», publié aujourd’hui, en "
        "donne 18."
    )
    assert IndicatorValue.objects.filter(current=True).count() == 119


def test_a_sum_made_here_never_takes_the_place_of_what_the_source_published(tmp_path):
    head = ["code", "level", "indicator", "year", "value", "unit", "source"]
    given = [
        [p.code, "departement", "population-recensee", "2022", str(p.population), "habitants", "INSEE"]
        for p in departements()
    ]
    publish(write(tmp_path / "departements.csv", [head, *given], ","), "insee-rp")
    report = publish(write(tmp_path / "base-cc-evol-struct-pop-2022.CSV", census_rows()), "insee-rp")
    assert report.published
    found = statistics.values_of(["departement:46", "region:76"])
    assert found["departement:46"]["population-recensee"].value == gazetteer().by_token["departement:46"].population
    assert found["region:76"]["population-recensee"].note.startswith("somme de ")


def test_values_of_many_places_take_one_query(poverty, django_assert_num_queries):
    poverty()
    tokens = [p.token for level in ("departement", "region") for p in gazetteer().of_level(level)]
    with django_assert_num_queries(1):
        found = statistics.values_of([*tokens, "commune:46102", "pays:FR"], alliances={"departement:46": 12})
    assert found["departement:46"]["nombre-d-alliances"].value == 12
    assert "nombre-d-alliances" not in found["departement:01"]
    with django_assert_num_queries(1):
        statistics.values_of_level(POVERTY, "departement")
    with django_assert_num_queries(0):
        statistics.values_of_level("densite", "epci")


def test_values_of_all_communes_at_once_are_read(poverty, django_assert_num_queries):
    poverty()
    tokens = [*(p.token for p in gazetteer().of_level("commune")), "departement:46"]
    with django_assert_num_queries(1):
        found = statistics.values_of(tokens)
    assert len(found) == len(tokens)
    assert POVERTY in found["departement:46"]


def test_what_studies_tell_is_shown_with_its_source_and_france_apart():
    found = statistics.values_of(["region:24", "pays:FR"])
    maires = found["region:24"]["leviers-maires"]
    assert (maires.value, maires.year, maires.source) == (89, 2019, "Programme PHARE, cité par Villes au Carré")
    assert "priorite-percue-emploi" not in found["region:24"]
    assert found["pays:FR"]["priorite-percue-emploi"].value == 6.4  # of 2019, the last one


def test_only_indicators_that_have_a_value_are_offered(poverty):
    before = {i.id for i in statistics.available("departement")}
    assert {"population", "densite", "nombre-d-alliances"} <= before
    assert not before & {POVERTY, "part-65-ans-et-plus", "taux-de-chomage"}
    poverty()
    assert POVERTY in {i.id for i in statistics.available("departement")}


def test_an_unknown_indicator_or_place_gives_nothing():
    assert statistics.values_of_level("paresse", "departement") == {}
    assert statistics.values_of_level("densite", "pays") == {}
    assert statistics.values_of(["commune:99999", "n’importe quoi"]) == {"commune:99999": {}, "n’importe quoi": {}}


def test_the_table_of_an_indicator_is_read_back_as_the_same_values(poverty, tmp_path):
    poverty()
    shown = statistics.values_of_level(POVERTY, "departement")
    text = "".join(indicator_csv(shown.values()))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == len(shown) == 101
    assert tuple(rows[0]) == COLUMNS
    assert (rows[0]["code"], rows[0]["territoire"], rows[0]["valeur"]) == ("01", "Ain", "10")
    (tmp_path / "rendu.csv").write_text(text, "utf-8")
    assert publish(tmp_path / "rendu.csv").unchanged


def test_the_table_holds_computed_and_told_values_and_no_formula():
    observations = [
        *statistics.values_of_level("densite", "region").values(),
        *statistics.values_of(["pays:FR"])["pays:FR"].values(),
    ]
    observations.append(replace(observations[0], note="=1+1", value=-0.5))
    rows = list(csv.reader(io.StringIO("".join(indicator_csv(observations)))))
    assert ["11", "region", "Île-de-France"] in [row[:3] for row in rows]
    assert ["FR", "pays", "France"] in [row[:3] for row in rows]
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    assert "-0.5" in {row[5] for row in rows}, "a number below nothing stays a number"


def test_the_day_of_a_release_is_that_of_its_import(poverty, tmp_path):
    rows = open_rows()
    later = NOW + dt.timedelta(days=30)
    publish_file(
        write(tmp_path / "taux.csv", rows, ","),
        source=indicators().sources["insee-filosofi"],
        by=TESTER,
        at=later,
    )
    shown = {s.source.id: s for s in statistics.sources_shown()}
    assert shown["insee-filosofi"].release.imported_at == later
    assert shown["insee-filosofi"].labels == ["Taux de pauvreté"]
    assert "insee-chomage" not in shown, "a source of which nothing is shown is not named"
    assert statistics.values_of(["departement:01"])["departement:01"][POVERTY].released_on == later.date().isoformat()
