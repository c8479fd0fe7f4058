"""Whole files into the catalogue: nothing lost, nothing doubled, imported twice nothing changes."""

from __future__ import annotations

import json

import pytest

from alliage.catalogue.actions.receive import receive
from alliage.catalogue.models import Alliance, Change, Organisation, Proposal, SheetLine
from alliage.catalogue.queries import published_pages
from alliage.exports import tables
from alliage.intake.pipeline import Limits, open_batch
from tests.conftest import NOW, TESTER
from tests.intake.document_makers import LINES, document
from tests.intake.makers import UGLY, UGLY_PARTNERS, csv_text


def imported(path, source="reseau", publish=True):
    return receive(batch=open_batch(path, source=source), by=TESTER, at=NOW, publish=publish)


def starter_records():
    return [stored.record for page in published_pages() for stored in page]


@pytest.mark.django_db
def test_the_founding_sheet_fills_an_empty_base_with_its_41_lines(empty_catalogue, shared_files):
    report = imported(shared_files / "fiche" / "exemples-alliances.md", "fiche", publish=False)
    assert (report.created, report.lines, report.refused) == (41, 41, 0)
    lines = SheetLine.objects.filter(document="fiche")
    assert lines.count() == 41
    assert all(line.alliances.count() == 1 for line in lines)
    assert len(set(lines.values_list("trend", flat=True))) == 16
    assert len(set(Alliance.objects.values_list("mode", flat=True))) == 4
    assert Organisation.objects.filter(name="Habitat & Humanisme").exists()
    again = imported(shared_files / "fiche" / "exemples-alliances.md", "fiche", publish=False)
    assert (again.created, again.unchanged) == (0, 41)


@pytest.mark.django_db
def test_the_founding_sheet_is_recognised_in_the_starter_base(shared_files):
    before = Alliance.objects.count()
    report = imported(shared_files / "fiche" / "exemples-alliances.md", "fiche")
    assert (report.created, report.set_aside, report.unchanged) == (0, 0, 41)
    assert Alliance.objects.count() == before
    lines = SheetLine.objects.filter(document="fiche")
    assert all(line.alliances.exists() for line in lines)


@pytest.mark.django_db
def test_an_ugly_spreadsheet_loses_nothing_and_imported_twice_changes_nothing(tmp_path):
    path = tmp_path / "ugly.csv"
    path.write_bytes(csv_text(UGLY).encode("cp1252"))
    report = imported(path)
    assert (report.read, report.created, report.refused) == (4, 4, 0)
    found = Alliance.objects.filter(source="reseau")
    assert {r.name for a in found for r in a.roles.all()} == UGLY_PARTNERS
    changes, rows = Change.objects.count(), list(found.values())
    again = imported(path)
    assert (again.read, again.unchanged) == (4, 4)
    assert (Change.objects.count(), list(found.values())) == (changes, rows)


@pytest.mark.django_db
@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
def test_our_own_export_imported_again_changes_nothing(tmp_path, suffix):
    path = tmp_path / f"tout.{suffix}"
    records = starter_records()
    if suffix == "csv":
        path.write_text("".join(tables.csv_lines(records)), "utf-8")
    elif suffix == "xlsx":
        tables.write_xlsx(records, path)
    else:
        path.write_text("".join(tables.json_pieces(records, len(records))), "utf-8")
    report = imported(path, "tout")
    changed = [(c.subject_id, c.before, c.after) for c in Change.objects.filter(verb="update")]
    assert (report.unchanged, report.created, report.set_aside, report.refused) == (len(records), 0, 0, 0), changed[:5]
    assert not Proposal.objects.filter(source="tout").exists()
    assert not report.issues, json.dumps([i.as_dict() for i in report.issues[:3]], ensure_ascii=False)


