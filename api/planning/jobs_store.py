"""SQL of ordered publications, which are kept with the answers of requests, for a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection, Connection
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

ROUTE = "POST /api/planning/publications"
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
    connection: AsyncConnection, publication_id: UUID, ordered: Ordered, now: datetime
) -> bool:
    """Add an order; False when there is one under this id."""
    cursor = await connection.execute(
        "INSERT INTO idempotency (key, route, print, status, answer, made_at)"
        " VALUES (%s, %s, %s, 202, %s, %s) ON CONFLICT DO NOTHING",
        (str(publication_id), ROUTE, ordered.print,
         Jsonb({"order": ordered.order, "state": ordered.state}), now),
    )  # fmt: skip
    return cursor.rowcount == 1


async def read(connection: AsyncConnection, publication_id: UUID) -> Ordered | None:
    """Read an order."""
    cursor = await connection.execute(_FIND, (str(publication_id), ROUTE))
    return _ordered(await cursor.fetchone())


def find(connection: Connection[TupleRow], publication_id: UUID) -> Ordered | None:
    """Read an order, from a worker."""
    return _ordered(connection.execute(_FIND, (str(publication_id), ROUTE)).fetchone())


def _ordered(row: TupleRow | None) -> Ordered | None:
    return None if row is None else Ordered(row[0], row[1]["order"], row[1]["state"])


def keep(connection: Connection[TupleRow], publication_id: UUID, state: dict[str, Any]) -> None:
    """Write where an order stands."""
    connection.execute(
        "UPDATE idempotency SET answer = jsonb_set(answer, '{state}', %s)"
        " WHERE key = %s AND route = %s",
        (Jsonb(state), str(publication_id), ROUTE),
    )
