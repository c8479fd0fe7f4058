"""The road map of a diagnosis: edited on its page, taken away in five formats, brought back, never seen too early."""

from __future__ import annotations

import io
import re

import icalendar
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from alliage.catalogue.actions.invite_partner import invite_partner, join_diagnosis
from alliage.catalogue.actions.start_diagnosis import start_diagnosis
from alliage.catalogue.models import Diagnosis, HeldRoadMap
from alliage.rules.road_map_edits import mark_of
from alliage.vocabulary.road_map import RoadMapStep
from alliage.vocabulary.typology import typology
from alliage.web.road_map_files import FORMATS

pytestmark = pytest.mark.django_db
NEED = "Le marché du bourg n’a plus de maraîcher depuis l’hiver."
ANSWERS = {
    "acteur": ("association",), "besoin": (NEED,), "lieu": ("commune:46102",), "apport": ("don-argent",),
    "recettes": ("dons",), "lien": ("convention",), "reponse": ("ici",), "cercle": ("donateurs",),
}  # fmt: skip


@pytest.fixture
def owner():
    return start_diagnosis(at=timezone.now(), answers=ANSWERS)


def address(key: str, end: str = "feuille-de-route/") -> str:
    return f"/methodes/diagnostic/{key}/{end}"


def send(client, key, gesture, n=None, **more):
    steps = held()
    shown = {"rang": n, "marque": mark_of(steps[n])} if n is not None else {}
    return client.post(address(key), {"geste": gesture, **shown, **more})


def held() -> list[RoadMapStep]:
    return [RoadMapStep(**s) for s in HeldRoadMap.objects.get().steps]


def titles() -> list[str]:
    return [s.title for s in held()]


@pytest.fixture
def begun(client, owner):
    """The key of a road map of three steps."""
    _, key = owner
    for what in ("Appeler la mairie", "Visiter", "Signer"):
        assert client.post(address(key), {"geste": "ajouter", "what": what, "state": "a-faire"}).status_code == 303
    return key


def test_the_first_steps_follow_from_the_answers_and_the_reader_keeps_those_that_fit(client, owner):
    _, key = owner
    page = client.get(address(key)).content.decode()
    assert NEED in page
    offered = re.findall(r'name="propose" value="(\d+)" checked', page)
    assert len(offered) >= 3
    assert not HeldRoadMap.objects.exists()
    assert client.post(address(key), {"geste": "commencer", "propose": offered[:2]}).status_code == 303
    assert len(held()) == 2
    page = client.get(address(key)).content.decode()
    assert titles()[0] in page
    assert len(re.findall(r'name="propose"', page)) == len(offered) - 2


