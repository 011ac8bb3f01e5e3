"""Rules are made on the command line; a claim that none of them names gives nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from api.staff import audit
from api.staff.grants import Grant
from api.staff.signon.rule import Rule
from api.staff.signon.store import rules as store
from api.staff.tokens import COMMAND_LINE, MOST_DAYS, refuse_unknown_scope


class UnknownRuleError(LookupError):
    """There is no such rule, or it was revoked before."""


async def allow(
    connection: AsyncConnection, *, provider: str, claim: str, value: str, grant: Grant,
    label: str, days: int, now: datetime,
) -> Rule:  # fmt: skip
    """Make a rule.

    Raises
    ------
    UnknownScopeError
        When the campaign has no such place.
    """
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"days is 1 to {MOST_DAYS}")
    if not (claim and value):
        raise ValueError("a rule asks for a claim and its value")
    rule = Rule(uuid4(), provider, claim, value, grant, label, now, now + timedelta(days=days))
    async with connection.transaction():
        await refuse_unknown_scope(connection, grant)
        await store.insert(connection, rule)
        await _record(connection, "rule.allow", rule, now)
    return rule


async def disallow(connection: AsyncConnection, rule_id: UUID, now: datetime) -> Rule:
    """Let a rule give nothing from now on; sessions that rest on it open nothing any more.

    Raises
    ------
    UnknownRuleError
        When there is none to revoke.
    """
    async with connection.transaction():
        rule = await store.revoke(connection, rule_id, now)
        if rule is None:
            raise UnknownRuleError(f"there is no rule {rule_id}, or it was revoked before")
        await _record(connection, "rule.revoke", rule, now)
    return rule


async def every_rule(connection: AsyncConnection) -> list[Rule]:
    """All rules, oldest first."""
    return await store.read_all(connection)


async def rules_for(
    connection: AsyncConnection, provider: str, claims: Mapping[str, object], now: datetime
) -> list[Rule]:
    """Rules that hold for what a provider says of somebody, oldest first."""
    found = await store.read_of(connection, provider)
    return [rule for rule in found if rule.holds(now) and rule.fits(claims)]


async def rules_among(
    connection: AsyncConnection, rule_ids: list[UUID], now: datetime
) -> list[Rule]:
    """Those of some rules that still hold, oldest first."""
    found = await store.read_some(connection, rule_ids)
    return [rule for rule in found if rule.holds(now)]


async def _record(connection: AsyncConnection, action: str, rule: Rule, now: datetime) -> None:
    # The value stays out: it may say who somebody is.
    detail = {"provider": rule.provider, "claim": rule.claim, "role": rule.grant.role,
              "scope": rule.grant.scope, "ends_at": rule.ends_at}  # fmt: skip
    deed = audit.Deed(now, COMMAND_LINE, action, str(rule.rule_id), detail)
    await audit.append(connection, deed)
