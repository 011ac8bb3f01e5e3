"""Minutes of work in a process of its own: nothing waits for it, and it may die alone.

python -m api.worker.apart publish|solve ORDER
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from uuid import UUID

from api.clock import now
from api.processes import die_with_parent, environment_of
from api.settings import Settings
from api.worker.queue import PUBLISH, SOLVE

GRACE_S = 5.0


class JobFailedError(Exception):
    """The process of a job ended otherwise than well."""


async def run_apart(settings: Settings, task: str, order_id: UUID) -> None:
    """Run a job in a process, and end the process when this is cancelled.

    Raises
    ------
    JobFailedError
        When it does not end well; what was wrong with an order is kept with the order.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.worker.apart", task, str(order_id),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        env=os.environ | environment_of(settings),
    )  # fmt: skip
    try:
        status = await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), GRACE_S)
            if process.returncode is None:
                process.kill()
    if status != 0:
        raise JobFailedError(f"{task} ended with status {status}")


def main(task: str, order_id: str) -> None:
    """Do the work of a job."""
    die_with_parent()
    settings = Settings()
    if task == PUBLISH:
        from api.planning.jobs import run_publication  # noqa: PLC0415 - loads what it needs only

        run_publication(settings, UUID(order_id), now)
    elif task == SOLVE:
        from api.planning.solving import run_solution  # noqa: PLC0415 - loads the solver

        run_solution(settings, UUID(order_id))
    else:
        sys.exit(f"no job is called {task}")


if __name__ == "__main__":
    main(*sys.argv[1:])
