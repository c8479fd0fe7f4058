"""The kit sheets as pages and as PDF: every live part filled in, nothing of a sheet's text taken for markup."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from alliage.exports.sheet_blocks import blocks_of
from alliage.exports.sheet_pdf import PrintedSheet, write_pdf
from alliage.vocabulary.founding_sheet import founding_sheet
from alliage.vocabulary.sheets import sheets
from alliage.web.sheets import html_of
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter_search")]


def test_the_sheets_are_listed_in_their_order(client):
    page = client.get("/methodes/fiches/").content.decode()
    at = [page.index(f'/methodes/fiches/{id}/"') for id in sheets()]
    assert at == sorted(at)


@pytest.mark.parametrize("id", sheets())
def test_a_sheet_shows_all_its_live_parts_and_where_it_comes_from(id, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get(f"/methodes/fiches/{id}/").content.decode()
    shown = {
        "matrice": 'class="matrix"', "trois-cas": 'class="case ', "etapes": 'class="stages-told"',
        "outils": 'class="step-matrix"', "premiers-outils": 'href="/outils/', "chiffres": 'class="sheet-figures"',
    }  # fmt: skip
    for block in sheets()[id].blocks:
        if block.live:
            assert shown[block.live] in page, block.live
            for value in block.values:
                figure = next(row.figure for row in founding_sheet().figures if row.id == value)
                assert figure.study in page.replace("&#x27;", "'")
                assert figure.date in page
    assert "[[" not in page
    for source in sheets()[id].sources:
        assert source.url.replace("&", "&amp;") in page


@pytest.mark.parametrize("id", sheets())
def test_a_sheet_is_a_tagged_pdf_with_its_title_its_text_and_its_sources(id, client):
    answer = client.get(f"/methodes/fiches/{id}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    pdf = PdfReader(io.BytesIO(answer.content))
    assert pdf.metadata.title == sheets()[id].title
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in answer.content or "/StructTreeRoot" in pdf.trailer["/Root"]
    text = " ".join(page.extract_text() for page in pdf.pages).replace("\u00a0", " ")
    assert sheets()[id].title in " ".join(text.split())
    assert "Sources" in text
    assert "[[" not in text
    assert len(pdf.pages) <= 4


def test_three_cases_are_of_three_forms(client):
    page = client.get("/methodes/fiches/exemples/").content.decode()
    cases = page[page.index("Trois cas") : page.index("Les seize tendances")]
    assert cases.count("<article") == 3
    assert all(f'class="case {mode}"' in cases for mode in ("cooperation", "innovation", "mecenat"))


def test_an_unknown_sheet_is_not_found(client):
    for address in ("/methodes/fiches/nulle-part/", "/methodes/fiches/nulle-part.pdf", "/methodes/fiches/..%2f/"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "![x](http://e.fr/a.png)",
     "<a href='data:text/html,x'>y</a>", "# <iframe src=x>"],
)  # fmt: skip
def test_what_an_editor_writes_is_text_and_structure_and_nothing_else(text):
    html = html_of(text).lower()
    assert not any(bad in html for bad in ("<script", "<img", "<iframe", 'href="javascript', 'href="data', "<a href='"))


def test_any_sign_that_the_pages_font_lacks_leaves_a_pdf():
    text = "Un signe \u4e2d rare \U0001f33e, et `du code`\n\n1. un\n2. deux\n\n| a | b |\n|---|---|\n| c | d |\n\n> cité\n\n### petit"
    sheet = PrintedSheet(
        "T", "P", "S", "", tuple(blocks_of(f"## Grand\n\n{text}")), ({"name": "N", "url": "https://e.fr/"},), "F", "A"
    )
    pdf = PdfReader(io.BytesIO(write_pdf(sheet, at=NOW)))
    assert "rare" in pdf.pages[0].extract_text()


def test_a_text_becomes_blocks_with_its_marks():
    heading, paragraph, items, table = blocks_of(
        "## T\n\nUn **mot** et *un* [lien](/x)\n\n- a\n- **b** c\n\n| h |\n|---|\n| i |"
    )
    assert (heading["kind"], heading["level"]) == ("heading", 2)
    assert [(r["text"], r["bold"], r["italic"], r["url"]) for r in paragraph["runs"]] == [
        ("Un ", False, False, ""), ("mot", True, False, ""), (" et ", False, False, ""), ("un", False, True, ""),
        (" ", False, False, ""), ("lien", False, False, "/x"),
    ]  # fmt: skip
    assert [len(i) for i in items["items"]] == [1, 2]
    assert [[r["text"] for r in cell] for cell in table["rows"][0]] == [["i"]]
