"""The application: rooms mounted on one FastAPI app, resources opened and closed with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.clock import Clock, now
from api.context import Context, open_context
from api.problem_handlers import install_problems
from api.settings import Settings


def create_app(settings: Settings, *, clock: Clock = now) -> FastAPI:
    """Build the application of one worker process.

    Parameters
    ----------
    settings
        With `database_url` set: an embedded database is started by whoever starts the workers.
    clock
        Gives the time, aware; tests set it.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_context(settings, clock) as context:
            app.state.context = context
            yield

    app = FastAPI(title="Créneau", version="1", lifespan=lifespan, openapi_url="/api/openapi.json",
                  docs_url=None, redoc_url=None)  # fmt: skip
    install_problems(app)
    return app


def context_of(app: FastAPI) -> Context:
    """Resources of a running application."""
    context = app.state.context
    assert isinstance(context, Context)
    return context
