"""The OpenAPI document tells the truth: whatever is sent, the answer is one that it lists.

Schemathesis sends what the document allows and what it forbids. Part of it is seasoned with codes,
ids, secrets and tokens that exist, so that requests get beyond the first refusal.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
import schemathesis
from fastapi import FastAPI, Response
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.python import asgi
from schemathesis.specs.openapi import checks as openapi_checks

from api.app import create_app
from api.feeds.names import PUBLISHER
from api.queue.lot import PLACES
from api.queue.store.conductor import make_room
from api.settings import Settings
from api.staff.grants import Grant
from api.waiting.forms import JoinRequest
from tests.booking import Hands, Visitor, opened, text
from tests.campaign import CENTRES, LATER, MONDAY, Campaign, fill_campaign
from tests.keys import Authority, installed, key_file
from tests.provider.run import configured
from tests.serving import client_of
from tests.signed_on import SignedOn, signed_on
from tests.staff import token_of
from tests.waiting import open_room

EXAMPLES = 50
"""Requests an operation, about half of them against the document."""
PROMISES = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.response_headers_conformance,
]
NOWHERE = "postgresql://nobody@localhost/nothing"
DOCUMENT = create_app(Settings(database_url=NOWHERE)).openapi()
OPERATIONS = sorted(
    ((path, method.upper()) for path, item in DOCUMENT["paths"].items() for method in item),
    key=lambda operation: (operation[1] == "DELETE", operation[0].endswith("/cancel"), operation),
)
"""Those that end something come last."""
ELSEWHERE = {
    ("/api/staff/sign-on/{provider}", "GET"),
    ("/api/staff/sign-on/{provider}/return", "GET"),
    ("/api/staff/sign-on/passkey", "POST"),
    ("/api/staff/passkeys", "POST"),
}
"""Need a provider or an authenticator to go well: they do in tests/integration/signon."""
SECRET = b"s" * 32
LIKELY = 0.9
CHANGES = ("/capacity", "/closures", "/cuts", "/lines")
OTHER = 4
"""Changes of capacity are made here, so that they leave something to book at the first centre."""
NOON = datetime(2021, 5, 31, 10, 0, tzinfo=UTC)
"""The first doses of Monday are due, those of the days after it can be booked."""
TUESDAY = MONDAY + timedelta(days=1)
PLAN = "semaine-22"
ORDERS = {"publication": str(UUID(int=70)), "solution": str(UUID(int=71))}
"""What the planner ordered, by the name of its id."""
AWAY = 3
MOVED = {"booking": str(UUID(int=5)), "dose_rank": "2"}
"""A dose that was moved to another centre, and is sealed to the first one's key still."""
AUTHORITY = Authority()
KEY, SIGNED_KEY = AUTHORITY.centre(CENTRES[1][0])
"""A key of the first centre."""
DOCUMENTS = {"/file": key_file(KEY).to_json(), "/signed": SIGNED_KEY.to_json()}
"""Bodies that are documents of the protocol, by the end of their address."""
THERE: dict[str, Any] = {
    "key_id": KEY.owner.key_id.hex(),
    "sealed": text(b"sealed"),
    "centre": CENTRES[1][0],
    "department": "75",
    "class": "75",
    "product": "pfizer",
    "day": TUESDAY.isoformat(),
    "from": TUESDAY.isoformat(),
    "to": TUESDAY.isoformat(),
    "from_day": TUESDAY.isoformat(),
    "to_day": None,
    "slots": 5,
    "lines": 3,
    "first_elsewhere": None,
    "centres": [CENTRES[2][0]],
    "products": ["pfizer"],
    "plan": PLAN,
    "until": (NOON + timedelta(hours=4)).isoformat(),
}
"""Values that mean something in the campaign, by the name of the member they stand in."""


