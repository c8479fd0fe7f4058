"""The kit sheets: ordered, sourced, their figures never without a source; and a mistake says file, line and cause."""

from __future__ import annotations

import re

import pytest

from alliage.vocabulary.loading import ROOT, ContentError
from alliage.vocabulary.sheets import LIVE, read_sheet, read_sheets, sheets

HEAD = [
    "---",
    "order: 1",
    "title: T",
    "summary: S",
    "audience: A",
    "minutes: 2",
    "sources: [{name: N, url: /outils/}]",
    "---",
]


def test_the_kit_has_its_five_sheets_in_their_order():
    assert list(sheets()) == ["eclaircissement", "argumentaire", "methode", "exemples", "cartographie-des-outils"]
    assert {b.live for s in sheets().values() for b in s.blocks} - {""} == set(LIVE), (
        "une partie vivante ne sert à rien"
    )


def test_a_percentage_of_a_sheet_stands_beside_who_said_it_and_when():
    """A figure is in a table row with its date and publisher, or comes from the founding sheet with its source."""
    for sheet in sheets().values():
        for block in sheet.blocks:
            for line in block.text.splitlines():
                if re.search(r"\d\s?%", line):
                    assert line.startswith("|"), f"{sheet.id} : {line}"
                    assert re.search(r"\b20\d\d\b", line), f"{sheet.id} : {line}"
                    assert line.count("|") == 5, f"{sheet.id} : {line}"


def test_a_sheet_keeps_french_signs_with_their_word():
    badly = re.compile(r"(?<=\S) [:;?!»](?=[\s<*|]|$)|« (?=\S)|\d %")
    found = [
        f"{item.name} : {line}"
        for item in (ROOT / "sheets").iterdir()
        for line in item.read_text("utf-8").splitlines()
        if badly.search(line)
    ]
    assert found == [], "une espace insécable manque"


@pytest.mark.parametrize(
    ("lines", "number", "said"),
    [
        (["Sans en-tête"], 1, "en-tête"),
        ([*HEAD[:2], "---", "Texte"], 1, "manque"),
        ([*HEAD[:-1], "couleur: bleu", "---", "Texte"], 1, "couleur"),
        (["---", "order: premier", *HEAD[2:], "Texte"], 1, "order"),
        (["---", "order: [1", *HEAD[2:], "Texte"], 3, ""),
        ([*HEAD[:6], "sources: [{name: N, url: 'javascript:x'}]", "---", "Texte"], 1, "adresse"),
        ([*HEAD, "Texte", "", "[[carte]]"], 11, "carte"),
        ([*HEAD, "[[chiffres]]"], 9, "identifiants"),
        ([*HEAD, "[[chiffres: fig-999]]"], 9, "fig-999"),
        ([*HEAD, "[[matrice: x]]"], 9, "chiffres"),
        ([*HEAD, ""], 9, "vide"),
    ],
)
def test_a_mistake_says_file_line_and_cause(lines, number, said):
    with pytest.raises(ContentError) as error:
        read_sheet("essai", "\n".join(lines))
    assert f"sheets/essai.md, ligne {number}" in str(error.value)
    assert said in str(error.value)


def test_two_sheets_do_not_take_one_place(tmp_path):
    for name in ("un", "deux"):
        (tmp_path / f"{name}.md").write_text("\n".join([*HEAD, "Texte"]), "utf-8")
    with pytest.raises(ContentError, match="a déjà la place 1"):
        read_sheets(tmp_path)


def test_what_looks_like_a_live_part_inside_a_sentence_stays_text():
    sheet = read_sheet("essai", "\n".join([*HEAD, "On écrit [[matrice]] seul sur sa ligne."]))
    assert [b.live for b in sheet.blocks] == [""]
