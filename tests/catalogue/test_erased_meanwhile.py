"""What one window sends while another one erases: a page that says so, never an error, and nothing left in the base."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.utils import timezone

from alliage.catalogue.actions.answer_question import answer_question
from alliage.catalogue.actions.check_health import mark_health, start_health_round
from alliage.catalogue.actions.erase_answers import erase_answers, erase_diagnosis
from alliage.catalogue.actions.invite_partner import NotAllowed, invite_partner, join_diagnosis
from alliage.catalogue.actions.save_road_map import save_road_map
from alliage.catalogue.actions.start_diagnosis import start_diagnosis
from alliage.catalogue.actions.write_evaluation import write_evaluation_line
from alliage.catalogue.models import Answer, Diagnosis, HealthMark, HeldRoadMap, Participant
from alliage.rules.road_map_edits import Add
from alliage.vocabulary.health_check import health_check
from alliage.vocabulary.method import bank
from alliage.vocabulary.road_map import step_of
from alliage.web.private_pages import SENT, private
from tests.catalogue.diagnosis_makers import a_pair
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LINE = {"objective": "Un marché chaque samedi", "impact": "innovation"}
COLOUR = {health_check().aspects[0].id: ("vert", "")}
WRITES = {
    "answer": lambda who: answer_question(
        participant=who, question=bank().questions["besoin"], given=["x"], at=timezone.now()
    ),
    "colour": lambda who: mark_health(participant=who, number=1, marks=COLOUR, at=timezone.now()),
    "evaluation": lambda who: write_evaluation_line(participant=who, values=LINE),
    "road map": lambda who: save_road_map(
        participant=who, edit=Add((step_of(what="Appeler"),)), today=timezone.localdate()
    ),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_what_is_sent_while_the_owner_erases_all_gets_the_page_that_says_so(rf, write):
    owner, key, _, _ = a_pair()
    start_health_round(owner=owner, at=NOW)

    @private(SENT)
    def view(request, participant, key):
        erase_diagnosis(owner=owner)  # after the key was read, before anything is written
        write(participant)
        return HttpResponse("gardé")

    assert view(rf.post("/"), key).status_code == 404
    assert not any(table.objects.exists() for table in (Diagnosis, Participant, Answer, HealthMark, HeldRoadMap))


@pytest.mark.parametrize("name", ["answer", "colour"])
def test_what_a_partner_sends_while_erasing_their_answers_leaves_none(rf, name):
    owner, _, partner, partner_key = a_pair()
    start_health_round(owner=owner, at=NOW)

    @private(SENT)
    def view(request, participant, key):
        erase_answers(participant=partner)
        WRITES[name](participant)
        return HttpResponse("gardé")

    assert view(rf.post("/"), partner_key).status_code == 404
    assert not Answer.objects.exists()
    assert not HealthMark.objects.exists()


def test_an_invitation_taken_up_while_the_owner_erases_all_is_refused_with_a_sentence():
    owner, key = start_diagnosis(at=NOW)
    invited = invite_partner(owner=owner, key=key, name="Mairie")
    erase_diagnosis(owner=owner)
    with pytest.raises(NotAllowed, match="invitation"):
        join_diagnosis(partner=invited, name="", at=NOW)
    assert not Participant.objects.exists()
