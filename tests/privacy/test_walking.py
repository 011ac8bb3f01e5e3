"""The attack of July 2020: whoever has an account of their own walks through other people's ids.

Then it gave 6,128 appointments. Here every operation of the OpenAPI document that takes an id is
walked by another citizen, by the staff of another centre and of another département, and by nobody:
what is there and what is not must be answered alike, to the byte and to the time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from tests.booking import Visitor, opened, text
from tests.campaign import MONDAY, Campaign, fill_campaign
from tests.privacy.timing import MORE_CALLS, told_apart
from tests.serving import client_of, served
from tests.staff import token_of

DOCUMENT = create_app(Settings(database_url="postgresql://nobody@localhost/nothing")).openapi()
IDS = ("{booking}", "{entry}")
WALKED = sorted(
    (method.upper(), path)
    for path, item in DOCUMENT["paths"].items()
    for method in item
    if any(name in path for name in IDS)
)
SECRET, STRANGE = b"s" * 32, b"x" * 32
BOOKING, ENTRY = UUID(int=7), UUID(int=8)
OWN = {"centre": "paris", "day": str(MONDAY), "dose_rank": "1", "rank": "1", "offer": str(ENTRY)}
DOSES = [{"centre": "paris", "slot": 3}, {"centre": "paris", "slot": 4}]
SEALED = {"dose_rank": 1, "key_id": "0" * 32, "sealed": "A" * 1430}
BODIES: dict[str, object] = {
    "/api/bookings/{booking}/move": {"doses": DOSES},
    "/api/staff/bookings/{booking}/move": {"doses": DOSES},
    "/api/centres/{centre}/doses/{booking}/{dose_rank}": {"state": "fulfilled"},
    "/api/bookings/{booking}/seals": {"doses": [SEALED]},
    "/api/centres/{centre}/bookings/{booking}/secret": {"secret_hash": text(bytes(32))},
    "/api/centres/{centre}/to-seal-again/{booking}/{dose_rank}": {
        "key_id": "0" * 32, "sealed": "A" * 1430,
    },
}  # fmt: skip
"""Bodies that the operations take, so that nothing is refused before the id is looked at."""
CALLERS = {
    "nobody": None,
    "another citizen": None,
    "another centre": ("centre", "bobigny"),
    "another département": ("agent", "93"),
    "another region": ("planner", "94"),
    "an auditor": ("auditor", "national"),
}


@pytest.fixture(scope="module")
def campaign(module_database_url) -> Campaign:
    """Give a campaign with one booking and one entry of the waiting list, both at Paris."""
    campaign = fill_campaign(module_database_url)
    for offset in (0, 1):
        day = MONDAY + timedelta(days=offset)
        campaign.add_slot(day=day, capacity=9)
        campaign.add_slot(rank=2, day=day + timedelta(days=30), capacity=9)

    async def fill() -> None:
        async with opened(campaign) as (_, desk):
            await Visitor(desk, "ana", BOOKING, SECRET).book((1, 1), (1, 2))
        async with client_of(campaign) as client:
            body = {"department": "75", "class": "75", "centres": ["paris"], "products": ["pfizer"]}
            headers = {"Idempotency-Key": str(ENTRY), "Manage-Secret": text(SECRET)}
            joined = await client.post("/api/waiting", json=body, headers=headers)
            joined.raise_for_status()

    asyncio.run(fill())
    return campaign


def headers_of(campaign: Campaign, caller: str) -> dict[str, str]:
    """Give what a caller shows, beside a key of their own."""
    shown = {"Idempotency-Key": str(uuid4()), "If-Match": '"1"'}
    if caller != "nobody":
        shown["Manage-Secret"] = text(STRANGE)
    if grant := CALLERS.get(caller):
        shown |= asyncio.run(token_of(campaign, *grant))
    return shown


async def asked(
    client: httpx.AsyncClient, method: str, path: str, headers: dict[str, str], *, there: bool
) -> httpx.Response:
    """Ask for what is there, or for the like that is not."""
    ids = {"booking": BOOKING, "entry": ENTRY} if there else {"booking": uuid4(), "entry": uuid4()}
    address = path.format(**OWN | ids)
    return await client.request(method, address, headers=headers, json=BODIES.get(path))


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(("method", "path"), WALKED)
def test_what_is_another_s_is_answered_like_what_is_not_there(campaign, caller, method, path):
    """Same status, same headers, same body, and nothing is done."""
    headers = headers_of(campaign, caller)

    async def walk() -> list[httpx.Response]:
        async with client_of(campaign) as client:
            return [
                await asked(client, method, path, headers, there=there) for there in (True, False)
            ]

    before = contents(campaign)
    there, absent = asyncio.run(walk())
    assert 400 <= there.status_code < 500
    assert (there.status_code, dict(there.headers)) == (absent.status_code, dict(absent.headers))
    assert there.content == absent.content
    assert contents(campaign) == before


def contents(campaign: Campaign) -> list[object]:
    """Read what a walk might change."""
    tables = ("booking", "appointment", "person_guard", "booking_home", "waiting", "slot")
    return [campaign.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


def test_the_walk_meets_every_operation_that_takes_an_id():
    """And the owner, who knows the secret, is answered otherwise: so the walk could have found."""
    assert len(WALKED) >= 9
    assert {path for _, path in WALKED} >= {"/api/bookings/{booking}", "/api/waiting/{entry}"}


def test_the_owner_is_answered_otherwise(campaign):
    """The positive control: with the secret, what is there is shown."""

    async def ask() -> list[int]:
        owned = {"Manage-Secret": text(SECRET)}
        async with client_of(campaign) as client:
            return [
                (await client.get(address, headers=owned)).status_code
                for address in (f"/api/bookings/{BOOKING}", f"/api/waiting/{ENTRY}")
            ]

    assert asyncio.run(ask()) == [200, 200]


def test_another_centre_s_list_is_answered_like_no_centre_s(campaign):
    """A centre, an agent and a planner ask for days of centres that are and that are not."""

    async def ask() -> list[tuple[int, bytes]]:
        answers = []
        async with client_of(campaign) as client:
            for grant in filter(None, CALLERS.values()):
                shown = await token_of(campaign, *grant)
                for centre in ("paris", "nowhere"):
                    found = await client.get(f"/api/centres/{centre}/days/{MONDAY}", headers=shown)
                    answers.append((found.status_code, found.content))
        return answers

    answers = asyncio.run(ask())
    assert len(answers) == 8
    assert set(answers) == {answers[0]}
    assert answers[0][0] == 404


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_erasing_and_reading_wait_for_the_step_as_well(campaign, method):
    """What is another's and what is not there, both leave on a step and not before."""

    async def ask(booking: UUID) -> float:
        async with client_of(campaign, answer_step_ms=200) as client:
            began = time.perf_counter()
            shown = {"Manage-Secret": text(STRANGE)}
            answer = await client.request(method, f"/api/bookings/{booking}", headers=shown)
            assert answer.status_code == 404
            return time.perf_counter() - began

    for booking in (BOOKING, uuid4()):
        assert asyncio.run(ask(booking)) >= 0.2


@pytest.fixture(params=["20"])
def client(request, campaign, monkeypatch) -> Iterator[httpx.Client]:
    """Serve the campaign; the parameter is the step of answers."""
    monkeypatch.setenv("CRENEAU_ANSWER_STEP_MS", request.param)
    with served(campaign) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def walks(client: httpx.Client):
    """Try to cancel a booking of somebody else, and one that is not there."""

    def cancel(booking: UUID) -> None:
        headers = {"Manage-Secret": text(STRANGE), "Idempotency-Key": str(uuid4())}
        answer = client.post(f"/api/bookings/{booking}/cancel", headers=headers)
        assert answer.status_code == 404

    return lambda: cancel(BOOKING), lambda: cancel(uuid4())


def test_times_do_not_tell_which_ids_exist(client):
    """Answers leave on the same steps."""
    assert not told_apart(*walks(client))


@pytest.mark.parametrize("client", ["0"], indirect=True)
def test_times_would_tell_without_the_steps(client):
    """The positive control."""
    assert told_apart(*walks(client), calls=MORE_CALLS)
