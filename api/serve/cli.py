"""Commands that keep running: `creneau serve`, `creneau worker`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from api.database.cli import AsJson, Database, Home, settings_of


def serve(
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes of the API.")] = 1,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for a free one.")] = 8000,
    database: Database = None,
    home: Home = None,
    with_worker: Annotated[
        bool, typer.Option("--with-worker", help="Also run the worker: holds, offers, jobs.")
    ] = False,
    metrics_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="First port of the metrics; 0 for free ones.",
                     metavar="PORT"),
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Serve everything until told to stop: database, API, publisher."""
    from api.serve.installation import serve_installation
    from api.serve.supervisor import Options

    options = Options(host, port, workers, with_worker, metrics_port)

    def ready(facts: dict[str, object]) -> None:
        said = json.dumps(facts) if as_json else f"serving at {facts['address']}"
        print(said, flush=True)

    serve_installation(settings_of(database, home), options, ready)


def worker(
    database: Database = None,
    home: Home = None,
    metrics_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port of the metrics; 0 for a free one.",
                     metavar="PORT"),
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Do what runs beside the requests, until told to stop: holds, offers, jobs."""
    from api.serve.installation import work_alone

    def ready(facts: dict[str, object]) -> None:
        print(json.dumps(facts) if as_json else "working", flush=True)

    work_alone(settings_of(database, home), metrics_port, ready)
