"""Somebody of a test's campaign who signed on before, with a passkey, without any provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from api.settings import Settings
from api.staff.grants import Grant
from api.staff.signon.cookies import Cookies
from api.staff.signon.passkey import Passkey
from api.staff.signon.people import person_of
from api.staff.signon.rules import allow
from api.staff.signon.sessions import Terms, open_session
from api.staff.signon.store import passkeys
from tests.campaign import Campaign


@dataclass(frozen=True, slots=True)
class SignedOn:
    """A session, and what is its person's."""

    headers: dict[str, str]
    rule: UUID
    passkey: UUID


async def signed_on(
    campaign: Campaign, settings: Settings, grant: Grant, now: datetime
) -> SignedOn:
    """Open a session as a sign-on by the first provider of the settings would."""
    provider, cookies = settings.identity_providers[0], Cookies(settings.public_url)
    async with await psycopg.AsyncConnection.connect(campaign.url, autocommit=True) as connection:
        rule = await allow(connection, provider=provider.name, claim="sub", value="alice",
                           grant=grant, label="", days=30, now=now)  # fmt: skip
        person = await person_of(connection, provider.issuer, "alice", [rule], now)
        terms = Terms.of(settings)
        _, secret = await open_session(connection, person, rule, "provider", terms, now)
        passkey = Passkey(UUID(int=80), b"passkey", person, b"public", 0, "", now)
        await passkeys.insert(connection, passkey)
    headers = {"Cookie": f"{cookies.session}={secret}", "Origin": cookies.origin}
    return SignedOn(headers, rule.rule_id, passkey.passkey_id)
