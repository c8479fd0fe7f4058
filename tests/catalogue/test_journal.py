"""The journal and the tables: what the database itself refuses."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from alliage.catalogue.actions import correct
from alliage.catalogue.journal import current_revision, next_revision
from alliage.catalogue.models import Alliance, Change, Organisation
from alliage.catalogue.queries import alliances_changed_since, history_of
from tests.conftest import NOW, TESTER

pytestmark = pytest.mark.django_db


def test_revisions_grow_by_one_and_are_lost_with_their_transaction():
    with transaction.atomic():
        first = next_revision()
    with transaction.atomic():
        next_revision()
        transaction.set_rollback(True)
    with transaction.atomic():
        assert next_revision() == first + 1
    assert current_revision() == first + 1


def test_a_correction_is_journalled_and_found_by_who_pulls_since():
    before = current_revision()
    assert correct.correct_alliance(slug="fnce-reseau-envie", values={"need": "Autre besoin."}, by=TESTER, at=NOW)
    assert not correct.correct_alliance(slug="fnce-reseau-envie", values={"need": "Autre besoin."}, by=TESTER, at=NOW)
    assert [a.slug for page in alliances_changed_since(before) for a in page] == ["fnce-reseau-envie"]
    assert history_of("fnce-reseau-envie")[0].after == {"need": "Autre besoin."}


def test_correcting_an_organisation_makes_its_alliances_be_pulled_again():
    organisation = Organisation.objects.filter(roles__alliance__slug="logins-ares-xpo").order_by("id").first()
    before = current_revision()
    correct.correct_organisation(slug=organisation.slug, values={"size": "grande"}, by=TESTER, at=NOW)
    assert "logins-ares-xpo" in [a.slug for page in alliances_changed_since(before) for a in page]


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"start_year": 2010, "end_year": 2001}, {"publication": "merged"}],
    ids=["no title", "ends before it starts", "merged into nothing"],
)
def test_a_row_that_must_not_exist_is_refused_by_the_database(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Alliance.objects.filter(slug="fnce-reseau-envie").update(**wrong)


def test_paging_through_changes_gives_each_alliance_once():
    pages = list(alliances_changed_since(0, page=50))
    slugs = [a.slug for page in pages for a in page]
    assert len(pages) > 5
    assert len(slugs) == len(set(slugs)) == Alliance.objects.count()


def test_an_import_writes_one_change_a_transaction_for_what_it_creates():
    assert Change.objects.filter(verb="receive").last().after == {"created": 364}


@pytest.mark.parametrize("slug", ["Mon Id / bizarre", "été", "a--b", "-a", "a-", "a\n", ""])
def test_an_id_that_could_not_stand_in_an_address_is_refused_by_the_database(slug):
    with pytest.raises(IntegrityError), transaction.atomic():
        Alliance.objects.filter(slug="fnce-reseau-envie").update(slug=slug)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(slug="carrefour").update(slug=slug)
