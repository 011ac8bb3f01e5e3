"""A worker in a test, beside what it works for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from api.clock import Clock
from api.settings import Settings
from api.worker.run import run_worker
from tests.booking import Hands
from tests.campaign import Campaign

T = TypeVar("T")


@asynccontextmanager
async def worked(
    campaign: Campaign, *, clock: Clock | None = None, **settings: object
) -> AsyncIterator[None]:
    """Run a worker on a campaign, in the test's own loop, and stop it in the end."""
    stop, ready = asyncio.Event(), asyncio.Event()
    given = Settings(database_url=campaign.url, **settings)
    work = asyncio.create_task(run_worker(given, stop, ready=ready.set, clock=clock or Hands()))
    try:
        await asyncio.wait_for(ready.wait(), 30)
        yield
    finally:
        stop.set()
        await asyncio.wait_for(work, 60)


async def until(look: Callable[[], Awaitable[T | None]], *, within_s: float = 20) -> T:
    """Look again and again until there is something."""
    async with asyncio.timeout(within_s):
        while True:
            if (found := await look()) is not None:
                return found
            await asyncio.sleep(0.05)
