"""The health check and the evaluation frame of a diagnosis: who sees which colours when, what cannot be kept."""

from __future__ import annotations

import pytest

from alliage.catalogue.actions.check_health import mark_health, start_health_round
from alliage.catalogue.actions.invite_partner import (
    NotAllowed,
)
from alliage.catalogue.actions.start_diagnosis import start_diagnosis
from alliage.catalogue.actions.write_evaluation import write_evaluation_line
from alliage.catalogue.diagnoses import (
    health_rounds_of,
)
from alliage.catalogue.models import HealthMark
from tests.catalogue.diagnosis_makers import a_pair, every
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_colours_are_hidden_until_all_have_given_all_of_theirs_and_then_stay():
    owner, _, partner, _ = a_pair()
    start_health_round(owner=owner, at=NOW)
    mark_health(participant=owner, number=1, marks=every("vert"), at=NOW)
    mark_health(participant=partner, number=1, marks={"but-partage": ("rouge", "non")}, at=NOW)
    for viewer in (owner, partner):
        (seen,) = health_rounds_of(viewer)
        assert not seen.open
        assert seen.marks is None
    assert health_rounds_of(partner)[0].mine == {"but-partage": ("rouge", "non")}
    with pytest.raises(NotAllowed, match="pas fini"):
        start_health_round(owner=owner, at=NOW)
    mark_health(participant=partner, number=1, marks=every("rouge"), at=NOW)
    (seen,) = health_rounds_of(owner)
    assert (seen.marks[0]["but-partage"], seen.marks[1]["but-partage"]) == (("vert", ""), ("rouge", ""))
    with pytest.raises(NotAllowed, match="ne changent plus"):
        mark_health(participant=owner, number=1, marks=every("orange"), at=NOW)
    assert start_health_round(owner=owner, at=NOW).number == 2


def test_unknown_aspects_colours_and_rounds_leave_no_trace():
    owner, _ = start_diagnosis(at=NOW)
    start_health_round(owner=owner, at=NOW)
    mark_health(participant=owner, number=1, marks={"autre": ("vert", ""), "but-partage": ("bleu", "")}, at=NOW)
    assert not HealthMark.objects.exists()
    with pytest.raises(NotAllowed, match="n’existe pas"):
        mark_health(participant=owner, number=9, marks=every("vert"), at=NOW)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"objective": "", "impact": "innovation"}, "objectif"),
        ({"objective": "a", "impact": "autre"}, "impact"),
        ({"objective": "a", "impact": "innovation", "nature": "odeur"}, "chiffré"),
        ({"objective": "a" * 301, "impact": "innovation"}, "300"),
        ({"objective": "a", "impact": "innovation", "due": "b" * 101}, "100"),
    ],
)
def test_a_line_of_evaluation_that_cannot_be_kept_says_why(values, said):
    owner, _ = start_diagnosis(at=NOW)
    with pytest.raises(NotAllowed, match=said):
        write_evaluation_line(participant=owner, values=values)


def test_a_line_of_another_diagnosis_cannot_be_written():
    owner, _ = start_diagnosis(at=NOW)
    other, _ = start_diagnosis(at=NOW)
    line = {"objective": "Le nôtre", "impact": "innovation"}
    write_evaluation_line(participant=owner, values=line)
    pk = owner.diagnosis.evaluation_lines.get().pk
    with pytest.raises(NotAllowed, match="enlevée"):
        write_evaluation_line(participant=other, values={**line, "objective": "volé"}, line=pk)
    assert owner.diagnosis.evaluation_lines.get().objective == "Le nôtre"
