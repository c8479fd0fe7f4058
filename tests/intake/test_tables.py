"""Spreadsheets and text tables: every row becomes one draft or one refusal, every partner stays."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliage.intake.drafts import Draft, Refusal, Unreadable
from alliage.intake.readers import spreadsheets
from alliage.intake.reading import read_batch
from tests.intake.makers import TABLE, UGLY, UGLY_PARTNERS, csv_text, write


def drafts(path: Path, **options) -> list[Draft | Refusal]:
    return list(read_batch(path, source="test", **options).items)


def partners(items) -> set[str]:
    return {p["name"] for d in items if isinstance(d, Draft) for p in d.values.get("partners", ())}


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx", "xls", "ods"])
def test_every_format_gives_the_same_drafts(tmp_path, suffix):
    first, second, third = drafts(write(tmp_path / f"base.{suffix}", TABLE))
    assert first.external_id == "a-1"
    assert first.values == {
        "title": "Le four du village",
        "need": "Plus de boulanger",
        "domains": ["commerce-proximite"],
        "partners": [
            {"name": "Commune de Figeac", "kind": "acteur-public", "role": "prête le local"},
            {"name": "Le Levain"},
        ],
        "places": [{"level": "commune", "code": "46102", "name": "Figeac"}],
        "start_year": 2019,
        "sources": [{"url": "https://exemple.fr/four"}],
    }
    assert [p["code"] for p in second.values["places"]] == ["69266", "69123"]
    assert second.values["domains"] == ["mobilite", "emploi-insertion"]
    assert second.values["partners"][1] == {
        "name": "Garage du Pont", "kind": "entreprise", "size": "pme", "role": "mécanique"
    }  # fmt: skip
    assert third.external_id == ""
    assert third.provenance.line == 4


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_an_ugly_sheet_loses_no_row_and_no_partner(tmp_path, encoding, separator):
    path = tmp_path / "ugly.csv"
    path.write_bytes(csv_text(UGLY, separator).encode(encoding))
    batch = read_batch(path, source="reseau")
    items = list(batch.items)
    assert len(items) == 4
    assert all(isinstance(i, Draft) for i in items)
    assert partners(items) == UGLY_PARTNERS
    assert batch.unmapped_columns == ("Suivi par",)
    assert items[0].raw == {"Suivi par": "J."}
    assert [p["code"] for p in items[0].values["places"]] == ["46102", "46042"]
    assert [p["code"] for p in items[2].values["places"]] == ["46102", "46042"]
    assert [i.values.get("start_year") for i in items] == [2019, 2015, 2021, None]
    assert items[3].values["title"] == "Atelier du bois"


def test_each_remark_tells_file_line_column_value_cause_and_fix(tmp_path):
    path = tmp_path / "ugly.csv"
    path.write_bytes(csv_text(UGLY).encode("cp1252"))
    *_, last = drafts(path)
    (issue,) = last.issues
    assert (issue.file, issue.line, issue.column, issue.value) == ("ugly.csv", 9, "Communes concernées", "Saint-Denis")
    assert "Plusieurs lieux" in issue.cause
    assert "Saint-Denis (La Réunion)" in issue.fix
    assert "places" not in last.values
    assert last.raw["Communes concernées"] == "Saint-Denis"


def test_a_saved_mapping_wins_over_the_guess_and_can_leave_a_column_out(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("quoi;qui;secret\nUn jardin;Les Voisins;06 00\nUn four;La Commune;06 01\n", "utf-8")
    batch = read_batch(path, source="t", mapping={"quoi": "title", "qui": "partners.1.name", "secret": ""})
    one, _ = batch.items
    assert one.values == {"title": "Un jardin", "partners": [{"name": "Les Voisins"}]}
    assert one.raw == {}
    assert batch.mapping == {"quoi": "title", "qui": "partners.1.name", "secret": ""}


def test_contacts_and_internal_notes_are_never_taken_for_public_fields(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("titre;nom du référent;e-mail;commentaires internes\nUn four;A. B.;a@b.fr;à revoir\n", "utf-8")
    (one,) = drafts(path)
    assert one.values == {"title": "Un four"}
    assert set(one.raw) == {"nom du référent", "e-mail", "commentaires internes"}


def test_columns_of_a_family_give_partners_of_that_kind(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "projet;entreprise;association(s);collectivité\nUn four;Moulins réunis;Le Levain, Les Blés;Ville de Lyon\n"
    )
    (one,) = drafts(path)
    assert [(p["name"], p["kind"]) for p in one.values["partners"]] == [
        ("Moulins réunis", "entreprise"),
        ("Le Levain", "association"),
        ("Les Blés", "association"),
        ("Ville de Lyon", "acteur-public"),
    ]


def test_a_departement_beside_a_commune_says_which_homonym_is_meant(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("titre;commune;département\nA;Saint-Denis;La Réunion\nB;Saint-Denis;93\nC;Saint-Denis;\n", "utf-8")
    a, b, c = drafts(path)
    assert (a.values["places"][0]["code"], b.values["places"][0]["code"]) == ("97411", "93066")
    assert "places" not in c.values
    assert c.issues


def test_what_titles_do_not_say_values_do(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "titre;xx;yy;zz\nA;https://a.fr/1;46102;mécénat\nB;https://a.fr/2;69123;pratiques responsables\n", "utf-8"
    )
    a, _ = drafts(path)
    assert a.values["sources"] == [{"url": "https://a.fr/1"}]
    assert a.values["mode"] == "mecenat"
    assert a.values["places"][0]["code"] == "46102"


def test_dates_of_a_spreadsheet_become_years(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Titre", "Date de début", "Date de fin"])
    book.active.append(["A", dt.datetime(2011, 9, 1), 43831])
    book.save(tmp_path / "t.xlsx")
    (one,) = drafts(tmp_path / "t.xlsx")
    assert (one.values["start_year"], one.values["end_year"]) == (2011, 2020)


def test_a_value_merged_over_several_lines_holds_on_each(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Titre", "Région"], ["A", "Bretagne"], ["B", None], ["C", "Corse"]):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    book.save(tmp_path / "t.xlsx")
    assert [d.values["places"][0]["name"] for d in drafts(tmp_path / "t.xlsx")] == ["Bretagne", "Bretagne", "Corse"]


def test_a_sheet_not_understood_is_told_and_the_others_are_read(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Titre", "Besoin"])
    book.active.append(["A", "b"])
    other = book.create_sheet("Calculs")
    other.append(["x", "y"])
    other.append([1, 2])
    book.save(tmp_path / "t.xlsx")
    batch = read_batch(tmp_path / "t.xlsx", source="t")
    assert len(list(batch.items)) == 1
    assert batch.issues[0].sheet == "Calculs"


def test_large_sheets_are_put_down_and_taken_up_again_without_losing_a_row(tmp_path, monkeypatch):
    import openpyxl

    monkeypatch.setattr(spreadsheets, "CELLS_HELD", 100)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in "ABC":
        sheet = book.create_sheet(name)
        sheet.append(["Titre", "Besoin"])
        for number in range(500):
            sheet.append([f"{name}{number}", "x"])
    book.save(tmp_path / "t.xlsx")
    found = drafts(tmp_path / "t.xlsx")
    assert [d.values["title"] for d in found] == [f"{name}{number}" for name in "ABC" for number in range(500)]
    assert [d.provenance.line for d in found[500:503]] == [2, 3, 4]


def test_a_row_with_too_many_cells_keeps_them_and_says_so(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("titre;besoin\nA;b;c;d\n", "utf-8")
    (one,) = drafts(path)
    assert "c" in one.raw.values()
    assert "d" in one.raw.values()
    assert "plus de cellules" in one.issues[0].cause


def test_a_quote_that_never_closes_does_not_swallow_the_file(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('titre;besoin\n"A;b\n' + "".join(f"L{n};b\n" for n in range(1000)), "utf-8")
    assert len(drafts(path)) == 1001


def test_a_row_without_title_nor_partner_is_refused_with_its_content(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("titre;besoin\nA;b\n;orpheline\n", "utf-8")
    _, refusal = drafts(path)
    assert isinstance(refusal, Refusal)
    assert "orpheline" in refusal.issues[0].value


def test_bad_values_are_told_and_kept(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "titre;forme;début;odd;siren;partenaire;lien\nA;inconnue;jadis;42;123456789;Ares;javascript:alert(1)\n", "utf-8"
    )
    (one,) = drafts(path)
    assert one.values == {"title": "A", "partners": [{"name": "Ares"}]}
    assert set(one.raw) == {"forme", "début", "odd", "siren", "lien"} == {i.column for i in one.issues}
    assert all(i.cause and i.fix for i in one.issues)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("vide.csv", b"", "vide"),
        ("lettre.docx", b"PK\x03\x04word", "abîmé"),
        ("page.html", b"<html><body>x</body></html>", "ni exemple"),
        ("etude.pdf", b"%PDF-1.7 ...", "abîmé"),
        ("faux.xlsx", b"PK\x03\x04" + b"\0" * 50, "abîmé"),
        ("photo.png", b"\x89PNG\r\n", "reconnu"),
        ("nombres.csv", b"x;y\n1;2\n3;4\n", "titre"),
        ("casse.json", b'{"results": [', "JSON"),
    ],
)
def test_a_file_of_which_nothing_can_be_received_is_refused_with_a_way_out(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Unreadable) as refusal:
        read_batch(path, source="t")
    assert said in refusal.value.issue.cause
    assert refusal.value.issue.fix


_names = st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0xFF), min_size=3, max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(_names, st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)), min_size=1, max_size=12),
    separator=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
)  # fmt: skip
def test_any_table_gives_back_as_many_items_as_rows_and_every_partner(tmp_path_factory, rows, separator, encoding, end):
    path = tmp_path_factory.mktemp("any") / "t.csv"
    table = [["Titre", "Partenaire 1", "Besoin"], *[[f"T {name}", f"P{name}", need] for name, need in rows]]
    path.write_bytes(csv_text(table, separator, end).encode(encoding))
    items = drafts(path)
    assert len(items) == len(rows)
    assert partners(items) == {f"P{name}" for name, _ in rows}


@settings(max_examples=250, deadline=None)
@given(
    content=st.binary(max_size=400),
    start=st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
    suffix=st.sampled_from(["csv", "json", "jsonl", "md", "xlsx", "xls", "ods", "txt", "docx", "pdf", "html"]),
)
def test_no_bytes_raise_anything_but_a_clear_refusal(tmp_path_factory, content, start, suffix):
    path = tmp_path_factory.mktemp("bytes") / f"t.{suffix}"
    path.write_bytes(start + content)
    try:
        batch = read_batch(path, source="t")
    except Unreadable as refusal:
        assert refusal.issue.cause  # noqa: PT017 - a refusal is one of the two good ends
    else:
        for item in batch.items:
            assert isinstance(item, Draft | Refusal)
