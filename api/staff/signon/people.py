"""People as a provider knows them: kept as a digest, with the rules it last confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import msgspec
from psycopg import AsyncConnection

from api.staff.signon.rule import Rule
from api.staff.signon.rules import rules_among
from api.staff.signon.store import people as store


async def person_of(
    connection: AsyncConnection, issuer: str, subject: str, rules: list[Rule], now: datetime
) -> UUID:
    """Find or enter whom a provider let in, and what it said of them today.

    Parameters
    ----------
    rules
        What its claims give; all of one provider, at least one.
    """
    digest, rule_ids = _digest(issuer, subject), [rule.rule_id for rule in rules]
    return await store.enter(connection, uuid4(), digest, rules[0].provider, rule_ids, now)


async def let_nobody_in(connection: AsyncConnection, issuer: str, subject: str) -> None:
    """Take back what a provider said of somebody: sessions and passkeys rest on nothing now."""
    await store.empty(connection, _digest(issuer, subject))


async def rules_of(
    connection: AsyncConnection, person_id: UUID, now: datetime, confirmed: timedelta
) -> list[Rule]:
    """Rules of a person that still hold; none when the provider has not spoken of them lately.

    Parameters
    ----------
    confirmed
        How long a sign-on by the provider counts.
    """
    row = await store.find(connection, person_id)
    if row is None or row.signed_on_at + confirmed <= now:
        return []
    return await rules_among(connection, row.rules, now)


def _digest(issuer: str, subject: str) -> bytes:
    return sha256(msgspec.json.encode([issuer, subject])).digest()
