"""From a form to what makes it real: close cases with their reasons, who could play each part, whom to call."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from alliage.catalogue import queries
from alliage.catalogue.actions.start_diagnosis import start_diagnosis
from alliage.vocabulary.method import UNSURE
from alliage.vocabulary.typology import typology
from alliage.web.chain import asker_of, cases_of, cases_of_need, chain_of, place_of
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
ANSWERS = {
    "acteur": ("association",),
    "besoin": ("Des personnes âgées isolées n’ont plus de moyen de se déplacer",),
    "domaines": ("mobilite",),
    "lieu": ("commune:46102",),
    "apport": ("offre-commune",),
    "reponse": ("a-monter",),
}


@pytest.mark.parametrize("trend", [t.id for t in typology().trends])
def test_each_trend_has_three_close_live_cases_of_its_mode_one_small_for_a_small_asker(starter_search, trend):
    mode = typology().trend(trend).mode
    cases = cases_of(starter_search, ANSWERS, mode=mode, trend=trend)
    assert len(cases) == 3 == len({c.record["id"] for c in cases})
    assert {c.record["mode"] for c in cases} == {mode}
    assert "ended" not in {c.record["status"] for c in cases}
    assert all(c.reasons for c in cases)
    assert any(c.small for c in cases)


def test_who_could_play_a_part_has_played_it_in_an_alliance_that_is_not_over(starter_search):
    chain = chain_of(starter_search, ANSWERS, mode="cooperation-economique", trend="co-developpement-territorial")
    assert [p.role.id for p in chain.parts] == [r.id for r in typology().mode("cooperation-economique").roles]
    players = [(part, player) for part in chain.parts for player in part.players]
    assert players
    for part, player in players:
        record = queries.records_by_slug([player.alliance])[0]
        assert record["status"] != "ended"
        partner = next(p for p in record["partners"] if p["organisation"] == player.organisation)
        assert part.role.id in partner["contributions"]
    assert chain.lesson


def test_nothing_answered_and_not_knowing_still_give_cases(starter_search):
    for answers in ({}, {"acteur": (UNSURE,), "besoin": (UNSURE,), "lieu": ("Trifouillis",), "domaines": (UNSURE,)}):
        assert place_of(answers) is None
        assert asker_of(answers).domains == ()
        assert len(cases_of(starter_search, answers, mode="mecenat", trend="mecenat-collectif")) == 3


def test_the_result_shows_cases_parts_and_tools_in_few_queries(client, starter_search, django_assert_max_num_queries):
    _, key = start_diagnosis(at=NOW, answers=ANSWERS)
    with django_assert_max_num_queries(8):
        shown = client.get(reverse("result", args=[key])).content.decode()
    cases = re.findall(r'<article class="case', shown)
    assert len(cases) == 9
    assert shown.count("Pourquoi celle-ci") >= 9
    assert 'id="roles"' in shown
    assert 'id="outils"' in shown
    assert "?ou=commune%3A46102" in shown


def test_without_an_index_the_advice_still_stands(client, settings, tmp_path):
    settings.INDEX_DIR = tmp_path / "nowhere"
    _, key = start_diagnosis(at=NOW, answers=ANSWERS)
    response = client.get(reverse("result", args=[key]))
    assert response.status_code == 200
    assert "Coopération économique" in response.content.decode()


VILLAGE = {
    "acteur": ("commune-epci",),
    "besoin": ("Notre village de 400 habitants a perdu son dernier commerce, il faut une épicerie.",),
    "domaines": ("commerce-proximite",),
    "lieu": ("commune:24551",),
    "apport": ("offre-commune",),
    "cercle": ("territoire",),
    "recettes": ("clients",),
}


def test_a_need_that_no_live_case_of_the_form_shares_is_met_by_those_of_the_base_even_over(client, starter_search):
    chain = chain_of(starter_search, VILLAGE, mode="cooperation-economique", trend="co-developpement-territorial")
    assert chain.beside
    shown = {c.record["id"] for c in chain.cases}
    met = cases_of_need(starter_search, VILLAGE, without=shown)
    assert met[0].record["id"] == "la-poste-comptoir-de-campagne"
    assert all(c.same_need for c in met)
    assert shown.isdisjoint(c.record["id"] for c in met)
    _, key = start_diagnosis(at=NOW, answers=VILLAGE)
    page = client.get(reverse("result", args=[key])).content.decode()
    assert page.index("Le même besoin, quelle que soit la forme") < page.index("La même forme, sur d’autres sujets")
    assert "terminée en 2024" in page


def test_a_need_that_the_base_does_not_know_is_said_to_be_unknown(client, starter_search):
    unheard = {**VILLAGE, "besoin": ("Xyzzy plugh frobnicate",), "domaines": (UNSURE,)}
    assert cases_of_need(starter_search, unheard, without=()) == []
    _, key = start_diagnosis(at=NOW, answers=unheard)
    assert "La base ne connaît encore personne" in client.get(reverse("result", args=[key])).content.decode()
