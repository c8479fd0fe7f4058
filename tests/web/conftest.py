"""What several files of tests on pages share."""

from __future__ import annotations

import pytest

from alliage.catalogue.actions.check_health import start_health_round
from tests.catalogue.diagnosis_makers import a_pair, some_answers
from tests.conftest import NOW
from tests.web.private_pages import SECRET


@pytest.fixture
def pair():
    """An owner who has finished, a partner who has one answer to give, a round of health not finished, a frame."""
    answers = {**some_answers(), "besoin": ("le besoin de la propriétaire",)}
    theirs = {**{q: v for q, v in answers.items() if q != "deja"}, "besoin": (SECRET,)}
    owner, key, partner, partner_key = a_pair(answers, theirs)
    start_health_round(owner=owner, at=NOW)
    return owner, key, partner, partner_key
