"""What the pages of a diagnosis never show, never do by a link and never keep; what nothing hostile breaks."""

from __future__ import annotations

import csv
import io
import json
import logging
import random
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from alliage.catalogue.actions.erase_old_diagnoses import erase_old_diagnoses
from alliage.catalogue.actions.invite_partner import invite_partner, join_diagnosis
from alliage.catalogue.actions.open_answers import open_answers
from alliage.catalogue.actions.write_evaluation import write_evaluation_line
from alliage.catalogue.diagnoses import answers_of, participant_of
from alliage.catalogue.models import Diagnosis, HealthMark
from alliage.site.logs import WithoutKeys
from alliage.vocabulary.health_check import health_check
from alliage.vocabulary.method import UNSURE, bank
from alliage.web.allowance import Rule
from tests.conftest import NOW
from tests.web.hostile import BAD_VALUES
from tests.web.private_pages import NOT_A_KEY, PRIVATE, READ, SECRET, SENT_ONLY, address, page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter_search")]
MOST_QUERIES = 8


def test_every_private_page_is_tried_here():
    assert len(READ) >= 9
    assert set(PRIVATE) >= SENT_ONLY


@pytest.mark.parametrize("name", READ)
def test_a_private_page_is_kept_from_engines_caches_and_other_sites(client, pair, name):
    for key in (pair[1], NOT_A_KEY):
        response = client.get(address(name, key))
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert client.get(address(name, NOT_A_KEY)).status_code == 404


@pytest.mark.parametrize("name", [n for n in READ if n != "comparison_csv"])
def test_a_private_page_asks_the_base_little_whatever_the_number_of_partners(
    client, pair, name, django_assert_max_num_queries
):
    owner, key, *_ = pair
    for n in range(12):
        partner = invite_partner(owner=owner, key=key, name=f"Partenaire {n}")
        join_diagnosis(partner=partner, name="", at=NOW)
    for n in range(10):
        write_evaluation_line(participant=owner, values={"objective": f"Objectif {n}", "impact": "confiance"})
    open_answers(owner=owner, at=NOW)
    with django_assert_max_num_queries(MOST_QUERIES):
        assert client.get(address(name, key)).status_code == 200


@pytest.mark.parametrize("name", READ)
def test_before_the_opening_no_page_and_no_file_shows_an_answer_of_another(client, pair, name):
    _, key, _, partner_key = pair
    client.post(address("health_round", partner_key), {"c-but-partage": "rouge", "n-but-partage": SECRET})
    client.post(
        address("health_round", key), {"c-but-partage": "vert", "n-but-partage": "le besoin de la propriétaire"}
    )
    mine, theirs = page(client.get(address(name, key))), page(client.get(address(name, partner_key)))
    assert SECRET not in mine
    assert "le besoin de la propriétaire" not in theirs


def test_before_the_opening_no_address_that_could_be_guessed_answers(client, pair):
    _, key, partner, partner_key = pair
    assert client.get(address("comparison_csv", key)).status_code == 404
    for guess in (NOT_A_KEY, key[::-1], partner_key.swapcase()):
        for name in ("diagnosis", "result", "answers_json"):
            assert client.get(address(name, guess)).status_code == 404
        assert client.get(reverse("join", args=[guess])).status_code == 404
        assert client.get(reverse("shared_result", args=[guess])).status_code == 404
    for number in (str(partner.pk), str(partner.diagnosis_id), "1", "partenaires", "0" * 32):
        assert client.get(f"/methodes/diagnostic/{number}/").status_code == 404
    # What opens one thing opens nothing else.
    assert client.get(reverse("shared_result", args=[key])).status_code == 404
    assert client.get(reverse("join", args=[key])).status_code == 404


