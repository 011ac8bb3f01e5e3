"""Slots and quotas of centres, as columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.sql import SQL

from api.feeds.store.columns import Ints, aggregated, collect

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class SlotRows:
    """Slots of one centre, by number; days and seconds since 1970-01-01, UTC.

    kept
        Places of both kept shares.
    """

    slot_id: Ints
    product_id: Ints
    dose_rank: Ints
    day: Ints
    starts_at: Ints
    ends_at: Ints
    capacity: Ints
    taken: Ints
    kept: Ints
    open_at: Ints


@dataclass(frozen=True, slots=True)
class QuotaRows:
    """Quotas of one centre, by product and week (its Monday, days since 1970-01-01).

    room
        First doses left, never negative.
    open_at
        Seconds since 1970-01-01, UTC.
    """

    product_id: Ints
    week: Ints
    department: list[str]
    class_id: Ints
    room: Ints
    open_at: Ints


_SLOT: Mapping[LiteralString, str] = {
    "slot_id": "int4", "product_id": "int2", "dose_rank": "int2", "day": "date",
    "starts_at": "timestamptz", "ends_at": "timestamptz", "capacity": "int4", "taken": "int4",
    "phone_kept + standby_kept": "int4", "open_at": "timestamptz",
}  # fmt: skip
_QUOTA: Mapping[LiteralString, str] = {
    "product_id": "int2", "week": "date", "department": "text", "class_id": "int2",
    "greatest(slots - taken, 0)": "int4", "open_at": "timestamptz",
}  # fmt: skip
_BY_NUMBER = SQL("slot_id")
_BY_WEEK = SQL("product_id, week, department, class_id")
_ALL_SLOTS = aggregated(_SLOT, SQL("slot WHERE centre_id = ANY(%s)"), _BY_NUMBER)
_SOME_SLOTS = aggregated(
    _SLOT,
    SQL(
        "slot JOIN unnest(%s::int[], %s::int[]) AS changed (centre_id, slot_id)"
        " USING (centre_id, slot_id)"
    ),
    _BY_NUMBER,
)
_ALL_QUOTAS = aggregated(_QUOTA, SQL("quota WHERE centre_id = ANY(%s)"), _BY_WEEK)
_SOME_QUOTAS = aggregated(
    _QUOTA,
    SQL(
        "quota JOIN unnest(%s::int[], %s::int2[], %s::date[])"
        " AS changed (centre_id, product_id, week) USING (centre_id, product_id, week)"
    ),
    _BY_WEEK,
)


def read_slots(
    connection: Connection[Any], centre_ids: Collection[int]
) -> Iterator[tuple[int, SlotRows]]:
    """Read every slot of some centres; a centre without slots is left out."""
    for centre, columns in collect(connection, _ALL_SLOTS, [list(centre_ids)], [*_SLOT.values()]):
        yield centre, SlotRows(*columns)


def read_changed_slots(
    connection: Connection[Any], slots: Mapping[int, Collection[int]]
) -> Iterator[tuple[int, SlotRows]]:
    """Read some slots of each centre; those that are gone are left out."""
    centres, numbers = _pairs(slots)
    kinds = [*_SLOT.values()]
    for centre, columns in collect(connection, _SOME_SLOTS, [centres, numbers], kinds):
        yield centre, SlotRows(*columns)


def read_quotas(
    connection: Connection[Any], centre_ids: Collection[int]
) -> Iterator[tuple[int, QuotaRows]]:
    """Read every quota of some centres; a centre without quotas is left out."""
    kinds = [*_QUOTA.values()]
    for centre, columns in collect(connection, _ALL_QUOTAS, [list(centre_ids)], kinds):
        yield centre, QuotaRows(*columns)


def read_changed_quotas(
    connection: Connection[Any], weeks: Mapping[int, Collection[tuple[int, int]]]
) -> Iterator[tuple[int, QuotaRows]]:
    """Read the quotas of some products and weeks of each centre."""
    centres, pairs = _pairs(weeks)
    products = [product for product, _ in pairs]
    mondays = [EPOCH + timedelta(days=week) for _, week in pairs]
    kinds = [*_QUOTA.values()]
    for centre, columns in collect(connection, _SOME_QUOTAS, [centres, products, mondays], kinds):
        yield centre, QuotaRows(*columns)


def _pairs(groups: Mapping[int, Collection[Any]]) -> tuple[list[int], list[Any]]:
    """Two columns: a key repeated for each of its members, and the members."""
    keys = [key for key, members in groups.items() for _ in members]
    return keys, [member for members in groups.values() for member in members]


def last_day(connection: Connection[Any]) -> date | None:
    """Day of the last slot; None without slots."""
    row = connection.execute("SELECT max(day) FROM slot").fetchone()
    assert row is not None
    day: date | None = row[0]
    return day