@pytest.mark.django_db
def test_a_cell_corrected_in_our_own_export_is_the_only_change(tmp_path):
    records = starter_records()
    records[0] = {**records[0], "need": "Un besoin mieux dit."}
    path = tmp_path / "tout.csv"
    path.write_text("".join(tables.csv_lines(records)), "utf-8")
    report = imported(path, "tout")
    assert (report.updated, report.unchanged) == (1, len(records) - 1)
    (change,) = Change.objects.filter(verb="update")
    assert change.after == {"need": "Un besoin mieux dit."}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["exemples.docx", "exemples.html", "exemples.pdf"])
def test_what_a_document_gives_stays_a_draft_even_when_its_publication_is_asked(empty_catalogue, tmp_path, name):
    path = document(tmp_path / name)
    report = imported(path, publish=True)
    assert report.created == report.read > 0
    assert report.lines == len(LINES)
    assert set(Alliance.objects.values_list("publication", flat=True)) == {"draft"}
    assert [i.cause for i in report.issues if "brouillon" in i.cause]
    again = imported(path, publish=True)
    assert (again.created, again.updated, again.unchanged) == (0, 0, report.read)
    assert not [i for i in imported(path, publish=False).issues if "brouillon" in i.cause]


@pytest.mark.django_db
def test_rows_read_before_a_file_fails_are_received_and_the_report_says_where_it_stopped(empty_catalogue, tmp_path):
    path = tmp_path / "t.json"
    with path.open("w") as file:
        file.write("[" + ",".join(f'{{"titre": "Four {n}"}}' for n in range(600)) + ',{"titre": "B", "x": [')
        for _ in range(40):
            file.write("0," * 1_000_000)
        file.write("0]}]")
    batch = open_batch(path, source="t", limits=Limits(memory=200 << 20))
    report = receive(batch=batch, by=TESTER, at=NOW)
    assert (report.read, report.created) == (600, 600)
    assert "après la ligne 600" in report.issues[-1].cause
    assert Alliance.objects.count() == 600


@pytest.mark.django_db
def test_a_record_with_a_strange_id_gets_an_address_that_answers(tmp_path, client):
    path = tmp_path / "r.json"
    path.write_text(
        json.dumps({"results": [{"id": "Mon Id / bizarre", "title": "Le four", "partners": [], "places": []}]}), "utf-8"
    )
    report = imported(path, "r")
    assert (report.created, len(report.issues)) == (1, 1)
    alliance = Alliance.objects.get(source="r")
    assert (alliance.slug, alliance.external_id) == ("mon-id-bizarre", "Mon Id / bizarre")
    assert client.get(f"/exemples/{alliance.slug}/").status_code == 200
    assert imported(path, "r").unchanged == 1


@pytest.mark.django_db
def test_a_strange_id_never_takes_the_place_of_another_record(tmp_path):
    path = tmp_path / "r.json"
    path.write_text(
        json.dumps({"results": [{"id": "Renault Wimoov", "title": "Tout autre chose", "partners": [], "places": []}]}),
        "utf-8",
    )
    assert imported(path, "r").created == 1
    assert Alliance.objects.get(source="r").slug == "renault-wimoov-2"


@pytest.mark.django_db
def test_a_column_whose_every_value_stayed_raw_is_told_with_those_not_understood(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "titre;forme;début;fin;référent\nLe four;bizarre;jadis;vers 2020;A.\nLe puits;étrange;2019;;B.\n", "utf-8"
    )
    report = imported(path, "t")
    assert report.unmapped_columns == ["référent", "forme"]


@pytest.mark.django_db
def test_a_cell_emptied_in_the_file_is_told_and_the_base_keeps_its_value(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id;titre;besoin;début\n1;Le four;Plus de pain;2019\n2;Le puits;Plus d’eau;2020\n", "utf-8")
    imported(path, "t")
    path.write_text("id;titre;besoin;début\n1;Le four;;2019\n2;Le puits;;\n", "utf-8")
    report = imported(path, "t")
    (issue,) = report.issues
    assert issue.cause == "2 lignes n’ont plus de valeur là où la base en a une\u00a0: Le besoin (2), Depuis (1)."
    assert Alliance.objects.get(title="Le puits").start_year == 2020
