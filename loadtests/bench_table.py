"""The planning bench as text, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Iterator

from loadtests.bench_plan import Bench, Row

HEADER = (
    "instance", "method", "columns", "seconds", "gap", "peak_rss_mb", "integer", "status",
)  # fmt: skip
NUMBERS = ("columns", "seconds", "gap", "peak_rss_mb")


def table_of(bench: Bench) -> Iterator[str]:
    """Give the rows line by line, and below them what a reader must know about them."""
    lines = [HEADER, *(_cells(row) for row in bench.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(HEADER, line, widths, strict=True)
        yield "  ".join(
            cell.rjust(width) if name in NUMBERS else cell.ljust(width)
            for name, cell, width in cells
        ).rstrip()
    yield ""
    yield "gap: certified, of plans with a certificate; of baselines and relaxations,"
    yield "     their distance to the best bound proven on the instance in this run"
    if bench.compilation_s is not None:
        yield f"kernels: compiled in {bench.compilation_s:.1f} s by the first run, then cached"
    for what in bench.skipped:
        yield f"left out: {what}, as it could not be built (are its official files there?)"


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.instance,
        row.method,
        "" if row.columns is None else f"{row.columns:,}",
        f"{row.seconds:.1f}",
        "none" if row.gap is None else f"{100 * row.gap:.3f} %",
        "" if row.peak_rss_mb is None else f"{row.peak_rss_mb:,.0f}",
        "yes" if row.integer else "no",
        row.status,
    )