@dataclass(slots=True)
class Service:
    """The application on a campaign, and things that are really there.

    bookings
        One held, one booked for Monday, one booked later, one cancelled.
    offers
        Entry and offer of three who wait: one has a place, two stand by.
    session
        Of somebody who signed on.
    """

    schema: Any
    campaign: Campaign
    tokens: list[dict[str, str]]
    bookings: list[str]
    held: str
    offers: list[tuple[str, str]]
    session: SignedOn

    def seasoned(self, case: Any, random: Random) -> Any:
        """Put what is there in the place of most of what was made up."""
        path, headers = case.path_parameters or {}, case.headers
        season(path, random)
        season(case.query or {}, random)
        if case.path.endswith(CHANGES):
            path["centre"] = CENTRES[OTHER][0]
        if "to-seal-again" in case.path:
            path |= MOVED if random.random() < LIKELY else {}
        elif "booking" in path and random.random() < LIKELY:
            path["booking"] = random.choice(self.bookings)
        if case.path == "/api/holds/{booking}" and random.random() < LIKELY:
            path["booking"] = self.held
        if case.path.endswith("/keys/{key_id}") and random.random() < LIKELY:
            case.query = {"anyway": "true"}
        for name in path.keys() & ORDERS.keys():
            if random.random() < LIKELY:
                path[name] = ORDERS[name]
        if "passkey" in path and random.random() < LIKELY:
            path["passkey"] = str(self.session.passkey)
        if "entry" in path and random.random() < LIKELY:
            entry, offer = random.choice(self.offers)
            path.update({"entry": entry} | ({"offer": offer} if "offer" in path else {}))
        given = {"Manage-Secret": text(SECRET), "If-Match": self.version(case.path)}
        if case.path == "/api/bookings":
            given["Idempotency-Key"] = self.bookings[0]
        headers.update({name: value for name, value in given.items() if random.random() < LIKELY})
        at_session = case.path.startswith(("/api/staff/session", "/api/staff/passkeys"))
        by_cookie = at_session or "/sign-on" in case.path
        headers.update(self.session.headers if by_cookie else random.choice(self.tokens))
        if isinstance(case.body, dict):
            season(case.body, random)
            self.keep_whole(case)
        elif case.media_type == "text/csv":
            case.body = f"day,product,dose_rank,slots\n{TUESDAY},pfizer,1,7\n"
        return case

    def keep_whole(self, case: Any) -> None:
        """Put documents in, and let no booking get a secret that nobody knows."""
        for end, document in DOCUMENTS.items():
            if case.path.endswith(end):
                case.body = json.loads(document)
        if case.path == "/api/staff/session":
            case.body["rule"] = str(self.session.rule)
        if "secret_hash" in case.body:
            case.body["secret_hash"] = text(sha256(SECRET).digest())

    def version(self, path: str) -> str:
        """Tell the version of the centre's capacity, or of its key."""
        if "/keys/" in path:
            rows = self.campaign.rows("SELECT version FROM centre_key WHERE centre_id = 1")
            return str(rows[0]["version"]) if rows else "0"
        [row] = self.campaign.rows(
            "SELECT count(*) AS n FROM publication WHERE centre_id = %s", OTHER
        )
        return f'"{row["n"]}"'


def season(body: dict[str, Any], random: Random) -> None:
    """Replace members by what means something, where their names are known."""
    for name in body.keys() & THERE.keys():
        if random.random() < LIKELY:
            body[name] = THERE[name]
    days = body.get("days")
    if isinstance(days, list) and days and isinstance(days[0], dict):
        season(days[0], random)
        body["days"] = days[:1]
    doses = body.get("doses")
    if isinstance(doses, list) and doses and random.random() < LIKELY:
        body["doses"] = [whole(doses[0], rank, random) for rank in (1, 2)]


def whole(dose: Any, rank: int, random: Random) -> Any:
    """Make a dose of a pair out of one that was made up."""
    if not isinstance(dose, dict):
        return dose
    dose = dict(dose)
    season(dose, random)
    return dose | ({"slot": 2 * rank} if "slot" in dose else {"dose_rank": rank})


