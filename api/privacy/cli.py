"""`creneau privacy what-we-hold`."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from api.database.cli import AsJson, Database, Home, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.privacy.holdings import Holdings

app = typer.Typer(help="What is held about people.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def privacy() -> None:
    """Tell what is held about people."""


@app.command("what-we-hold")
def what_we_hold(database: Database = None, home: Home = None, as_json: AsJson = False) -> None:
    """Print, column by column, what a seizure of the database would give; 1 if a column is new."""
    from api.database.address import ready_database
    from api.privacy.holdings import holdings_of

    with ready_database(settings_of(database, home)) as url:
        held = holdings_of(url)
    if as_json:
        typer.echo(json.dumps(asdict(held), ensure_ascii=False))
    else:
        typer.echo("\n".join(_lines(held)))
    if held.unknown:
        raise typer.Exit(1)


def _lines(held: Holdings) -> Iterator[str]:
    from api.privacy.holdings import MEANS

    for (table, about, kept), columns in groupby(
        held.described, lambda holding: (holding.table, holding.about, holding.kept)
    ):
        yield f"{table}: about {about}; kept: {kept}"
        for holding in columns:
            yield f"    {holding.column:<20} {holding.read:<8} {holding.says}"
        yield ""
    yield "Beside the tables"
    for beside in held.beside:
        yield f"    {beside.place}: {beside.holds}; kept: {beside.kept}"
    yield ""
    yield "Who can read it"
    for read, means in MEANS.items():
        yield f"    {read:<8} {means}"
    for column in held.unknown:
        yield f"NOT DESCRIBED: {column}"
