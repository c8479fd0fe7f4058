"""One bad row never takes the others with it, and what cannot be decided is kept, once, for a person."""

from __future__ import annotations

import pytest

from alliage.catalogue.actions import correct, receive
from alliage.catalogue.actions.decide import NotPossible, accept_proposal, refuse_proposal
from alliage.catalogue.models import Alliance, Change, ImportBatch, Proposal
from alliage.catalogue.models.states import Publication
from alliage.catalogue.records import record_of
from tests.conftest import NOW, TESTER, draft

pytestmark = pytest.mark.django_db
ARES = {"name": "Ares", "kind": "association"}
XPO = {"name": "XPO Logistics", "kind": "entreprise"}
LOGINS = "Log'ins, la co-entreprise logistique d'Ares et de XPO"


def proposals(**wanted):
    return Proposal.objects.filter(source="test", **wanted)


def accept(proposal):
    return accept_proposal(proposal_id=proposal.pk, by=TESTER, at=NOW)


def refuse(proposal):
    return refuse_proposal(proposal_id=proposal.pk, by=TESTER, at=NOW)


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_row_that_the_base_refuses_is_refused_alone(received, dry_run):
    rows = [draft(f"Ferme {n}", str(n), partners=[ARES]) for n in range(6)]
    rows[3] = draft("Ferme impossible", "3", start_year=2020, end_year=2018)
    report = received(*rows, publish=True, dry_run=dry_run)
    assert (report.created, report.refused, report.read) == (5, 1, 6)
    assert [i.value for i in report.issues] == ["Ferme impossible"]
    assert Alliance.objects.filter(source="test").count() == (0 if dry_run else 5)
    again = received(*rows, publish=True, dry_run=dry_run)
    assert (again.created, again.unchanged, again.refused) == ((5, 0, 1) if dry_run else (0, 5, 1))


def test_rows_alike_beside_a_bad_one_become_what_they_would_have_become_without_it(received):
    report = received(
        draft("Même titre", "1"), draft("Mauvaise", "2", start_year=2, end_year=1), draft("Même titre", "3")
    )
    assert (report.created, report.set_aside, report.refused) == (2, 0, 1)


def test_an_address_taken_under_our_feet_costs_no_row(received):
    received(draft("Le four 2", "0"))
    report = received(draft("Le four", "1"), draft("Le four", "2"))
    assert (report.created, report.refused) == (2, 0)
    assert set(Alliance.objects.filter(title="Le four").values_list("slug", flat=True)) == {"le-four", "le-four-3"}


def test_two_long_identifiers_that_begin_alike_stay_two_alliances(received):
    rows = [draft("Un", "x" * 220 + "1"), draft("Deux", "x" * 220 + "2")]
    assert received(*rows).created == 2
    assert received(*rows).unchanged == 2


def test_a_long_address_leaves_room_for_its_number(received):
    long = "-".join(["a" * 9] * 10)
    rows = [draft("Un", f"{long}", id=long), draft("Deux", "2", id=long), draft("Trois", "3", id=long)]
    report = received(*rows[:2])
    report.add(received(rows[2]))
    assert (report.created, report.refused) == (3, 0)
    assert all(len(slug) <= 100 for slug in Alliance.objects.filter(source="test").values_list("slug", flat=True))


def test_an_end_before_a_start_that_the_base_holds_waits_for_a_person(received):
    received(draft("Ferme", "1", start_year=2020))
    report = received(draft("Ferme", "1", end_year=2018, need="x"))
    assert (report.set_aside, report.refused) == (1, 0)
    assert "2018" in report.issues[0].cause
    (proposal,) = proposals()
    with pytest.raises(NotPossible, match="2018"):
        accept(proposal)
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.WAITING


def test_a_waiting_double_takes_the_newer_values_of_its_row(received):
    received(draft(LOGINS, "1", partners=[ARES, XPO], need="a"))
    assert received(draft(LOGINS, "1", partners=[ARES, XPO], need="b")).set_aside == 1
    (proposal,) = proposals()
    assert proposal.values["need"] == "b"


def test_a_waiting_double_that_is_none_any_more_is_received_and_superseded(received):
    received(draft(LOGINS, "1", partners=[ARES, XPO]))
    assert received(draft("Une ferme en Sologne", "1", partners=[{"name": "Les Blés"}])).created == 1
    assert proposals().get().state == Proposal.State.SUPERSEDED


def test_a_refused_double_is_told_and_not_proposed_again_until_it_changes(received):
    received(draft(LOGINS, "1", partners=[ARES, XPO], need="a"))
    assert refuse(proposals().get())
    report = received(draft(LOGINS, "1", partners=[ARES, XPO], need="a"))
    assert report.set_aside == 1
    assert "02/03/2026" in report.issues[0].cause
    assert proposals().count() == 1
    assert received(draft(LOGINS, "1", partners=[ARES, XPO], need="b")).set_aside == 1
    assert set(proposals().values_list("state", flat=True)) == {"refused", "waiting"}


