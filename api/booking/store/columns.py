"""Columns of the rows that are written many at a time, with their types and readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from api.database.hot import Value
from api.database.text_form import (
    array,
    read_bool,
    read_bytes,
    read_date,
    read_instant,
    read_text,
    read_uuid,
)

Columns = Mapping[str, str]
"""PostgreSQL's type by column, in the order of the row's dataclass."""

BOOKING: Columns = {
    "centre_id": "int", "booking_id": "uuid", "state": "text", "channel": "text",
    "product_id": "smallint", "department": "text", "class_id": "smallint", "quota_week": "date",
    "first_elsewhere_on": "date", "first_centre_id": "int", "first_slot_id": "int",
    "second_centre_id": "int", "second_slot_id": "int", "created_at": "timestamptz",
    "expires_at": "timestamptz", "changed_at": "timestamptz", "secret_hash": "bytea",
    "hold_print": "bytea", "confirm_print": "bytea", "tag": "bytea", "flagged": "boolean",
    "takes_capacity": "boolean", "version": "int",
}  # fmt: skip
APPOINTMENT: Columns = {
    "centre_id": "int", "booking_id": "uuid", "dose_rank": "smallint", "slot_id": "int",
    "home_centre_id": "int", "state": "text", "day": "date", "starts_at": "timestamptz",
    "ends_at": "timestamptz", "to_seal_again": "boolean", "takes_capacity": "boolean",
    "share": "text",
}  # fmt: skip
SEALED: Columns = {"key_id": "text", "sealed": "bytea"}
BOOKING_KEY = ("centre_id", "booking_id")
BOOKING_FOR_EVER = (
    "channel", "department", "class_id", "first_elsewhere_on", "created_at", "secret_hash",
    "hold_print",
)  # fmt: skip
"""What a booking keeps from its hold on."""
APPOINTMENT_KEY = ("centre_id", "booking_id", "dose_rank")


def without(columns: Columns, *left_out: str) -> Columns:
    """Columns but some."""
    return {name: kind for name, kind in columns.items() if name not in left_out}


_READERS: Mapping[str, Callable[[bytes], Any]] = {
    "int": int, "smallint": int, "uuid": read_uuid, "text": read_text, "date": read_date,
    "timestamptz": read_instant, "bytea": read_bytes, "boolean": read_bool,
}  # fmt: skip


def names(columns: Iterable[str], prefix: str = "") -> str:
    """List columns for a statement."""
    return ", ".join(prefix + name for name in columns)


def unnested(columns: Columns) -> str:
    """Give the call that turns one array a column, from `$1` on, into rows."""
    return "unnest(" + ", ".join(
        f"${i}::{kind}[]" for i, kind in enumerate(columns.values(), 1)
    ) + ")"  # fmt: skip


def readers(columns: Columns) -> tuple[Callable[[bytes], Any], ...]:
    """How the columns of a result are read."""
    return tuple(_READERS[kind] for kind in columns.values())


def arrays_of(columns: Iterable[str], rows: Iterable[object]) -> list[Value]:
    """Give one array a column, as parameters."""
    rows = list(rows)
    return [array(getattr(row, name) for row in rows) for name in columns]
