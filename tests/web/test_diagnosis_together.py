"""Several partners on one diagnosis: they join, compare, give colours, write their evaluation frame."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.urls import reverse

from alliage.catalogue.actions.open_answers import open_answers
from alliage.catalogue.actions.start_diagnosis import start_diagnosis
from alliage.vocabulary.health_check import health_check
from tests.catalogue.diagnosis_makers import every
from tests.conftest import NOW
from tests.web.private_pages import SECRET, address, page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter_search")]


def test_once_all_have_finished_the_answers_stand_side_by_side_with_a_question_to_talk(client, pair):
    _, key, _, partner_key = pair
    client.post(reverse("question", args=[partner_key, "deja"]), {"reponse": "habitude"})
    for mine in (key, partner_key):
        shown = page(client.get(address("partners", mine)))
        assert SECRET in shown
        assert "le besoin de la propriétaire" in shown
        assert "Pour en parler" in shown
        assert "Vos réponses diffèrent" in shown
    rows = list(csv.reader(io.StringIO(client.get(address("comparison_csv", key)).content.decode("utf-8-sig"))))
    assert rows[0][2:] == ["La personne qui a commencé", "La mairie"]
    assert any(SECRET in row for row in rows)


def test_the_name_of_a_partner_is_no_formula_in_the_comparison(client, pair):
    owner, key, _, partner_key = pair
    client.post(address("partners", partner_key), {"geste": "nom", "mon-nom": '=HYPERLINK("https://piege.example")'})
    open_answers(owner=owner, at=NOW)
    rows = list(csv.reader(io.StringIO(client.get(address("comparison_csv", key)).content.decode("utf-8-sig"))))
    assert rows[0][3] == '\'=HYPERLINK("https://piege.example")'
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_partner_joins_once_under_the_name_they_give(client):
    _, key = start_diagnosis(at=NOW)
    shown = page(client.post(address("partners", key), {"nom": "Mairie"}, follow=True))
    invitation = re.search(r"/methodes/diagnostic/rejoindre/[\w-]{32}/", shown)[0]
    assert "Bonjour Mairie" in page(client.get(invitation))
    assert client.get(invitation).status_code == 200  # looking at it, or a mail program that does, spends nothing
    joined = client.post(invitation, {"nom": "Jeanne, mairie"})
    assert joined.status_code == 303
    again = client.get(invitation)
    assert again.status_code == 404
    assert "Cette invitation ne sert plus" in again.content.decode()
    assert client.post(invitation).status_code == 404
    assert "Bienvenue, Jeanne, mairie" in page(client.get(joined["Location"]))
    owner_sees = page(client.get(address("partners", key)))
    assert "Jeanne, mairie" in owner_sees
    assert re.search(r"[\w-]{32}", joined["Location"])[0] not in owner_sees


def test_a_health_check_is_hidden_then_compared_with_the_one_before(client, pair):
    _, key, _, partner_key = pair
    sent = {f"c-{a.id}": "vert" for a in health_check().aspects}
    client.post(address("health_round", key), sent)
    hidden = page(client.get(address("health_round", partner_key)))
    assert "Personne ne les voit avant que tous aient fini" in hidden
    client.post(
        address("health_round", partner_key), {**sent, "c-equilibre": "rouge", "n-equilibre": "on décide sans nous"}
    )
    shown = page(client.get(address("health_round", key)))
    assert "on décide sans nous" in shown
    assert "les avis s’opposent" in shown
    second = client.post(address("health", key))["Location"]
    for mine in (key, partner_key):
        client.post(second.replace(key, mine), {**sent, "c-but-partage": "orange"})
    shown = page(client.get(second))
    assert "mieux (avant : rouge)" in shown
    assert "moins bien (avant : vert)" in shown
    assert client.post(address("health_round", key), sent).status_code == 409  # what was compared stays


def test_the_evaluation_frame_is_written_changed_taken_out_and_taken_away(client, pair):
    owner, key, _, partner_key = pair
    line = {"objective": "Un  service\nouvert", "impact": "innovation", "nature": "chiffre", "provider": "La mairie"}
    assert client.post(address("evaluation", partner_key), line).status_code == 303
    row = owner.diagnosis.evaluation_lines.get()
    assert row.objective == "Un service ouvert"
    assert "Un service ouvert" in page(client.get(address("evaluation", key)))
    client.post(address("evaluation", key), {**line, "ligne": row.pk, "due": "juin 2027"})
    table = client.get(address("evaluation_csv", key)).content.decode("utf-8-sig")
    assert "Innovation" in table
    assert "juin 2027" in table
    client.post(address("evaluation", key), {"ligne": row.pk, "geste": "enlever"})
    assert not owner.diagnosis.evaluation_lines.exists()


def test_colours_given_by_all_open_the_round_for_the_last_one_too(client, pair):
    _, key, _, partner_key = pair
    for mine in (key, partner_key):
        sent = {f"c-{a}": c for a, (c, _) in every("vert").items()}
        last = client.post(address("health_round", mine), sent, follow=True)
    assert "côte à côte" in page(last)
