"""What each error of the database leads to: another try, a problem, or a fault that is told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace
from uuid import UUID

import pytest
from psycopg_pool import PoolTimeout

from api.booking.catalogue import StaleCatalogueError
from api.booking.problems import QuotaExhausted, SlotFull, Unavailable
from api.booking.trying import TRIES, Trier
from api.booking.wants import Operation
from api.database.hot import ConnectionLostError, StatementError
from api.problems import KeyReused, TryAgain
from tests.booking import Hands

OPERATION = Operation(UUID(int=1), lambda world: None)


class Pool:
    """A pool that has a connection, or none."""

    def __init__(self, error=None):
        self.error = error
        self.checked = 0

    @asynccontextmanager
    async def connection(self):
        """Lend a connection."""
        if self.error:
            raise self.error
        yield None

    async def check(self):
        """Look for lost connections."""
        self.checked += 1


class Reference:
    """A catalogue that counts how often it is renewed."""

    renewals = 0

    async def current(self):
        """Give what is kept."""

    async def renewed(self):
        """Read it again."""
        self.renewals += 1


def trier(*outcomes, pool=None):
    """Make a trier whose runs end like this, one after the other; the last one again and again."""
    left = list(outcomes)
    tries = []

    async def run(connection, world, operations):
        tries.append(len(operations))
        outcome = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(outcome, Exception):
            raise outcome
        return [outcome] * len(operations)

    settings = SimpleNamespace(duplicate_policy="reject", hold_minutes=10)
    context = SimpleNamespace(settings=settings, hot=pool or Pool(), clock=Hands())
    return Trier(context, Reference(), run), tries


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Lose no time between tries."""
    monkeypatch.setattr("api.booking.trying.PAUSE_S", 0.0)


def refused(sqlstate, statement="lock_slots"):
    """Make a refusal of the database."""
    return StatementError(statement, sqlstate, "")


@pytest.mark.parametrize(
    "error", [refused("40P01"), refused("23514"), ConnectionLostError(), StaleCatalogueError()]
)
def test_a_group_that_fails_is_tried_one_by_one(error):
    """Whatever it failed of."""
    one, _ = trier(error)
    assert asyncio.run(one.together([OPERATION] * 2)) is None


@pytest.mark.parametrize("sqlstate", ["40P01", "40001", "57014"])
def test_who_was_in_the_way_is_tried_again(sqlstate):
    """And told so, when it does not help."""
    one, tries = trier(refused(sqlstate), refused(sqlstate), "done")
    assert asyncio.run(one.alone(OPERATION)) == "done"
    assert len(tries) == 3
    never, tries = trier(refused(sqlstate))
    assert isinstance(asyncio.run(never.alone(OPERATION)), TryAgain)
    assert len(tries) == TRIES


def test_a_lock_that_is_not_to_be_had_is_waited_for_once_more_only():
    """Each wait lasts as long as a lock may."""
    one, tries = trier(refused("55P03"))
    assert isinstance(asyncio.run(one.alone(OPERATION)), TryAgain)
    assert len(tries) == 1


@pytest.mark.parametrize(
    ("statement", "sqlstate", "problem"),
    [
        ("update_slots", "23514", SlotFull),
        ("update_quotas", "23514", QuotaExhausted),
        ("insert_answers", "23505", KeyReused),
        ("insert_bookings", "23505", TryAgain),
        ("commit", "57P01", Unavailable),
    ],
)
def test_the_last_guard_has_a_meaning(statement, sqlstate, problem):
    """Looked at again first: the guard may have seen what is over."""
    one, tries = trier(refused(sqlstate, statement))
    assert type(asyncio.run(one.alone(OPERATION))) is problem
    assert len(tries) == TRIES


def test_a_statement_that_is_wrong_is_a_fault_and_not_a_problem():
    """Nobody can heal it by trying again."""
    one, tries = trier(refused("42703"))
    with pytest.raises(StatementError):
        asyncio.run(one.alone(OPERATION))
    assert len(tries) == 1


def test_a_lost_connection_makes_the_pool_look_at_the_others():
    """They were lost with it."""
    pool = Pool()
    one, _ = trier(ConnectionLostError(), "done", pool=pool)
    assert asyncio.run(one.alone(OPERATION)) == "done"
    assert pool.checked == 1
    never, tries = trier(ConnectionLostError())
    assert isinstance(asyncio.run(never.alone(OPERATION)), Unavailable)
    assert len(tries) == TRIES


def test_without_any_connection_nobody_is_kept_waiting_again():
    """The pool has waited already."""
    one, tries = trier("done", pool=Pool(PoolTimeout()))
    [together] = asyncio.run(one.together([OPERATION]))
    assert isinstance(together, Unavailable)
    assert isinstance(asyncio.run(one.alone(OPERATION)), Unavailable)
    assert tries == []


def test_a_catalogue_that_lacks_something_is_read_again():
    """The row is newer than what the worker keeps."""
    one, _ = trier(StaleCatalogueError(), "done")
    assert asyncio.run(one.alone(OPERATION)) == "done"
    assert one._reference.renewals == 1