@pytest.mark.usefixtures("pair")
def test_the_api_and_the_lists_know_nothing_of_diagnoses(client):
    assert "diagnos" not in client.get("/api/v1/openapi.json").content.decode().lower()
    for found in ("/exemples.json", "/api/v1/alliances?q=secret", "/api/v1/suggest?q=le+secret"):
        response = client.get(found)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        assert SECRET not in body.decode()


def test_no_log_holds_a_private_address(pair):
    _, key, *_ = pair
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.addFilter(WithoutKeys())
    logging.getLogger().addHandler(handler)
    try:
        Client(enforce_csrf_checks=True).post(address("erase_answers", key))
        logging.getLogger("django.request").error("Internal Server Error: %s", address("diagnosis", key))
    finally:
        logging.getLogger().removeHandler(handler)
    assert told.getvalue().count("/methodes/diagnostic/…/") == 2
    assert key not in told.getvalue()
    console = settings.LOGGING["handlers"]["console"]
    assert [settings.LOGGING["filters"][name]["()"] for name in console["filters"]] == ["alliage.site.logs.WithoutKeys"]


def test_a_partner_is_refused_what_is_the_owners(client, pair):
    _, key, _, partner_key = pair
    for name, data in (("open_answers", {}), ("keep_diagnosis", {"garder": "oui"}), ("erase_answers", {"tout": "oui"}),
                       ("withdraw_partner", {}), ("open_health_round", {}), ("health", {})):  # fmt: skip
        response = client.post(address(name, partner_key), data)
        assert response.status_code == 409, name
        assert "Seule la personne" in page(response)
    assert client.post(address("partners", partner_key), {"nom": "Un autre"}).status_code == 422
    assert client.get(address("diagnosis", key)).status_code == 200


def test_the_address_for_reading_shows_the_result_and_lets_nothing_be_changed(client, pair):
    _, key, *_ = pair
    client.post(address("share_result", key), {"partager": "oui"})
    shared = re.search(r"/methodes/diagnostic/lecture/[\w-]{32}/", page(client.get(address("result", key))))[0]
    shown = page(client.get(shared))
    assert "le besoin de la propriétaire" in shown
    assert key not in shown
    assert "<form" not in shown
    assert SECRET not in shown
    assert client.get(shared)["Referrer-Policy"] == "no-referrer"
    assert client.post(shared).status_code == 405
    client.post(address("share_result", key), {"partager": "non"})
    assert client.get(shared).status_code == 404


def test_one_takes_all_that_one_answered_and_nothing_more(client, pair):
    _, key, *_ = pair
    client.post(address("health_round", key), {"c-but-partage": "orange", "n-but-partage": "=1+1"})
    told = json.loads(client.get(address("answers_json", key)).content)
    assert {a["question"]: tuple(a["values"]) for a in told["answers"]} == dict(answers_of(participant_of(key)))
    assert told["health"] == [
        {
            "round": 1,
            "aspect": "but-partage",
            "text": health_check().aspects[0].text,
            "colour": "orange",
            "note": "=1+1",
        }
    ]
    rows = list(csv.reader(io.StringIO(client.get(address("answers_csv", key)).content.decode("utf-8-sig"))))
    assert len(rows) == 1 + len(told["answers"]) + 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


def test_one_click_erases_and_the_page_says_so(client, pair):
    _, key, _, partner_key = pair
    assert "Vos réponses sont effacées" in page(client.post(address("erase_answers", partner_key), follow=True))
    assert client.get(address("diagnosis", partner_key)).status_code == 404
    shown = page(client.post(address("erase_answers", key), {"tout": "oui"}, follow=True))
    assert "Le diagnostic est effacé" in shown
    assert client.get(address("diagnosis", key)).status_code == 404
    assert not Diagnosis.objects.exists()


def test_keeping_is_one_click_and_says_what_it_changes(client, pair):
    _, key, *_ = pair
    assert "Sans visite pendant 90 jours" in page(client.get(address("diagnosis", key)))
    client.post(address("keep_diagnosis", key), {"garder": "oui"})
    assert "Il ne sera effacé que par vous" in page(client.get(address("diagnosis", key)))
    assert erase_old_diagnoses(today=NOW.date().replace(year=2099), days=90) == 0


