"""What a request needs and a worker opens once: settings, clock, database connections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.ext.asyncio import AsyncEngine

from api.clock import Clock
from api.database.engine import hot_pool, open_engine
from api.database.hot import HotConnection
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """Resources of one worker process."""

    settings: Settings
    clock: Clock
    engine: AsyncEngine
    hot: AsyncConnectionPool[HotConnection]


@asynccontextmanager
async def open_context(settings: Settings, clock: Clock) -> AsyncIterator[Context]:
    """Open the connections, and close them in the end."""
    url = settings.database_url
    assert url is not None, "whoever starts a worker tells it where the database is"
    timeout = settings.lock_timeout_ms
    engine = open_engine(url, lock_timeout_ms=timeout, application="creneau-api")
    try:
        pool = hot_pool(url, lock_timeout_ms=timeout, application="creneau-hot")
        async with pool:
            yield Context(settings, clock, engine, pool)
    finally:
        await engine.dispose()


def context_here(request: Request) -> Context:
    """Resources of the worker that answers a request."""
    context = request.app.state.context
    assert isinstance(context, Context)
    return context


ContextHere = Annotated[Context, Depends(context_here)]
