"""Solving on order: the job a worker runs in a process of its own."""

from __future__ import annotations

from uuid import UUID

import msgspec
import psycopg

from allocator.errors import InputError
from api.planning import jobs_store
from api.planning.jobs_store import SOLUTIONS
from api.planning.orders import PlanFolders, SolutionOrder, SolutionState
from api.problems import NotFound
from api.settings import Settings
from scenarios.planning import Order, run_plan


def run_solution(settings: Settings, solution_id: UUID) -> SolutionState:
    """Solve what was ordered under an id, and keep the end of it; a second run starts anew.

    Parameters
    ----------
    settings
        With `database_url` set.

    Raises
    ------
    LookupError
        When nothing was ordered under this id (or it was too long ago).
    """
    url = settings.database_url
    assert url is not None, "whoever starts a worker tells it where the database is"
    with psycopg.connect(url, autocommit=True) as connection:
        found = jobs_store.find(connection, SOLUTIONS, solution_id)
        if found is None:
            raise LookupError(solution_id)
        order = msgspec.convert(found.order, SolutionOrder)
        state = SolutionState(solution_id, order.plan, "running")
        jobs_store.keep(connection, SOLUTIONS, solution_id, msgspec.to_builtins(state))
    try:
        summary = _solve(settings, order)
        state = msgspec.structs.replace(state, status="done", summary=summary)
    except (InputError, NotFound) as error:
        state = msgspec.structs.replace(state, status="failed", message=str(error))
    # No connection idles through the minutes of solving.
    with psycopg.connect(url, autocommit=True) as connection:
        jobs_store.keep(connection, SOLUTIONS, solution_id, msgspec.to_builtins(state))
    return state


def _solve(settings: Settings, order: SolutionOrder) -> dict[str, object]:
    folders = PlanFolders.to_solve(settings, order.plan)
    result = run_plan(
        Order(
            folders.instance, folders.plan, order.method, order.gap, order.time_limit_s, order.seed
        )
    )
    return {key: value for key, value in result.items() if key != "plan"}
