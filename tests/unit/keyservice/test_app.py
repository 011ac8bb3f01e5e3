"""The key service as an application: what it answers, to whom, and how much."""

from __future__ import annotations

import asyncio
import datetime as dt
import json

import httpx
import pytest

from api.keyservice import app as service
from api.keyservice.app import MOST_BATCH_POINTS, MOST_BODY_BYTES, Rules, create_app
from api.keyservice.key_file import CampaignKey
from api.protocol.grant import opened_grant
from api.protocol.tag import Question, answer_from_json
from api.protocol.voprf import blind, finalize
from tests.sealed import CAMPAIGN, VALIDITY, pair, signed

SEED = b"k" * 32
NOON = dt.datetime(2021, 5, 31, 12, tzinfo=dt.UTC)
AUTHORITY, CENTRE = pair("authority"), pair()
KEY = CampaignKey(CAMPAIGN, SEED, AUTHORITY.public)
ADDRESS = "192.0.2.7"


def service_with(rules=None, key=KEY, now=NOON):
    return create_app([key], rules or Rules(), clock=lambda: now)


def call(app, method, path, *, address=ADDRESS, **request):
    """Call an application as somebody at an address."""

    async def once():
        transport = httpx.ASGITransport(app=app, client=(address, 1234))
        async with httpx.AsyncClient(transport=transport, base_url="http://cle.test") as client:
            return await client.request(method, path, **request)

    return asyncio.run(once())


def ask(app, points=1, campaign=CAMPAIGN, **request):
    """Ask for the evaluation of some points."""
    blinded = [blind(bytes([i % 256])) for i in range(points)]
    body = Question(campaign, tuple(one.point for one in blinded)).to_json()
    return blinded, call(app, "POST", "/v1/evaluate", content=body, **request)


def leave(campaign=CAMPAIGN, authority=AUTHORITY):
    """Give the header by which a centre shows its grant."""
    centre = pair(campaign=campaign)
    document = signed(centre, authority)
    token = opened_grant(document.grant, document.key, centre.secret)
    return {"authorization": f"Bearer {token}"}


def test_points_are_evaluated_and_proven():
    """The answer's proof holds for the key that the service publishes."""
    app = service_with()
    published = call(app, "GET", f"/v1/keys/{CAMPAIGN}")
    assert published.json()["suite"] == "ristretto255-SHA512"
    assert published.headers["cache-control"] == "max-age=300"
    for points in (1, 3, 40):
        blinded, answer = ask(app, points)
        outputs = finalize(blinded, answer_from_json(answer.content), KEY.pair.public)
        assert len(set(outputs)) == points
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not a JSON document"), (b"{}", "members are missing"),
        (b'{"campaign":"covid-2021","points":[]}', "1 to 256 points"),
        (b'{"campaign":"covid-2021","points":["' + b"A" * 43 + b'"]}', "not a point"),
        (b'{"campaign":"covid-2021","points":["secret"]}', "base64url"),
    ],
)  # fmt: skip
def test_what_is_no_question_is_refused_and_never_repeated(body, said):
    """422 with the rule; the identity is no point."""
    answer = call(service_with(), "POST", "/v1/evaluate", content=body)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


