"""The pages of a diagnosis: one question at a time, private headers, nothing of others before the opening, no 5xx."""

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

from alliage.catalogue.actions.check_health import start_health_round
from alliage.catalogue.actions.erase_old_diagnoses import erase_old_diagnoses
from alliage.catalogue.actions.invite_partner import invite_partner, join_diagnosis
from alliage.catalogue.actions.open_answers import open_answers
from alliage.catalogue.actions.start_diagnosis import start_diagnosis
from alliage.catalogue.actions.write_evaluation import write_evaluation_line
from alliage.catalogue.diagnoses import answers_of, participant_of
from alliage.catalogue.models import Diagnosis, HealthMark
from alliage.rules.questionnaire import path
from alliage.site.logs import WithoutKeys
from alliage.vocabulary.health_check import health_check
from alliage.vocabulary.method import UNSURE, bank
from alliage.web import urls
from alliage.web.allowance import Rule
from tests.catalogue.test_diagnoses import a_pair, every, some_answers
from tests.conftest import NOW
from tests.web.hostile import BAD_VALUES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter_search")]
MOST_QUERIES = 8
SECRET = "le secret du partenaire"
NOT_A_KEY = "A" * 32
PRIVATE = {p.name: str(p.pattern) for p in urls.urlpatterns if "<key:key>" in str(p.pattern)}
SENT_ONLY = {"keep_diagnosis", "share_result", "erase_answers", "open_answers", "withdraw_partner", "open_health_round"}
READ = sorted(set(PRIVATE) - SENT_ONLY)


def address(name: str, key: str) -> str:
    """The address of that private page; its numbers are those of a first round and a first partner."""
    said = {"question": "besoin", "number": 1, "position": 1, "id": "charte-d-engagement", "kind": "csv"}
    return reverse(name, kwargs={"key": key, **{n: v for n, v in said.items() if f":{n}>" in PRIVATE[name]}})


def page(response) -> str:
    return response.content.decode(errors="replace").replace("\u00a0", " ")


@pytest.fixture
def pair():
    """An owner who has finished, a partner who has one answer to give, a round of health not finished, a frame."""
    answers = {**some_answers(), "besoin": ("le besoin de la propriétaire",)}
    theirs = {**{q: v for q, v in answers.items() if q != "deja"}, "besoin": (SECRET,)}
    owner, key, partner, partner_key = a_pair(answers, theirs)
    start_health_round(owner=owner, at=NOW)
    return owner, key, partner, partner_key


def test_every_private_page_is_tried_here():
    assert len(READ) >= 9
    assert set(PRIVATE) >= SENT_ONLY


def test_a_diagnosis_is_started_by_sending_never_by_a_link(client):
    assert client.get(reverse("start_diagnosis"))["Location"] == reverse("methods")
    assert not Diagnosis.objects.exists()
    response = client.post(reverse("start_diagnosis"))
    assert response.status_code == 303
    assert re.fullmatch(r"/methodes/diagnostic/[\w-]{32}/question/acteur/", response["Location"])


@pytest.mark.parametrize(
    ("vers", "leads"),
    [("sante", "/sante/"), ("evaluation", "/evaluation/"), ("partenaires", "/partenaires/"), ("x", "/acteur/")],
)
def test_each_way_in_leads_to_its_page(client, vers, leads):
    assert client.post(reverse("start_diagnosis"), {"vers": vers})["Location"].endswith(leads)


def test_the_short_path_asks_each_question_once_in_order_and_ends_on_the_result(client):
    here = client.post(reverse("start_diagnosis"))["Location"]
    asked = []
    for _ in range(30):
        if "/question/" not in here:
            break
        name = here.rstrip("/").rsplit("/", 1)[1]
        asked.append(name)
        shown = page(client.get(here))
        assert f"question {len(asked)} sur {len(bank().short)}" in shown
        assert shown.count("<h1>") == 1
        question = bank().questions[name]
        values = {"text": "Un besoin d’ici", "place": "Figeac"}.get(question.kind) or question.options[0].id
        here = client.post(here, {"reponse": values})["Location"]
    assert asked == [q.id for q in bank().short]
    result = page(client.get(here))
    assert "Votre résultat" in result
    assert "Ce qui changerait" in result
    assert "Figeac (Lot)" in result


def test_answering_resumes_where_it_stopped_and_a_change_leads_back_to_the_answers(client):
    _, key = start_diagnosis(at=NOW, answers={"acteur": ("association",), "besoin": ("Un besoin",)})
    hub = page(client.get(reverse("diagnosis", args=[key])))
    assert reverse("question", args=[key, "domaines"]) in hub
    changed = reverse("question", args=[key, "acteur"])
    shown = page(client.get(f"{changed}?retour=1"))
    assert re.search(r'value="association" checked', shown)
    response = client.post(f"{changed}?retour=1", {"reponse": "fondation"})
    assert response["Location"] == f"{reverse('diagnosis', args=[key])}#q-acteur"
    assert answers_of(participant_of(key))["acteur"] == ("fondation",)


def test_not_knowing_everywhere_still_gives_a_result_said_to_be_a_start(client):
    here = client.post(reverse("start_diagnosis"))["Location"]
    while "/question/" in here:
        here = client.post(here, {"geste": "passer"})["Location"]
    shown = page(client.get(here))
    assert "ce qui suit est un début" in shown
    assert "Les prochains pas" in shown


