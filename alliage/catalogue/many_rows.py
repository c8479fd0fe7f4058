"""Many rows at once: long lists of values cut to what one statement takes, and new rows inserted in one go."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar  # Any: values of any column

from django.db import connection, models

PARAMETERS = 20_000  # SQLite takes 32,766 in one statement
_Value = TypeVar("_Value")


def in_parts(values: Iterable[_Value], size: int = PARAMETERS) -> Iterator[list[_Value]]:
    """The distinct values, in lists that one statement takes."""
    distinct = list(dict.fromkeys(values))
    for at in range(0, len(distinct), size):
        yield distinct[at : at + size]


def insert_many(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]], *, or_ignore: bool = False
) -> Sequence[int]:
    """Inserts new rows of one model and returns their keys; must be called inside a transaction.

    `rows`: the values of the attributes `names` (`alliance_id`…); the others take their default. `or_ignore`: a row that
    a constraint refuses is left out, and the keys returned do not count. On SQLite one prepared statement takes all rows:
    Django would make a model of each, and cut the insert at 999 values.
    """
    if not rows:
        return ()
    if connection.vendor != "sqlite":
        made = [model(**dict(zip(names, row, strict=True))) for row in rows]
        model._default_manager.bulk_create(made, ignore_conflicts=or_ignore)
        return [m.pk for m in made]
    statement, readers, defaults = _statement(model, tuple(names))
    first = _next_key(model)
    # A generator: the driver takes one row after the other, and no second list of them stands in memory.
    values: Any = (
        (number, *[value if read is None else read(value) for read, value in zip(readers, row, strict=True)], *defaults)
        for number, row in enumerate(rows, first)
    )
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT {'OR IGNORE ' if or_ignore else ''}{statement}", values)
    return range(first, first + len(rows))


def _next_key(model: type[models.Model]) -> int:
    """The next key of a table: nobody else writes while our transaction lasts (transaction_mode IMMEDIATE)."""
    if not connection.in_atomic_block:
        raise RuntimeError("des lignes s’insèrent ensemble dans une transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        found = cursor.fetchone()
    return (found[0] if found else 0) + 1


_Reader = Callable[[Any], Any] | None


@cache
def _statement(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[_Reader], list[Any]]:
    """The insert, how each value becomes one of the driver (None: as it is), and the defaults of the other columns."""
    fields = {f.attname: f for f in model._meta.concrete_fields if not f.primary_key}
    others = [f for attname, f in fields.items() if attname not in names]
    told = [model._meta.pk, *(fields[n] for n in names), *others]
    columns = ", ".join(connection.ops.quote_name(str(f.column)) for f in told if f)
    table, marks = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(told))
    defaults = [f.get_db_prep_save(f.get_default(), connection) for f in others]
    return f"INTO {table} ({columns}) VALUES ({marks})", [_reader(fields[n]) for n in names], defaults


_AS_IS = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)


def _reader(field: models.Field[Any, Any]) -> _Reader:
    if isinstance(field, models.JSONField):
        return _json
    return None if isinstance(field, _AS_IS) else lambda value: field.get_db_prep_save(value, connection)


def _json(value: Any) -> str | None:
    if value is None:
        return None
    return "[]" if value == [] else json.dumps(value)


YOUNG_OBJECTS = 50_000  # Python's 700 would look through the whole gazetteer again and again for circles that never are


@contextmanager
def many_objects() -> Iterator[None]:
    """A long run that makes and drops many objects: circles among them are looked for less often."""
    kept = gc.get_threshold()
    gc.set_threshold(YOUNG_OBJECTS, *kept[1:])
    try:
        yield
    finally:
        gc.set_threshold(*kept)


@contextmanager
def long_writing() -> Iterator[None]:
    """A long run of transactions: SQLite keeps the pages of its indexes in memory, and copies its log less often."""
    with many_objects(), _pages_in_memory():
        yield


@contextmanager
def _pages_in_memory() -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        kept = (
            cursor.execute("PRAGMA cache_size").fetchone()[0],
            cursor.execute("PRAGMA wal_autocheckpoint").fetchone()[0],
        )
        cursor.execute("PRAGMA cache_size = -64000")
        cursor.execute("PRAGMA wal_autocheckpoint = 20000")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {kept[0]}")
            cursor.execute(f"PRAGMA wal_autocheckpoint = {kept[1]}")
