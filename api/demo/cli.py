"""`creneau demo`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.database.cli import AsJson

if TYPE_CHECKING:
    from api.demo.service import Published
    from scenarios.steps import Steps


def demo(
    smoke: Annotated[
        bool, typer.Option("--smoke", help="Walk the whole path over HTTP, report, exit.")
    ] = False,
    national: Annotated[
        bool, typer.Option("--national", help="All of France instead of one region.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder to work in (default: the user's data folder).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Plan a region three ways, publish the best plan and serve it until Ctrl-C."""
    from api.demo.live import stay, walk
    from api.demo.run import Demo

    run = Demo(national, out, quiet=smoke or as_json)

    def live(published: Published, steps: Steps) -> None:
        if smoke:
            walk(published, steps)
            return

        def announce(address: str) -> None:
            if as_json:
                facts = {"address": address, "tokens": published.tokens, "keys": published.keys}
                typer.echo(json.dumps(run.report | facts, ensure_ascii=False))
            else:
                typer.echo("\n".join(lines(address, published)))

        stay(published, announce)

    run.run(live)
    if smoke or (as_json and not run.steps.ok):
        typer.echo(json.dumps(run.report, ensure_ascii=False))
    if not run.steps.ok:
        raise typer.Exit(1)


def lines(address: str, published: Published) -> list[str]:
    """Say where to look, who may do what, and what opens what is sealed."""
    told = published.keys
    return [
        "",
        f"availability  {address}/availability/index.json",
        f"open feeds    {address}/fhir/$bulk-publish",
        f"the API       {address}/api/openapi.json",
        "",
        "tokens for `Authorization: Bearer ...`, for a week",
        *(f"  {who:<22} {token}" for who, token in published.tokens.items()),
        "",
        f"key service   {told['key_service']}",
        f"authority     {told['authority']}",
        f"passphrase    {told['passphrase']} (holder {told['holder']}, centre {told['centre']})",
        "",
        "Ctrl-C ends it; the plans and the database stay in the folder.",
    ]
