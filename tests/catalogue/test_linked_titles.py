"""What an import keeps of the titles to compare never changes which doubles it finds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliage.catalogue.actions import linked_titles, receive
from alliage.catalogue.actions.correct import correct_alliance
from alliage.catalogue.actions.linked_titles import LinkedTitles
from alliage.catalogue.journal import current_revision
from alliage.catalogue.models import Alliance, Organisation, Proposal, Role
from tests.conftest import NOW, TESTER, draft

pytestmark = pytest.mark.django_db
TITLES = (
    "Le jardin partagé des Lilas",
    "Le jardin partagé du Lilas",
    "La ressourcerie du port",
    "Un four à pain commun",
)


@pytest.fixture
def short_transactions(monkeypatch):
    monkeypatch.setattr(receive, "ROWS_A_TRANSACTION", 2)


def rows(choices):
    for number, (title, partners) in enumerate(choices):
        named = [{"name": f"Régie {p}", "kind": "association"} for p in sorted(partners)]
        yield draft(f"{TITLES[title]} {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number]}", str(number), partners=named)


@pytest.mark.parametrize("telling", [200, 2])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 3), min_size=1)), min_size=3, max_size=14))
def test_keeping_titles_or_reading_them_each_time_finds_the_same_doubles(
    received, short_transactions, monkeypatch, telling, choices
):
    monkeypatch.setattr(linked_titles, "TELLING", telling)
    told = []
    for room in (0, 12, 1_000_000):  # nothing is kept, a few are, all are
        monkeypatch.setattr(linked_titles, "ROOM", room)
        Proposal.objects.all().delete()
        Role.objects.all().delete()
        Alliance.objects.all().update(merged_into=None, publication="draft")
        Alliance.objects.all().delete()
        received(*rows(choices), publish=True)
        told.append(sorted(Proposal.objects.values_list("external_id", "reason")))
    assert told[0] == told[1] == told[2]


def test_a_title_corrected_by_a_person_during_an_import_is_compared_as_corrected(short_transactions):
    partners = [{"name": "Régie du canal", "kind": "association"}]
    first = [draft("Le grand atelier du canal", "1", partners=partners), draft("Le pré commun", "2", partners=partners)]
    between = [
        draft("Une toute autre affaire", "3", partners=partners),
        draft("Ni ceci ni cela", "4", partners=partners),
    ]
    last = [draft("La halle gourmande du canal, ici", "5", partners=partners)]
    seen = []

    def a_person_corrects(number: int) -> None:
        seen.append(number)
        if len(seen) == 2:
            id = Alliance.objects.get(source="test", external_id="1").slug
            correct_alliance(slug=id, values={"title": "La halle gourmande du canal"}, by=TESTER, at=NOW)

    from tests.conftest import batch

    report = receive.receive(
        batch=batch(*first, *between, *last, source="test"), by=TESTER, at=NOW, publish=True, progress=a_person_corrects
    )
    assert (report.created, report.set_aside) == (4, 1)
    assert "La halle gourmande" in Proposal.objects.get(external_id="5").reason


def test_a_dry_run_of_several_transactions_compares_with_nothing_that_it_undid(received, short_transactions):
    partners = [{"name": "Régie du canal", "kind": "association"}]
    names = ("Le jardin du canal A", "Le pré", "Le jardin du canal B", "Le four", "Le jardin du canal C", "Un verger")
    received(draft("Le lavoir ancien du haut", "0", partners=partners), publish=True)
    before = Alliance.objects.count()
    report = received(*(draft(t, str(n + 1), partners=partners) for n, t in enumerate(names)), dry_run=True)
    assert (report.created, Alliance.objects.count()) == (6, before)


def test_what_is_kept_stays_within_its_room_and_is_what_the_base_says(received, monkeypatch):
    monkeypatch.setattr(linked_titles, "ROOM", 40)
    partners = [{"name": f"Régie {n}", "kind": "association"} for n in range(30)]
    received(*(draft(f"Projet {n}", str(n), partners=partners[n % 30 : n % 30 + 2]) for n in range(60)), publish=True)
    titles, bodies = (
        LinkedTitles(),
        list(Organisation.objects.filter(name__startswith="Régie").values_list("id", flat=True)),
    )
    titles.at(current_revision())
    once, again = titles.of(bodies), titles.of(bodies)
    assert once == again
    assert titles._room == sum(h.room() for h in titles._held.values()) <= 40
    for body in bodies:
        told = dict(Role.objects.filter(organisation=body).values_list("alliance_id", "alliance__title_key"))
        assert once[body] == told
