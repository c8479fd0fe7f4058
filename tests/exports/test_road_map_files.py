"""The files of a road map: a calendar that its library reads back, a document that LibreOffice opens, a tagged PDF."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
from functools import partial

import icalendar
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from alliage.exports.road_map import RoadMap, RoleLine
from alliage.exports.road_map_calendar import write_ics
from alliage.exports.road_map_document import write_docx
from alliage.exports.road_map_pdf import write_pdf
from alliage.rules.road_map import day_of
from alliage.vocabulary.road_map import step_of
from alliage.vocabulary.typology import typology
from tests.conftest import skip_or_fail

AT = dt.datetime(2026, 11, 25, 9, 0, tzinfo=dt.UTC)
BEGUN = AT.date()
STEPS = (
    step_of(what="Écrire le projet, en une page ; c’est tout\nLe besoin, les coûts : « 2 000 € »", who="Aïcha, Loïc", when="15/03/2027", why="Pour que chacun lise la même chose\net le dise", state="en-cours"),
    step_of(what="Réunir dix personnes concernées", when="dans 3 mois", state="abandonne"),
    step_of(what="Fêter la première année de l’épicerie associative et solidaire du canton, avec toutes celles et tous ceux qui l’ont montée", state="fait"),
    step_of(what="Réunir dix personnes concernées", when="2027-06-01"),
)  # fmt: skip


def road_map(steps=STEPS, title="Notre feuille de route"):
    mode = typology().modes[0]
    return RoadMap(
        title=title, identity="essai", address="https://alliage.example/methodes/", begun_on=BEGUN, steps=steps,
        need="Les personnes âgées n’ont plus de moyen d’aller chez le médecin.", place="Figeac (Lot)", form=mode.label,
        reasons=("« Un don » : c’est la marque du mécénat.",), roles=tuple(RoleLine(r.id, r.label, r.hint, "", "") for r in mode.roles),
        agreement=mode.agreement, local_authority=mode.local_authority, engages=mode.engages, model_notice="Un modèle, pas un conseil juridique.",
    )  # fmt: skip


def calendar(steps):
    return write_ics(road_map(steps), day_of=partial(day_of, begun=BEGUN), at=AT)


def test_the_calendar_holds_a_day_for_each_step_that_has_one_and_a_task_for_the_others():
    held = icalendar.Calendar.from_ical(calendar(STEPS))
    assert held["VERSION"] == "2.0"
    first, second, fourth = held.walk("VEVENT")
    assert (str(first["SUMMARY"]), first["DTSTART"].dt) == (STEPS[0].title, dt.date(2027, 3, 15))
    assert "2 000 €" in first["DESCRIPTION"]
    assert "Aïcha, Loïc" in first["DESCRIPTION"]
    assert (str(second["STATUS"]), second["DTSTART"].dt) == ("CANCELLED", dt.date(2027, 2, 24))
    assert "dans 3 mois" in second["DESCRIPTION"]
    (third,) = held.walk("VTODO")
    assert (str(third["SUMMARY"]), str(third["STATUS"])) == (STEPS[2].title, "COMPLETED")
    assert len({str(c["UID"]) for c in (first, second, third, fourth)}) == 4
    assert not [error for c in held.walk() for error in c.errors]


def test_a_step_whose_date_moves_takes_its_own_place_in_a_calendar():
    before, after = (
        icalendar.Calendar.from_ical(calendar((step_of(what="Appeler", when=w),))) for w in ("1/3/2027", "2/3/2027")
    )
    assert before.walk("VEVENT")[0]["UID"] == after.walk("VEVENT")[0]["UID"]


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=200).filter(str.strip))
def test_any_words_come_back_from_the_calendar_and_no_line_cuts_a_letter(text):
    step = step_of(what="x" + text, when="1/3/2027")
    data = calendar((step,))
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    [line.decode("utf-8") for line in data.split(b"\r\n")]
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert str(event["SUMMARY"]) == step.title


def test_the_document_has_headings_and_tables_whose_first_row_is_a_header():
    document = Document(io.BytesIO(write_docx(road_map())))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert "Les pas à faire" in headings
    assert document.core_properties.language == "fr-FR"
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    cells = [c.text for c in document.tables[0].rows[1].cells]
    assert cells[0] == STEPS[0].what
    assert cells[2] == "15 mars 2027"


def test_libreoffice_opens_the_document_and_finds_each_step(tmp_path):
    if shutil.which("soffice") is None:
        skip_or_fail("ce test passe par LibreOffice (apt-get install libreoffice-writer-nogui).")
    path = tmp_path / "feuille.docx"
    path.write_bytes(write_docx(road_map()))
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    reader = PdfReader(tmp_path / "feuille.pdf")
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert all(step.title in text for step in STEPS)
    assert 1 < len(reader.pages) < 5


def test_the_pdf_is_tagged_and_any_sign_is_taken():
    for title in ("Notre feuille de route", "Feuille 🙂 漢字"):
        reader = PdfReader(
            io.BytesIO(write_pdf(road_map((*STEPS, step_of(what='un 🙂 \\u0007 " { #sign')), title), at=AT))
        )
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert "15 mars 2027" in "".join(page.extract_text() for page in reader.pages)


def test_a_road_map_of_two_hundred_steps_goes_on_over_the_pages():
    many = tuple(step_of(what=f"Pas numéro {n}\nAvec un détail") for n in range(200))
    reader = PdfReader(io.BytesIO(write_pdf(road_map(many), at=AT)))
    text = "".join(page.extract_text() for page in reader.pages)
    assert all(f"Pas numéro {n}" in text for n in (0, 99, 199))
    assert reader.pages[2].extract_text().count("Pourquoi") >= 1  # the header is repeated
