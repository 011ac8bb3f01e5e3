"""A token exchanged for a session, which ends with it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from api.staff.grants import Grant
from api.staff.token_sessions import (
    LONGEST,
    actor_in_session,
    close_token_session,
    open_token_session,
)
from api.staff.tokens import issue, revoke
from tests.campaign import NOW, fill_campaign
from tests.staff import deeds


@pytest.fixture
def campaign(database_url):
    """Give a campaign without slots."""
    return fill_campaign(database_url)


def run(campaign, work):
    """Do something on a connection."""

    async def do():
        async with await psycopg.AsyncConnection.connect(
            campaign.url, autocommit=True
        ) as connection:
            return await work(connection)

    return asyncio.run(do())


def test_a_session_is_somebody_s_until_it_is_over(campaign):
    """Ten hours at most; closed once, it opens nothing; the audit knows both."""

    async def work(connection):
        _, token = await issue(connection, Grant("planner", "national"), "", 30, NOW)
        secret = await open_token_session(connection, token, lambda: NOW)
        assert secret != token
        actor = await actor_in_session(connection, secret, lambda: NOW)
        assert (actor.grant, actor.ends_at) == (Grant("planner", "national"), NOW + LONGEST)
        late = NOW + LONGEST
        assert await actor_in_session(connection, secret, lambda: late) is None
        await close_token_session(connection, secret, lambda: NOW)
        await close_token_session(connection, secret, lambda: NOW)
        assert await actor_in_session(connection, secret, lambda: NOW) is None

    run(campaign, work)
    actions = [action for action, _ in deeds(campaign)]
    assert actions == ["session.open", "session.close"]


def test_a_session_ends_with_its_token(campaign):
    """Whether the token is revoked or comes to its end."""

    async def work(connection):
        token, shown = await issue(connection, Grant("planner", "national"), "", 1, NOW)
        later = NOW + timedelta(hours=20)
        secret = await open_token_session(connection, shown, lambda: later)
        actor = await actor_in_session(connection, secret, lambda: later)
        assert actor.ends_at == token.ends_at
        await revoke(connection, UUID(str(token.token_id)), later)
        assert await actor_in_session(connection, secret, lambda: later) is None
        assert await open_token_session(connection, shown, lambda: later) is None

    run(campaign, work)


def test_nothing_but_a_token_opens_a_session(campaign):
    """No word of somebody's, and no session: sessions do not grow out of each other."""

    async def work(connection):
        assert await open_token_session(connection, "creneau-staff-nothing", lambda: NOW) is None
        _, token = await issue(connection, Grant("planner", "national"), "", 30, NOW)
        secret = await open_token_session(connection, token, lambda: NOW)
        assert await open_token_session(connection, secret, lambda: NOW) is None
        assert await actor_in_session(connection, token, lambda: NOW) is None

    run(campaign, work)
