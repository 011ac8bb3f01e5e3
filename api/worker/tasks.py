"""Jobs of the queue; each may be run again from the start."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog
from procrastinate import App, JobContext, RetryStrategy

from api.clock import now
from api.database.retention import purge
from api.settings import Settings
from api.worker.apart import run_apart
from api.worker.queue import PUBLISH, SOLVE

HOUSE = "house"
"""Queue of the jobs that come by the clock."""
KEPT_DAYS = 7
"""Days bookings are kept after their last dose; the default of `creneau db purge`."""
STALLED_S = 30.0
"""A worker that has not been heard of for so long is dead."""
JOBS_KEPT_HOURS = 24 * 7
AGAIN = RetryStrategy(max_attempts=3, wait=10)
BY_THE_CLOCK = (
    ("purge", "17 2 * * *"),
    ("stalled", "* * * * *"),
    ("forget", "47 2 * * *"),
)

log = structlog.get_logger()


def register(app: App) -> None:
    """Tell a queue what its jobs do, and which come by the clock."""
    app.task(name=PUBLISH, pass_context=True, retry=AGAIN)(publish)
    app.task(name=SOLVE, pass_context=True, retry=AGAIN)(solve)
    works = {"purge": purge_nightly, "stalled": retry_stalled, "forget": forget_old_jobs}
    for name, cron in BY_THE_CLOCK:
        task = app.task(name=name, pass_context=True, queue=HOUSE, queueing_lock=name)
        app.periodic(cron=cron)(task(works[name]))


def settings_in(context: JobContext) -> Settings:
    """Give the settings of the worker that runs a job."""
    settings = context.additional_context["settings"]
    assert isinstance(settings, Settings)
    return settings


async def publish(context: JobContext, *, order_id: str) -> None:
    """Publish the plan of an order."""
    await run_apart(settings_in(context), PUBLISH, UUID(order_id))


async def solve(context: JobContext, *, order_id: str) -> None:
    """Solve the instance of an order."""
    await run_apart(settings_in(context), SOLVE, UUID(order_id))


async def purge_nightly(context: JobContext, timestamp: int) -> None:
    """Remove what is no longer needed; `timestamp` is when the clock said so."""
    url = settings_in(context).database_url
    assert url is not None
    removed = await asyncio.to_thread(purge, url, KEPT_DAYS, now())
    log.info("purged", at=timestamp, **removed)


async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Put the jobs of workers that died back into the queue."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
        await manager.retry_job(job)
        log.warning("job-again", at=timestamp, task=job.task_name, job=job.id)


async def forget_old_jobs(context: JobContext, timestamp: int) -> None:
    """Remove jobs that ended a week ago, however they did."""
    await context.app.job_manager.delete_old_jobs(
        JOBS_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
    log.info("old-jobs-forgotten", at=timestamp)
