"""The base brought to today's tables, by one process at a time: two that migrate at once would undo each other."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection

_OUR_LOCK = 7_216_584_021  # any number, the same for every process of Alliage on this PostgreSQL base


def migrate() -> None:
    """Applies what is missing; waits for another process that is doing so."""
    with _alone():
        call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def _alone() -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [_OUR_LOCK])
            try:
                yield
            finally:
                cursor.execute("select pg_advisory_unlock(%s)", [_OUR_LOCK])
    else:
        with (settings.HOME / "migrating.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
