"""How PostgreSQL finds the rows of a booking, while its tables are still empty."""

from __future__ import annotations

import asyncio
import re

import psycopg
import pytest

from api.booking.store import locks, writing
from api.database.engine import hot_pool
from api.database.hot import Statement
from tests.campaign import fill_campaign

STATEMENTS = [
    statement
    for module in (locks, writing)
    for statement in vars(module).values()
    if isinstance(statement, Statement) and re.search(r"\b(FROM|UPDATE)\b", statement.sql)
]
SCAN = re.compile(r"Seq Scan|Hash Join|Merge Join")


@pytest.fixture
def opened_campaign(database_url):
    """Fill what is published, and let PostgreSQL know that nothing is booked."""
    campaign = fill_campaign(database_url)
    campaign.fill_week()
    campaign.rows("VACUUM ANALYZE")
    return campaign


def generic_plan(statement):
    """Ask for the plan that is kept for all values."""
    return f"EXPLAIN (GENERIC_PLAN) {statement.sql}"


def test_every_row_is_found_by_its_key_however_small_the_tables_were(opened_campaign):
    """A plan made before the first booking still serves the millionth."""

    async def plans():
        pool = hot_pool(opened_campaign.url, lock_timeout_ms=1000, application="creneau-hot")
        async with pool, pool.connection() as connection:
            found = {}
            for statement in STATEMENTS:
                cursor = await connection.execute(generic_plan(statement).encode())
                found[statement.name] = "\n".join(line for (line,) in await cursor.fetchall())
            return found

    found = asyncio.run(plans())
    assert len(found) > 15
    assert {name: plan for name, plan in found.items() if SCAN.search(plan)} == {}


def test_left_alone_postgresql_would_read_the_whole_table(opened_campaign):
    """The positive control."""
    with psycopg.connect(opened_campaign.url) as connection:
        lines = connection.execute(generic_plan(locks.LOCK_BOOKINGS).encode()).fetchall()
    assert SCAN.search("\n".join(line for (line,) in lines))
