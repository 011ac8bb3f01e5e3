"""The application: rooms mounted on one FastAPI app, resources opened and closed with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.booking import endpoints as booking
from api.booking.service import open_desk
from api.clock import Clock, now
from api.context import Context, open_context
from api.openapi import install_openapi
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
        async with open_context(settings, clock) as context, open_desk(context) as desk:
            app.state.context = context
            app.state.booking = desk
            yield

    app = FastAPI(title="Créneau", version="1", lifespan=lifespan, openapi_url="/api/openapi.json",
                  docs_url=None, redoc_url=None)  # fmt: skip
    install_problems(app)
    app.include_router(booking.router)
    install_openapi(app, booking.STRUCTS)
    return app


def context_of(app: FastAPI) -> Context:
    """Resources of a running application."""
    context = app.state.context
    assert isinstance(context, Context)
    return context
