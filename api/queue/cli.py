"""Commands of the waiting room: `creneau queue announce`."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.errors import InputError
from api.database.cli import AsJson, Database, Home, settings_of

if TYPE_CHECKING:
    from psycopg import AsyncConnection

app = typer.Typer(help="The waiting room.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def queue() -> None:
    """Say something about the waiting room; it opens and closes by itself."""


@app.command()
def announce(
    at: Annotated[str, typer.Argument(help="When it opens, with its offset from UTC.",
                                      metavar="INSTANT")],
    database: Database = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Announce an opening: who comes in the hour before is put in order by lot."""
    from api.clock import now
    from api.queue.announcing import NotNowError
    from api.queue.announcing import announce as announced
    from api.staff.office import at_work

    try:
        opens_at = datetime.fromisoformat(at)
    except ValueError:
        raise InputError(at, "is no instant, such as 2021-07-12T20:00+02:00") from None
    if opens_at.tzinfo is None:
        raise InputError(at, "does not say its offset from UTC, such as +02:00")

    async def work(connection: AsyncConnection) -> tuple[int, str]:
        return await announced(connection, opens_at, now())

    try:
        number, commitment = at_work(settings_of(database, home), work)
    except NotNowError as error:
        raise InputError(at, str(error)) from None
    if as_json:
        typer.echo(json.dumps({"opening": number, "opens_at": opens_at.isoformat(),
                               "commitment": commitment}))  # fmt: skip
    else:
        typer.echo(f"opening {number} at {opens_at.isoformat()}\ncommitment {commitment}")