@pytest.mark.parametrize("name", sorted(SENT_ONLY))
def test_what_changes_something_is_never_done_by_a_link(client, pair, name):
    response = client.get(address(name, pair[1]))
    assert response.status_code == 405
    assert "ne se visite pas" in page(response)
    assert Diagnosis.objects.get(pk=pair[0].diagnosis_id).opened_at is None


def test_every_form_needs_its_proof(pair):
    strict = Client(enforce_csrf_checks=True)
    for name in PRIVATE:
        if name in SENT_ONLY or name in ("question", "health", "health_round", "evaluation", "partners"):
            assert strict.post(address(name, pair[1])).status_code == 403, name
    for name in ("start_diagnosis", "need", "sort"):
        assert strict.post(reverse(name)).status_code == 403, name


def test_sending_too_often_is_slowed_and_looking_is_not(client, settings, tmp_path):
    settings.HOME, settings.LIMITS = tmp_path, {"start": Rule(2, 3_600), "diagnosis": Rule(3, 3_600)}
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    started = [client.post(reverse("start_diagnosis"), **elsewhere) for _ in range(3)]
    assert [r.status_code for r in started] == [303, 303, 429]
    here = started[0]["Location"]
    sent = [client.post(here, {"geste": "passer"}, **elsewhere).status_code for _ in range(4)]
    assert sent == [303, 303, 303, 429]
    assert client.get(here, **elsewhere).status_code == 200


def test_hostile_answers_break_nothing_and_leave_nothing_that_does_not_fit(client, pair):
    owner, key, _, partner_key = pair
    client.raise_request_exception = False
    draw = random.Random(29)
    fields = ["reponse", "reponse-choix", "geste", "nom", "mon-nom", "garder", "partager", "tout", "texte", "vers", "ligne",
              "objective", "impact", "nature", "due", "whose", "q-besoin", "q-lieu", "q-lieu-choix", "q-apport", "q-cercle",
              *(f"{p}-{a.id}" for p in "cn" for a in health_check().aspects)]  # fmt: skip
    posted = [n for n in PRIVATE if n not in ("erase_answers", "open_answers", "open_health_round")]
    open_pages = [reverse(n) for n in ("start_diagnosis", "need", "sort")]
    kept = 0
    for _ in range(700):
        if draw.random() < 0.2:
            where = draw.choice(open_pages)
        else:
            where = address(draw.choice(posted), draw.choice((key, partner_key, NOT_A_KEY)))
        if "/question/" in where:
            where = where.replace("besoin", draw.choice([*bank().questions, "inconnue"]))
            where += draw.choice(("", "?etape=pourquoi", "?etape=%00", "?retour=1&etape=zz"))
        where = where.replace("/1/", draw.choice(("/1/", "/0/", "/99999999999999999999/")))
        data = {n: [draw.choice((*BAD_VALUES, "vert", "deux")) for _ in range(draw.randint(1, 4))]
                for n in draw.sample(fields, draw.randint(0, 8))}  # fmt: skip
        data = {n: [v.encode("utf-8", "replace").decode() for v in values] for n, values in data.items()}
        response = client.post(where, data) if draw.random() < 0.8 else client.get(where, data)
        assert response.status_code < 500, (where, data)
        kept += response.status_code == 303
        assert b"<script>alert(1)" not in response.content
    assert kept > 50, "hostile answers that are never kept prove little"
    for person in owner.diagnosis.participants.exclude(key_digest=None):
        for question, values in person.answers.values_list("question", "values"):
            known = {o.id for o in bank().questions[question].options} | {UNSURE}
            assert not bank().questions[question].options or set(values) <= known
    assert set(HealthMark.objects.values_list("colour", flat=True)) <= set(HealthMark.COLOURS)
