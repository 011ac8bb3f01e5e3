"""Solving on order: the job a worker runs in a process of its own."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import msgspec
import psycopg

from allocator.errors import InputError
from api.planning import jobs_store
from api.planning.jobs_store import SOLUTIONS
from api.planning.orders import PlanFolders, SolutionOrder, SolutionState
from api.planning.reporter import Reporter
from api.planning.scenario_folders import build_instance
from api.problems import NotFound
from api.settings import Settings
from scenarios.official.place import data_folder
from scenarios.planning import Order, run_plan
from scenarios.replanning import ReplanOrder, run_replan


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
    with Reporter(url, state) as reporter:
        try:
            summary = _solve(settings, order, reporter)
            end = msgspec.structs.replace(reporter.state, status="done", summary=summary)
        except (InputError, NotFound) as error:
            end = msgspec.structs.replace(reporter.state, status="failed", message=str(error))
    # No connection idles through the minutes of solving.
    with psycopg.connect(url, autocommit=True) as connection:
        jobs_store.keep(connection, SOLUTIONS, solution_id, msgspec.to_builtins(end))
    return end


def _solve(settings: Settings, order: SolutionOrder, reporter: Reporter) -> dict[str, object]:
    folders = PlanFolders.to_solve(settings, order.plan)
    build_instance(folders)
    task = Order(
        folders.instance, folders.plan, order.method, order.gap, order.time_limit_s, order.seed,
        data=data_folder(),
    )  # fmt: skip
    if order.earlier is None:
        result = run_plan(task, reporter.hear, reporter.is_to_stop)
    else:
        before = PlanFolders.named(settings, order.earlier)
        # All files of the instance as it is now, laid over those of the instance as it was.
        again = ReplanOrder(
            replace(task, instance=before.instance), before.plan, (folders.instance,)
        )
        result = run_replan(again, reporter.hear, reporter.is_to_stop)
    return {key: value for key, value in result.items() if key != "plan"}
