"""The table of a road map taken away, edited, brought back: nothing is lost, and what cannot be read is said."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from alliage.exports.road_map_tables import write_csv, write_xlsx
from alliage.intake.drafts import Unreadable
from alliage.intake.road_map_child import open_road_map
from alliage.intake.road_map_table import read_road_map
from alliage.vocabulary.road_map import RoadMapStep, road_map_words, step_of
from tests.conftest import skip_or_fail

TEXT = st.text(max_size=120) | st.sampled_from(
    [
        "=1+1",
        "'=1+1",
        "''-2",
        "-tiret",
        "+33 6",
        "@maire",
        "quoi",
        "Quoi;Qui",
        'dit « oui » "non"',
        "a\n\nb",
        "01",
        "1e5",
        "x,y;z\tw",
        "l’été",
    ]
)
DAYS = st.dates().map(lambda d: d.isoformat()) | st.sampled_from(
    ["dans 3 mois", "cette semaine", "31/02/2027", "3.12", ""]
)
STEPS = st.lists(
    st.builds(step_of, what=TEXT.filter(lambda t: step_of(what=t).what), who=TEXT, when=DAYS | TEXT, why=TEXT,
              state=st.sampled_from(sorted(road_map_words().states))),
    min_size=1, max_size=8,
)  # fmt: skip
HARD = [
    step_of(what="Écrire le projet en une page\nLe besoin, pour qui ; ce qu’il faut.", who="Aïcha & Loïc", when="2027-03-15", state="fait"),
    step_of(what="- appeler la mairie", who="le « bureau »", when="dans 3 mois", why='dit "oui",\nou pas', state="en-cours"),
    step_of(what="=SOMME(A1:A2)", who="+33 6 00 00 00 00", when="2027-04-03", why="'déjà"),
    step_of(what="=SOMME(A1:A2)", who="", when="cette semaine", why="œuvre, naïve, Ÿ", state="abandonne"),
    step_of(what="2 000 €; puis 3 %", who="012", when="", why="", state="a-faire"),
]  # fmt: skip


def back(tmp_path: Path, name: str, data: bytes) -> list[RoadMapStep]:
    path = tmp_path / name
    path.write_bytes(data)
    return read_road_map(path).steps


@settings(max_examples=120, deadline=None)
@given(STEPS)
def test_a_road_map_written_as_csv_or_xlsx_comes_back_with_its_rows_order_states_and_words(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("table")
    assert back(folder, "a.csv", write_csv(steps)) == steps
    assert back(folder, "a.xlsx", write_xlsx(steps, title="Feuille de route")) == steps


def libreoffice(path: Path, to: str, folder: Path, *options: str) -> Path:
    if shutil.which("soffice") is None:
        skip_or_fail("ce test passe par LibreOffice (apt-get install libreoffice-calc-nogui).")
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", to, "--outdir",
         str(folder / "saved"), *options, str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return folder / "saved" / f"{path.stem}.{to.partition(':')[0]}"


@pytest.mark.parametrize("to", ["ods", "xlsx", "csv:Text - txt - csv (StarCalc):59,34,76,1", "xls"])
def test_the_workbook_saved_by_libreoffice_comes_back_without_loss(tmp_path, to):
    path = tmp_path / "feuille.xlsx"
    path.write_bytes(write_xlsx(HARD, title="Feuille de route"))
    assert read_road_map(libreoffice(path, to, tmp_path)).steps == HARD


def test_the_csv_opened_and_saved_by_libreoffice_comes_back_without_loss(tmp_path):
    path = tmp_path / "feuille.csv"
    path.write_bytes(write_csv(HARD))
    # « 012 » alone becomes the number 12 when a spreadsheet guesses: the other texts must not move.
    expected = [
        s if s.who != "012" else step_of(**{n: getattr(s, n) for n in ("what", "when", "why", "state")}, who="12")
        for s in HARD
    ]
    as_asked = "--infilter=Text - txt - csv (StarCalc):59,34,76,1"  # what its dialogue proposes for this file
    assert read_road_map(libreoffice(path, "ods", tmp_path, as_asked)).steps == expected


def test_no_cell_of_the_files_is_a_formula():
    steps = [step_of(what=f"{sign}cmd|' /C calc'!A0", who="'=x") for sign in "=+-@"]
    cells = [c for row in csv.reader(io.StringIO(write_csv(steps).decode("utf-8-sig")), delimiter=";") for c in row]
    assert not [c for c in cells if c.startswith(("=", "+", "-", "@"))]
    sheet = load_workbook(io.BytesIO(write_xlsx(steps, title="x"))).worksheets[0]
    assert {c.data_type for row in sheet.iter_rows() for c in row if c.value} == {"s"}


def test_a_table_rearranged_by_hand_is_read_by_its_titles(tmp_path):
    table = "Feuille de route 2027;;;\n;;;\nStatut;Échéance;Responsable;Action\nterminé;1er mars 2027;Léa;Appeler\n;;;\nX;;;Visiter\n"
    for name, data in (
        ("a.csv", table.encode("cp1252")),
        ("b.csv", table.replace(";", ",").encode()),
        ("c.tsv", table.replace(";", "\t").encode("utf-16")),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        read = read_road_map(path)
        assert read.steps == [
            step_of(what="Appeler", who="Léa", when="2027-03-01", state="fait"),
            step_of(what="Visiter", state="fait"),
        ]
        (issue,) = read.issues
        assert (issue.line, issue.value) == (1, "Feuille de route 2027")


def test_what_has_no_place_is_kept_and_said(tmp_path):
    table = "Quoi;Qui;Quand;État;Budget\nAppeler;Léa;31/02/2027;bientôt;300 €\n;Paul;;;\nVisiter;;;;;en plus\n"
    path = tmp_path / "a.csv"
    path.write_bytes(table.encode())
    read = read_road_map(path)
    first, second, third = read.steps
    assert first == step_of(what="Appeler\nBudget\u00a0: 300 €\nÉtat\u00a0: bientôt", who="Léa", when="31/02/2027")
    assert (second.what, second.who) == ("À préciser", "Paul")
    assert third.what == "Visiter\nen plus"
    assert [(i.line, i.column, i.value) for i in read.issues] == [
        (2, "État", "bientôt"), (2, "Quand", "31/02/2027"), (3, "Quoi", ""), (None, "", ""),
    ]  # fmt: skip
    assert all(i.cause and i.fix for i in read.issues)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("vide.csv", b"", "vide"),
        ("autre.csv", b"titre;partenaires\nx;y\n", "Aucune colonne"),
        ("ouvert.csv", b'Quoi;Qui\n"jamais;ferme\n', "guillemet"),
        ("image.png", b"\x89PNG\r\n\x1a\n", "format"),
        ("page.html", b"<html><table><tr><td>Quoi</td></tr></table></html>", "tableau"),
        ("casse.xlsx", b"PK\x03\x04 rien", "abîmé"),
        ("long.csv", ("Quoi;Qui\n" + "a" * 3001 + ";b\n").encode(), "trop long"),
        ("beaucoup.csv", ("Quoi;Qui\n" + "a;b\n" * 201).encode(), "201"),
    ],
)
def test_a_file_that_is_no_road_map_is_refused_with_a_sentence_by_the_child_too(tmp_path, name, data, says):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(Unreadable, match=says):
        read_road_map(path)
    with pytest.raises(Unreadable, match=says):
        open_road_map(path)


def test_the_child_gives_the_same_table(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(write_xlsx(HARD, title="Feuille de route"))
    assert open_road_map(path) == read_road_map(path)
