"""The one command, `creneau`: mounts the rooms' commands, loading each only when called."""

from __future__ import annotations

import sys

import typer

from allocator import cli as allocator_cli
from allocator.errors import InputError
from api.database import cli as database_cli
from api.demo import cli as demo_cli
from api.keys import cli as keys_cli
from api.keyservice import cli as keyservice_cli
from api.planning import cli as booking_plans_cli
from api.privacy import cli as privacy_cli
from api.queue import cli as queue_cli
from api.serve import cli as serve_cli
from api.staff import cli as staff_cli
from api.web import cli as web_cli
from loadtests import cli as loadtests_cli
from loadtests import evening_cli
from scenarios import cli as scenarios_cli
from scenarios import planning_cli

app = typer.Typer(
    name="creneau",
    help="Plan a vaccination campaign, certify the plan, book it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich would double the time of `creneau --help`
)
app.add_typer(scenarios_cli.data_app, name="data")
app.add_typer(scenarios_cli.scenario_app, name="scenario")
app.command()(planning_cli.plan)
app.command()(planning_cli.replan)
app.command()(planning_cli.site)
app.command()(planning_cli.frontier)
app.command()(allocator_cli.check)
app.command()(planning_cli.compare)
app.command()(allocator_cli.explain)
app.command()(booking_plans_cli.publish)
app.command()(booking_plans_cli.booked)
app.add_typer(database_cli.app, name="db")
app.command()(serve_cli.serve)
app.command()(serve_cli.worker)
app.add_typer(staff_cli.app, name="staff")
app.add_typer(staff_cli.audit_app, name="audit")
app.command()(web_cli.verify_site)
privacy_cli.app.command()(web_cli.verify_site)
app.add_typer(privacy_cli.app, name="privacy")
app.command()(demo_cli.demo)
app.add_typer(keyservice_cli.app, name="keyservice")
app.add_typer(keys_cli.app, name="keys")
app.add_typer(queue_cli.app, name="queue")
app.add_typer(loadtests_cli.bench_app, name="bench")
app.command()(evening_cli.loadtest)


def main() -> None:
    """Run the command; a user's mistake is one line on standard error and exit status 2."""
    try:
        app()
    except InputError as error:
        print(f"creneau: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("creneau: interrupted", file=sys.stderr)
        sys.exit(130)
