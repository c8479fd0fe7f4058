"""Markdown sheets, DOCX, PDF, HTML and JSON records."""

from __future__ import annotations

import json

import pytest

from alliage.intake.drafts import Draft, Refusal
from alliage.intake.reading import read_batch
from alliage.intake.starter import founding_lines
from alliage.vocabulary.words import key
from tests.intake.document_makers import LINES, document, pdf_of

SHEET = """# Nos exemples

Un paragraphe d’ouverture.

- une liste qui n’est pas d’exemples

## Approche d’intérêt général

### Mécénat

**Mécénat collectif**

1. Fonds des Trois Rivières (Ville de Lyon, Moulins réunis)
2. ✓ Le Relais / Garage Martin

### Coopération économique

- Joint Venture sociale
  - L’Atelier (Ares & XPO Logistics)
    - un détail sous l’exemple
  - Handicap – Exemples : audits Le Clos / Les Ormes
- Consortium
  - PTCE Archer (Romans-sur-Isère)

## Contacts

- Une adresse

| Titre | Partenaires | Commune |
|---|---|---|
| Le four du village | Le Levain ; Commune de Figeac | 46102 |
"""


def test_headings_and_lists_become_mode_trend_line_and_partners(tmp_path):
    path = tmp_path / "sheet.md"
    path.write_text(SHEET, "utf-8")
    batch = read_batch(path, source="sheet")
    items = list(batch.items)
    assert [(line.mode, line.trend, line.text) for line in batch.lines] == [
        ("mecenat", "mecenat-collectif", "Fonds des Trois Rivières (Ville de Lyon, Moulins réunis)"),
        ("mecenat", "mecenat-collectif", "Le Relais / Garage Martin"),
        ("cooperation-economique", "joint-venture-sociale", "L’Atelier (Ares & XPO Logistics)"),
        ("cooperation-economique", "joint-venture-sociale", "Handicap – Exemples : audits Le Clos / Les Ormes"),
        ("cooperation-economique", "consortium", "PTCE Archer (Romans-sur-Isère)"),
    ]
    assert items[2].values["action"] == "un détail sous l’exemple"
    named = {p["name"] for d in items for p in d.values.get("partners", ())}
    assert {
        "Ares",
        "XPO Logistics",
        "Ville de Lyon",
        "Moulins réunis",
        "Le Relais",
        "Garage Martin",
        "Le Clos",
        "Les Ormes",
    } <= named
    last = items[-1]
    assert last.values["title"] == "Le four du village"
    assert last.provenance.sheet == "tableau 1"
    archer = next(d for d in items if "Archer" in d.values["title"])
    assert archer.values["places"][0]["code"] == "26281"
    assert (
        archer.provenance.passage
        == "Nos exemples › Approche d’intérêt général › Coopération économique › Consortium › PTCE Archer (Romans-sur-Isère)"
    )


def test_the_founding_sheet_gives_its_41_lines_under_16_trends_and_4_modes(shared_files):
    batch = read_batch(shared_files / "fiche" / "exemples-alliances.md", source="fiche")
    items = list(batch.items)
    assert len(items) == len(batch.lines) == 41
    assert len({line.trend for line in batch.lines}) == 16
    assert len({line.mode for line in batch.lines}) == 4
    known = {line.number: line for line in founding_lines()}
    for line in batch.lines:
        assert key(line.text) == key(known[line.number].text)
        assert (line.mode, line.trend) == (known[line.number].mode, known[line.number].trend)


def test_a_record_of_our_own_shape_comes_back_the_same(tmp_path):
    record = {
        "id": "le-four",
        "title": "Le four",
        "need": "Plus de pain",
        "mode": "mecenat",
        "domains": ["culture"],
        "sdgs": [8, 17],
        "partners": [{"name": "Le Levain ; et fils", "kind": "association", "role": "cuit", "contributions": ["benevolat"]}],
        "places": [{"level": "commune", "code": "46102", "name": "Figeac"}],
        "start_year": 2019,
        "results": [{"text": "12 clients ; 3 pains", "year": 2020, "nature": "resultat", "scope": "alliance"}],
        "sources": [{"url": "https://exemple.fr/a;b", "title": "Un | titre"}],
        "url": "/exemples/le-four/",
        "inconnu": 3,
    }  # fmt: skip
    from alliage.vocabulary.terms import terms

    record["partners"][0]["contributions"] = [next(iter(terms("contributions")))]
    path = tmp_path / "r.json"
    path.write_text(json.dumps({"count": 1, "results": [record]}), "utf-8")
    (one,) = read_batch(path, source="r").items
    assert one.values == {k: v for k, v in record.items() if k not in ("url", "inconnu")}
    assert one.raw == {"inconnu": "3"}
    assert one.external_id == "le-four"


