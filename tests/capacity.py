"""Publishing from a test: plain calls on a campaign's database, and what the tables then say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import psycopg

from api.capacity import service
from api.capacity.publication import Publication, Session, Shares
from tests.campaign import MONDAY, NOW, PRODUCTS, Campaign

NO_SHARES = Shares(0, 0, 3)


def day(slots: int, on: date = MONDAY, product: str = "pfizer", rank: int = 1) -> Session:
    """Return the session of a day."""
    return Session(on, PRODUCTS[product][0], rank, slots)


def plan(*sessions: Session, centre: int = 1, **about: Any) -> Publication:
    """Return a plan's publication from the first Monday on, without shares unless told."""
    return Publication(centre, "plan", MONDAY, sessions, **({"shares": NO_SHARES} | about))


def by_hand(*sessions: Session, centre: int = 1, **about: Any) -> Publication:
    """Return a publication by hand: every day binds, and whoever has no place is re-booked."""
    return plan(*sessions, centre=centre, days_bind=True, rebook=True, **about)


def run(url: str, work: Callable[[psycopg.AsyncConnection], Awaitable[Any]]) -> Any:
    """Run work on a connection of its own, in autocommit."""

    async def opened() -> Any:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            return await work(connection)

    return asyncio.run(opened())


def publish(
    campaign: Campaign, publication: Publication, *, now: datetime = NOW, **how: Any
) -> service.Published:
    """Publish one centre."""

    async def work(connection: psycopg.AsyncConnection) -> service.Published:
        known = await service.Campaign.read(connection)
        return await service.publish(connection, publication, known, uuid4(), now, **how)

    return run(campaign.url, work)


def offered(campaign: Campaign, centre: int = 1) -> list[tuple[date, str, int, int, int]]:
    """Day, product, dose rank, capacity and what is taken, of days with capacity."""
    rows = campaign.rows(
        "SELECT day, code, dose_rank, sum(capacity)::int AS n, sum(taken)::int AS taken FROM slot"
        " JOIN product USING (product_id) WHERE centre_id = %s"
        " GROUP BY 1, 2, 3 HAVING sum(capacity) > 0 ORDER BY 1, 2, 3",
        centre,
    )
    return [tuple(row.values()) for row in rows]
