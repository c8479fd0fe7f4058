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