@pytest.mark.parametrize(
    "text",
    [
        '[{"titre": "A", "partenaires": ["X (association)", "Y"], "ville": "Figeac"}, {"titre": "B"}]',
        '{"titre": "A", "partenaires": ["X (association)", "Y"], "ville": "Figeac"}\n\n{"titre": "B"}\n',
        '{"fiches": [{"titre": "A", "partenaires": [{"nom": "X", "nature": "association"}, {"nom": "Y"}], "ville": "Figeac"}, {"titre": "B"}]}',
    ],
)
def test_json_of_another_shape_is_understood_by_its_keys(tmp_path, text):
    path = tmp_path / "r.json"
    path.write_text(text, "utf-8")
    one, two = read_batch(path, source="r").items
    assert one.values["partners"] == [{"name": "X", "kind": "association"}, {"name": "Y"}]
    assert one.values["places"][0]["code"] == "46102"
    assert two.values == {"title": "B"}


def test_json_cut_in_the_middle_keeps_what_came_before(tmp_path):
    path = tmp_path / "r.json"
    path.write_text('[{"titre": "A"}, {"titre": "B"}, {"tit', "utf-8")
    one, two, cut = read_batch(path, source="r").items
    assert isinstance(one, Draft)
    assert isinstance(two, Draft)
    assert isinstance(cut, Refusal)
    assert "incomplet" in cut.issues[0].cause


def test_a_bad_line_of_json_lines_is_refused_alone(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_text('{"titre": "A"}\n{"titre": \n{"titre": "C"}\n', "utf-8")
    one, bad, three = read_batch(path, source="r").items
    assert (one.values["title"], three.values["title"]) == ("A", "C")
    assert bad.issues[0].line == 2


@pytest.mark.parametrize("name", ["sheet.docx", "sheet.html", "sheet.pdf"])
def test_a_document_gives_the_lines_of_its_lists_under_their_forms(tmp_path, name):
    batch = read_batch(document(tmp_path / name), source="sheet")
    items = list(batch.items)
    typed = [(mode, trend, key(text)) for mode, trend, text in LINES]
    assert [(line.mode, line.trend, key(line.text)) for line in batch.lines] == typed
    assert key(items[2].values["action"]) == "un detail sous l exemple"
    assert {p["name"] for p in items[2].values["partners"]} == {"Ares", "XPO Logistics"}
    assert items[4].values["places"][0]["code"] == "26281"


@pytest.mark.parametrize(
    ("name", "sheet", "line"),
    [("sheet.docx", "paragraphe 9", None), ("sheet.pdf", "page 1", 9), ("sheet.html", "", 15)],
)
def test_each_line_tells_its_paragraph_its_page_or_its_line(tmp_path, name, sheet, line):
    found = list(read_batch(document(tmp_path / name), source="s").items)[2].provenance
    assert (found.file, found.sheet, found.line) == (name, sheet, line)
    assert found.passage.startswith("Nos exemples › Coopération économique › Joint venture sociale")


@pytest.mark.parametrize("name", ["sheet.docx", "sheet.html"])
def test_the_tables_of_a_document_go_through_the_columns_of_any_table(tmp_path, name):
    *_, last = read_batch(document(tmp_path / name), source="s").items
    assert last.values["title"] == "Le four du village"
    assert [p["name"] for p in last.values["partners"]] == ["Le Levain", "Commune de Figeac"]
    assert last.values["places"][0]["code"] == "46102"
    assert last.provenance.sheet == "tableau 1"


@pytest.mark.parametrize("name", ["sheet.docx", "sheet.html", "sheet.pdf"])
def test_what_comes_from_a_document_is_to_be_read_again_before_it_is_published(tmp_path, name):
    held = read_batch(document(tmp_path / name), source="s").drafts_only
    assert held is not None
    assert "brouillon" in held.cause


def test_what_a_page_hides_is_not_read_and_its_merged_cells_hold_on_each_row(tmp_path):
    path = tmp_path / "p.html"
    path.write_text(
        "<html><head><title>Mécénat</title></head><body><nav><ul><li>Accueil</ul></nav>"
        "<script>document.write('<h2>Mécénat</h2>')</script><table>"
        "<tr><th>Titre<th>Ville<th>Besoin<tr><td>Un <b>four</b><br>et son pain<td rowspan=2>Figeac<td>pain<tr><td>Deux<td>vin"
        "<tr hidden><td>Caché<td>Figeac<td>rien</table>",
        "utf-8",
    )
    one, two = read_batch(path, source="p").items
    assert one.values["title"] == "Un four et son pain"
    assert [d.values["places"][0]["code"] for d in (one, two)] == ["46102", "46102"]
    assert two.values["need"] == "vin"


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("cp1252", ""),
        ("utf-8", ""),
        ("iso-8859-15", '<meta charset="iso-8859-15">'),
        ("cp1252", '<meta charset="utf-8">'),
        ("utf-16", ""),
    ],
)
def test_a_page_is_read_in_its_own_encoding_even_when_it_tells_another(tmp_path, encoding, head):
    path = tmp_path / "p.html"
    rows = "<table><tr><td>Titre<td>Besoin</tr><tr><td>Épicerie d’été<td>œuvrer</tr></table>"
    if encoding == "iso-8859-15":
        rows = rows.replace("’", "'")
    path.write_bytes(f"<html><head>{head}</head><body>{rows}</body></html>".encode(encoding))
    (one,) = read_batch(path, source="p").items
    assert key(one.values["title"]) == "epicerie d ete"
    assert one.values["need"] == "œuvrer"


