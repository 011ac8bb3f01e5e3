"""`creneau bench`: what things cost, with peers beside them in the same run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

bench_app = typer.Typer(help="Measure, with peers in the same run.", no_args_is_help=True)


@bench_app.command()
def plan(
    peers: Annotated[
        bool, typer.Option("--peers", help="HiGHS on France too: a quarter of an hour each.")
    ] = False,
    instances: Annotated[
        str, typer.Option(help="Of: region, france, scenario names, instance folders.")
    ] = "region,france",
    peer_limit: Annotated[float, typer.Option(min=0.0, help="Seconds HiGHS may take.")] = 1200,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="One region to 1 %, no HiGHS: shows that it runs.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Plan every instance by every method; exit 1 when one of them failed."""
    import json
    import tempfile
    from dataclasses import asdict

    from loadtests.bench_plan import Bench
    from loadtests.bench_table import table_of
    from loadtests.bench_targets import SMOKE, targets_of

    targets = [SMOKE] if smoke else targets_of(instances)
    with tempfile.TemporaryDirectory(prefix="creneau-bench-") as scratch:
        bench = Bench(Path(scratch), peers, peer_limit, lambda what: typer.echo(what, err=True))
        bench.run(targets)
    if as_json:
        rows = [asdict(row) for row in bench.rows]
        report = {"rows": rows, "compilation_s": bench.compilation_s, "skipped": bench.skipped}
        typer.echo(json.dumps(report, ensure_ascii=False))
    else:
        for line in table_of(bench):
            typer.echo(line)
    if bench.failed:
        typer.echo(f"failed: {'; '.join(bench.failed)}", err=True)
        raise typer.Exit(1)


@bench_app.command()
def tags(
    seconds: Annotated[float, typer.Option(min=0.1, help="Seconds for each row.")] = 5.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the key service: evaluations with proof, in process and over HTTP."""
    import json
    from dataclasses import asdict

    from loadtests.bench_tags import measure

    rows = list(measure(seconds))
    if as_json:
        typer.echo(json.dumps({"rows": [asdict(row) for row in rows]}))
        return
    typer.echo(f"{'where':12}{'points':>8}{'per s':>10}{'per core s':>12}")
    for row in rows:
        typer.echo(f"{row.where:12}{row.points:>8}{row.per_s:>10,.0f}{row.per_core_s:>12,.0f}")


@bench_app.command()
def booking(
    seconds: Annotated[int, typer.Option(min=1, help="Seconds of each measured run.")] = 20,
    workers: Annotated[
        list[int] | None, typer.Option(min=1, help="Numbers of workers to choose from.")
    ] = None,
    pretix: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Python that has pretix and gunicorn: order there, too.",
        ),
    ] = None,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="A small campaign, briefly: shows that it runs.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Book pairs through the whole service, then by pgbench; exit 1 when a promise was broken."""
    import json
    import tempfile
    from dataclasses import replace

    from loadtests.bench_booking import SMOKE, Bench, Plan
    from loadtests.postgres import own_postgres

    plan = SMOKE if smoke else Plan(seconds=seconds)
    plan = replace(plan, pretix=pretix, workers=tuple(workers or plan.workers))
    with (
        tempfile.TemporaryDirectory(prefix="creneau-bench-") as scratch,
        own_postgres(Path(scratch) / "home") as postgres,
    ):
        bench = Bench(postgres, Path(scratch), plan, lambda what: typer.echo(what, err=True))
        report = bench.run()
    typer.echo(json.dumps(report.as_json()) if as_json else "\n".join(report.lines()))
    if report.faults:
        typer.echo(f"broken: {'; '.join(report.faults)}", err=True)
        raise typer.Exit(1)


@bench_app.command()
def reads(
    seconds: Annotated[int, typer.Option(min=1, help="Seconds of the measured run.")] = 10,
    weeks: Annotated[int, typer.Option(min=1, help="Weeks published, of 268,800 slots each.")] = 4,
    server: Annotated[
        str, typer.Option(help="application, from memory; or nginx, with TLS from the disk.")
    ] = "application",
    smoke: Annotated[
        bool, typer.Option("--smoke", help="A small campaign, briefly: shows that it runs.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Read the public files, from the application or through nginx."""
    import json
    import tempfile
    from dataclasses import asdict, replace

    from loadtests.bench_reads import APPLICATION, NATION, NGINX, TINY, bench_reads
    from loadtests.nginx import NGINX as INSTALLED
    from loadtests.postgres import own_postgres
    from loadtests.reading import WRK

    if server not in (APPLICATION, NGINX):
        raise typer.BadParameter("it is application or nginx", param_hint="--server")
    if server == NGINX and (INSTALLED is None or WRK is None):
        raise typer.BadParameter("nginx and wrk are needed (Debian: nginx, wrk)")
    with (
        tempfile.TemporaryDirectory(prefix="creneau-bench-") as scratch,
        own_postgres(Path(scratch) / "home") as postgres,
    ):
        shape, length = (TINY, 1) if smoke else (replace(NATION, weeks=weeks), seconds)
        report = bench_reads(postgres, Path(scratch), shape, seconds=length, server=server)
    typer.echo(json.dumps(asdict(report)) if as_json else report.line())


@bench_app.command()
def cost(
    ms_per_pair: Annotated[
        float, typer.Option(help="Processor time of a pair, in ms: `bench booking`.")
    ],
    reads_per_core: Annotated[
        float, typer.Option(help="Public files a second and core: `bench reads`.")
    ],
    euros: Annotated[float, typer.Option(help="Price of a machine a month.")] = 79.0,
    cores: Annotated[int, typer.Option(help="Cores of a machine.")] = 6,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what a national campaign costs a month, from what was measured."""
    import json

    from loadtests.cost_sheet import CostSheet, Machine

    try:
        sheet = CostSheet(ms_per_pair, reads_per_core, Machine(euros, cores))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    typer.echo(json.dumps(sheet.as_json()) if as_json else "\n".join(sheet.lines()))
