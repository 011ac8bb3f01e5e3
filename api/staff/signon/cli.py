"""Commands of sign-on: `creneau staff allow|disallow|rules|sessions|sign-out`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from allocator.errors import InputError
from api.database.cli import AsJson, Database, Home, settings_of

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from api.staff.signon.rule import Rule
    from api.staff.signon.session import Session


def allow(
    provider: Annotated[str, typer.Option(help="Name of the identity provider.")],
    claim: Annotated[str, typer.Option(help="Claim it must make; dots lead into objects.")],
    value: Annotated[str, typer.Option(help="What the claim must be, to the letter.")],
    role: Annotated[str, typer.Option(help="planner, centre, agent or auditor.")],
    scope: Annotated[
        str, typer.Option(help="Code of a region, centre or département; or national.")
    ],
    days: Annotated[int, typer.Option(min=1, max=366, help="Days it holds.")] = 90,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    database: Database = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Give a role to whomever a provider says something of."""
    from api.clock import now
    from api.staff.office import at_work, grant_of
    from api.staff.signon import rules
    from api.staff.tokens import UnknownScopeError

    settings, grant = settings_of(database, home), grant_of(role, scope)
    known = [config.name for config in settings.identity_providers]
    if provider not in known:
        listed = ", ".join(known) or "none"
        raise InputError("--provider", f"is one of CRENEAU_IDENTITY_PROVIDERS ({listed})")
    if not (claim and value):
        raise InputError("--claim", "and --value are not empty")

    async def work(connection: AsyncConnection) -> Rule:
        return await rules.allow(connection, provider=provider, claim=claim, value=value,
                                 grant=grant, label=label, days=days, now=now())  # fmt: skip

    try:
        made = at_work(settings, work)
    except UnknownScopeError as error:
        raise InputError("--scope", str(error)) from None
    typer.echo(json.dumps(_facts(made)) if as_json else _line(made))


def disallow(
    rule_id: Annotated[UUID, typer.Argument(help="Id of the rule.", metavar="ID")],
    database: Database = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Let a rule give nothing any more; sessions that rest on it end at once."""
    from api.clock import now
    from api.staff.office import at_work
    from api.staff.signon import rules

    async def work(connection: AsyncConnection) -> Rule:
        return await rules.disallow(connection, rule_id, now())

    try:
        revoked = at_work(settings_of(database, home), work)
    except rules.UnknownRuleError as error:
        raise InputError(str(rule_id), str(error)) from None
    typer.echo(json.dumps(_facts(revoked)) if as_json else _line(revoked))


def rules(database: Database = None, home: Home = None, as_json: AsJson = False) -> None:
    """List the rules that let people in."""
    from api.staff.office import at_work
    from api.staff.signon.rules import every_rule

    found = at_work(settings_of(database, home), every_rule)
    if as_json:
        typer.echo(json.dumps({"rules": [_facts(rule) for rule in found]}))
    else:
        typer.echo("\n".join(map(_line, found)) or "no rules")


def sessions(database: Database = None, home: Home = None, as_json: AsJson = False) -> None:
    """List who is signed on: role, scope, and a number for the person."""
    from api.clock import now
    from api.staff.office import at_work
    from api.staff.signon.sessions import Terms, open_sessions

    settings = settings_of(database, home)

    async def work(connection: AsyncConnection) -> list[Session]:
        return await open_sessions(connection, Terms.of(settings), now())

    found = at_work(settings, work)
    if as_json:
        typer.echo(json.dumps({"sessions": [_session_facts(session) for session in found]}))
    else:
        typer.echo("\n".join(map(_session_line, found)) or "nobody is signed on")


def sign_out(
    session_id: Annotated[UUID, typer.Argument(help="Id of the session.", metavar="ID")],
    database: Database = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Close somebody's session."""
    from api.clock import now
    from api.staff.office import at_work
    from api.staff.signon.sessions import UnknownSessionError, send_away

    async def work(connection: AsyncConnection) -> None:
        await send_away(connection, session_id, now())

    try:
        at_work(settings_of(database, home), work)
    except UnknownSessionError as error:
        raise InputError(str(session_id), str(error)) from None
    closed = {"id": str(session_id), "closed": True}
    typer.echo(json.dumps(closed) if as_json else f"{session_id} is closed")


def _facts(rule: Rule) -> dict[str, str | None]:
    return {
        "id": str(rule.rule_id), "provider": rule.provider, "claim": rule.claim,
        "value": rule.value, "role": rule.grant.role, "scope": rule.grant.scope,
        "label": rule.label, "made_at": rule.made_at.isoformat(),
        "ends_at": rule.ends_at.isoformat(),
        "revoked_at": rule.revoked_at.isoformat() if rule.revoked_at else None,
    }  # fmt: skip


def _line(rule: Rule) -> str:
    until = f"to {rule.ends_at:%Y-%m-%d}"
    if rule.revoked_at:
        until = f"revoked {rule.revoked_at:%Y-%m-%d}"
    said = f"{rule.provider}: {rule.claim} = {rule.value}"
    return "  ".join(filter(None, [f"{rule.rule_id}  {rule.grant}  {until}  {said}", rule.label]))


def _session_facts(session: Session) -> dict[str, str]:
    return {
        "id": str(session.session_id), "person": str(session.person_id), "way": session.way,
        "provider": session.provider, "role": session.grant.role, "scope": session.grant.scope,
        "made_at": session.made_at.isoformat(), "seen_at": session.seen_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
    }  # fmt: skip


def _session_line(session: Session) -> str:
    return (f"{session.session_id}  {session.grant}  {session.person_id}  {session.way}"
            f"  seen {session.seen_at:%Y-%m-%d %H:%M}")  # fmt: skip
