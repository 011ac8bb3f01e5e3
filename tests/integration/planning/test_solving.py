"""A solution under way: built from its scenario, told as it goes, ended early on demand."""

from __future__ import annotations

import asyncio
import time
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from allocator.read import read_instance
from allocator.watch import Progress
from api.planning import jobs_store
from api.planning.jobs_store import SOLUTIONS
from api.planning.orders import PlanFolders, SolutionState
from api.planning.reporter import MOST_MILESTONES, Reporter
from api.planning.scenario_folders import (
    build_instance,
    folder_names,
    read_text,
    shelve,
    write_text,
)
from api.planning.solving import run_solution
from api.settings import Settings

SMALL = 'extends = "bretagne"\npurpose = "Four centres."\ncentres = 4\nweeks = 4\n'


def ordered(url, plan):
    """Order the solution of a plan, as the endpoint does."""
    key = uuid4()
    state = {"solution": str(key), "plan": plan, "status": "queued"}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO idempotency (key, route, print, status, answer, made_at)"
            " VALUES (%s, %s, '', 202, %s, now())",
            (str(key), SOLUTIONS, Jsonb({"order": {"plan": plan, "gap": 0.5}, "state": state})),
        )
    return key


@pytest.fixture
def settings(database_url, tmp_path):
    return Settings(database_url=database_url, home=tmp_path)


def test_a_scenario_is_built_and_solved(settings):
    """Its instance is made when the scenario is newer, and left alone when it is not."""
    folders = PlanFolders.called(settings, "petit")
    write_text(folders, SMALL)
    assert folder_names(settings) == ["petit"]
    end = run_solution(settings, ordered(settings.database_url, "petit"))
    assert end.status == "done"
    assert end.progress is not None
    assert end.progress.milestones[-1].cost == pytest.approx(end.summary["cost"])
    built = (folders.instance / "instance.toml").stat().st_mtime_ns
    assert (folders.plan / "result.json").is_file()
    run_solution(settings, ordered(settings.database_url, "petit"))
    assert (folders.instance / "instance.toml").stat().st_mtime_ns == built
    write_text(folders, SMALL.replace("weeks = 4", "weeks = 5"))
    run_solution(settings, ordered(settings.database_url, "petit"))
    assert "weeks = 5" in (folders.instance / "instance.toml").read_text(encoding="utf-8")


def test_a_wish_to_stop_reaches_the_solver(settings):
    """Within a second; asked twice, it is one wish."""
    key = ordered(settings.database_url, "petit")

    async def ask():
        async with await psycopg.AsyncConnection.connect(
            settings.database_url, autocommit=True
        ) as connection:
            return [await jobs_store.ask_to_stop(connection, SOLUTIONS, key) for _ in range(2)]

    with Reporter(settings.database_url, SolutionState(key, "petit", "running")) as reporter:
        assert not reporter.is_to_stop()
        assert asyncio.run(ask()) == [True, False]
        until_ = time.monotonic() + 5
        while not reporter.is_to_stop() and time.monotonic() < until_:
            time.sleep(0.05)
        assert reporter.is_to_stop()


def test_news_are_kept_where_something_became_better(settings):
    """The last state is written down; long runs keep a curve, not every point."""
    key = ordered(settings.database_url, "petit")
    with Reporter(settings.database_url, SolutionState(key, "petit", "running")) as reporter:
        for i in range(3 * MOST_MILESTONES):
            reporter.hear(Progress("prices", 0.5, float(i // 2), 2000.0))
        milestones = reporter.state.progress.milestones
        assert MOST_MILESTONES / 2 <= len(milestones) <= MOST_MILESTONES
        assert (milestones[0].bound, milestones[-1].bound) == (0.0, 3 * MOST_MILESTONES // 2 - 1)


def test_a_plan_made_elsewhere_is_shelved_as_it_is(settings, tmp_path):
    """With a text where the library has one, which is no reason to build the instance anew."""
    built = PlanFolders.called(Settings(home=tmp_path / "other"), "bretagne")
    write_text(built, SMALL)
    build_instance(built)
    built.plan.mkdir()
    (built.plan / "result.json").write_text("{}", encoding="utf-8")
    folders = shelve(settings, "bretagne", built.instance, built.plan)
    assert read_text(folders).read().start == read_instance(built.instance).start
    build_instance(folders)
    assert len(read_instance(folders.instance).centres.ids) == 4  # not the 80 of the library
    assert (folders.plan / "result.json").is_file()
    assert read_text(shelve(settings, "autre", built.instance, built.plan)) is None
