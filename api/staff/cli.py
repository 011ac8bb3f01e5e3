"""Commands of staff access: `creneau staff token|revoke|list`, `creneau audit verify`."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from allocator.errors import InputError
from api.database.cli import AsJson, Database, Home, settings_of
from api.staff.signon import cli as sign_on

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from api.staff.grants import Token

app = typer.Typer(help="Staff access.", no_args_is_help=True, rich_markup_mode=None)
audit_app = typer.Typer(help="The audit.", no_args_is_help=True, rich_markup_mode=None)
app.command()(sign_on.allow)
app.command()(sign_on.disallow)
app.command()(sign_on.rules)
app.command()(sign_on.sessions)
app.command()(sign_on.sign_out)


@app.command()
def token(
    role: Annotated[str, typer.Option(help="planner, centre, agent or auditor.")],
    scope: Annotated[
        str, typer.Option(help="Code of a region, centre or département; or national.")
    ],
    days: Annotated[int, typer.Option(min=1, max=366, help="Days it lets in.")] = 30,
    label: Annotated[str, typer.Option(help="Where it is used; no person's name.")] = "",
    database: Database = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Make a token and show it, this once."""
    from api.clock import now
    from api.staff.office import at_work, grant_of
    from api.staff.tokens import UnknownScopeError, issue

    grant = grant_of(role, scope)

    async def work(connection: AsyncConnection) -> tuple[Token, str]:
        return await issue(connection, grant, label, days, now())

    try:
        made, secret = at_work(settings_of(database, home), work)
    except UnknownScopeError as error:
        raise InputError("--scope", str(error)) from None
    if as_json:
        typer.echo(json.dumps({"token": secret, **_facts(made)}))
    else:
        typer.echo(f"{secret}\n{_line(made)}")


@app.command()
def revoke(
    token_id: Annotated[UUID, typer.Argument(help="Id of the token.", metavar="ID")],
    database: Database = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Let a token open nothing any more."""
    from api.clock import now
    from api.staff import tokens
    from api.staff.office import at_work

    async def work(connection: AsyncConnection) -> Token:
        return await tokens.revoke(connection, token_id, now())

    try:
        revoked = at_work(settings_of(database, home), work)
    except tokens.UnknownTokenError as error:
        raise InputError(str(token_id), str(error)) from None
    typer.echo(json.dumps(_facts(revoked)) if as_json else _line(revoked))


@app.command(name="list")
def list_(database: Database = None, home: Home = None, as_json: AsJson = False) -> None:
    """List every token, without the tokens themselves."""
    from api.staff.office import at_work
    from api.staff.tokens import every_token

    found = at_work(settings_of(database, home), every_token)
    if as_json:
        typer.echo(json.dumps({"tokens": [_facts(one) for one in found]}))
    else:
        typer.echo("\n".join(map(_line, found)) or "no tokens")


@audit_app.command()
def verify(
    witness: Annotated[
        str | None,
        typer.Option(help="An entry written down before, as an earlier run printed it.",
                     metavar="NUMBER:DIGEST"),
    ] = None,
    database: Database = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Follow the chain of the audit, and tell where it breaks."""
    from api.staff.office import follow_audit, head_of

    verdict = follow_audit(settings_of(database, home), head_of(witness) if witness else None)
    head = None if verdict.head is None else f"{verdict.head.number}:{verdict.head.digest.hex()}"
    ok = verdict.broken_at is None
    if as_json:
        typer.echo(json.dumps({"ok": ok, "entries": verdict.entries, "head": head,
                               "broken_at": verdict.broken_at, "rule": verdict.rule}))  # fmt: skip
    elif ok:
        typer.echo(f"{verdict.entries} entries hold; the last is {head}")
    else:
        typer.echo(f"entry {verdict.broken_at} {verdict.rule}; {verdict.entries} before it hold")
    if not ok:
        raise typer.Exit(1)


def _facts(one: Token) -> dict[str, str | None]:
    return {
        "id": str(one.token_id), "role": one.grant.role, "scope": one.grant.scope,
        "label": one.label, "made_at": one.made_at.isoformat(),
        "ends_at": one.ends_at.isoformat(), "revoked_at": _instant(one.revoked_at),
    }  # fmt: skip


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _line(one: Token) -> str:
    until = f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at else f"to {one.ends_at:%Y-%m-%d}"
    return "  ".join(filter(None, [f"{one.token_id}  {one.grant}  {until}", one.label]))
