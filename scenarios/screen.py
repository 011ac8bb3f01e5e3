"""What the planner's commands show on a terminal: progress on standard error, summaries."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from allocator import watch

Listener = Callable[[watch.Progress], None]


class Interrupt:
    """First Ctrl-C: stop searching, keep the best plan. Second: give up."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> bool:
        return self.asked

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Handle SIGINT."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def progress_bar() -> Iterator[tuple[Listener, Interrupt]]:
    """Show a bar on a terminal's standard error and catch Ctrl-C; silent elsewhere."""
    interrupt = Interrupt()
    before = signal.signal(signal.SIGINT, interrupt.on_signal)
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("[bold]{task.description:<22}"), BarColumn(bar_width=30),
        TextColumn("{task.fields[certificate]}"), TimeElapsedColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip
    task = bar.add_task("starting", total=1.0, certificate="")

    def listen(news: watch.Progress) -> None:
        bar.update(
            task, description=news.phase, completed=news.share, certificate=_certificate(news)
        )

    try:
        with bar:
            yield listen, interrupt
    finally:
        signal.signal(signal.SIGINT, before)


def _certificate(news: watch.Progress) -> str:
    parts = []
    if news.bound is not None:
        parts.append(f"bound {news.bound:,.0f}")
    if news.gap is not None:
        parts.append(f"gap {100 * news.gap:.3f} %")
    return "  ".join(parts)


def plan_summary(result: dict[str, Any]) -> None:
    """Print what a plan came to."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(justify="left", style="dim")
    table.add_column(justify="left")
    for name, text in _lines(result):
        table.add_row(name, text)
    show(table)


def _lines(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "status", f"{result['status']} ({result['method']})"
    if result.get("relaxation") is not None:
        yield "relaxation", f"{result['relaxation']:,.2f} (no integer plan is written)"
    if result["cost"] is not None:
        yield "cost", f"{result['cost']:,.2f}"
    if result["bound"] is not None:
        yield "bound", f"{result['bound']:,.2f}"
    if result["gap"] is not None:
        yield "certified gap", f"{100 * result['gap']:.4f} %"
    kpis = result.get("kpis")
    if kpis:
        yield "people", f"{kpis['first_doses']:,} of {kpis['people']:,} get a first dose"
        spread = kpis["coverage_spread"]
        yield (
            "coverage",
            "spread between départements " + (f"{spread:.3f}" if spread else "infinite"),
        )
        yield (
            "distance",
            f"median {kpis['km_median']:.1f} km, nine in ten under {kpis['km_p90']:.1f} km",
        )
        yield (
            "vials",
            f"{kpis['vials']:,} shipped, {kpis['doses_wasted']:,} doses left in open vials",
        )
        yield "unpaired slots", f"{kpis['slots_unpaired']}"
        for row in result["unpaired"]:
            yield "", f"centre {row['centre']}, {row['product']}: {row['slots']} ({row['reason']})"
    yield "time and memory", f"{result['runtime_s']:.1f} s, {result['peak_rss_mb']:.0f} MB"
    if result["plan"]:
        yield "plan", result["plan"]
        yield "report", f"{result['plan']}/report.html"


def show(renderable: Any) -> None:
    """Print a table on standard output."""
    Console().print(renderable)
