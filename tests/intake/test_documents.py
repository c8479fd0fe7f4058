"""Markdown sheets and JSON records."""

from __future__ import annotations

import json

import pytest

from alliage.intake.drafts import Draft, Refusal
from alliage.intake.reading import read_batch
from alliage.intake.starter import founding_lines
from alliage.vocabulary.words import key

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
