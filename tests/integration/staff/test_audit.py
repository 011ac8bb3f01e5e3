"""The audit in the database: appended in turn, and every way to tamper with it found."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from psycopg.types.json import Jsonb

from api.staff import audit
from api.staff.chain import digest_of
from tests.campaign import NOW, Campaign
from tests.serving import client_of
from tests.staff import token_of, verified

SWAPPED = "; ".join(
    f"UPDATE audit SET entry = {new} WHERE entry = {old}" for old, new in [(2, 9), (3, 2), (9, 3)]
)
COLUMNS = "entry, at, actor, action, subject, detail, previous, digest"


def connect(campaign, **options):
    """Open a connection in autocommit."""
    return psycopg.AsyncConnection.connect(campaign.url, autocommit=True, **options)


async def append(connection, action, **detail):
    """Append a deed."""
    return await audit.append(connection, audit.Deed(NOW, "clerk", action, "paris", detail))


@pytest.fixture
def campaign(database_url):
    """Give an empty database."""
    return Campaign(database_url)


@pytest.fixture
def chain(campaign):
    """Give a database with five entries."""

    async def write():
        async with await connect(campaign) as connection:
            for n in range(5):
                # Numbers as jsonb may write them otherwise than they were sent.
                await append(connection, "change", n=n, part=1e-7, big=1e22, name="Été «\u2028»")

    asyncio.run(write())
    return campaign


def test_entries_written_one_after_the_other_hold(chain):
    """Whatever the detail is, what the database gives back is what was hashed."""
    verdict = verified(chain)
    assert (verdict.entries, verdict.broken_at) == (5, None)


def test_appends_at_the_same_time_make_one_chain(campaign):
    """Twenty connections, ten entries each: two hundred, in one row."""

    async def write(name):
        async with await connect(campaign) as connection:
            for _ in range(10):
                await append(connection, name)

    async def all_write():
        async with asyncio.TaskGroup() as group:
            for n in range(20):
                group.create_task(write(f"w{n}"))

    asyncio.run(all_write())
    verdict = verified(campaign)
    assert (verdict.entries, verdict.broken_at) == (200, None)


def test_without_waiting_for_each_other_one_of_two_appends_is_refused(campaign, monkeypatch):
    """The race is real: with the turns switched off only the primary key is left to stop it."""
    monkeypatch.setattr("api.staff.store.audit._IN_TURN", "SELECT 1")

    async def race():
        async with await connect(campaign) as one, await connect(campaign) as other:
            async with one.transaction():
                await append(one, "first")
                late = asyncio.create_task(append(other, "second"))
                await asyncio.sleep(0.2)
            await late

    with pytest.raises(psycopg.errors.UniqueViolation):
        asyncio.run(race())


def test_an_append_waits_for_the_transaction_before_it(campaign):
    """With the turns on, the same two both succeed, and the second follows the first."""

    async def race():
        async with await connect(campaign) as one, await connect(campaign) as other:
            async with one.transaction():
                await append(one, "first")
                late = asyncio.create_task(append(other, "second"))
                await asyncio.sleep(0.2)
                assert not late.done()
            assert (await late).number == 2

    asyncio.run(race())
    assert verified(campaign).broken_at is None


def test_a_deed_that_is_undone_leaves_no_entry(campaign):
    """The entry belongs to the transaction of the deed."""

    async def undo():
        async with await connect(campaign) as connection:
            async with connection.transaction():
                await append(connection, "undone")
                raise psycopg.Rollback
            await append(connection, "done")

    asyncio.run(undo())
    assert campaign.rows("SELECT entry, action FROM audit") == [{"entry": 1, "action": "done"}]


def test_an_append_does_not_wait_for_ever(campaign):
    """Whoever keeps the chain too long makes others fail, not hang."""

    async def wait():
        options = {"options": "-c lock_timeout=100"}
        async with (
            await connect(campaign) as one,
            await connect(campaign, **options) as other,
            one.transaction(),
        ):
            await append(one, "slow")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                await append(other, "impatient")

    asyncio.run(wait())


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE entry = 2", 2),
        ("UPDATE audit SET detail = '{}' WHERE entry = 3", 3),
        ("UPDATE audit SET at = at + interval '1 microsecond' WHERE entry = 4", 4),
        ("UPDATE audit SET digest = sha256('x') WHERE entry = 5", 5),
        ("UPDATE audit SET previous = sha256('x') WHERE entry = 1", 1),
        ("DELETE FROM audit WHERE entry = 1", 1),
        ("DELETE FROM audit WHERE entry = 3", 3),
        ("DELETE FROM audit WHERE entry = 3;UPDATE audit SET entry = entry - 1 WHERE entry > 3", 3),
        (SWAPPED, 2),
        ("UPDATE audit SET entry = 0 WHERE entry = 1", 0),
    ],
)  # fmt: skip
def test_tampering_is_found_where_it_was_done(chain, tampering, broken_at):
    """Altered, dropped, moved: the chain breaks there."""
    for statement in tampering.split(";"):
        chain.rows(statement)
    assert verified(chain).broken_at == broken_at


def test_an_entry_put_in_between_breaks_the_chain_behind_it(chain):
    """Even one with a digest of its own that fits what was before."""
    chain.rows("UPDATE audit SET entry = entry + 11 WHERE entry > 3")
    chain.rows("UPDATE audit SET entry = entry - 10 WHERE entry > 3")
    [before] = chain.rows("SELECT digest FROM audit WHERE entry = 3")
    said = (4, NOW, "nobody", "forged", "paris", "{}", before["digest"])
    chain.rows(
        f"INSERT INTO audit ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        *said[:5], Jsonb({}), before["digest"], digest_of(*said),
    )  # fmt: skip
    assert verified(chain).broken_at == 5


def test_auditors_read_the_entries_page_by_page(chain, monkeypatch):
    """With digests, so that somebody else can follow the chain."""
    monkeypatch.setattr("api.staff.reading.PAGE", 3)

    async def read():
        headers = await token_of(chain, "auditor", "national")
        async with client_of(chain) as client:
            first = (await client.get("/api/audit", headers=headers)).json()
            after = {"after": first["next"]}
            second = (await client.get("/api/audit", params=after, headers=headers)).json()
            wrong = await client.get("/api/audit", params={"after": "-1"}, headers=headers)
            planner = await token_of(chain, "planner", "national")
            return first, second, wrong, await client.get("/api/audit", headers=planner)

    first, second, wrong, other = asyncio.run(read())
    assert [entry["number"] for entry in first["entries"]] == [1, 2, 3]
    # The auditor's own token is the sixth entry.
    assert [entry["number"] for entry in second["entries"]] == [4, 5, 6]
    assert second["next"] is None
    assert first["entries"][1]["detail"]["n"] == 1
    assert len(bytes.fromhex(first["entries"][0]["digest"])) == 32
    assert wrong.status_code == 422
    assert other.status_code == 404
