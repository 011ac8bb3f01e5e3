"""SQL of what planners order, which is kept with the answers of requests, for a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection, Connection
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

PUBLICATIONS = "POST /api/planning/publications"
SOLUTIONS = "POST /api/planning/solutions"
_FIND = "SELECT print, answer FROM idempotency WHERE key = %s AND route = %s"


class Ordered(NamedTuple):
    """An order and where it stands.

    print
        Digest of the order.
    """

    print: bytes
    order: dict[str, Any]
    state: dict[str, Any]


async def add(
    connection: AsyncConnection, route: str, order_id: UUID, ordered: Ordered, now: datetime
) -> bool:
    """Add an order; False when there is one under this id.

    Parameters
    ----------
    route
        What is ordered: `PUBLICATIONS` or `SOLUTIONS`.
    """
    cursor = await connection.execute(
        "INSERT INTO idempotency (key, route, print, status, answer, made_at)"
        " VALUES (%s, %s, %s, 202, %s, %s) ON CONFLICT DO NOTHING",
        (str(order_id), route, ordered.print,
         Jsonb({"order": ordered.order, "state": ordered.state}), now),
    )  # fmt: skip
    return cursor.rowcount == 1


async def read(connection: AsyncConnection, route: str, order_id: UUID) -> Ordered | None:
    """Read an order."""
    cursor = await connection.execute(_FIND, (str(order_id), route))
    return _ordered(await cursor.fetchone())


def find(connection: Connection[TupleRow], route: str, order_id: UUID) -> Ordered | None:
    """Read an order, from a worker."""
    return _ordered(connection.execute(_FIND, (str(order_id), route)).fetchone())


def _ordered(row: TupleRow | None) -> Ordered | None:
    return None if row is None else Ordered(row[0], row[1]["order"], row[1]["state"])


def keep(
    connection: Connection[TupleRow], route: str, order_id: UUID, state: dict[str, Any]
) -> None:
    """Write where an order stands."""
    connection.execute(
        "UPDATE idempotency SET answer = jsonb_set(answer, '{state}', %s)"
        " WHERE key = %s AND route = %s",
        (Jsonb(state), str(order_id), route),
    )


async def ask_to_stop(connection: AsyncConnection, route: str, order_id: UUID) -> bool:
    """Ask for an early end of an order; False when somebody has, or there is none."""
    cursor = await connection.execute(
        "UPDATE idempotency SET answer = answer || '{\"stop\": true}'"
        " WHERE key = %s AND route = %s AND NOT answer ? 'stop'",
        (str(order_id), route),
    )
    return cursor.rowcount == 1


def is_to_stop(connection: Connection[TupleRow], route: str, order_id: UUID) -> bool:
    """Whether somebody asked for an early end."""
    row = connection.execute(
        "SELECT answer ? 'stop' FROM idempotency WHERE key = %s AND route = %s",
        (str(order_id), route),
    ).fetchone()
    return row is not None and bool(row[0])
