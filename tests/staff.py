"""Staff of a test's campaign: tokens as headers, and the audit as it stands."""

from __future__ import annotations

from datetime import datetime

import psycopg

from api.staff.chain import Verdict, verify
from api.staff.grants import Grant, Role
from api.staff.store.audit import read_all
from api.staff.tokens import issue
from tests.campaign import NOW, Campaign


async def token_of(
    campaign: Campaign, role: Role, scope: str, *, days: int = 30, now: datetime = NOW
) -> dict[str, str]:
    """Make a token, and give the header that shows it."""
    async with await psycopg.AsyncConnection.connect(campaign.url, autocommit=True) as connection:
        _, secret = await issue(connection, Grant(role, scope), "", days, now)
    return {"Authorization": f"Bearer {secret}"}


def deeds(campaign: Campaign) -> list[tuple[str, str]]:
    """Actions and subjects of the audit, in order; those of the command line left out."""
    rows = campaign.rows(
        "SELECT action, subject FROM audit WHERE actor <> 'command line' ORDER BY entry"
    )
    return [(str(row["action"]), str(row["subject"])) for row in rows]


def verified(campaign: Campaign) -> Verdict:
    """Follow the chain of the audit."""
    with psycopg.connect(campaign.url, autocommit=True) as connection:
        return verify(read_all(connection))
