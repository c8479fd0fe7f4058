"""Starter agreements filled with what is known, and a workshop whose results are typed once."""

from __future__ import annotations

import io
from html import unescape

import pytest
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from alliage.catalogue.actions.answer_question import store_answers
from alliage.catalogue.actions.invite_partner import invite_partner, join_diagnosis
from alliage.catalogue.actions.start_diagnosis import start_diagnosis
from alliage.catalogue.diagnoses import answers_of
from alliage.catalogue.models import Diagnosis, Participant
from alliage.vocabulary.advice import advice_content
from alliage.vocabulary.agreements import agreements
from alliage.vocabulary.method import bank
from alliage.vocabulary.starting import starting
from alliage.vocabulary.typology import typology

pytestmark = pytest.mark.django_db
NEED = "Le marché du bourg n’a plus de maraîcher depuis l’hiver."
ANSWERS = {
    "acteur": ("association",),
    "besoin": (NEED,),
    "lieu": ("commune:46102",),
    "apport": ("achat",),
    "reponse": ("ici",),
}


def text_of(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


@pytest.mark.parametrize("id", list(agreements().by_id))
def test_each_text_says_that_it_is_a_model_dates_itself_and_gives_each_point_a_source_or_a_lawyer(client, id):
    page = unescape(client.get(f"/methodes/accords/{id}/").content.decode())
    document = text_of(client.get(f"/methodes/accords/{id}.docx").content)
    agreement = agreements().by_id[id]
    for shown in (page, document):
        assert starting().model_notice in shown
        assert "Modèle du 25 novembre 2026" in shown
        for article in agreement.articles:
            assert article.title in shown
            for check in article.checks:
                assert check.text in shown
    unsourced = sum(check.source is None for a in agreement.articles for check in a.checks)
    assert document.count(agreements().no_source) == unsourced


def test_every_form_of_alliance_points_to_a_text_that_exists_and_the_list_shows_them_all(client):
    page = client.get("/methodes/accords/").content.decode()
    assert all(f"/methodes/accords/{id}/" in page for id in agreements().by_id)
    for form in (*typology().modes, *typology().trends):
        assert form.agreement.id in agreements().by_id
    assert client.get("/methodes/accords/contrat-de-mariage/").status_code == 404


def test_each_text_that_the_advice_names_has_its_model_and_each_model_is_named_by_the_advice():
    assert {row.id for row in advice_content().sections["documents"]} == set(agreements().by_id)


def test_what_is_known_fills_the_articles_on_the_page_and_in_the_document(client):
    asked = {
        "besoin": NEED,
        "lieu": "Figeac",
        "partenaire-1": "La ferme <b>",
        "apport-1": "=un champ",
        "partenaire-3": "La mairie",
    }
    page = client.get("/methodes/accords/convention-pluripartite/", asked).content.decode()
    assert "<mark>Le marché du bourg n’a plus de maraîcher depuis l’hiver</mark>" in page
    assert "La ferme &lt;b&gt;" in page
    document = text_of(client.get("/methodes/accords/convention-pluripartite.docx", asked).content)
    for words in ("répondre à\u00a0: Le marché du bourg", "Figeac", "La ferme <b>", "=un champ", "La mairie"):
        assert words in document
    assert "………… (le besoin)" not in document
    assert "………… (besoin)" in text_of(client.get("/methodes/accords/convention-pluripartite.docx").content)


def test_a_diagnosis_fills_the_text_with_its_answers_and_the_names_of_its_partners(client):
    owner, key = start_diagnosis(at=timezone.now(), answers=ANSWERS)
    invite_partner(owner=owner, key=key, name="La ferme des Prés")
    base = f"/methodes/diagnostic/{key}/accords/clauses-d-achat"
    for shown in (client.get(f"{base}/").content.decode(), text_of(client.get(f"{base}.docx").content)):
        assert "Figeac (Lot)" in shown
        assert "La ferme des Prés" in shown
        assert "es achats, des commandes" in shown
        assert key not in text_of(client.get(f"{base}.docx").content)


@pytest.mark.parametrize("stage", [*(s.id for s in bank().stages), "inconnue", ""])
def test_the_workshop_of_any_stage_is_a_page_and_a_tagged_pdf(client, stage):
    page = client.get("/methodes/atelier/", {"etape": stage})
    assert page.status_code == 200
    assert "8 cartes" in page.content.decode() or "carte" in page.content.decode()
    reader = PdfReader(io.BytesIO(client.get("/methodes/atelier.pdf", {"etape": stage}).content))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = " ".join("".join(p.extract_text() for p in reader.pages).split())
    assert "2 h 00" in text.replace("\u00a0", " ")


def test_the_cards_of_a_diagnosis_are_where_partners_differ_once_answers_are_open(client):
    owner, key = start_diagnosis(at=timezone.now(), answers=ANSWERS)
    partner = invite_partner(owner=owner, key=key, name="La ferme")
    other = join_diagnosis(partner=partner, name="La ferme", at=timezone.now())
    store_answers(Participant.objects.get(pk=partner.pk), {"reponse": ("a-inventer",)}, timezone.now())
    address = f"/methodes/diagnostic/{key}/atelier/"
    assert "Vos réponses diffèrent" not in client.get(address).content.decode()
    Diagnosis.objects.update(opened_at=timezone.now())
    for who in (key, other):
        page = client.get(f"/methodes/diagnostic/{who}/atelier/").content.decode()
        assert "Carte 1 · Vos réponses diffèrent" in page
    text = PdfReader(io.BytesIO(client.get(f"/methodes/diagnostic/{key}/atelier.pdf").content)).pages[1].extract_text()
    assert bank().questions["reponse"].text.split("\u00a0")[0][:20] in text


def test_results_are_typed_once_and_become_the_answers(client):
    owner, key = start_diagnosis(at=timezone.now(), answers=ANSWERS)
    address = f"/methodes/diagnostic/{key}/atelier/resultats/"
    assert 'name="q-lien"' in client.get(address).content.decode()
    sent = {
        "carte": ["lien", "apport", "objectif"],
        "q-lien": "charte",
        "q-apport": ["achat", "essai"],
        "q-objectif": "",
    }
    assert client.post(address, sent).status_code == 303
    answers = answers_of(owner)
    assert answers["lien"] == ("charte",)
    assert answers["apport"] == ("achat", "essai")
    assert "objectif" not in answers
    wrong = client.post(address, {"carte": ["lien", "apport"], "q-lien": "mariage", "q-apport": "achat"})
    assert wrong.status_code == 422
    assert "choisissez dans la liste" in wrong.content.decode()
    assert answers_of(owner)["lien"] == ("charte",)
    assert answers_of(owner)["apport"] == ("achat",)
