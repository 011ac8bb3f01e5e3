"""Who is let in, and that whoever is not cannot tell why."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import psycopg
import pytest

from api.staff.grants import Grant
from api.staff.tokens import UnknownScopeError, UnknownTokenError, every_token, issue, revoke
from tests.booking import Hands
from tests.campaign import MONDAY, NOW, fill_campaign
from tests.serving import client_of
from tests.staff import token_of

DAY = f"/api/centres/paris/days/{MONDAY}"


@pytest.fixture
def campaign(database_url):
    """Give a campaign without slots."""
    return fill_campaign(database_url)


def at_the_office(campaign, work):
    """Run work with a connection, as the command line does."""

    async def connected():
        connect = psycopg.AsyncConnection.connect
        async with await connect(campaign.url, autocommit=True) as connection:
            return await work(connection)

    return asyncio.run(connected())


def test_a_token_is_shown_once_and_kept_as_a_hash(campaign):
    """What is in the database opens nothing."""
    grant = Grant("centre", "paris")
    token, secret = at_the_office(campaign, lambda c: issue(c, grant, "front desk", 7, NOW))
    assert token.ends_at == NOW + timedelta(days=7)
    stored = str(campaign.rows("SELECT * FROM staff_token")) + str(campaign.rows("TABLE audit"))
    assert secret not in stored
    assert secret.removeprefix("creneau-staff-") not in stored
    assert at_the_office(campaign, every_token) == [token]


def test_a_token_is_for_a_place_of_the_campaign(campaign):
    """A mistyped code is refused, not kept."""
    for role, scope in [("centre", "nowhere"), ("agent", "11"), ("planner", "75")]:
        grant = Grant(role, scope)
        with pytest.raises(UnknownScopeError, match=scope):
            at_the_office(campaign, partial(issue, grant=grant, label="", days=1, now=NOW))
    assert at_the_office(campaign, every_token) == []


def test_a_token_is_revoked_once(campaign):
    """Revoking again, or what is not there, is a mistake that is told."""
    token, _ = at_the_office(campaign, lambda c: issue(c, Grant("agent", "75"), "", 1, NOW))
    at_the_office(campaign, lambda c: revoke(c, token.token_id, NOW))
    with pytest.raises(UnknownTokenError):
        at_the_office(campaign, lambda c: revoke(c, token.token_id, NOW))
    actions = campaign.rows("SELECT action FROM audit ORDER BY entry")
    assert [row["action"] for row in actions] == ["token.issue", "token.revoke"]


def test_whoever_is_not_let_in_gets_the_answer_of_an_empty_address(campaign):
    """No token, a wrong one, one of another place or role, one that ended, one revoked."""
    clock = Hands()

    async def ask():
        ended = await token_of(campaign, "centre", "paris", days=1)
        revoked = await token_of(campaign, "centre", "paris")
        campaign.rows(
            "UPDATE staff_token SET revoked_at = %s WHERE ends_at > %s",
            NOW, NOW + timedelta(days=20),
        )  # fmt: skip
        others = [
            await token_of(campaign, role, scope)
            for role, scope in [("centre", "bobigny"), ("planner", "national"), ("agent", "75"),
                                ("auditor", "national")]
        ]  # fmt: skip
        good = await token_of(campaign, "centre", "paris")
        clock.go_on(days=2)
        strange = [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"},
                   {"Authorization": "Bearer"}, {"Authorization": "Bearer caf\u00e9"}]  # fmt: skip
        async with client_of(campaign, clock=clock) as client:
            let_in = await client.get(DAY, headers=good)
            nothing = await client.get("/api/nothing/here")
            nowhere = await client.get(f"/api/centres/nowhere/days/{MONDAY}", headers=good)
            refused = [
                await client.get(
                    DAY, headers=[(k, v.encode("latin-1")) for k, v in headers.items()]
                )
                for headers in [*strange, ended, revoked, *others]
            ]
        return let_in, nothing, nowhere, refused

    let_in, nothing, nowhere, refused = asyncio.run(ask())
    assert let_in.status_code == 200
    for answer in [nowhere, *refused]:
        assert (answer.status_code, answer.content) == (404, nothing.content)


def test_a_token_tells_who_one_is(campaign):
    """Role, scope and end: what a page needs to know."""

    async def ask():
        headers = await token_of(campaign, "planner", "11", days=3)
        async with client_of(campaign) as client:
            return await client.get("/api/staff/me", headers=headers)

    assert asyncio.run(ask()).json() == {
        "role": "planner", "scope": "11", "ends_at": "2021-05-31T08:00:00Z"
    }  # fmt: skip


def test_capacity_asks_the_same_tokens(campaign):
    """A centre reads its own capacity, and not its neighbour's."""

    async def ask():
        headers = await token_of(campaign, "centre", "paris")
        async with client_of(campaign) as client:
            return [
                (await client.get(f"/api/centres/{centre}/capacity", headers=headers)).status_code
                for centre in ("paris", "bobigny")
            ]

    assert asyncio.run(ask()) == [200, 404]
