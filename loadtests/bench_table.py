"""The planning bench as a table for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from loadtests.bench_plan import Bench, Row

LEFT = ("instance", "method")
COLUMNS = (*LEFT, "columns", "seconds", "gap", "peak_rss_mb", "integer", "status")


def print_table(bench: Bench) -> None:
    """Print the rows, and below them what a reader must know about them."""
    table = Table(box=None, pad_edge=False)
    for column in COLUMNS:
        table.add_column(column, justify="left" if column in LEFT else "right", no_wrap=True)
    for row in bench.rows:
        table.add_row(*_cells(row))
    console = Console()
    console.print(table)
    console.print(
        "gap: of plans with a certificate their own; of baselines and relaxations the distance "
        "to the best bound proven in this run"
    )
    if bench.compilation_s is not None:
        console.print(
            f"the first run compiles the kernels: {bench.compilation_s:.1f} s, cached afterwards"
        )
    for what in bench.skipped:
        console.print(f"left out: {what}, as its official files are not there")


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.instance,
        row.method,
        "" if row.columns is None else f"{row.columns:,}",
        f"{row.seconds:.1f}",
        "none" if row.gap is None else f"{100 * row.gap:.4f} %",
        "" if row.peak_rss_mb is None else f"{row.peak_rss_mb:,.0f}",
        "yes" if row.integer else "no",
        row.status,
    )
