"""`creneau bench`: what things cost, with peers beside them in the same run."""

from __future__ import annotations

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
    from pathlib import Path

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
