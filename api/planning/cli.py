"""Commands between planning and booking: `publish` and `booked`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.database.cli import AsJson, Database, Home


def publish(
    instance: Annotated[Path, typer.Argument(help="Instance folder.", metavar="INSTANCE")],
    plan: Annotated[Path, typer.Argument(help="Plan folder.", metavar="PLAN")],
    database: Database = None,
    home: Home = None,
    phone_share: Annotated[
        float, typer.Option(min=0, max=1, help="Part of each slot kept for the telephone.")
    ] = 0.15,
    standby_share: Annotated[
        float, typer.Option(min=0, max=1, help="Part kept for the waiting list.")
    ] = 0.05,
    release_days: Annotated[
        int, typer.Option(min=0, max=60, help="Days before, from which the rest is for everybody.")
    ] = 3,
    weeks: Annotated[
        int | None, typer.Option(min=1, help="First doses of the first weeks only.")
    ] = None,
    rebook: Annotated[
        bool, typer.Option("--rebook", help="Move bookings the plan has no dose for.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Turn a plan into bookable slots; what is booked stands, and every change is told."""
    from uuid import uuid4

    from api.capacity.publication import Shares
    from api.clock import now
    from api.database.address import ready_database
    from api.database.cli import settings_of
    from api.planning.orders import Options
    from api.planning.publishing import publish_folders
    from api.planning.screen import publication_summary, share_bar

    if phone_share + standby_share > 1:
        raise typer.BadParameter("--phone-share and --standby-share are over 1 together")
    options = Options(Shares(phone_share, standby_share, release_days), weeks, rebook)
    with ready_database(settings_of(database, home)) as url, share_bar("publishing") as watch:
        summary = publish_folders(url, instance, plan, options, uuid4(), now(), watch)
    typer.echo(json.dumps(summary, ensure_ascii=False) if as_json else publication_summary(summary))


def booked(
    out: Annotated[Path, typer.Option("--out", help="File to write.", metavar="FILE")],
    start: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First Monday of the next instance.",
                     metavar="MONDAY"),
    ] = None,
    weeks: Annotated[
        int | None, typer.Option(min=1, help="Weeks of the next instance (default: the same).")
    ] = None,
    database: Database = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write the bookings as booked.csv of the next instance."""
    from api.database.address import ready_database
    from api.database.cli import settings_of
    from api.planning.booked import export_booked
    from api.planning.screen import booked_summary

    with ready_database(settings_of(database, home)) as url:
        summary = export_booked(url, out, start.date() if start else None, weeks)
    typer.echo(json.dumps(summary) if as_json else booked_summary(summary))
