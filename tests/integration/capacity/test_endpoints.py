"""A centre's capacity over HTTP."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from api.capacity.endpoints import router
from api.context import open_context
from api.problem_handlers import install_problems
from api.settings import Settings
from tests.balance import broken_rules
from tests.campaign import MONDAY, NOW, fill_campaign
from tests.capacity import day, offered, plan, publish
from tests.integration.capacity.test_rebook import book, doses

TUESDAY = MONDAY + timedelta(days=1)
SECOND = MONDAY + timedelta(days=30)
HERE = "/api/centres/paris"


@dataclass
class Clerk:
    """Somebody of a centre, who may do what is said, and whose deeds are kept."""

    deeds: tuple[str, ...] = ("read", "change")
    centre: str = "paris"
    name: str = "clerk"
    recorded: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)

    def may(self, deed, centre):
        """Whether it is their centre and their deed."""
        return centre.code == self.centre and deed in self.deeds

    async def record(self, connection, action, subject, detail):
        """Keep what was done."""
        assert connection.info.transaction_status.name == "INTRANS"
        self.recorded.append((action, subject, detail))


@pytest.fixture
def campaign(database_url):
    """Give a campaign with pairs at its first centre, and balance its books in the end."""
    campaign = fill_campaign(database_url)
    publish(campaign, plan(day(4), day(8, TUESDAY), day(6, TUESDAY, "moderna"),
                           day(12, SECOND, rank=2)))  # fmt: skip
    yield campaign
    assert broken_rules(campaign) == {}


@asynccontextmanager
async def client_of(campaign, clerk):
    """Give a client of an application with nothing but this room."""
    app = FastAPI()
    install_problems(app)
    app.include_router(router)

    async def actor_of(_request):
        return clerk

    app.state.actor_of = actor_of
    async with open_context(Settings(database_url=campaign.url), lambda: NOW) as context:
        app.state.context = context
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://creneau") as client:
            yield client


def ask(campaign, *requests, clerk=None):
    """Send requests, each a method, a path and keywords; give the answers."""

    async def send():
        async with client_of(campaign, clerk or Clerk()) as client:
            return [await client.request(m, HERE + path, **about) for m, path, about in requests]

    return asyncio.run(send())


def change(campaign, method, path, *, version=1, **about):
    """Send one change made from a version."""
    headers = about.pop("headers", {}) | {"If-Match": f'"{version}"'}
    return ask(campaign, (method, path, {"headers": headers, **about}))[0]


def test_a_centre_reads_what_it_offers_and_what_is_taken(campaign):
    """By day, product and dose rank, with the version to change it from."""
    book(campaign, "ana")
    (answer,) = ask(campaign, ("GET", "/capacity", {}))
    assert answer.headers["etag"] == '"1"'
    assert answer.json()["version"] == 1
    assert answer.json()["days"][0] == {
        "day": "2021-05-31", "product": "pfizer", "dose_rank": 1, "slots": 4, "taken": 1
    }  # fmt: skip
    assert len(answer.json()["days"]) == 4
    (part,) = ask(campaign, ("GET", "/capacity?from=2021-06-01&to=2021-06-01", {}))
    assert [d["product"] for d in part.json()["days"]] == ["pfizer", "moderna"]


def test_a_table_that_was_read_can_be_changed_and_put_back(campaign):
    """As CSV, the way spreadsheets write it."""
    (table,) = ask(campaign, ("GET", "/capacity", {"headers": {"Accept": "text/csv"}}))
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    lines = table.text.splitlines()
    assert lines[:2] == ["day,product,dose_rank,slots,taken", "2021-05-31,pfizer,1,4,0"]
    csv = {"content": table.text.replace("pfizer,1,8,", "pfizer,1,5,").encode("utf-8-sig"),
           "headers": {"Content-Type": "text/csv; charset=utf-8"}}  # fmt: skip
    answer = change(campaign, "PUT", "/capacity", **csv)
    assert answer.status_code == 200
    assert answer.json()["version"] == 2
    assert answer.json()["changes"]["days"] == [
        {"day": "2021-06-01", "product_id": 1, "dose_rank": 1, "before": 8, "after": 5}
    ]
    again = change(campaign, "PUT", "/capacity", version=2, **csv)
    assert (again.json()["version"], again.json()["changes"]) == (2, None)


def test_only_the_days_of_the_table_or_of_the_query_are_changed(campaign):
    """What lies outside stays; what lies inside without a row is no longer offered."""
    row = {"day": "2021-06-01", "product": "janssen", "dose_rank": 1, "slots": 5}
    change(campaign, "PUT", "/capacity", json={"days": [row]})
    assert [r[:4] for r in offered(campaign)] == [
        (MONDAY, "pfizer", 1, 4), (TUESDAY, "janssen", 1, 5), (SECOND, "pfizer", 2, 12)
    ]  # fmt: skip
    change(campaign, "PUT", "/capacity?from=2021-05-31&to=2021-06-01", version=2,
           json={"days": []})  # fmt: skip
    assert [r[0] for r in offered(campaign)] == [SECOND]


def test_closing_a_day_re_books_and_is_recorded(campaign):
    """In one transaction with the entry of the audit."""
    (ana,) = book(campaign, "ana")
    clerk = Clerk()
    (answer,) = ask(
        campaign,
        ("POST", "/closures", {"json": {"day": "2021-05-31"}, "headers": {"If-Match": '"1"'}}),
        clerk=clerk,
    )
    assert answer.json()["changes"]["rebooked"]["moved"] == 1
    assert answer.json()["changes"]["bookings"][0]["booking"] == str(ana.key)
    assert doses(campaign, ana)[0][1] == TUESDAY
    assert clerk.recorded == [
        ("capacity.close", "paris", {"day": "2021-05-31", "version": 2})
    ]  # fmt: skip
    (row,) = campaign.rows("SELECT source FROM publication WHERE number = 2")
    assert row["source"] == "hand of clerk"


def test_fewer_lines_offer_less_and_more_offer_more(campaign):
    """In proportion to the four there were; from then on there are as many as were said."""
    answer = change(campaign, "PUT", "/lines", json={"lines": 2, "from_day": "2021-06-01"})
    assert answer.status_code == 200
    assert [r[3] for r in offered(campaign)] == [4, 3, 4, 6]
    change(campaign, "PUT", "/lines", version=2, json={"lines": 6, "from_day": "2021-06-01"})
    assert [r[3] for r in offered(campaign)] == [4, 9, 12, 18]
    assert campaign.rows("SELECT lines FROM centre WHERE centre_id = 1") == [{"lines": 6}]


def test_lines_of_some_days_change_no_others(campaign):
    """And not the number the centre has otherwise."""
    for_a_day = {"lines": 2, "from_day": "2021-06-01", "to_day": "2021-06-01"}
    change(campaign, "PUT", "/lines", json=for_a_day)
    assert [r[3] for r in offered(campaign)] == [4, 3, 4, 12]
    assert campaign.rows("SELECT lines FROM centre WHERE centre_id = 1") == [{"lines": 4}]


def test_a_cut_product_leaves_the_others_alone(campaign):
    """A part of it may stay."""
    cut = {"product": "pfizer", "from_day": "2021-05-31", "keep": 0.5}
    before = campaign.rows("SELECT * FROM slot WHERE product_id = 2 ORDER BY slot_id")
    assert change(campaign, "POST", "/cuts", json=cut).status_code == 200
    assert [r[3] for r in offered(campaign)] == [2, 6, 4, 6]
    assert campaign.rows("SELECT * FROM slot WHERE product_id = 2 ORDER BY slot_id") == before


def test_a_change_from_an_old_version_is_refused(campaign):
    """And one that names none."""
    day_off = {"json": {"day": "2021-05-31"}}
    answers = ask(
        campaign,
        ("POST", "/closures", day_off),
        ("POST", "/closures", {**day_off, "headers": {"If-Match": '"0"'}}),
        ("POST", "/closures", {**day_off, "headers": {"If-Match": '"0", "1"'}}),
    )
    problems = [(a.status_code, a.json().get("type")) for a in answers]
    assert problems == [
        (428, "/problems/missing-if-match"), (412, "/problems/capacity-changed"), (200, None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "clerk", [Clerk(deeds=("read",)), Clerk(centre="bobigny"), Clerk(deeds=())]
)
def test_whoever_may_not_change_a_centre_finds_nothing(campaign, clerk):
    """The same answer as for a centre that does not exist."""
    (answer,) = ask(
        campaign,
        ("POST", "/closures", {"json": {"day": "2021-05-31"}, "headers": {"If-Match": '"1"'}}),
        clerk=clerk,
    )
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert offered(campaign)[0][0] == MONDAY
    assert clerk.recorded == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/capacity", {"days": [{"day": "2021-06-01"}]}, 422),
        ("PUT", "/capacity", {"days": []}, 422),
        ("PUT", "/capacity", {"days": [
            {"day": "2021-06-01", "product": "x", "dose_rank": 1, "slots": 1}]}, 422),
        ("PUT", "/capacity", {"days": 2 * [
            {"day": "2021-06-01", "product": "pfizer", "dose_rank": 1, "slots": 1}]}, 422),
        ("PUT", "/capacity?to=2021-05-31", {"days": [
            {"day": "2021-06-01", "product": "pfizer", "dose_rank": 1, "slots": 1}]}, 422),
        ("PUT", "/capacity", {"days": [
            {"day": "2021-05-27", "product": "pfizer", "dose_rank": 1, "slots": 1}]}, 409),
        ("POST", "/closures", {"day": "2021-05-27"}, 409),
        ("POST", "/closures", {"day": "27/05/2021"}, 422),
        ("PUT", "/lines", {"lines": 0, "from_day": "2021-06-01"}, 422),
        ("PUT", "/lines", {"lines": 1, "from_day": "2021-06-02", "to_day": "2021-06-01"}, 422),
        ("POST", "/cuts", {"product": "x", "from_day": "2021-06-01"}, 422),
        ("POST", "/cuts", {"product": "pfizer", "from_day": "2021-06-01", "keep": 1.5}, 422),
        ("POST", "/cuts", {"product": "pfizer", "from_day": "2021-06-01", "keepp": 1}, 422),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_changes_nothing(campaign, method, path, body, status):
    """As a problem that says where, and not what, was wrong."""
    answer = change(campaign, method, path, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert [r[3] for r in offered(campaign)] == [4, 6, 8, 12]


@pytest.mark.parametrize(
    ("table", "detail"),
    [
        (b"day,product,slots\n", "columns are missing: dose_rank"),
        (b"day,product,dose_rank,slots\n2021-06-01,pfizer,1\n", "line 2"),
        (b"day,product,dose_rank,slots\n2021-06-01,pfizer,1,many\n", "days[0].slots"),
        (b"day,product,dose_rank,slots\n2021-06-01,pf\xffzer,1,1\n", "UTF-8"),
        (b'day,product,dose_rank,slots\n"2021-06-01,pfizer,1,1\n', "not CSV"),
    ],
)
def test_a_table_that_is_not_right_is_refused_with_its_line(campaign, table, detail):
    """What is wrong is named in words, never repeated."""
    answer = change(
        campaign, "PUT", "/capacity", content=table, headers={"Content-Type": "text/csv"}
    )
    assert answer.status_code == 422
    assert detail in answer.json()["detail"]
