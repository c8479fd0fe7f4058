"""The tools file: complete, sourced, inventing nothing; and a mistake says file, line and cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliage.vocabulary.loading import ContentError, read_yaml
from alliage.vocabulary.tools import is_web_address, read_tools, tools

# What the research names; each has a card.
NAMED = (
    "CHORUM", "Medef et Le RAMEAU", "investisseur sociétal", "Co-construction territoriale", "utilité sociétale",
    "évaluation partenariale", "dynamiques régionales", "Fiches repères", "Charte du faire alliance", "Fonds ODD 17",
    "Fonds i", "catalyseurs territoriaux", "Impact(s) & Trajectoire(s)", "MOOC", "Pro Bono Lab", "Benenova",
    "Les entreprises s’engagent", "Admical", "Mecenova", "Mouvement associatif", "Fonda", "Avise", "RNMA", "Medef", "CPME",
    "IMS", "FACE", "ORSE", "Méth’ODD", "Fondation de France", "Koeo", "Clubs de mécènes", "Plateforme RSE",
    "Convention de mécénat", "16216", "11580", "Protocole et convention", "Lettre d’intention", "pluripartite",
    "Pacte d’associés", "SCIC", "confidentialité", "propriété intellectuelle", "Partnering Toolbook",
    "SDG Partnership Guidebook", "VicHealth", "Partnering Process Tool", "Partnership Self-Assessment", "SNAICC",
    "impact collectif", "Guide-UP", "Construire, gérer, évaluer", "Social Business Models", "UNESCO", "Intersector",
    "Zambia",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_each_tool_that_the_research_names_has_its_card(name):
    told = [f"{t.name} {t.owner}" for t in tools()]
    assert [one for one in told if name.lower() in one.lower()]


def test_every_card_has_a_source_and_no_link_is_said_to_work_unseen():
    assert len(tools()) >= 70
    for tool in tools():
        assert tool.sources, tool.id
        assert tool.link != "ok" or tool.last_checked, tool.id
        assert not tool.licence or tool.id == "guide-up-partenariat", "une seule licence est attestée"
        assert tool.summary.endswith((".", "…")), tool.id


def test_an_address_is_never_a_copy_put_elsewhere():
    copies = ("pdfslide", "docplayer", "fdocuments", "scribd", "studylib", "yumpu", "docslide", "vdocuments")
    assert [t.id for t in tools() if any(c in t.url for c in copies)] == []


def test_every_step_has_a_tool_and_every_profile_too():
    from alliage.vocabulary.method import bank
    from alliage.vocabulary.profiles import profiles

    assert {s for t in tools() for s in t.stages} == {s.id for s in bank().stages}
    assert {a for t in tools() for a in t.actors} == set(profiles())


def _read(folder: Path, *lines: str) -> None:
    head = ["read: '2026-11'", "kinds:", "  - {id: guide, label: Guide, plain: A lire.}", "tools:"]
    folder.joinpath("tools.yaml").write_text("\n".join([*head, *lines]) + "\n", "utf-8")
    read_tools(read_yaml("tools.yaml", folder))


GOOD = ["  - id: un-guide", "    name: Un guide", "    summary: Pour apprendre.", "    kind: guide", "    medoc: M"]
SOURCE = "    source: [{name: Qui le dit}]"


def test_a_card_needs_little(tmp_path):
    _read(tmp_path, *GOOD, SOURCE)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("    stages: [avant]", "avant"),
        ("    actors: [martien]", "martien"),
        ("    actors: toutes", "liste"),
        ("    modes: [troc]", "troc"),
        ("    maturity: {min: 4, max: 2}", "maturity"),
        ("    maturity: 3", "maturity"),
        ("    url: javascript:alert(1)", "adresse"),
        ("    url: ftp://exemple.fr", "adresse"),
        ("    cost: pas cher", "pas cher"),
        ("    link: peut-etre", "peut-etre"),
        ("    link: dead", "link_note"),
        ("    last_checked: hier", "last_checked"),
        ("    read: novembre", "read"),
        ("    used_by: [alliance-inventee]", "alliance-inventee"),
        ("    used_by: [../../profiles]", "profiles"),
        ("    see: nulle-part", "nulle-part"),
        ("    prix: 12", "prix"),
    ],
)
def test_a_mistake_says_file_line_and_cause(tmp_path, line, said):
    with pytest.raises(ContentError) as error:
        _read(tmp_path, *GOOD, SOURCE, line)
    assert "tools.yaml, ligne 5" in str(error.value)
    assert said in str(error.value)


def test_a_card_without_source_or_given_twice_is_refused(tmp_path):
    with pytest.raises(ContentError, match=r"ligne 5.*« source » manque"):
        _read(tmp_path, *GOOD)
    with pytest.raises(ContentError, match=r"ligne 11.*deux fois"):
        _read(tmp_path, *GOOD, SOURCE, *GOOD, SOURCE)


@pytest.mark.parametrize(
    "text",
    [
        "http://a b",
        "https://anne:mot@exemple.fr/",
        "//exemple.fr",
        "exemple.fr",
        "https://",
        "http://[",
        "data:x",
        "https://e.fr/\n",
    ],
)
def test_what_is_no_whole_web_address_is_told_apart(text):
    assert not is_web_address(text)


def test_an_at_sign_in_the_path_is_an_address():
    assert is_web_address("https://exemple.fr/@quelqu-un/page")