def test_too_large_is_too_large():
    """More points than a request may have, and more bytes than anybody needs."""
    app = service_with()
    assert ask(app, MOST_BATCH_POINTS)[1].status_code == 200
    assert ask(app, MOST_BATCH_POINTS + 1)[1].status_code == 422
    answer = call(app, "POST", "/v1/evaluate", content=b" " * (MOST_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/too-large"


def test_other_campaigns_and_paths_are_not_found():
    """The service knows its campaigns only."""
    app = service_with()
    assert ask(app, campaign="grippe")[1].status_code == 404
    assert call(app, "GET", "/v1/keys/grippe").status_code == 404
    assert call(app, "GET", "/").json()["type"] == "/problems/not-found"
    assert call(app, "GET", "/v1/evaluate").status_code == 405
    assert call(app, "GET", "/health").json() == {"ok": True}


def test_an_address_has_its_measure():
    """Points are counted, batches too; others go on, and the refusal says until when."""
    app = service_with(Rules(points_per_address=4))
    assert ask(app, 3)[1].status_code == 200
    refused = ask(app, 2)[1]
    assert (refused.status_code, refused.headers["retry-after"]) == (429, str(12 * 3600))
    assert ask(app, 1)[1].status_code == 200
    assert ask(app, 1)[1].status_code == 429
    assert ask(app, 4, address="192.0.2.8")[1].status_code == 200


def test_points_that_are_none_count_as_well():
    """Who sends rubbish uses up its measure like everybody."""
    app = service_with(Rules(points_per_address=1))
    body = json.dumps({"campaign": CAMPAIGN, "points": ["A" * 43]}).encode()
    assert call(app, "POST", "/v1/evaluate", content=body).status_code == 422
    assert ask(app)[1].status_code == 429


def test_a_centre_may_ask_for_more_by_its_grant():
    """Its measure is its own, from whatever address, and leaves the address's alone."""
    app, shown = service_with(Rules(points_per_address=2, points_per_centre=50)), leave()
    assert ask(app, 40, headers=shown)[1].status_code == 200
    assert ask(app, 20, headers=shown, address="192.0.2.9")[1].status_code == 429
    assert ask(app, 2)[1].status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"authorization": "Bearer x"}, {"authorization": "Basic x"}, {"authorization": "é"},
     leave(authority=pair("authority")), leave("grippe")],
)  # fmt: skip
def test_a_grant_that_does_not_hold_is_refused(headers):
    """Not taken for an address without a grant: a centre must learn that its grant is bad."""
    encoded = {name: value.encode() for name, value in headers.items()}
    answer = ask(service_with(), headers=encoded)[1]
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/grant-refused"


def test_a_grant_ends_and_needs_an_authority():
    """After its last day, and where the operator named no authority, it is refused."""
    late = NOON.replace(year=2022)
    assert late.date() > VALIDITY.last
    assert ask(service_with(now=late), headers=leave())[1].status_code == 403
    bare = CampaignKey(CAMPAIGN, SEED)
    assert ask(service_with(key=bare), headers=leave())[1].status_code == 403


def test_behind_a_proxy_the_last_forwarded_address_counts():
    """What a caller writes in front of it changes nothing; without a proxy it is not looked at."""
    behind = service_with(Rules(points_per_address=1, behind_proxy=True))
    forwarded = [{"x-forwarded-for": f"{fake}, 198.51.100.1"} for fake in ("a", "b")]
    assert [ask(behind, headers=h)[1].status_code for h in forwarded] == [200, 429]
    direct = service_with(Rules(points_per_address=1))
    forged = [{"x-forwarded-for": address} for address in ("203.0.113.1", "203.0.113.2")]
    assert [ask(direct, headers=h)[1].status_code for h in forged] == [200, 429]


def test_pages_of_other_origins_may_ask():
    """The service is another operator's: the browser asks it from the booking page."""
    answer = ask(service_with(), headers={"origin": "https://rdv.example.org"})[1]
    assert answer.headers["access-control-allow-origin"] == "*"
    only = service_with(Rules(origins=("https://rdv.example.org",)))
    allowed = [ask(only, headers={"origin": f"https://{host}"})[1].headers.get(
        "access-control-allow-origin") for host in ("rdv.example.org", "evil.example")]  # fmt: skip
    assert allowed == ["https://rdv.example.org", None]


def test_a_large_batch_does_not_hold_up_the_others(monkeypatch):
    """It is evaluated in a thread; a small one is not worth it."""
    threaded = []

    async def to_thread(function, *given):
        threaded.append(len(given[1]))
        return function(*given)

    monkeypatch.setattr(service.asyncio, "to_thread", to_thread)
    app = service_with()
    for points in (1, 4, 5, 200):
        assert ask(app, points)[1].status_code == 200
    assert threaded == [5, 200]