@pytest.mark.parametrize(
    ("question", "sent", "said"),
    [
        ("cercle", {}, "Choisissez une réponse, ou « Je ne sais pas »."),
        ("cercle", {"reponse": ["deux", "pays"]}, "Une seule réponse"),
        ("cercle", {"reponse": "onze"}, "n’est pas une des réponses"),
        ("apport", {"reponse": ["achat", "essai", "visibilite", "don-temps"]}, "3 réponses au plus"),
        ("besoin", {"reponse": "   "}, "Écrivez une réponse"),
        ("besoin", {"reponse": "a" * 2_001}, "trop longue"),
        ("lieu", {"reponse": "Trifouillis"}, "Nous n’avons pas trouvé « Trifouillis »"),
        ("lieu", {"reponse": "Saint-Denis"}, "Plusieurs lieux répondent"),
        ("lieu", {"reponse-choix": "commune:00000"}, "Nous n’avons pas trouvé"),
    ],
)
def test_an_answer_that_cannot_be_kept_is_asked_again_with_the_reason(client, question, sent, said):
    _, key = start_diagnosis(at=NOW)
    response = client.post(reverse("question", args=[key, question]), sent)
    assert response.status_code == 422
    assert said in page(response)
    assert answers_of(participant_of(key)) == {}


def test_a_text_keeps_its_lines_and_loses_what_nobody_types(client):
    _, key = start_diagnosis(at=NOW)
    client.post(reverse("question", args=[key, "besoin"]), {"reponse": "  Un bus\r\nle\x00 jeudi\x1b\n\n"})
    assert answers_of(participant_of(key))["besoin"] == ("Un bus\nle  jeudi",)


def test_a_homonym_is_chosen_and_kept_as_its_place(client):
    _, key = start_diagnosis(at=NOW)
    here = reverse("question", args=[key, "lieu"])
    choice = re.search(r'name="reponse-choix" value="([^"]+)"', page(client.post(here, {"reponse": "Saint-Denis"})))[1]
    assert client.post(here, {"reponse": "Saint-Denis", "reponse-choix": choice}).status_code == 303
    assert answers_of(participant_of(key))["lieu"] == (choice,)


def test_the_long_path_asks_what_the_short_one_did_not_by_stage(client):
    _, key = start_diagnosis(at=NOW, answers=some_answers())
    answers = answers_of(participant_of(key))
    left = [q for q in path(bank(), answers, short=False) if q.id not in answers and q.kind != "rag"]
    hub = page(client.get(reverse("diagnosis", args=[key])))
    for stage in {q.stage for q in left}:
        first = next(q for q in left if q.stage == stage)
        here = f"{reverse('question', args=[key, first.id])}?etape={stage}"
        assert here in hub
        assert f"{next(s.label for s in bank().stages if s.id == stage)} :" in page(client.get(here))
        for _ in range(40):
            if "/question/" not in here:
                break
            assert here.endswith(f"?etape={stage}")
            here = client.post(here, {"geste": "passer"})["Location"]
        assert here.endswith("#etapes")
    # Nothing is asked twice: colours are for the health check, where partners compare them.
    assert not [q for q in left if q.id in answers]


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


def test_a_need_in_a_sentence_is_shown_to_be_corrected_and_nothing_is_kept_meanwhile(client):
    before = Diagnosis.objects.count()
    shown = page(client.post(reverse("need"), {"texte": "Les anciens de Figeac n’ont plus de bus"}))
    assert Diagnosis.objects.count() == before
    assert "Voici ce que nous avons compris" in shown
    assert 'name="q-besoin"' in shown
    started = client.post(
        reverse("start_diagnosis"), {"q-besoin": "Corrigé", "q-cercle": "territoire", "q-lien": "zzz"}
    )
    key = re.search(r"[\w-]{32}", started["Location"])[0]
    assert answers_of(participant_of(key)) == {"besoin": ("Corrigé",), "cercle": ("territoire",)}
    assert "qui a besoin de quoi" in page(client.post(reverse("need"), {"texte": "bus"}))


def test_a_partnership_is_sorted_from_five_questions_with_reasons(client):
    before = Diagnosis.objects.count()
    shown = page(client.post(reverse("sort"), {"q-apport": ["don-argent"], "q-recettes": ["dons"]}))
    assert "Mécénat" in shown
    assert "De l’argent donné à un projet d’intérêt général" in shown
    assert "Ce qui changerait" in shown
    assert Diagnosis.objects.count() == before
    assert "ne nous dit pas assez" in page(client.post(reverse("sort"), {"texte": ""}))


def test_the_whole_bank_is_shown_by_stage(client):
    shown = page(client.get(reverse("questions")))
    for question in bank().questions.values():
        assert f'id="question-{question.id}"' in shown


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


def test_colours_given_by_all_open_the_round_for_the_last_one_too(client, pair):
    _, key, _, partner_key = pair
    for mine in (key, partner_key):
        sent = {f"c-{a}": c for a, (c, _) in every("vert").items()}
        last = client.post(address("health_round", mine), sent, follow=True)
    assert "côte à côte" in page(last)
