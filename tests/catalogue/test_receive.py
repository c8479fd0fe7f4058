"""Receiving a batch: nothing lost, nothing doubled, no person's word overwritten."""

from __future__ import annotations

import pytest

from alliage.catalogue.actions import correct
from alliage.catalogue.actions.decide import accept_proposal
from alliage.catalogue.models import Alliance, Change, Organisation, Proposal, SheetLine
from alliage.catalogue.models.states import Publication
from alliage.catalogue.records import record_of
from alliage.intake.drafts import ExampleLine, Issue, Provenance, Refusal
from tests.conftest import NOW, TESTER, batch, draft

pytestmark = pytest.mark.django_db
EMMAUS = {"name": "Emmaüs Défi", "kind": "association", "role": "anime", "contributions": ["animation"]}
CARREFOUR = {"name": "Carrefour", "kind": "entreprise", "role": "donne", "contributions": ["nature"]}
FIGEAC = {"level": "commune", "code": "46102", "name": "Figeac"}


def test_what_arrives_is_a_draft_and_publish_shows_it(received):
    assert received(draft("Le hangar partagé", "1", partners=[EMMAUS, CARREFOUR])).created == 1
    alliance = Alliance.objects.get(source="test")
    assert alliance.publication == Publication.DRAFT
    again = received(draft("Le hangar partagé", "1", partners=[EMMAUS, CARREFOUR]), publish=True)
    assert (again.updated, again.created) == (1, 0)
    alliance.refresh_from_db()
    assert alliance.publication == Publication.PUBLISHED
    assert alliance.first_published_on == NOW.date()


def test_the_same_file_twice_changes_nothing_and_takes_no_revision(received):
    drafts = [draft(f"Alliance {n}", str(n), partners=[EMMAUS], places=[FIGEAC]) for n in range(5)]
    received(*drafts, publish=True)
    changes, rows = Change.objects.count(), list(Alliance.objects.filter(source="test").values())
    report = received(*drafts, publish=True)
    assert report.as_dict() | {"issues": []} == report.as_dict()
    assert (report.read, report.unchanged) == (5, 5)
    assert Change.objects.count() == changes
    assert list(Alliance.objects.filter(source="test").values()) == rows


def test_without_an_identifier_the_same_title_partners_and_places_are_the_same_alliance(received):
    received(draft("Le marché couvert", partners=[EMMAUS], places=[FIGEAC]))
    assert received(draft("Le marché couvert", partners=[EMMAUS], places=[FIGEAC])).unchanged == 1


def test_a_new_value_updates_a_draft_and_the_journal_keeps_before_and_after(received):
    received(draft("La ferme", "1", need="manger"))
    assert received(draft("La ferme", "1", need="mieux manger")).updated == 1
    change = Change.objects.filter(subject="alliance", subject_id="la-ferme").latest("revision")
    assert change.before == {"need": "manger"}
    assert change.after == {"need": "mieux manger"}


def test_an_update_of_a_published_record_without_publish_waits_once(received):
    received(draft("La ferme", "1", need="manger"), publish=True)
    for _ in range(2):
        assert received(draft("La ferme", "1", need="mieux manger")).set_aside == 1
    proposal = Proposal.objects.get(kind=Proposal.Kind.UPDATE, source="test")
    assert Alliance.objects.get(slug="la-ferme").need == "manger"
    assert accept_proposal(proposal_id=proposal.pk, by=TESTER, at=NOW)
    assert Alliance.objects.get(slug="la-ferme").need == "mieux manger"
    assert not accept_proposal(proposal_id=proposal.pk, by=TESTER, at=NOW)


def test_nothing_imported_overwrites_a_persons_correction(received):
    received(draft("La ferme", "1", need="manger", action="cultiver"), publish=True)
    correct.correct_alliance(slug="la-ferme", values={"need": "bien manger"}, by=TESTER, at=NOW)
    report = received(draft("La ferme", "1", need="dormir", action="récolter"), publish=True)
    alliance = Alliance.objects.get(slug="la-ferme")
    assert (alliance.need, alliance.action) == ("bien manger", "récolter")
    assert Proposal.objects.get(kind=Proposal.Kind.CORRECTED).values == {"need": "dormir"}
    assert (report.updated, report.set_aside) == (1, 0)
    assert report.read == 1


def test_a_dry_run_counts_and_keeps_nothing(received):
    before = Alliance.objects.count()
    assert received(draft("Essai", "1", partners=[EMMAUS]), dry_run=True).created == 1
    assert Alliance.objects.count() == before
    assert not Organisation.objects.filter(name="Essai").exists()


