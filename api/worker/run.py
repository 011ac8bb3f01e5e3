"""A worker: its beats, and the jobs of the queue, until it is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ProcrastinateException
from psycopg import Error

from api.booking.service import open_desk
from api.clock import Clock, now
from api.context import open_context
from api.settings import Settings
from api.worker.beats import beats
from api.worker.queue import OPTIONS
from api.worker.tasks import STALLED_S, register

JOBS_AT_ONCE = 3
"""One that planners ordered (they wait for each other), and those of the clock beside it."""
GRACE_S = 10.0
"""What a running job has to end in; it is run again by another worker, or after the start."""
RETRY_S = 1.0
log = structlog.get_logger()


async def run_worker(
    settings: Settings,
    stop: asyncio.Event,
    *,
    ready: Callable[[], None] = lambda: None,
    clock: Clock = now,
) -> None:
    """Work until `stop` is set, then end what is under way.

    Parameters
    ----------
    settings
        With `database_url` set.
    ready
        Called when everything is open.
    """
    async with (
        open_context(settings, clock) as context,
        open_desk(context) as desk,
        asyncio.TaskGroup() as group,
    ):
        for beat in beats(context, desk):
            group.create_task(beat.keep(stop))
        group.create_task(_work_on_jobs(_app(settings), settings, stop))
        ready()


def _app(settings: Settings) -> App:
    assert settings.database_url is not None, "whoever starts a worker says where the database is"
    connector = PsycopgConnector(
        conninfo=settings.database_url, min_size=1, max_size=4, kwargs={"options": OPTIONS}
    )
    app = App(connector=connector)
    register(app)
    return app


async def _work_on_jobs(app: App, settings: Settings, stop: asyncio.Event) -> None:
    """Take jobs until told to stop; a database that goes away is waited for."""
    while not stop.is_set():
        try:
            await _take_jobs(app, settings, stop)
        except (ProcrastinateException, Error) as error:
            log.warning("jobs-lost-database", error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), RETRY_S)


async def _take_jobs(app: App, settings: Settings, stop: asyncio.Event) -> None:
    async with app.open_async():
        jobs = asyncio.create_task(
            app.run_worker_async(
                concurrency=JOBS_AT_ONCE,
                install_signal_handlers=False,
                delete_jobs="successful",
                stalled_worker_timeout=STALLED_S,
                shutdown_graceful_timeout=GRACE_S,
                additional_context={"settings": settings},
            )
        )
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({jobs, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        jobs.cancel()
        with suppress(asyncio.CancelledError):
            await jobs
