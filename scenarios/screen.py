"""What the planner's commands show on a terminal: progress on standard error, summaries."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from allocator import watch
from allocator.frontier import Frontier
from allocator.plan import CHANGES, REPORT

Listener = Callable[[watch.Progress], None]
STOPPING = b"\ncreneau: stopping; the best plan so far is kept (Ctrl-C again to give up)\n"
LISTED_UNPAIRED = 20


class Interrupt:
    """First Ctrl-C: stop searching, keep the best plan. Second: give up."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> bool:
        """Whether to stop."""
        return self.asked

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Handle SIGINT."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        # Not print: the signal may have come in the middle of one.
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, STOPPING)


@contextmanager
def progress_bar() -> Iterator[tuple[Listener, Interrupt]]:
    """Show a bar on a terminal's standard error and catch Ctrl-C; silent elsewhere."""
    interrupt = Interrupt()
    before = signal.signal(signal.SIGINT, interrupt.on_signal)
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("[bold]{task.description:<19}"), BarColumn(bar_width=16),
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
    """Print what a plan came to, one line a figure: whole, whatever the terminal's width."""
    for name, text in _lines(result):
        print(f"{name:<16}{text}")


def replan_summary(result: dict[str, Any]) -> None:
    """Print what a re-plan came to, and what it moved most of, where and why."""
    plan_summary(result)
    print(f"{'moved slots':<16}{result['moved_slots']:,} (all in {CHANGES})")
    for row in result["changes"]:
        booked = f", {row['booked']:,} booked" if row["booked"] else ""
        dose = "first" if row["dose_rank"] == 1 else "second"
        print(
            f"{'':16}centre {row['centre']}, week {row['week']}, {row['product']}, {dose} doses: "
            f"{row['before']:,} to {row['after']:,}{booked} ({row['why']})"
        )


def frontier_lines(drawn: Frontier) -> Iterator[str]:
    """Tell the points of a frontier, a line each, and the smallest floor that is fair enough."""
    yield "  floor       people     fewer      more km   spread    missing       gap"
    for point in drawn.points:
        spread = "-" if point.spread is None else f"{point.spread:.3f}"
        gap = "-" if point.gap is None else f"{100 * point.gap:.3f} %"
        yield (
            f"{point.floor:>7.3f}{point.people:>13,}{point.people_lost:>10,}{point.km_added:>13,.0f}"
            f"{spread:>9}{point.missing:>11,.0f}{gap:>10}"
        )
    yield ""
    found = drawn.smallest
    if found is None:
        yield f"no floor tried brings the highest coverage to {drawn.spread} times the lowest"
    else:
        yield (
            f"floor {found.floor:.3f} is the smallest found with a spread up to {drawn.spread}: "
            f"{found.people_lost:,} people fewer and {found.km_added:,.0f} km more than without one"
        )


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
    if result.get("kpis"):
        yield from _figures(result["kpis"])
        yield from _unpaired(result)
    yield "time and memory", f"{result['runtime_s']:.1f} s, {result['peak_rss_mb']:.0f} MB"
    if result["plan"]:
        yield "plan", result["plan"]
        yield "report", str(Path(result["plan"]) / REPORT)


def _figures(kpis: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "people", f"{kpis['first_doses']:,} of {kpis['people']:,} get a first dose"
    spread = kpis["coverage_spread"]
    low, high = (f"{100 * kpis[key]:.1f} %" for key in ("coverage_min", "coverage_max"))
    times = "a département gets none" if spread is None else f"{spread:.3f} times"
    yield "coverage", f"{low} to {high} between départements ({times})"
    if kpis["km_median"] is not None:
        median, ninth = kpis["km_median"], kpis["km_p90"]
        yield "distance", f"median {median:.1f} km, nine in ten within {ninth:.1f} km"
    yield "vials", f"{kpis['vials']:,} shipped, {kpis['doses_wasted']:,} doses left in open vials"


def _unpaired(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "unpaired slots", f"{result['kpis']['slots_unpaired']:,}"
    rows = result["unpaired"]
    for row in rows[:LISTED_UNPAIRED]:
        yield "", f"centre {row['centre']}, {row['product']}: {row['slots']} ({row['reason']})"
    if len(rows) > LISTED_UNPAIRED:
        yield "", f"and {len(rows) - LISTED_UNPAIRED:,} more centres, listed in result.json"


def show(renderable: Any) -> None:
    """Print a table on standard output."""
    Console().print(renderable)
