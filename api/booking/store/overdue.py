"""Holds whose time is over, wherever they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from api.database.hot import HotConnection, Statement
from api.database.text_form import cell, read_uuid

OVERDUE = Statement(
    "overdue",
    """SELECT centre_id, booking_id FROM booking WHERE expires_at <= $1
ORDER BY expires_at LIMIT $2""",
    (int, read_uuid),
)


async def overdue_holds(
    connection: HotConnection, now: datetime, most: int
) -> list[tuple[int, UUID]]:
    """Home and id of the holds that ended first."""
    [rows] = await connection.trip([(OVERDUE, (cell(now), cell(most)))])
    return [(centre, booking_id) for centre, booking_id in rows]
