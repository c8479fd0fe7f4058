"""The home page: a need or a place; a place always leads to the page of its territory, a misspelt one is asked about."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter_search")]


def page_of(client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/exemples/", "/territoires/", "/donnees/"])
def test_a_misspelt_place_is_asked_about_wherever_a_place_is_typed(address, client):
    page = page_of(client, address, ou="Figeca")
    assert "Vouliez-vous dire" in page
    assert 'ou=commune%3A46102">Figeac (Lot)</a>' in page
    unlike = page_of(client, address, ou="Xyzzyville")
    assert "Vouliez-vous dire" not in unlike
    assert "Vérifiez l’orthographe" in unlike


def test_a_homonym_alone_is_asked_about_without_a_word_on_a_search_that_was_not_made(client):
    page = page_of(client, "/", ou="Saint-Denis")
    assert "Plusieurs lieux répondent à «\u00a0Saint-Denis\u00a0»" in page
    assert "La recherche s’est faite" not in page
    assert "La recherche s’est faite sans le lieu" in page_of(client, "/", q="emploi", ou="Saint-Denis")


def test_the_choice_of_a_close_place_keeps_the_need_typed_beside(client):
    page = page_of(client, "/", q="épicerie", ou="Montpelier")
    assert 'href="?q=%C3%A9picerie&amp;ou=commune%3A34172">Montpellier (Hérault)</a>' in page
    assert "La recherche s’est faite sans lui." in page


def test_the_field_of_places_suggests_what_a_misspelt_name_means(client):
    found = client.get("/api/v1/suggest", {"q": "clermon ferrand", "kind": "place"}).json()["results"]
    assert found[0]["label"] == "Clermont-Ferrand (Puy-de-Dôme)"
    assert found[0]["value"] == "commune:63113"
    # A need in words is no misspelt place.
    assert not [s for s in client.get("/api/v1/suggest", {"q": "Figeca"}).json()["results"] if s["kind"] == "place"]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Figeac", "/territoires/commune/46102/"),
        ("46100", "/territoires/departement/46/"),
        ("Lot", "/territoires/departement/46/"),
        ("Paris 11", "/territoires/commune/75056/"),
        ("Île de Ré", "/territoires/epci/241700459/"),
    ],
)
def test_a_place_alone_leads_to_its_page_and_shows_what_is_done_there_or_around(typed, address, client):
    page = page_of(client, "/", ou=typed)
    answer = page[page.index('id="reponse"') : page.index('id="mon-territoire"')]
    assert f'href="{address}">La page du territoire' in answer
    assert '<article class="case' in answer


def test_a_place_typed_as_a_need_leads_to_its_page_or_is_asked(client):
    assert '<a href="/territoires/commune/46102/">Figeac (Lot)</a>' in page_of(client, "/", q="Figeac")
    several = page_of(client, "/", q="46100")
    assert 'href="?ou=commune%3A46102">Figeac (Lot)</a>' in several
    assert '<article class="case' in several  # no text says « 46100 »: what is done in the Lot
    assert "to-place" not in page_of(client, "/", q="rouvrir un commerce de village")
    assert "aussi un territoire" not in page_of(client, "/", q="épicerie", ou="Figeac")


def test_the_home_page_has_a_way_to_every_territory(client):
    page = page_of(client, "/")
    form = page[page.index('aria-labelledby="mon-territoire"') :]
    assert 'action="/territoires/"' in form
    assert client.get("/territoires/", {"ou": "46100"}).status_code == 200
    assert client.get("/territoires/", {"ou": "Figeac"})["Location"] == "/territoires/commune/46102/"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Le Havre", "Rien de recensé au Havre. Les plus récentes en Seine-Maritime"),
        ("Les Ulis", "Rien de recensé aux Ulis. Les plus récentes "),
        ("L’Île-d’Yeu", "Rien de recensé à l’Île-d’Yeu. Les plus récentes "),
        ("Lot", "Les plus récentes dans le Lot"),
        ("Bretagne", "Les plus récentes en Bretagne"),
    ],
)
def test_places_are_said_as_one_says_them(typed, said, client):
    assert said in page_of(client, "/", ou=typed)


def test_the_feed_of_a_territory_says_where(client):
    feed = client.get("/exemples.rss", {"place": "departement:46"}).content.decode()
    assert "Les alliances dans le Lot, les plus récentes d’abord." in feed
    assert "Les alliances de cette liste" in client.get("/exemples.rss").content.decode()


def test_the_answer_leads_to_the_method_with_the_need_and_the_place_that_were_typed(client):
    page = page_of(client, "/", q="rouvrir un commerce de village", ou="Figeac")
    address = "/methodes/besoin/?besoin=rouvrir%20un%20commerce%20de%20village&amp;ou=commune%3A46102"
    assert address in page
    guessed = page_of(client, "/methodes/besoin/", besoin="rouvrir un commerce de village", ou="commune:46102")
    assert "rouvrir un commerce de village</textarea>" in guessed
    assert 'value="Figeac (Lot)"' in guessed
    assert 'action="/methodes/diagnostic/nouveau/"' in guessed


def test_copying_an_alliance_leads_to_the_method_with_its_need(client):
    page = page_of(client, "/exemples/la-poste-comptoir-de-campagne/faire-pareil/", ou="Figeac")
    assert "Trouver ma forme" in page
    assert "/methodes/besoin/?besoin=Pr%C3%A8s%20d%E2%80%99un%20village" in page
    assert "&amp;amp;" not in page
