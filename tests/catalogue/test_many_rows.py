"""Many rows read and written at once give what one row at a time gives, and never read a whole table for it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliage.catalogue.actions.organise import Directory, free_slug, taken_slugs
from alliage.catalogue.many_rows import in_parts, insert_many
from alliage.catalogue.models import Alliance, AlliancePlace, Organisation, OrganisationName, Role
from alliage.catalogue.queries import published, whole
from alliage.catalogue.records import record_of
from alliage.catalogue.stored_records import read_stored
from tests.conftest import draft

pytestmark = pytest.mark.django_db


def test_records_read_as_rows_are_those_read_one_by_one():
    slowly = [record_of(a) for a in whole(published()).order_by("id")]
    assert len(slowly) > 300
    assert [s.record for s in read_stored(published().order_by("id"))] == slowly
    assert read_stored(published().filter(slug__in=[])) == []


def test_rows_inserted_together_are_those_inserted_by_django():
    values = {"name": "Régie « d’ici »", "kind": "association", "corrected_fields": ["kind", "é"]}
    apart = Organisation.objects.create(slug="une-par-une", **values)
    rows = [(f"ensemble-{n}", *values.values()) for n in range(3)]
    ids = insert_many(Organisation, ("slug", *values), rows)
    assert list(ids) == list(Organisation.objects.filter(slug__startswith="ensemble-").values_list("id", flat=True))
    assert apart.pk not in ids
    columns = [f.name for f in Organisation._meta.fields if f.name not in ("id", "slug")]
    expected = Organisation.objects.filter(pk=apart.pk).values(*columns).get()
    assert list(Organisation.objects.filter(slug__startswith="ensemble-").values(*columns)) == [expected] * 3
    assert Organisation.objects.create(slug="ensuite", **values).pk > max(ids)


def test_a_long_list_is_cut_without_losing_or_doubling_a_value():
    assert [len(p) for p in in_parts([*range(25), *range(5)], 10)] == [10, 10, 5]
    assert [n for p in in_parts(range(25), 10) for n in p] == list(range(25))


def test_a_slug_wanted_several_times_finds_as_many_free_numbers(received):
    received(*(draft(f"La halle{' !' * n}", str(n)) for n in range(12)), publish=True)
    Alliance.objects.filter(slug__in=["la-halle-3", "la-halle-9"]).update(source="autre")
    taken = taken_slugs(Alliance, ["la-halle"] * 30)
    given = [free_slug("la-halle", taken) for _ in range(30)]
    assert len(set(given)) == 30
    assert not Alliance.objects.filter(slug__in=given).exists()


def test_the_number_of_questions_does_not_grow_with_the_rows_received(received):
    def asked(number: int) -> int:
        partners = [{"name": f"Atelier {number} {n}", "kind": "association"} for n in range(number)]
        drafts = [draft(f"Le verger {number} {n}", f"{number}-{n}", partners=[partners[n]]) for n in range(number)]
        with CaptureQueriesContext(
            connection,
        ) as context:
            received(*drafts, publish=True)
        return len(context)

    assert asked(400) <= asked(20) + 3


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="lit le plan de SQLite")
def test_an_import_never_reads_a_whole_table(received):
    partners = [
        {"name": f"Atelier {n}", "kind": "association", "siren": "732829320" if n == 0 else ""} for n in range(9)
    ]
    with CaptureQueriesContext(connection) as context:
        received(*(draft(f"Le verger {n}", str(n), partners=partners) for n in range(40)), publish=True)
        received(*(draft(f"Le pré {n}", partners=partners[:2]) for n in range(40)), publish=True)
        # With thousands of names asked, reading them all and sorting nothing seems cheaper to SQLite.
        Directory({"name": f"Comité {n}", "organisation": f"comite-{n}"} for n in range(9_000))
    tables = {m._meta.db_table for m in (Alliance, AlliancePlace, Organisation, OrganisationName, Role)}
    asked = [q["sql"] for q in context.captured_queries if q["sql"].startswith("SELECT")]
    assert len(asked) > 10
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}")
            scans = [row[3] for row in cursor.fetchall() if row[3].startswith("SCAN")]
            assert not any(table in scan for scan in scans for table in tables), (sql[:300], scans)
