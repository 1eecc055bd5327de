"""Writing many new rows at once: the manager of every table that a take-over of a year fills.

``bulk_create`` builds one SQL expression for every value of every row; on 34,000 publications that was more than
half of all time (``bench/ledger_import.py``). Here the ids are drawn first and the values go to the driver as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models

# What both drivers take and give back unchanged.
_PLAIN = (models.CharField, models.TextField, models.BooleanField, models.IntegerField, models.ForeignKey)


class BulkManager(models.Manager):
    """The usual manager and ``insert``."""

    def insert(self, rows: Sequence[models.Model]) -> None:
        """Insert new rows of this table in their order, with their ids set on them; call inside a transaction.

        Raises IntegrityError as ``save`` would, and RuntimeError outside a transaction. No signals, and no fields that compute
        their value when saved.
        """
        if not connection.in_atomic_block:
            raise RuntimeError("many rows are written inside the transaction that needs them")
        if not rows:
            return
        for row, key in zip(rows, self._keys(len(rows)), strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, connection.alias
        columns, ready = [], []
        for field in self.model._meta.concrete_fields:
            columns.append(connection.ops.quote_name(field.column))
            ready.append((field.attname, _to_database(field)))
        values = (
            [make(row.__dict__[name]) if make else row.__dict__[name] for name, make in ready] for row in rows
        )
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with (
                    connection.wrap_database_errors,
                    cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
                ):
                    for row in values:
                        copy.write_row(row)
            else:
                places = ", ".join(["%s"] * len(columns))
                # The names are this table's own.
                cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", values)  # noqa: S608

    def _keys(self, count: int) -> range | list[int]:
        """The next ids of this table: drawn from its sequence, or following the last one (SQLite has one writer)."""
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                    [table, count],
                )
                return [key for (key,) in cursor.fetchall()]
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            first = (cursor.fetchone() or (0,))[0] + 1
            return range(first, first + count)


def _to_database(field: models.Field) -> Callable[[Any], Any] | None:
    """How a field's value is made ready for the driver; None where it goes as it is."""
    if isinstance(field, _PLAIN) and not isinstance(field, models.UUIDField):
        return None
    made = lambda value: None if value is None else field.get_db_prep_save(value, connection)  # noqa: E731
    # One moment stands in many rows.
    return cache(made) if isinstance(field, models.DateField) else made
