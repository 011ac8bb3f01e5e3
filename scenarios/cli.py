"""Commands on sources and scenarios: `data status`, `scenario list`, `scenario build`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

data_app = typer.Typer(help="The official files.", no_args_is_help=True)
scenario_app = typer.Typer(help="Named scenarios.", no_args_is_help=True)


@data_app.callback()
def data() -> None:
    """Look at the folder of official files (`CRENEAU_DATA`, else the user's data folder)."""


@data_app.command()
def status(as_json: AsJson = False) -> None:
    """List the official files: known, present, dated."""
    from dataclasses import asdict

    from scenarios.official.place import data_folder
    from scenarios.official.printed import status_lines
    from scenarios.official.status import status_of

    folder = data_folder()
    rows = status_of(folder)
    if as_json:
        report = {"folder": str(folder), "files": [asdict(row) for row in rows]}
        typer.echo(json.dumps(report, ensure_ascii=False))
        return
    typer.echo("\n".join(status_lines(folder, rows)))


@scenario_app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the named scenarios, each with its purpose."""
    from scenarios.named import names, read_scenario

    found = [read_scenario(name) for name in names()]
    if as_json:
        keys = [
            {"name": s.name, "purpose": s.purpose, "start": s.start.isoformat(),
             "weeks": s.weeks, "data": s.data}
            for s in found
        ]  # fmt: skip
        typer.echo(json.dumps({"scenarios": keys}, ensure_ascii=False))
        return
    width = max(len(scenario.name) for scenario in found)
    for scenario in found:
        typer.echo(f"{scenario.name:<{width}}  {scenario.purpose}")


@scenario_app.command()
def build(
    name: Annotated[str, typer.Argument(help="Scenario; see `creneau scenario list`.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write.", metavar="INSTANCE")],
    as_json: AsJson = False,
) -> None:
    """Build a named scenario into an instance folder."""
    from scenarios.build import build_scenario
    from scenarios.official.place import data_folder
    from scenarios.official.printed import build_lines

    report = build_scenario(name, out, data_folder())
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    typer.echo("\n".join(build_lines(report)))
