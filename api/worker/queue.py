"""The queue of jobs, in the same PostgreSQL (procrastinate), in a schema of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from psycopg_pool import AsyncNullConnectionPool

from api.problems import Unavailable

PUBLISH, SOLVE = "publish", "solve"
"""Jobs that planners order."""
ONE_AT_A_TIME = "planning"
"""Each of them wants a processor of its own: they wait for each other."""
CONNECTION = {"options": "-c search_path=jobs -c timezone=UTC -c application_name=creneau-jobs"}


@dataclass(frozen=True, slots=True)
class JobQueue:
    """Puts jobs into the queue; one a worker of the API."""

    app: App

    async def publish(self, publication_id: UUID) -> None:
        """Have a publication carried out; twice the same id is one job while it waits.

        Raises
        ------
        Unavailable
            When the database cannot be reached.
        """
        await self._add(PUBLISH, publication_id)

    async def solve(self, solution_id: UUID) -> None:
        """Have an instance solved; likewise."""
        await self._add(SOLVE, solution_id)

    async def _add(self, task: str, order_id: UUID) -> None:
        job = self.app.configure_task(
            task, lock=ONE_AT_A_TIME, queueing_lock=f"{task} {order_id}", queue=ONE_AT_A_TIME
        )
        try:
            await job.defer_async(order_id=str(order_id))
        except AlreadyEnqueued:
            return
        except ConnectorException:
            raise Unavailable(retry_after_s=1) from None


@asynccontextmanager
async def open_queue(url: str) -> AsyncIterator[JobQueue]:
    """Open the queue of a database; a connection is made for each job, which are few."""
    connector = PsycopgConnector(
        pool_factory=AsyncNullConnectionPool, conninfo=url, kwargs=CONNECTION
    )
    async with App(connector=connector).open_async() as app:
        yield JobQueue(app)
