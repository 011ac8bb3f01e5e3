"""The queue and its jobs, on the database of the bookings."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
import pytest
from procrastinate import App, JobContext, PsycopgConnector

from api.problems import Unavailable
from api.processes import environment_of
from api.settings import Settings
from api.worker.apart import JobFailedError, run_apart
from api.worker.queue import OPTIONS, PUBLISH, SOLVE, JobQueue
from api.worker.tasks import STALLED_S, forget_old_jobs, purge_nightly, register, retry_stalled
from tests.campaign import NOW, fill_campaign
from tests.integration.planning.plans import write_week
from tests.serving import client_of
from tests.staff import token_of
from tests.working import until, worked

JOBS = "SELECT task_name, status, attempts FROM jobs.procrastinate_jobs ORDER BY id"


@pytest.fixture
def campaign(database_url):
    """Give a campaign without slots."""
    return fill_campaign(database_url)


@asynccontextmanager
async def manager_of(campaign):
    """Open the queue as a worker does."""
    app = App(connector=PsycopgConnector(conninfo=campaign.url, kwargs={"options": OPTIONS}))
    register(app)
    async with app.open_async():
        yield app


def context_of(app, campaign):
    """Give the context of a job that runs."""
    settings = Settings(database_url=campaign.url)
    return JobContext(
        app=app, additional_context={"settings": settings}, start_timestamp=0.0,
        job=None, abort_reason=lambda: None,
    )  # fmt: skip


def test_an_order_given_twice_is_one_job(campaign):
    """While it waits; of each kind there may be one."""

    async def order():
        key, queue = uuid4(), JobQueue(campaign.url)
        await queue.publish(key)
        await queue.publish(key)
        await queue.solve(key)

    asyncio.run(order())
    assert campaign.rows(JOBS) == [
        {"task_name": PUBLISH, "status": "todo", "attempts": 0},
        {"task_name": SOLVE, "status": "todo", "attempts": 0},
    ]


def test_without_a_database_an_order_is_to_be_sent_again(campaign):
    """A problem the caller understands."""
    nowhere = JobQueue(campaign.url.replace("test_", "nowhere_"))
    with pytest.raises(Unavailable):
        asyncio.run(nowhere.publish(uuid4()))


def test_the_job_of_a_worker_that_died_is_put_back(campaign):
    """One that was heard of lately keeps its job."""

    async def die():
        await JobQueue(campaign.url).publish(uuid4())
        async with manager_of(campaign) as app:
            worker = await app.job_manager.register_worker()
            job = await app.job_manager.fetch_job(queues=None, worker_id=worker)
            await retry_stalled(context_of(app, campaign), 0)
            alive = campaign.rows(JOBS)
            campaign.rows("UPDATE jobs.procrastinate_workers SET last_heartbeat ="
                          " now() - make_interval(secs => %s)", STALLED_S + 1)  # fmt: skip
            await retry_stalled(context_of(app, campaign), 0)
            return job.task_name, alive, campaign.rows(JOBS)

    name, alive, dead = asyncio.run(die())
    assert name == PUBLISH
    assert [row["status"] for row in alive] == ["doing"]
    assert [row["status"] for row in dead] == ["todo"]


def test_what_is_old_is_forgotten_by_the_clock(campaign):
    """The purge of the command line, and jobs that ended long ago."""
    campaign.rows("INSERT INTO idempotency VALUES ('x', 'y', 'z', 200, '{}', %s)", NOW)

    async def night():
        await JobQueue(campaign.url).publish(uuid4())
        with psycopg.connect(campaign.url, options=OPTIONS) as connection:
            connection.execute("UPDATE procrastinate_jobs SET status = 'failed'")
            connection.execute("UPDATE procrastinate_events SET at = at - interval '8 days'")
        async with manager_of(campaign) as app:
            await purge_nightly(context_of(app, campaign), 0)
            await forget_old_jobs(context_of(app, campaign), 0)

    asyncio.run(night())
    assert campaign.rows("SELECT 1 AS n FROM idempotency") == []
    assert campaign.rows(JOBS) == []


def test_an_order_is_solved_and_published_by_a_worker(database_url, tmp_path):
    """From the planner's request to slots in the database, in processes of their own."""
    campaign = fill_campaign(database_url)
    folder = tmp_path / "plans" / "semaine-22"
    folder.mkdir(parents=True)
    write_week(folder / "instance")
    # The campaign is the plan's own: it comes with its centres.
    for table in ("eligibility", "dose_interval", "schedule", "product", "priority_class",
                  "centre", "department", "campaign"):  # fmt: skip
        campaign.rows(f"DELETE FROM {table}")

    async def order(client, what, headers):
        key = {"Idempotency-Key": str(uuid4())}
        address = f"/api/planning/{what}"
        body = {"plan": "semaine-22"}
        queued = await client.post(address, json=body, headers=headers | key)
        assert queued.status_code == 202, queued.text
        assert queued.json()["status"] == "queued"

        async def ended():
            state = await client.get(f"{address}/{key['Idempotency-Key']}", headers=headers)
            return state.json() if state.json()["status"] in {"done", "failed"} else None

        return await until(ended, within_s=240)

    async def run():
        settings = {"home": tmp_path}
        headers = await token_of(campaign, "planner", "national")
        async with (
            client_of(campaign, **settings) as client,
            worked(campaign, **settings),
        ):
            solved = await order(client, "solutions", headers)
            return solved, await order(client, "publications", headers)

    solved, published = asyncio.run(run())
    assert solved["status"] == "done", solved
    assert solved["summary"]["method"] == "optimal"
    assert solved["summary"]["kpis"]["people"] > 0
    assert (folder / "plan" / "result.json").is_file()
    assert published["status"] == "done", published
    [slots] = campaign.rows("SELECT sum(capacity)::int AS doses FROM slot")
    assert slots["doses"] == published["summary"]["doses"] > 0
    audit = campaign.rows("SELECT action FROM audit WHERE actor <> 'command line' ORDER BY entry")
    assert [row["action"] for row in audit] == ["plan.solve", "plan.publish"]


