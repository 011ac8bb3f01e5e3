"""The queue of jobs, in the same PostgreSQL (procrastinate), in a schema of its own."""

from __future__ import annotations

from uuid import UUID

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from psycopg import AsyncConnection, OperationalError

from api.problems import Unavailable

PUBLISH, SOLVE = "publish", "solve"
"""Jobs that planners order."""
ONE_AT_A_TIME = "planning"
"""Each of them wants a processor of its own: they wait for each other."""
OPTIONS = "-c search_path=jobs -c timezone=UTC -c application_name=creneau-jobs"
PATIENCE_S = 5


class JobQueue:
    """Puts jobs into the queue of a database; connects for each of them, which are few."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._app = App(connector=PsycopgConnector())

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
        try:
            async with await AsyncConnection.connect(
                self._url, autocommit=True, connect_timeout=PATIENCE_S, options=OPTIONS
            ) as connection:
                job = self._app.configure_task(
                    task,
                    lock=ONE_AT_A_TIME,
                    queueing_lock=f"{task} {order_id}",
                    queue=ONE_AT_A_TIME,
                    connection=connection,
                )
                await job.defer_async(order_id=str(order_id))
        except AlreadyEnqueued:
            return
        except (ConnectorException, OperationalError):
            raise Unavailable(retry_after_s=1) from None
