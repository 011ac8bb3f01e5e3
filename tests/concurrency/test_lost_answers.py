"""A connection that breaks at the worst moment, and rows that others keep locked."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import psycopg
import pytest

from api.booking import transaction
from api.booking.problems import SlotGone, Unavailable
from api.database.hot import ConnectionLostError
from api.problems import TryAgain
from tests.balance import broken_rules
from tests.booking import Visitor, free_counts
from tests.campaign import MONDAY


@pytest.fixture
def losing(monkeypatch, campaign):
    """Kill the backend of the next transaction: `losing(before=True)` its commit, or after it.

    After the commit, its answer is lost on the way: only the server knows that it was carried out.
    """
    write = transaction.write
    armed = []

    async def write_and_lose(connection, world):
        if not armed:
            return await write(connection, world)
        before = armed.pop()
        if not before:
            await write(connection, world)
        campaign.rows("SELECT pg_terminate_backend(%s, 5000)", connection.pgconn.backend_pid)
        if before:
            return await write(connection, world)
        raise ConnectionLostError

    monkeypatch.setattr(transaction, "write", write_and_lose)
    return lambda *, before: armed.append(before)


@pytest.mark.parametrize("before", [True, False], ids=["before the commit", "after the commit"])
def test_whoever_loses_the_connection_gets_the_answer_all_the_same(
    campaign, pair, at_desks, losing, before
):
    """Every operation, once: what was done is found by its id, what was not is done."""
    other = (1, campaign.add_slot(day=MONDAY + timedelta(1)))

    async def scenario(desks):
        [(_, desk)] = desks
        ana, ben = Visitor(desk), Visitor(desk, "ben")
        losing(before=before)
        held = await ana.hold(*pair)
        losing(before=before)
        booked = await ana.confirm()
        losing(before=before)
        moved = await ana.move(other, pair[1])
        assert await ana.fetch() == moved
        losing(before=before)
        cancelled = await ana.cancel()
        await ben.hold(*pair)
        losing(before=before)
        await ben.release()
        return [held.state, booked.state, moved.version, cancelled.version]

    assert at_desks(scenario, desks=1) == ["held", "booked", 3, 4]
    assert free_counts(campaign) == dict.fromkeys((*pair, other), 1)
    assert broken_rules(campaign) == {}


@pytest.mark.parametrize("before", [True, False], ids=["before the commit", "after the commit"])
def test_a_group_that_loses_its_connection_is_answered_whole(
    campaign, hot_pair, at_desks, losing, before
):
    """Forty confirmations in one transaction; each is booked once."""

    async def scenario(desks):
        [(_, desk)] = desks
        visitors = [Visitor(desk, f"visitor {n}") for n in range(40)]
        await asyncio.gather(*(visitor.hold(*hot_pair) for visitor in visitors))
        losing(before=before)
        receipts = await asyncio.gather(*(visitor.confirm() for visitor in visitors))
        return {(receipt.state, receipt.version) for receipt in receipts}

    assert at_desks(scenario, desks=1) == {("booked", 2)}
    assert free_counts(campaign) == dict.fromkeys(hot_pair, 0)
    assert broken_rules(campaign) == {}


@pytest.fixture
def hot_pair(campaign):
    """Add a pair of slots for forty."""
    first = (1, campaign.add_slot(capacity=40))
    return first, (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(30), capacity=40))


def test_a_server_that_closed_every_connection_is_found_again(campaign, pair, at_desks):
    """As after a restart: all connections of the pool are dead at once."""

    async def scenario(desks):
        [(_, desk)] = desks
        await asyncio.gather(*(Visitor(desk, f"{n}").hold((4, 9), pair[1]) for n in range(8)),
                             return_exceptions=True)  # fmt: skip
        campaign.rows(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'creneau-hot' AND datname = current_database()"
        )
        return await Visitor(desk).book(*pair)

    assert at_desks(scenario, desks=1).state == "booked"
    assert broken_rules(campaign) == {}


class Holder(threading.Thread):
    """Somebody else's transaction that keeps a slot locked until it is let go."""

    def __init__(self, url, slot):
        super().__init__()
        self.url, self.slot = url, slot
        self.locked, self.let_go = threading.Event(), threading.Event()

    def run(self):
        """Lock, tell, wait."""
        with psycopg.connect(self.url) as connection:
            connection.execute(
                "SELECT FROM slot WHERE centre_id = %s AND slot_id = %s FOR UPDATE", self.slot
            )
            self.locked.set()
            self.let_go.wait(20)

    def __enter__(self):
        self.start()
        assert self.locked.wait(20)
        return self

    def __exit__(self, *_):
        self.let_go.set()
        self.join()


def test_a_lock_that_others_keep_costs_only_who_needs_it(campaign, pair, at_desks):
    """Told to try again, with nothing done; whoever shared the transaction is served."""
    free = (1, campaign.add_slot(day=MONDAY + timedelta(1), capacity=20))
    second = (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(31), capacity=20))

    async def scenario(desks):
        [(_, desk)] = desks
        await Visitor(desk, "first").book(free, second)
        with Holder(campaign.url, pair[0]):
            attempts = [Visitor(desk, "unlucky").hold(*pair)]
            attempts += [Visitor(desk, f"{n}").hold(free, second) for n in range(5)]
            unlucky, *others = await asyncio.gather(*attempts, return_exceptions=True)
        again = await Visitor(desk, "unlucky").hold(*pair)
        return unlucky, [held.state for held in others], again.state

    unlucky, others, again = at_desks(scenario, desks=1, lock_timeout_ms=100)
    assert isinstance(unlucky, TryAgain)
    assert (unlucky.status, unlucky.retry_after_s) == (409, 1)
    assert (others, again) == (["held"] * 5, "held")
    assert broken_rules(campaign) == {}


def test_a_cancelled_statement_is_tried_again(campaign, pair, at_desks):
    """The database's operator cancels a statement that waits: the caller sees nothing of it."""

    async def scenario(desks):
        [(_, desk)] = desks
        with Holder(campaign.url, pair[0]) as holder:
            task = asyncio.create_task(Visitor(desk).hold(*pair))
            await until(lambda: campaign.rows(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'creneau-hot' AND datname = current_database()"
                " AND wait_event_type = 'Lock'"
            ))  # fmt: skip
            holder.let_go.set()
            return await task

    assert at_desks(scenario, desks=1, lock_timeout_ms=20_000).state == "held"


async def held_at_last(visitor, *places):
    """Send the same hold until it is answered."""
    for _ in range(20):
        try:
            return await visitor.hold(*places)
        except Unavailable:
            await asyncio.sleep(0.1)
    pytest.fail("the database was not found again")


async def until(happened):
    """Wait until something is seen."""
    for _ in range(400):
        if happened():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not happen")


def test_a_database_that_is_gone_is_told_as_such_and_found_again(campaign, pair, at_desks, server):
    """503 with the time to come back: the same request may then be sent again."""
    name = campaign.rows("SELECT current_database() AS name")[0]["name"]

    async def scenario(desks):
        [(_, desk)] = desks
        ana = Visitor(desk)
        with pytest.raises(SlotGone):
            await Visitor(desk, "warm").hold((4, 9), pair[1])
        server.execute("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        with psycopg.connect(server.admin_url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                (name,),
            )
        with pytest.raises(Unavailable) as refused:
            await ana.hold(*pair)
        server.execute("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)
        return refused.value, await held_at_last(ana, *pair)

    problem, held = at_desks(scenario, desks=1)
    assert (problem.status, problem.retry_after_s) == (503, 1)
    assert held.state == "held"
    assert broken_rules(campaign) == {}