def test_an_instance_that_breaks_a_rule_fails_with_its_message(campaign, tmp_path):
    """What was wrong is kept with the order; the job itself is done."""
    folder = tmp_path / "plans" / "kaputt"
    write_week(folder / "instance")
    (folder / "instance" / "zones.csv").write_text("zone\n", encoding="utf-8")

    async def run():
        headers = await token_of(campaign, "planner", "national")
        async with (
            client_of(campaign, home=tmp_path) as client,
            worked(campaign, home=tmp_path),
        ):
            key = {"Idempotency-Key": str(uuid4())}
            await client.post(
                "/api/planning/solutions", json={"plan": "kaputt"}, headers=headers | key
            )

            async def ended():
                address = f"/api/planning/solutions/{key['Idempotency-Key']}"
                state = (await client.get(address, headers=headers)).json()
                return state if state["status"] == "failed" else None

            return await until(ended, within_s=120)

    state = asyncio.run(run())
    assert "zones.csv" in state["message"]
    assert not (folder / "plan").exists()


def test_a_process_of_a_job_is_ended_with_the_job(campaign):
    """A worker that stops does not leave the solver running."""

    async def run():
        settings = Settings(database_url=campaign.url)
        task = asyncio.create_task(run_apart(settings, SOLVE, uuid4()))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    began = time.monotonic()
    asyncio.run(run())
    assert time.monotonic() - began < 30


def test_a_job_without_an_order_fails(campaign):
    """Its process ends badly, and the queue learns of it."""
    with pytest.raises(JobFailedError):
        asyncio.run(run_apart(Settings(database_url=campaign.url), PUBLISH, uuid4()))


def test_a_process_ends_when_its_parent_is_gone(database_url):
    """Even one that was killed: its end of the pipe closes."""
    settings = Settings(database_url=database_url)
    command = (
        "import time; from api.processes import die_with_parent; die_with_parent(); time.sleep(60)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", command], stdin=subprocess.PIPE,
        env=os.environ | environment_of(settings),
    )  # fmt: skip
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(1)
    child.stdin.close()
    assert child.wait(20) < 0


def test_the_queue_has_a_schema_of_its_own(database_url):
    """What is ours stays easy to see."""
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'procrastinate%'"
        ).fetchall()
    assert found == [("jobs",)]
