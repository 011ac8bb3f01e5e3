"""Commands of the database: `creneau db upgrade|status|purge`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.settings import Settings

Database = Annotated[
    str | None, typer.Option(help="postgresql:// address (default: the embedded database).",
                             metavar="URL")
]  # fmt: skip
Home = Annotated[
    Path | None, typer.Option(help="Folder of the embedded database (default: the user's).",
                              metavar="DIR")
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

app = typer.Typer(help="The booking database.", no_args_is_help=True, rich_markup_mode=None)


def settings_of(database: str | None, home: Path | None) -> Settings:
    """Lay what the command line says over the settings of the environment."""
    from api.settings import Settings

    said = {"database_url": database, "home": home}
    return Settings().model_copy(update={k: v for k, v in said.items() if v is not None})


@app.command()
def upgrade(database: Database = None, home: Home = None, as_json: AsJson = False) -> None:
    """Bring the database to the newest schema."""
    from api.database import migrate
    from api.database.address import reachable_database

    with reachable_database(settings_of(database, home)) as url:
        before, after = migrate.current(url), migrate.upgrade(url)
    if as_json:
        typer.echo(json.dumps({"before": before, "schema": after}))
    else:
        typer.echo(
            f"schema {after}" + ("" if before == after else f" (before: {before or 'none'})")
        )


@app.command()
def status(database: Database = None, home: Home = None, as_json: AsJson = False) -> None:
    """Tell where the database stands and what is in it."""
    from api.database.address import reachable_database
    from api.database.state import state_of

    with reachable_database(settings_of(database, home)) as url:
        state = state_of(url)
    if as_json:
        typer.echo(json.dumps(state))
        return
    behind = "" if state["schema"] == state["newest"] else f", newest is {state['newest']}"
    typer.echo(f"PostgreSQL {state['server']}, schema {state['schema'] or 'none'}{behind}")
    for name, n in state["rows"].items():
        typer.echo(f"{n:>12,}  {name}")


@app.command()
def purge(
    days: Annotated[
        int, typer.Option(min=0, max=90, help="Days bookings are kept after their last dose.")
    ] = 7,
    database: Database = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """End holds whose time is over; remove past bookings, answered requests, old slots."""
    import asyncio

    from api.clock import now
    from api.database.address import ready_database
    from api.database.retention import purge as run_purge

    settings = settings_of(database, home)
    with ready_database(settings) as url:
        ended = asyncio.run(_end_holds(settings.model_copy(update={"database_url": url})))
        removed = run_purge(url, days, now())
    if as_json:
        typer.echo(json.dumps({"holds_ended": ended, "removed": removed}))
        return
    typer.echo(f"{ended:>12,}  holds ended")
    for name, n in removed.items():
        typer.echo(f"{n:>12,}  {name}")


async def _end_holds(settings: Settings) -> int:
    from api.booking.expiry import expire_holds
    from api.clock import now
    from api.context import open_context

    async with open_context(settings, now) as context:
        return await expire_holds(context)