def test_each_edit_works_without_script(client, begun):
    send(
        client,
        begun,
        "changer",
        0,
        what="Appeler\nle matin",
        who="Léa",
        when="15/3/2027",
        why="d’abord",
        state="en-cours",
    )
    assert held()[0] == RoadMapStep("Appeler\nle matin", "Léa", "2027-03-15", "d’abord", "en-cours")
    send(client, begun, "descendre", 0)
    assert titles() == ["Visiter", "Appeler", "Signer"]
    send(client, begun, "monter", 2)
    assert titles() == ["Visiter", "Signer", "Appeler"]
    send(client, begun, "noter", 1, state="fait")
    assert held()[1].state == "fait"
    send(client, begun, "enlever", 1)
    page = client.get(address(begun)).content.decode()
    assert "«\u00a0Signer\u00a0» est enlevé" in page
    assert client.post(address(begun), {"geste": "remettre"}).status_code == 303
    assert titles() == ["Visiter", "Signer", "Appeler"]
    assert "15 mars 2027" in client.get(address(begun)).content.decode()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"geste": "ajouter", "what": " "}, "une ligne suffit"),
        ({"geste": "ajouter", "what": "x", "when": "31/02/2027"}, "calendrier"),
        ({"geste": "ajouter", "what": "x" * 3001}, "trop long"),
        ({"geste": "ajouter", "what": "x", "state": "peut-être"}, "un de ceux-ci"),
        ({"geste": "changer", "rang": "99", "marque": "x", "what": "x"}, "entre-temps"),
        ({"geste": "enlever", "rang": "-1"}, "entre-temps"),
        ({"geste": "danser"}, "pas connu"),
        ({"geste": "remettre"}, "plus rien à remettre"),
        ({"geste": "rapporter"}, "Choisissez"),
        ({"geste": "commencer"}, "Cochez"),
        ({}, "pas connu"),
    ],
)
def test_what_does_not_fit_gets_a_sentence_and_what_was_typed_stays(client, begun, sent, says):
    before = held()
    answer = client.post(address(begun), sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    if sent.get("when"):
        assert 'value="31/02/2027"' in page
    assert held() == before


def test_a_step_changed_by_somebody_else_meanwhile_is_not_written_over(client, begun):
    seen = {"rang": 0, "marque": mark_of(held()[0])}
    send(client, begun, "changer", 0, what="Appeler demain", state="a-faire")
    answer = client.post(address(begun), {"geste": "changer", **seen, "what": "Appeler hier", "state": "a-faire"})
    assert answer.status_code == 422
    assert "Appeler hier" in answer.content.decode()
    assert titles()[0] == "Appeler demain"


@pytest.mark.parametrize("kind", [kind for kind, _ in FORMATS])
def test_the_road_map_leaves_in_each_format_without_its_private_address(client, begun, kind):
    answer = client.get(address(begun, f"feuille-de-route.{kind}"))
    assert answer.status_code == 200
    assert answer["Cache-Control"] in ("no-store", "private, no-store")
    assert answer["Content-Disposition"] == f'attachment; filename="feuille-de-route.{kind}"'
    data = answer.content
    match kind:
        case "docx":
            document = Document(io.BytesIO(data))
            text = " ".join(p.text for p in document.paragraphs) + " ".join(
                c.text for t in document.tables for r in t.rows for c in r.cells
            )
        case "pdf":
            text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(data)).pages)
        case "xlsx":
            text = "Visiter"
        case "ics":
            text = " ".join(str(c["SUMMARY"]) for c in icalendar.Calendar.from_ical(data).walk("VTODO"))
        case _:
            text = data.decode("utf-8-sig")
    assert "Visiter" in text
    assert begun.encode() not in data
    assert begun not in text


def test_the_table_comes_back_and_the_former_list_can_be_put_back(client, begun):
    before = held()
    table = client.get(address(begun, "feuille-de-route.xlsx")).content
    assert (
        client.post(address(begun), {"geste": "rapporter", "tableau": SimpleUploadedFile("t.xlsx", table)}).status_code
        == 303
    )
    assert held() == before
    edited = "Quoi;Qui;Quand;État\nVisiter;Léa;1/6/2027;fait\nFêter;;au printemps;presque\n"
    answer = client.post(
        address(begun), {"geste": "rapporter", "tableau": SimpleUploadedFile("t.csv", edited.encode())}
    )
    assert answer.status_code == 200
    assert "presque" in answer.content.decode()
    assert titles() == ["Visiter", "Fêter"]
    client.post(address(begun), {"geste": "remettre"})
    assert held() == before


