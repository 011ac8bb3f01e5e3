"""A campaign for each test, and workers that meet at the worst moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.booking import transaction
from api.booking.service import BookingDesk
from api.booking.store import locks
from api.context import Context
from api.problems import Problem
from tests.booking import Hands, Place, opened
from tests.campaign import MONDAY, Campaign, fill_campaign

MEET_S = 1.0


@pytest.fixture
def campaign(database_url: str) -> Campaign:
    """Give a campaign without slots."""
    return fill_campaign(database_url)


@pytest.fixture
def pair(campaign: Campaign) -> tuple[Place, Place]:
    """Add one place for a first dose and one for its second."""
    return (1, campaign.add_slot()), (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(30)))


Scenario = Callable[[list[tuple[Context, BookingDesk]]], Coroutine[Any, Any, Any]]


@pytest.fixture
def at_desks(campaign: Campaign) -> Callable[..., Any]:
    """Run a scenario at the desks of several workers, on one clock."""

    def run(scenario: Scenario, *, desks: int = 2, **settings: Any) -> Any:
        async def main() -> Any:
            clock = settings.pop("clock", None) or Hands()
            async with AsyncExitStack() as stack:
                opening = (opened(campaign, clock=clock, **settings) for _ in range(desks))
                return await scenario([await stack.enter_async_context(one) for one in opening])

        return asyncio.run(main())

    return run


@pytest.fixture
def race(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run attempts at the same time, their transactions meeting between reading and writing.

    Where a lock keeps the second from getting there, the first goes on after a while. Gives,
    sorted, `done` or the slug of the refusal.
    """
    write = transaction.write
    waiting: list[asyncio.Event] = []
    armed = False

    async def write_together(connection: Any, world: Any) -> None:
        if waiting:
            waiting.pop().set()
        elif armed:
            other = asyncio.Event()
            waiting.append(other)
            try:
                await asyncio.wait_for(other.wait(), MEET_S)
            except TimeoutError:
                waiting.clear()
        await write(connection, world)

    async def run(*attempts: Coroutine[Any, Any, Any]) -> list[str]:
        nonlocal armed
        armed = True
        results = await asyncio.gather(*attempts, return_exceptions=True)
        armed = False
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, Problem):
                raise result
        return sorted(r.slug if isinstance(r, Problem) else "done" for r in results)

    monkeypatch.setattr(transaction, "write", write_together)
    return run


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Switch the locks of statements off: `without_lock("LOCK_SLOTS")`."""

    def switch_off(*names: str) -> None:
        for name in names:
            statement = getattr(locks, name)
            unlocked = statement.sql.replace("FOR NO KEY UPDATE", "")
            assert unlocked != statement.sql
            monkeypatch.setattr(locks, name, replace(statement, name=name, sql=unlocked))

    return switch_off
