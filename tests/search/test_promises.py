"""Each promise of the page « Comment chercher » finds its document."""

from __future__ import annotations

import pytest

from alliage.search.request import SearchRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(starter_search):
    def run(q: str, limit: int = 20, **more) -> list[str]:
        answer = starter_search.answer(SearchRequest(q=q, limit=limit, **more), facets=())
        return [h.record["id"] for h in answer.hits]

    return run


@pytest.fixture
def base(empty_catalogue, received, search_of):
    """A base of a few records whose words are known."""
    from tests.conftest import draft

    def build(**texts: str):
        received(*(draft(f"Fiche {name}", name, need=text, keywords=[]) for name, text in texts.items()), publish=True)
        search = search_of()

        def find(q: str) -> set[str]:
            answer = search.answer(SearchRequest(q=q, limit=50), facets=())
            return {h.record["title"].removeprefix("Fiche ") for h in answer.hits}

        return find

    return build


def test_a_need_in_plain_words_gives_cases_with_a_reason(starter_search):
    answer = starter_search.answer(SearchRequest(q="plus d'épicerie dans notre village", limit=3), facets=())
    assert len(answer.hits) == 3
    assert all(h.reason for h in answer.hits)


@pytest.mark.parametrize("typed", ["école", "ECOLES", "écoles", "ecole", "l'école", "l’ecole", "L’ÉCOLE"])
def test_accents_capitals_plurals_and_apostrophes_do_not_count(base, typed):
    find = base(a="L’école du village ferme", b="Un jardin partagé")
    assert find(typed) == {"a"}


@pytest.mark.parametrize("typed", ["co-développement", "codéveloppement", "co développement", "CODEVELOPPEMENT"])
def test_hyphens_do_not_count(base, typed):
    find = base(a="Le co-développement entre voisins", b="Un jardin partagé", c="Le codéveloppement des métiers")
    assert find(typed) == {"a", "c"}


@pytest.mark.parametrize("typed", ["égalité", "egalite", "ÉGALITÉ"])
def test_a_word_whose_stem_depends_on_its_accents_is_found_without_them(base, typed):
    assert base(a="Pour l’égalité", b="Un jardin")(typed) == {"a"}


def test_neighbouring_words_are_found_and_the_reason_names_them(base, starter_search):
    find = base(a="Rompre la solitude des personnes âgées", b="Un jardin partagé")
    assert find("seniors") == {"a"}


def test_an_acronym_finds_its_full_name_and_the_other_way_round(base):
    find = base(a="Un établissement et service d’aide par le travail cultive", b="Notre ESAT cuisine", c="Un jardin")
    assert find("ESAT") == {"a", "b"}
    assert "b" in find("établissement et service d'aide par le travail")


def test_a_typing_error_is_mended_and_said(empty_catalogue, received, search_of):
    from tests.conftest import draft

    received(draft("Une épicerie au village", "1"), draft("Un jardin", "2"), publish=True)
    answer = search_of().answer(SearchRequest(q="épicrie"), facets=())
    assert [h.record["title"] for h in answer.hits] == ["Une épicerie au village"]
    assert answer.corrections == (("épicrie", "epicerie"),)


def test_a_name_even_incomplete_comes_first(find):
    assert find("Comptoir de Campagne")[0] == "la-poste-comptoir-de-campagne"
    assert find("voisin malin")[0] == "voisin-malin-french-impact"
    assert find("logins")[0] == "logins-ares-xpo"


def test_an_identifier_comes_first_with_or_without_spaces(empty_catalogue, received, search_of):
    from tests.conftest import draft

    received(
        draft("Le hangar", "1", partners=[{"name": "X", "siren": "732829320", "rna": "W123456789"}]),
        draft("L’autre", "2", need="732829320"),
        publish=True,
    )
    search = search_of()
    for typed in ("732829320", "732 829 320", "W123456789", "w123 456 789", "le-hangar"):
        assert [h.record["title"] for h in search.answer(SearchRequest(q=typed), facets=()).hits] == ["Le hangar"]


def test_an_exact_phrase_keeps_its_words_in_order_even_at_an_elision(base):
    find = base(a="Le chantier d’insertion du bourg", b="L’insertion sur un chantier")
    assert find("« chantier d'insertion »") == {"a"} == find('"chantier d’insertion"')


def test_a_minus_excludes(base):
    find = base(a="Du mécénat pour le sport", b="Du mécénat pour la musique")
    assert find("mécénat -sport") == {"b"}


def test_or_in_capitals_widens(base):
    find = base(a="Un parc éolien", b="Un toit solaire", c="Un jardin")
    assert find("éolien OU solaire") == {"a", "b"} == find("éolien OR solaire")


def test_a_field_and_a_value_narrow(find, starter_search):
    assert find("lieu:Figeac")
    assert "ptce-figeacteurs" in find("lieu:Figeac")
    assert find("titre:solifap")[0] == "solifap"
    assert find('titre:"Bon et Bien"')[0] == "bon-et-bien"
    assert find('partenaire:"Caisse des Dépôts"') == find("partenaire:caisse partenaire:dépôts")
    emmaus = starter_search.answer(SearchRequest(q="partenaire:Emmaüs", limit=50), facets=())
    assert emmaus.hits
    assert all(any("mma" in p["name"] for p in h.record["partners"]) or h.record["more_partners"] for h in emmaus.hits)
    assert all(
        h.record["mode"] == "mecenat"
        for h in starter_search.answer(SearchRequest(q="forme:mécénat culture"), facets=()).hits
    )


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "  ",
        "'",
        "l'",
        '"',
        "« »",
        "-",
        "--",
        "OU",
        "OU OU",
        ":",
        "titre:",
        "*",
        "(",
        "a:b:c",
        "\x00",
        "%",
        "<script>",
        "é" * 500,
        "-" * 300,
        "annee:abc",
        "lieu:zzz",
        "id:",
    ],
)
def test_nothing_typed_ever_fails(starter_search, odd):
    starter_search.answer(SearchRequest(q=odd))


def test_the_place_of_the_asker_lifts_near_cases_and_hides_none(empty_catalogue, received, search_of):
    from tests.conftest import draft

    lyon = {"level": "commune", "code": "69123", "name": "Lyon"}
    cahors = {"level": "commune", "code": "46042", "name": "Cahors"}
    texts = ("Un jardin partagé", "Un jardin partagé au bord de la rivière du bourg")
    received(draft(texts[0], "1", places=[lyon]), draft(texts[1], "2", places=[cahors]), publish=True)
    search = search_of()
    far = search.answer(SearchRequest(q="jardin partagé"), facets=())
    near = search.answer(SearchRequest(q="jardin partagé", near="commune:46102"), facets=())
    assert [h.record["title"] for h in far.hits] == list(texts)
    assert near.count == far.count == 2
    assert near.hits[0].record["title"] == texts[1]
    assert near.hits[0].reason.endswith("Près de chez vous\u00a0: Lot")


def test_the_matched_words_are_lit_and_the_text_is_kept(starter_search):
    hit = starter_search.answer(SearchRequest(q="handicap", limit=1), facets=()).hits[0]
    assert "".join(t for t, _ in hit.title) == hit.record["title"]
    assert any(is_lit for _, is_lit in [*hit.title, *hit.need])
