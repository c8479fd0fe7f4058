"""A diagnosis in the base: who may see what, keys held as digests, what is erased and when."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction

from alliage.catalogue.actions.answer_question import answer_question, pass_question
from alliage.catalogue.actions.check_health import mark_health, start_health_round
from alliage.catalogue.actions.erase_answers import erase_answers, erase_diagnosis
from alliage.catalogue.actions.erase_old_diagnoses import erase_old_diagnoses
from alliage.catalogue.actions.invite_partner import (
    MOST_PARTICIPANTS,
    NotAllowed,
    invitation_of,
    invite_partner,
    join_diagnosis,
    withdraw_partner,
)
from alliage.catalogue.actions.keep_diagnosis import keep_diagnosis, note_use
from alliage.catalogue.actions.open_answers import open_answers
from alliage.catalogue.actions.share_result import share_result, shared_key_of
from alliage.catalogue.actions.start_diagnosis import start_diagnosis
from alliage.catalogue.diagnoses import (
    answers_of,
    gathering_of,
    invited_by,
    participant_of,
    shared_by,
)
from alliage.catalogue.models import Answer, Change, Diagnosis, HealthMark, Participant
from alliage.catalogue.private_keys import derived, digest_of, is_digest_of, new_key
from alliage.rules.questionnaire import Unfit
from tests.catalogue.diagnosis_makers import QUESTIONS, a_pair, some_answers
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_a_key_is_long_drawn_anew_and_never_held():
    _, key = start_diagnosis(at=NOW)
    _, other = start_diagnosis(at=NOW)
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", key)  # 6 bits a sign: 192
    assert key != other
    held = [value for row in Participant.objects.values() for value in row.values()]
    assert key not in held
    assert digest_of(key) in held


def test_only_the_whole_key_opens_its_diagnosis():
    owner, key = start_diagnosis(at=NOW)
    assert participant_of(key) == owner
    for wrong in (key[:-1], key[:-1] + ("a" if key[-1] != "a" else "b"), key.swapcase(), digest_of(key), "", "\0"):
        assert participant_of(wrong) is None
        assert invited_by(wrong) is None
        assert shared_by(wrong) is None
    assert invited_by(key) is None  # a key opens what it is for, nothing else
    assert not is_digest_of(None, key)


def test_derived_keys_are_told_apart_by_holder_purpose_and_seed():
    keys = {derived(k, p, s) for k in (new_key(), new_key()) for p in ("invitation", "lecture") for s in ("a", "b")}
    assert len(keys) == 8
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32}", k) for k in keys)


def test_an_invitation_serves_once_and_gives_a_key_that_the_owner_cannot_make():
    owner, key = start_diagnosis(at=NOW)
    invited = invite_partner(owner=owner, key=key, name="Mairie")
    invitation = invitation_of(key, invited)
    assert invited_by(invitation) == invited
    assert participant_of(invitation) is None
    partner_key = join_diagnosis(partner=invited, name="", at=NOW)
    assert invited_by(invitation) is None
    assert participant_of(invitation) is None
    assert participant_of(partner_key) == invited
    assert participant_of(partner_key).name == "Mairie"
    with pytest.raises(NotAllowed, match="déjà servi"):
        join_diagnosis(partner=invited, name="Un autre", at=NOW)


def test_an_invitation_taken_back_opens_nothing_and_a_partner_who_came_cannot_be_sent_away():
    owner, key, partner, _ = a_pair()
    waiting = invite_partner(owner=owner, key=key, name="Entreprise")
    invitation = invitation_of(key, waiting)
    withdraw_partner(owner=owner, position=waiting.position)
    assert invited_by(invitation) is None
    again = invite_partner(owner=owner, key=key, name="Entreprise")
    assert again.position == waiting.position
    assert invited_by(invitation) is None  # the old link does not come back with the place
    with pytest.raises(NotAllowed, match="lui seul"):
        withdraw_partner(owner=owner, position=partner.position)
    with pytest.raises(NotAllowed, match="lui seul"):
        withdraw_partner(owner=owner, position=0)


def test_a_partner_may_not_do_what_is_the_owners():
    _, _, partner, partner_key = a_pair()
    for forbidden in (
        lambda: open_answers(owner=partner, at=NOW),
        lambda: keep_diagnosis(owner=partner, kept=True),
        lambda: erase_diagnosis(owner=partner),
        lambda: invite_partner(owner=partner, key=partner_key, name="X"),
        lambda: withdraw_partner(owner=partner, position=0),
        lambda: start_health_round(owner=partner, at=NOW),
    ):
        with pytest.raises(NotAllowed, match="Seule la personne"):
            forbidden()
    assert Diagnosis.objects.get(pk=partner.diagnosis_id).opened_at is None


def test_answers_are_hidden_until_the_last_one_has_finished():
    answers = some_answers()
    *most, last = answers
    owner, _, partner, _ = a_pair(answers, {q: answers[q] for q in most})
    for viewer in (owner, partner):
        seen = gathering_of(viewer)
        assert not seen.open
        assert [p.answers is None for p in seen.partners] == [not p.myself for p in seen.partners]
    pass_question(participant=partner, question=QUESTIONS[last], at=NOW)
    for viewer in (owner, partner):
        seen = gathering_of(viewer)
        assert seen.open
        assert all(p.answers for p in seen.partners)


def test_whoever_is_invited_late_sees_nothing_before_having_answered():
    owner, key, _, _ = a_pair(some_answers(), some_answers(1))
    assert gathering_of(owner).open
    invited = invite_partner(owner=owner, key=key, name="Entreprise")
    late = participant_of(join_diagnosis(partner=invited, name="", at=NOW))
    assert not gathering_of(late).open
    assert not gathering_of(owner).open


def test_once_opened_by_the_owner_answers_stay_open_and_nobody_more_is_invited():
    owner, key, partner, _ = a_pair()
    waiting = invite_partner(owner=owner, key=key, name="Entreprise")
    open_answers(owner=owner, at=NOW)
    partner = Participant.objects.select_related("diagnosis").get(pk=partner.pk)
    assert gathering_of(partner).open
    with pytest.raises(NotAllowed, match="ouvertes"):
        invite_partner(owner=partner.diagnosis.participants.get(position=0), key=key, name="Un de plus")
    with pytest.raises(NotAllowed, match="ouvertes"):
        join_diagnosis(partner=waiting, name="", at=NOW)
    later = NOW + dt.timedelta(hours=1)
    answer_question(participant=partner, question=QUESTIONS["cercle"], given=["deux"], at=later)
    assert [p.changed_since for p in gathering_of(partner).partners] == [False, True, False]


def test_a_diagnosis_alone_has_nothing_to_open():
    owner, _ = start_diagnosis(at=NOW, answers=some_answers())
    assert not gathering_of(owner).open


def test_a_table_of_more_than_thirty_is_refused():
    owner, key = start_diagnosis(at=NOW)
    for n in range(MOST_PARTICIPANTS - 1):
        invite_partner(owner=owner, key=key, name=f"Partenaire {n}")
    with pytest.raises(NotAllowed, match="30"):
        invite_partner(owner=owner, key=key, name="Un de trop")


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_partner_needs_a_name_that_fits(name):
    owner, key = start_diagnosis(at=NOW)
    with pytest.raises(NotAllowed):
        invite_partner(owner=owner, key=key, name=name)


def test_a_changed_answer_takes_the_place_of_the_first_and_one_row_stays():
    owner, _ = start_diagnosis(at=NOW)
    for option in ("deux", "territoire"):
        answer_question(participant=owner, question=QUESTIONS["cercle"], given=[option], at=NOW)
    assert answers_of(owner)["cercle"] == ("territoire",)
    assert Answer.objects.filter(participant=owner).count() == 1


def test_an_answer_that_is_no_answer_is_refused_and_the_former_one_stays():
    owner, _ = start_diagnosis(at=NOW, answers={"cercle": ("deux",)})
    with pytest.raises(Unfit):
        answer_question(participant=owner, question=QUESTIONS["cercle"], given=["deux", "pays"], at=NOW)
    assert answers_of(owner)["cercle"] == ("deux",)


def test_answers_that_the_content_no_longer_takes_are_left_out():
    owner, _ = start_diagnosis(at=NOW, answers={"cercle": ("deux",)})
    Answer.objects.create(participant=owner, question="disparue", values=["x"], answered_at=NOW)
    Answer.objects.filter(question="cercle").update(values=["plus-proposee"])
    assert answers_of(owner) == {}


def test_the_journal_and_its_revision_know_nothing_of_diagnoses():
    before = Change.objects.count()
    owner, _, partner, _ = a_pair(some_answers(), some_answers())
    erase_answers(participant=partner)
    erase_diagnosis(owner=owner)
    assert Change.objects.count() == before


def test_erasing_leaves_nothing_of_a_partner_and_only_an_empty_place_of_the_owner():
    owner, key, partner, partner_key = a_pair(some_answers(), some_answers())
    round = start_health_round(owner=owner, at=NOW)
    mark_health(participant=partner, number=round.number, marks={"but-partage": ("rouge", "franchement")}, at=NOW)
    share_result(participant=owner, key=key, shared=True)
    erase_answers(participant=partner)
    assert participant_of(partner_key) is None
    assert not HealthMark.objects.filter(participant_id=partner.pk).exists()
    erase_answers(participant=owner)
    assert answers_of(participant_of(key)) == {}
    assert shared_by(shared_key_of(key, owner)) is None
    erase_diagnosis(owner=owner)
    assert participant_of(key) is None
    assert not Answer.objects.filter(participant__diagnosis=owner.diagnosis_id).exists()


@pytest.mark.parametrize(("age", "kept", "stays"), [(90, False, True), (91, False, False), (4_000, True, True)])
def test_what_nobody_opened_for_ninety_days_is_erased_unless_it_is_kept(age, kept, stays):
    owner, key = start_diagnosis(at=NOW - dt.timedelta(days=age), answers=some_answers())
    keep_diagnosis(owner=owner, kept=kept)
    assert erase_old_diagnoses(today=NOW.date(), days=90) == (not stays)
    assert (participant_of(key) is not None) == stays


def test_a_visit_puts_the_erasure_off_and_writes_once_a_day(django_assert_num_queries):
    owner, key = start_diagnosis(at=NOW - dt.timedelta(days=89))
    note_use(participant=owner, today=NOW.date())
    assert erase_old_diagnoses(today=NOW.date() + dt.timedelta(days=80), days=90) == 0
    again = participant_of(key)
    with django_assert_num_queries(0):
        note_use(participant=again, today=NOW.date())


def test_one_turn_of_work_erases_what_is_due(settings):
    from alliage import indexing

    old, _ = start_diagnosis(at=NOW - dt.timedelta(days=3_000))
    indexing._erase_what_is_due(print)
    assert not Diagnosis.objects.filter(pk=old.diagnosis_id).exists()


def test_an_address_for_reading_reads_one_result_until_it_is_taken_back():
    owner, key, _, _ = a_pair(some_answers())
    shared = shared_key_of(key, owner)
    assert shared_by(shared) is None
    share_result(participant=owner, key=key, shared=True)
    assert shared_by(shared) == owner
    assert participant_of(shared) is None
    share_result(participant=owner, key=key, shared=False)
    assert shared_by(shared) is None


def test_the_base_itself_refuses_a_bad_row():
    owner, _, partner, _ = a_pair()
    round = start_health_round(owner=owner, at=NOW)
    refused = (
        lambda: Participant.objects.create(
            diagnosis=owner.diagnosis, position=0, seed="a", key_digest="b", joined_at=NOW
        ),
        lambda: Participant.objects.create(diagnosis=owner.diagnosis, position=7, seed="a"),
        lambda: Participant.objects.filter(pk=partner.pk).update(invitation_digest="c"),
        lambda: HealthMark.objects.create(round=round, participant=owner, aspect="but-partage", colour="bleu"),
        lambda: Diagnosis.objects.filter(pk=owner.diagnosis_id).update(opened_at=NOW - dt.timedelta(days=1)),
        lambda: Answer.objects.create(participant=owner, question="", answered_at=NOW),
    )
    for write in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
