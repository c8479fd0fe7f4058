"""The questions of a diagnosis as pages: each way in, one question at a time, what cannot be kept is asked again."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from alliage.catalogue.actions.start_diagnosis import start_diagnosis
from alliage.catalogue.diagnoses import answers_of, participant_of
from alliage.catalogue.models import Diagnosis
from alliage.rules.questionnaire import path
from alliage.vocabulary.method import bank
from tests.catalogue.diagnosis_makers import some_answers
from tests.conftest import NOW
from tests.web.private_pages import page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter_search")]


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