def test_a_word_document_keeps_tracked_insertions_boxes_and_merged_cells_and_drops_deletions(tmp_path):
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    document.add_heading("Mécénat collectif", 2)
    item = document.add_paragraph("Le Relais", "List Bullet")
    for change in (
        "<w:ins {0}><w:r><w:t xml:space='preserve'> / Garage Martin</w:t></w:r></w:ins>",
        "<w:del {0}><w:r><w:delText> / Effacé</w:delText></w:r></w:del>",
        "<w:r {0}><w:pict><w:txbxContent><w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr>"
        "<w:r><w:t>Les Ormes / Le Clos</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>",
    ):
        item._p.append(parse_xml(change.format(nsdecls("w"))))
    grid = document.add_table(4, 3)
    for row, cells in zip(
        grid.rows,
        [["Titre", "Ville", "Besoin"], ["A", "Figeac", "x"], ["B", "", "y"], ["C", "Cahors (46)", ""]],
        strict=True,
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    grid.cell(1, 1).merge(grid.cell(2, 1))
    grid.cell(3, 1).merge(grid.cell(3, 2))
    document.save(str(tmp_path / "d.docx"))
    batch = read_batch(tmp_path / "d.docx", source="d")
    items = list(batch.items)
    assert [line.text for line in batch.lines] == ["Le Relais / Garage Martin", "Les Ormes / Le Clos"]
    assert [d.values["places"][0]["code"] for d in items[2:]] == ["46102", "46102", "46042"]


def test_footers_and_page_numbers_are_no_lines_and_a_list_goes_on_over_pages(tmp_path):
    path = pdf_of(tmp_path / "p.pdf", copies=4, footer="Base des exemples, page")
    batch = read_batch(path, source="p")
    assert len(batch.lines) == 4 * len(LINES)
    assert not [line for line in batch.lines if "Base" in line.text]
    assert {item.provenance.sheet for item in batch.items} == {"page 1", "page 2", "page 3", "page 4"}


def test_a_long_line_of_a_pdf_is_one_line_again(tmp_path):
    long = "Le grand partenariat des boulangeries et des moulins de la vallée (" + ", ".join(
        f"Association Numéro{n}" for n in range(20)
    )
    outline = [("heading", 2, "Mécénat collectif"), ("item", 1, f"{long})"), ("item", 1, "Le Relais / Garage Martin")]
    batch = read_batch(pdf_of(tmp_path / "p.pdf", outline), source="p")
    assert [key(line.text) for line in batch.lines] == [key(long), "le relais garage martin"]
    first, _ = batch.items
    assert len(first.values["partners"]) == 20
