"""A planner orders a publication, a worker carries it out."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.context import open_context
from api.planning.endpoints import router
from api.planning.jobs import run_publication
from api.problem_handlers import install_problems
from api.settings import Settings
from tests.campaign import NOW, Campaign
from tests.integration.planning.plans import session_sums, write_week
from tests.planned import planned

PATH = "/api/planning/publications"


@dataclass
class Boss:
    """A planner, what they did, and the jobs that were queued."""

    publishes_plans: bool = True
    recorded: list[tuple[str, str]] = field(default_factory=list)
    queued: list[UUID] = field(default_factory=list)

    async def record(self, _connection, action, subject, _detail):
        """Keep what was done."""
        self.recorded.append((action, subject))

    async def enqueue(self, publication_id):
        """Keep what is to be done."""
        self.queued.append(publication_id)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Give a home with one plan that may be published, and the plan."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "plans" / "semaine-22"
    folder.mkdir(parents=True)
    return home, planned(write_week(folder / "instance"), folder / "plan")


@asynccontextmanager
async def client_of(settings, boss):
    """Give a client of an application with nothing but this room."""
    app = FastAPI()
    install_problems(app)
    app.include_router(router)

    async def actor_of(_request):
        return boss

    app.state.actor_of = actor_of
    app.state.enqueue_publication = boss.enqueue
    async with open_context(settings, lambda: NOW) as context:
        app.state.context = context
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://creneau") as client:
            yield client


def ask(settings, boss, *requests):
    """Send requests, each a method, a path and keywords; give the answers."""

    async def send():
        async with client_of(settings, boss) as client:
            return [await client.request(m, PATH + path, **about) for m, path, about in requests]

    return asyncio.run(send())


def order(key, **body):
    """Return the request of an order."""
    return "POST", "", {"json": {"plan": "semaine-22"} | body,
                        "headers": {"Idempotency-Key": str(key)}}  # fmt: skip


@pytest.fixture
def settings(database_url, home):
    """Give the settings of the installation."""
    return Settings(database_url=database_url, home=home[0])


def test_an_order_is_queued_carried_out_and_read(settings, home):
    """With the shares that were asked for."""
    key, boss = uuid4(), Boss()
    queued, reading = ask(settings, boss, order(key, phone_share=0.5), ("GET", f"/{key}", {}))
    assert queued.status_code == 202
    assert queued.json() == reading.json() == {
        "publication": str(key), "plan": "semaine-22", "status": "queued", "summary": None,
        "message": None,
    }  # fmt: skip
    assert boss.queued == [key]
    assert boss.recorded == [("plan.publish", "semaine-22")]
    assert run_publication(settings, key, lambda: NOW).status == "done"
    (done,) = ask(settings, boss, ("GET", f"/{key}", {}))
    assert done.json()["status"] == "done"
    assert done.json()["summary"]["publication"] == str(key)
    assert done.json()["summary"]["doses"] == session_sums(home[1].plan).total()
    campaign = Campaign(settings.database_url)
    (row,) = campaign.rows("SELECT sum(phone_kept) > sum(capacity) / 3 AS half FROM slot")
    assert row["half"]


def test_the_same_order_again_is_one_order(settings):
    """Another under the same key is refused; a worker's second run changes nothing more."""
    key, boss = uuid4(), Boss()
    first, again, other = ask(settings, boss, order(key), order(key), order(key, weeks=1))
    assert first.json() == again.json()
    assert boss.recorded == [("plan.publish", "semaine-22")]
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert run_publication(settings, key, lambda: NOW).summary["changed"] == 2
    assert run_publication(settings, key, lambda: NOW).summary["changed"] == 0
    (done,) = ask(settings, boss, order(key))
    assert done.json()["status"] == "done"
    assert boss.queued == [key, key]


def test_a_plan_that_broke_since_fails_with_its_message(settings, home):
    """The order remembers why; nothing is published."""
    key, boss = uuid4(), Boss()
    ask(settings, boss, order(key))
    sessions = home[1].folder / "sessions.csv"
    content = sessions.read_bytes()
    sessions.write_bytes(content.replace(b"paris,", b"lyon,", 1))
    try:
        run_publication(settings, key, lambda: NOW)
    finally:
        sessions.write_bytes(content)
    (failed,) = ask(settings, boss, ("GET", f"/{key}", {}))
    assert failed.json()["status"] == "failed"
    assert failed.json()["message"].endswith("centre 'lyon' is not in the instance")
    assert Campaign(settings.database_url).rows("SELECT FROM slot") == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"plan": "semaine-23"}, 404),
        ({"plan": "../plans/semaine-22"}, 404),
        ({"plan": ".."}, 404),
        ({"plan": ""}, 422),
        ({"phone_share": 0.9, "standby_share": 0.2}, 422),
        ({"phone_share": 2}, 422),
        ({"weeks": 0}, 422),
        ({"colour": "blue"}, 422),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(settings, body, status):
    """And never leads out of the folder of plans."""
    boss = Boss()
    (answer,) = ask(settings, boss, order(uuid4(), **body))
    assert answer.status_code == status
    assert (boss.queued, boss.recorded) == ([], [])


def test_an_order_needs_a_key_and_a_planner(settings):
    """Anybody else finds nothing, not even what was ordered."""
    key = uuid4()
    method, path, about = order(key)
    (answer,) = ask(settings, Boss(), (method, path, {"json": about["json"]}))
    assert answer.json()["type"] == "/problems/missing-idempotency-key"
    ask(settings, Boss(), order(key))
    stranger = Boss(publishes_plans=False)
    answers = ask(settings, stranger, order(uuid4()), ("GET", f"/{key}", {}))
    assert [a.status_code for a in answers] == [404, 404]
    assert (stranger.queued, stranger.recorded) == ([], [])


def test_what_was_never_ordered_cannot_be_read_or_run(settings):
    """Nor can what is no id at all."""
    answers = ask(settings, Boss(), ("GET", f"/{uuid4()}", {}), ("GET", "/yesterday", {}))
    assert [a.status_code for a in answers] == [404, 404]
    with pytest.raises(LookupError):
        run_publication(settings, uuid4(), lambda: NOW)