def test_a_row_told_twice_and_accepted_is_an_alliance_of_its_own_found_again(received):
    rows = [draft("Ferme", "7", need="a"), draft("Ferme", "7", need="b"), draft("Ferme", "7", need="c")]
    assert received(*rows).set_aside == 2
    first, second = proposals().order_by("id")
    assert accept(first)
    assert accept(second)
    assert sorted(Alliance.objects.filter(source="test").values_list("need", flat=True)) == ["a", "b", "c"]
    assert received(*rows).unchanged == 3
    report = received(*rows, publish=True)
    assert (report.updated, report.set_aside) == (3, 0)
    assert Alliance.objects.filter(source="test", publication=Publication.PUBLISHED).count() == 3
    assert received(*rows, publish=True).unchanged == 3


def test_a_row_without_identifier_told_twice_can_be_accepted_too(received):
    rows = [draft("Ferme", need="a"), draft("Ferme", need="b")]
    received(*rows)
    assert accept(proposals().get())
    assert received(*rows, publish=True).updated == 2


def test_rows_told_twice_wait_each_for_themselves_whatever_the_number_of_imports(received):
    for _ in range(2):
        received(draft("Ferme", "7", need="a"), draft("Ferme", "7", need="b"), draft("Ferme", "7", need="c"))
    assert sorted(p.values["need"] for p in proposals()) == ["b", "c"]


def test_a_newer_version_takes_the_place_of_the_update_that_waits(received):
    received(draft("Ferme", "1", need="a"), publish=True)
    for need in ("b", "c"):
        assert received(draft("Ferme", "1", need=need)).set_aside == 1
    (proposal,) = proposals(kind=Proposal.Kind.UPDATE)
    assert proposal.values == {"need": "c"}


@pytest.mark.parametrize(("need", "publish"), [("a", False), ("b", True), ("c", True)])
def test_an_update_that_was_taken_back_or_published_no_longer_waits(received, need, publish):
    received(draft("Ferme", "1", need="a"), publish=True)
    received(draft("Ferme", "1", need="b"))
    received(draft("Ferme", "1", need=need), publish=publish)
    assert Alliance.objects.get(source="test").need == need
    assert proposals().get().state == Proposal.State.SUPERSEDED


def test_an_update_that_a_person_refused_is_not_published_either(received):
    received(draft("Ferme", "1", need="a"), publish=True)
    received(draft("Ferme", "1", need="b"))
    refuse(proposals().get())
    report = received(draft("Ferme", "1", need="b"), publish=True)
    assert (report.set_aside, len(report.issues)) == (1, 1)
    assert Alliance.objects.get(source="test").need == "a"
    assert received(draft("Ferme", "1", need="c"), publish=True).updated == 1


def test_a_column_not_understood_that_changes_is_kept_and_changes_nothing_else(received):
    def row(follower):
        one = draft("Ferme", "1", need="a")
        return type(one)(one.values, one.provenance, one.external_id, raw={"Suivi par": follower})

    received(row("J."), publish=True)
    changes = Change.objects.count()
    report = received(row("M."))
    assert (report.unchanged, report.updated) == (1, 0)
    assert Alliance.objects.get(source="test").raw == {"Suivi par": "M."}
    assert Change.objects.count() == changes


def test_a_value_emptied_at_the_source_is_told_once_a_file_and_kept(received):
    received(*(draft(f"Ferme {n}", str(n), need="a", action="b") for n in range(3)))
    correct.correct_alliance(slug="ferme-2", values={"need": "une personne le dit"}, by=TESTER, at=NOW)
    rows = []
    for n in range(3):
        one = draft(f"Ferme {n}", str(n))
        rows.append(type(one)(one.values, one.provenance, one.external_id, empty=("need", "lessons")))
    report = received(*rows)
    (issue,) = report.issues
    assert issue.cause.startswith("2 lignes")
    assert "Le besoin (2)" in issue.cause
    assert set(Alliance.objects.filter(source="test").values_list("need", flat=True)) == {"a", "une personne le dit"}


def test_an_old_export_of_a_merged_record_is_recognised(received):
    alliance = Alliance.objects.prefetch_related("roles__organisation", "places").get(slug="renault-wimoov")
    record = record_of(alliance)
    title = record.pop("title")
    correct.merge_alliance(slug="renault-wimoov", into="grdf-makesense", by=TESTER, at=NOW)
    report = received(draft(title, record["id"], **record), source="export", publish=True)
    assert (report.unchanged, report.created) == (1, 0)
    report = received(draft(title, record["id"], **{**record, "need": "autre"}), source="export", publish=True)
    assert (report.set_aside, report.created) == (1, 0)
    proposal = Proposal.objects.get(source="export")
    assert proposal.alliance.slug == "grdf-makesense"
    assert "fusionnée" in proposal.reason


def test_a_row_whose_alliance_was_merged_away_is_not_created_again(received):
    received(draft("Ferme", "1", need="a"), draft("Moulin", "2"))
    correct.merge_alliance(slug="ferme", into="moulin", by=TESTER, at=NOW)
    assert received(draft("Ferme", "1", need="a")).unchanged == 1
    assert received(draft("Ferme", "1", need="b")).set_aside == 1
    assert accept(proposals().get())


def test_a_batch_tells_its_first_and_last_revision(received, monkeypatch):
    monkeypatch.setattr(receive, "ROWS_A_TRANSACTION", 2)
    received(*(draft(f"Ferme {n}", str(n)) for n in range(5)))
    run = ImportBatch.objects.get(source="test")
    assert run.revision - run.first_revision == 2
    assert run.revision == Change.objects.latest("revision").revision