def furnished(home: Path) -> Path:
    """Put a plan that may be ordered into a home, and the sign of a publisher that lives."""
    for part in ("instance", "plan"):
        (home / "plans" / PLAN / part).mkdir(parents=True)
    sign = home / "public" / PUBLISHER
    sign.parent.mkdir(parents=True)
    sign.write_text(f'{{"checked_at": "{NOON.isoformat()}", "stopped": {{}}}}', encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def service(module_database_url, tmp_path_factory):
    """Start the application in this process, on a campaign with some bookings and some staff."""
    campaign = fill_campaign(module_database_url)
    campaign.fill_week(capacity=300, centres=(1, 3, OTHER))
    installed(campaign, AUTHORITY)
    *bookings, held = asyncio.run(book_some(campaign))
    campaign.rows(
        "INSERT INTO centre_key SELECT centre_id, %s, %s, %s, NULL, 0, %s FROM centre"
        " WHERE centre_id IN (1, %s)",
        THERE["key_id"], DOCUMENTS["/signed"], MONDAY, NOON, AWAY,
    )  # fmt: skip
    campaign.rows(
        "UPDATE appointment SET key_id = %s, to_seal_again = true WHERE centre_id = %s",
        THERE["key_id"], AWAY,
    )  # fmt: skip
    offers = asyncio.run(wait_for_some(campaign))
    tokens = [
        asyncio.run(token_of(campaign, role, scope))
        for role, scope in [("planner", "national"), ("centre", CENTRES[1][0]),
                            ("centre", CENTRES[1][0]),
                            ("agent", "75"), ("auditor", "national")]
    ]  # fmt: skip
    home = furnished(tmp_path_factory.mktemp("home"))
    asyncio.run(order_some(campaign, home, tokens[0]))
    with psycopg.connect(campaign.url) as connection:
        make_room(connection, bytes(32), 200.0, PLACES, NOON)
    settings = Settings(database_url=campaign.url, home=home, public_url="http://localhost",
                        identity_providers=(configured("http://127.0.0.1:9"),))  # fmt: skip
    session = asyncio.run(signed_on(campaign, settings, Grant("centre", CENTRES[1][0]), NOON))
    app = create_app(settings, clock=Hands(NOON))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    yield Service(schema, campaign, tokens, bookings, held, offers, session)
    asgi.shutdown_lifespans()


async def book_some(campaign: Campaign) -> list[str]:
    """Make the bookings of a service, and last a hold that nothing else is tried with."""
    clock = Hands()
    async with opened(campaign, clock=clock) as (_, desk):
        visitors = [Visitor(desk, name, UUID(int=n), SECRET) for n, name in enumerate("abcdef", 1)]
        held, today, later, cancelled, moved, left = visitors
        await today.book((1, 1), (1, 4))
        await later.book((1, 2), (1, 5))
        await cancelled.book((1, 3), (1, 5))
        await cancelled.cancel()
        await moved.book((1, 2), (AWAY, 5))
        clock.now = NOON
        await held.hold((1, 2), (1, 4))
        await left.hold((1, 2), (1, 4))
        return [str(visitor.key) for visitor in (held, today, later, cancelled, left)]


async def order_some(campaign: Campaign, home: Path, token: dict[str, str]) -> None:
    """Order a solution and a publication."""
    async with client_of(campaign, home=home) as client:
        for name, key in ORDERS.items():
            headers = token | {"Idempotency-Key": key}
            address = f"/api/planning/{name}s"
            answer = await client.post(address, json={"plan": PLAN}, headers=headers)
            assert answer.status_code == 202


async def wait_for_some(campaign: Campaign) -> list[tuple[str, str]]:
    """Let three wait for one place at the second centre."""
    day = MONDAY + timedelta(days=21)
    campaign.add_slot(2, day=day, standby_kept=1, open_at=LATER)
    campaign.add_slot(2, rank=2, day=day + timedelta(days=30))
    async with open_room(campaign, clock=Hands(NOON)) as room:
        for n in range(3):
            wanted = JoinRequest("75", "75", [CENTRES[2][0]], ["pfizer"])
            await room.list.join(UUID(int=90 + n), sha256(SECRET).digest(), wanted)
            room.clock.go_on(seconds=1)
        await room.maker.turn()
    rows = campaign.rows("SELECT entry_id, offer_id FROM offer WHERE state = 'open'")
    assert len(rows) == 3
    return [(str(row["entry_id"]), str(row["offer_id"])) for row in rows]


def try_out(operation: Any, season_case: Callable[[Any, int], Any]) -> Counter[int]:
    """Send many requests to an operation, and hold every answer against the document.

    Parameters
    ----------
    season_case
        Given a request and its number, makes more of it.
    """
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))
    statuses: Counter[int] = Counter()

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
        phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases)
    def send(case):
        response = season_case(case, sum(statuses.values())).call()
        statuses[response.status_code] += 1
        case.validate_response(response, checks=PROMISES)

    send()
    return statuses


# The application's threads draw random numbers while the strategies do, which is none of theirs.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_in_the_document(service, path, method):
    """No 5xx, no status, type or shape that the document does not list; and not only refusals."""

    def season_most(case, number):
        return service.seasoned(case, Random(number)) if number % 4 else case

    statuses = try_out(service.schema[path][method], season_most)
    went_well = any(200 <= status < 300 for status in statuses)
    assert went_well is ((path, method) not in ELSEWHERE), statuses


@pytest.mark.parametrize(
    ("status", "body", "media_type"),
    [
        (500, b'{"count":1}', "application/json"),
        (418, b'{"count":1}', "application/json"),
        (200, b'{"count":"one"}', "application/json"),
        (200, b"one", "text/plain"),
    ],
)
def test_answers_outside_the_document_are_found(status, body, media_type):
    """A fault, an unknown status, a wrong shape, a wrong type: planted, each is noticed."""
    app = FastAPI()

    class Count(BaseModel):
        count: int

    @app.get("/count", response_model=Count)
    def count(n: int = 0) -> Response:
        wrong = n > 0
        told = (status, body, media_type) if wrong else (200, b'{"count":0}', "application/json")
        return Response(told[1], told[0], media_type=told[2])

    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    with pytest.raises(FailureGroup):
        try_out(schema["/count"]["GET"], lambda case, _: case)