def test_an_organisation_named_twice_is_one_whatever_its_accents_and_case(received):
    received(
        draft("A", "1", partners=[{"name": "Les Jardins de l’Épinay", "kind": "association"}]),
        draft("B", "2", partners=[{"name": "LES JARDINS DE L'EPINAY", "kind": "association"}]),
    )
    assert Organisation.objects.filter(slug__startswith="les-jardins-de-l-epinay").count() == 1


def test_the_same_name_for_two_natures_stays_two_organisations(received):
    received(
        draft("A", "1", partners=[{"name": "Horizon Clair", "kind": "association"}]),
        draft("B", "2", partners=[{"name": "Horizon Clair", "kind": "entreprise"}]),
    )
    assert set(Organisation.objects.filter(name="Horizon Clair").values_list("slug", flat=True)) == {
        "horizon-clair",
        "horizon-clair-2",
    }


def test_a_probable_double_of_the_starter_base_is_set_aside_and_can_be_accepted(received):
    partners = [{"name": "Ares", "kind": "association"}, {"name": "XPO Logistics", "kind": "entreprise"}]
    report = received(
        draft("Log'ins, la co-entreprise logistique d'Ares et de XPO", partners=partners), source="reseau"
    )
    assert (report.set_aside, report.created) == (1, 0)
    proposal = Proposal.objects.get(kind=Proposal.Kind.DUPLICATE, source="reseau")
    assert proposal.alliance.slug == "logins-ares-xpo"
    assert "Même titre" in proposal.reason
    assert (
        received(
            draft("Log'ins, la co-entreprise logistique d'Ares et de XPO", partners=partners), source="reseau"
        ).set_aside
        == 1
    )
    assert Proposal.objects.filter(source="reseau").count() == 1
    accept_proposal(proposal_id=proposal.pk, by=TESTER, at=NOW)
    assert Alliance.objects.get(source="reseau").publication == Publication.DRAFT


def test_a_row_repeated_in_a_file_with_other_values_is_set_aside(received):
    report = received(draft("Ferme", "7", need="a"), draft("Ferme", "7", need="b"), draft("Ferme", "7", need="a"))
    assert (report.created, report.set_aside, report.unchanged, report.read) == (1, 1, 1, 3)


def test_a_refusal_is_counted_and_its_issue_kept(received):
    issue = Issue("test.csv", "Il manque un titre.", "Écrivez un titre.", line=4)
    report = received(draft("A", "1"), Refusal((issue,), Provenance("test.csv", line=4)))
    assert (report.read, report.refused) == (2, 1)
    assert report.as_dict()["issues"][0]["line"] == 4


def test_a_title_already_taken_gets_a_number_and_ids_are_never_used_again(received):
    received(
        draft("Simplon et la France", "1", places=[FIGEAC]),
        draft("Simplon et la France", "2", places=[{"level": "commune", "code": "69123", "name": "Lyon"}]),
    )
    assert set(Alliance.objects.filter(source="test").values_list("slug", flat=True)) == {
        "simplon-et-la-france",
        "simplon-et-la-france-2",
    }


def test_a_known_line_of_a_document_creates_nothing():
    from alliage.catalogue.actions.receive import receive

    text = "FNCE / Réseau Envie"
    line = ExampleLine("copie", 1, text)
    item = draft(text, partners=[{"name": "FNCE"}, {"name": "Réseau Envie"}])
    item = type(item)(values=item.values, provenance=item.provenance, example_line=1)
    report = receive(batch=batch(item, source="copie", lines=(line,)), by=TESTER, at=NOW)
    assert (report.unchanged, report.created, report.lines) == (1, 0, 1)


def test_the_starter_base_holds_its_364_alliances_and_41_lines():
    assert Alliance.objects.filter(source="socle-alliage", publication="published").count() == 364
    lines = SheetLine.objects.filter(document="des-exemples-d-alliances-en-france")
    assert lines.count() == 41
    assert Alliance.objects.filter(sheet_lines__in=lines).distinct().count() == 48


def test_a_merged_alliance_points_to_the_one_that_stays():
    correct.merge_alliance(slug="renault-wimoov", into="grdf-makesense", by=TESTER, at=NOW)
    old = Alliance.objects.get(slug="renault-wimoov")
    assert (old.publication, old.merged_into.slug) == (Publication.MERGED, "grdf-makesense")
    with pytest.raises(ValueError, match="fusionne"):
        correct.merge_alliance(slug="grdf-makesense", into="renault-wimoov", by=TESTER, at=NOW)


def test_a_record_received_again_from_its_own_export_is_unchanged(received):
    alliance = Alliance.objects.prefetch_related("roles__organisation", "places").get(slug="logins-ares-xpo")
    record = record_of(alliance)
    report = received(draft(record.pop("title"), record["id"], **record), source="export", publish=True)
    assert (report.unchanged, report.created, report.set_aside) == (1, 0, 0)
