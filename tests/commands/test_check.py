"""`alliage check`: what was written past the actions is found, and what went through them is not."""

from __future__ import annotations

import pytest
from django.conf import settings

from alliage.agreement import find_disagreements, index_disagreements, journal_disagreements
from alliage.catalogue.actions import correct
from alliage.catalogue.models import Alliance
from alliage.search.writing import catch_up
from tests.conftest import NOW, TESTER, draft

pytestmark = pytest.mark.django_db
SLUG = "logins-ares-xpo"


def test_content_base_index_and_journal_agree_on_the_starter_base():
    assert find_disagreements(settings.INDEX_DIR) == []


def test_a_title_changed_past_the_actions_is_found_against_the_index():
    Alliance.objects.filter(slug=SLUG).update(title="Un titre changé en douce")
    first, last = index_disagreements(settings.INDEX_DIR)
    assert SLUG in first
    assert "Titre" in first
    assert "--rebuild" in last


@pytest.mark.parametrize("changed", [{"title": "Changé"}, {"need": "Changé"}, {"publication": "withdrawn"}])
def test_a_value_that_the_journal_told_and_the_base_no_longer_holds_is_found(changed):
    correct.correct_alliance(slug=SLUG, values={"title": "Un autre titre", "need": "Un besoin"}, by=TESTER, at=NOW)
    correct.set_publication(slug=SLUG, publication="draft", by=TESTER, at=NOW)
    assert journal_disagreements() == []
    Alliance.objects.filter(slug=SLUG).update(**changed)
    (found,) = journal_disagreements()
    assert SLUG in found


def test_what_goes_through_the_actions_agrees(received, tmp_path):
    rows = [draft(f"Ferme {n}", str(n), need="a", partners=[{"name": "Les Blés", "role": "sèment"}]) for n in range(3)]
    received(*rows, publish=True)
    received(draft("Ferme 1", "1", need="b", partners=[{"name": "Les Épis"}], start_year=2019), publish=True)
    correct.correct_alliance(slug="ferme-2", values={"sdgs": [2], "confirmed_on": "2026-01-02"}, by=TESTER, at=NOW)
    correct.merge_alliance(slug="ferme-0", into="ferme-1", by=TESTER, at=NOW)
    organisation = Alliance.objects.get(slug="ferme-2").organisations.get()
    correct.correct_organisation(slug=organisation.slug, values={"name": "Les Grands Blés"}, by=TESTER, at=NOW)
    assert journal_disagreements() == []
    catch_up(tmp_path / "index")
    assert index_disagreements(tmp_path / "index") == []


def test_a_record_changed_since_the_index_was_brought_up_to_date_is_only_late():
    correct.correct_alliance(slug=SLUG, values={"title": "Un autre titre"}, by=TESTER, at=NOW)
    (late,) = index_disagreements(settings.INDEX_DIR)
    assert "en retard" in late
