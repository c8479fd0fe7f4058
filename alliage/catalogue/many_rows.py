"""Many rows at once: long lists of values cut to what one statement takes, and new rows inserted in one go."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar  # Any: values of any column

from django.db import connection, models

PARAMETERS = 20_000  # SQLite takes 32,766 in one statement
_Value = TypeVar("_Value")
_Model = TypeVar("_Model", bound=models.Model)


def in_parts(values: Iterable[_Value], size: int = PARAMETERS) -> Iterator[list[_Value]]:
    """The distinct values, in lists that one statement takes."""
    distinct = list(dict.fromkeys(values))
    for at in range(0, len(distinct), size):
        yield distinct[at : at + size]


def insert_many(rows: Sequence[_Model], *, or_ignore: bool = False) -> None:
    """Inserts new rows of one model and gives them their keys; must be called inside a transaction.

    `or_ignore`: a row that a constraint refuses is left out, and the keys given do not count.
    On SQLite Django cuts an insert at 999 values, 26 alliances: there one prepared statement takes them all.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "sqlite":
        model._default_manager.bulk_create(rows, ignore_conflicts=or_ignore)
        return
    statement, columns = _statement(model)
    first = _next_key(model)
    for number, row in enumerate(rows, first):
        row.pk = number
        row._state.adding, row._state.db = False, connection.alias
    # A generator: the driver takes one row after the other, and no second list of them stands in memory.
    values: Any = ([read(getattr(row, name)) for name, read in columns] for row in rows)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT {'OR IGNORE ' if or_ignore else ''}{statement}", values)


def _next_key(model: type[models.Model]) -> int:
    """The next key of a table: nobody else writes while our transaction lasts (transaction_mode IMMEDIATE)."""
    if not connection.in_atomic_block:
        raise RuntimeError("des lignes s’insèrent ensemble dans une transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        found = cursor.fetchone()
    return (found[0] if found else 0) + 1


@cache
def _statement(model: type[models.Model]) -> tuple[str, tuple[tuple[str, Callable[[Any], Any]], ...]]:
    """The insert of a model, and how each attribute becomes a value of the driver."""
    fields = model._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)
    table, marks = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(fields))
    return f"INTO {table} ({columns}) VALUES ({marks})", tuple((f.attname, _reader(f)) for f in fields)


_AS_IS = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.AutoField)


def _reader(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, (*_AS_IS, models.ForeignKey)):
        return _as_is
    return lambda value: field.get_db_prep_save(value, connection)


def _as_is(value: Any) -> Any:
    return value


def _json(value: Any) -> str | None:
    if value is None:
        return None
    return "[]" if value == [] else json.dumps(value)