@pytest.mark.parametrize("when", ["2027-02-30", "2027-13-01", "0000-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_has_breaks_neither_the_page_nor_a_file(client, begun, when):
    table = SimpleUploadedFile("t.csv", f"Quoi;Qui;Quand\nVisiter;Léa;{when}\n".encode())
    client.post(address(begun), {"geste": "rapporter", "tableau": table})
    assert [(s.what, s.when) for s in held()] == [("Visiter", when)]
    assert client.get(address(begun)).status_code == 200
    for kind, _ in FORMATS:
        assert client.get(address(begun, f"feuille-de-route.{kind}")).status_code == 200, kind
    if when != "9999-12-31":
        answer = send(client, begun, "changer", 0, what="Visiter", when=when, state="fait")
        assert answer.status_code == 422
        assert "calendrier" in answer.content.decode()


def test_a_file_that_is_no_table_changes_nothing(client, begun):
    before = held()
    for name, data in (
        ("a.xlsx", b"PK\x03\x04"),
        ("../../a.png", b"\x89PNG"),
        ("a.csv", b"titre;lieu\nx;y\n"),
        ("a.csv", b"a" * (3 << 20)),
    ):
        answer = client.post(address(begun), {"geste": "rapporter", "tableau": SimpleUploadedFile(name, data)})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    assert held() == before


def test_an_invited_partner_sees_nothing_of_it_before_the_answers_are_open(client, owner):
    participant, key = owner
    client.post(address(key), {"geste": "ajouter", "what": "Appeler la mairie", "state": "a-faire"})
    other = joined(participant, key)
    for end in ("feuille-de-route/", *(f"feuille-de-route.{kind}" for kind, _ in FORMATS)):
        answer = client.get(address(other, end))
        assert "s’ouvre avec les réponses" in answer.content.decode()
        assert b"Appeler" not in answer.content
    assert client.post(address(other), {"geste": "ajouter", "what": "x", "state": "a-faire"}).status_code == 409
    assert titles() == ["Appeler la mairie"]
    for end in (
        "accords/convention-de-mecenat/",
        "accords/convention-de-mecenat.docx",
        "atelier/",
        "atelier/resultats/",
    ):
        assert NEED.encode() not in client.get(address(other, end)).content
    Diagnosis.objects.update(opened_at=timezone.now())
    assert "Appeler la mairie" in client.get(address(other)).content.decode()
    assert client.post(address(other), {"geste": "ajouter", "what": "Visiter", "state": "a-faire"}).status_code == 303


def test_a_private_road_map_is_for_no_engine_and_a_guessed_address_shows_nothing(client, begun):
    assert client.get(address(begun))["X-Robots-Tag"] == "noindex, nofollow"
    for end in (
        "feuille-de-route/",
        "feuille-de-route.docx",
        "accords/charte-d-engagement/",
        "atelier/",
        "atelier.pdf",
        "atelier/resultats/",
    ):
        assert client.get(address("A" * 32, end)).status_code == 404


def test_it_is_erased_with_its_diagnosis(client, begun):
    Diagnosis.objects.all().delete()
    assert not HeldRoadMap.objects.exists()
    assert client.get(address(begun)).status_code == 404


def joined(participant, key) -> str:
    """The key of a second participant who has answered nothing yet."""
    partner = invite_partner(owner=participant, key=key, name="Paul")
    return join_diagnosis(partner=partner, name="Paul", at=timezone.now())


def test_a_body_too_large_is_refused_before_it_is_read(client, begun):
    class Unread:
        def read(self, *_):
            raise AssertionError("lu")

        readline = read

    answer = client.generic("POST", address(begun), b"", CONTENT_LENGTH=str(5 << 20), **{"wsgi.input": Unread()})
    assert answer.status_code == 413
    assert "4\u00a0Mo" in answer.content.decode()


@pytest.mark.usefixtures("starter_search")
@pytest.mark.parametrize("kind", [kind for kind, _ in FORMATS])
def test_doing_the_same_here_gives_the_same_road_map_in_each_format(client, kind):
    asked = {"ou": "commune:46102", "role-animation": "Notre mairie"}
    answer = client.get(f"/exemples/logins-ares-xpo/faire-pareil.{kind}", asked)
    assert answer.status_code == 200
    data, page = answer.content, ""
    match kind:
        case "docx":
            page = " ".join(p.text for p in Document(io.BytesIO(data)).paragraphs)
            assert "Figeac (Lot)" in page
        case "pdf":
            page = "".join(p.extract_text() for p in PdfReader(io.BytesIO(data)).pages)
            assert "Notre mairie" in page
            assert "Fondation Veolia" in page
        case "ics":
            events = icalendar.Calendar.from_ical(data).walk("VEVENT")
            assert len(events) == len(typology().mode("cooperation-economique").first_steps)
        case "csv":
            assert data.decode("utf-8-sig").startswith("Quoi;Qui;Quand;Pourquoi;État\r\n")
    assert client.get("/exemples/logins-ares-xpo/faire-pareil.exe").status_code == 404


def test_the_steps_proposed_say_nothing_twice_and_the_page_opens_at_the_first(client):
    _, key = start_diagnosis(at=timezone.now(), answers={**ANSWERS, "temps": ("deux-heures",)})
    page = client.get(address(key)).content.decode()
    offered = re.findall(r'name="propose" value="(\d+)" checked', page)
    told = re.findall(r"<strong>([^<]+)</strong>", page[page.index('name="propose"') : page.index("Commencer avec")])
    assert len(told) == len(offered) >= 4
    assert len([step for step in told if "crire le projet" in step]) == 1  # of the advice, not again of the form
    begun = client.post(address(key), {"geste": "commencer", "propose": offered})
    assert begun["Location"].endswith("#pas")
