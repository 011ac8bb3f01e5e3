"""What the commands of this room show on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

LISTED = 20


@contextmanager
def share_bar(what: str) -> Iterator[Callable[[float], None]]:
    """Show a bar on a terminal's standard error; silent elsewhere. Give what moves it, 0 to 1."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("[bold]{task.description}"), BarColumn(bar_width=24), TaskProgressColumn(),
        TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip
    task = bar.add_task(what, total=1.0)
    with bar:
        yield lambda share: bar.update(task, completed=share)


def publication_summary(summary: dict[str, Any]) -> str:
    """Say what a publication changed, one line a figure."""
    lines = [
        ("plan", summary["source"]),
        ("centres", f"{summary['centres']:,} published, {summary['changed']:,} of them changed"),
        ("slots", _counts(summary["slots"])),
        ("doses", f"{summary['doses']:+,}"),
        ("quotas", _counts(summary["quotas"])),
        ("bookings", _counts(summary["rebooked"]) + "; all others stand"),
        ("time", f"{summary['seconds']:.1f} s"),
    ]
    if summary["other_centres"]:
        lines.append(("left alone", f"{summary['other_centres']:,} centres not in this plan"))
    beyond = summary["beyond_plan"]
    if beyond["booked"]:
        said = f"{beyond['booked']:,} booked doses stand, withheld elsewhere"
        if beyond["without_dose"]:
            said += f" but for {beyond['without_dose']:,} that are free nowhere"
        lines.append(("beyond the plan", said))
    lost = [b for b in summary["bookings"] if b["outcome"] == "displaced"]
    lines += [("displaced", b["booking"]) for b in lost[:LISTED]]
    if len(lost) > LISTED:
        lines.append(("", f"and {len(lost) - LISTED:,} more, listed with --json"))
    return "\n".join(f"{name:<16}{text}" for name, text in lines)


def _counts(counts: dict[str, int]) -> str:
    said = [f"{n:,} {kind.replace('_', ' ')}" for kind, n in counts.items() if n]
    return ", ".join(said) or "none changed"


def booked_summary(summary: dict[str, Any]) -> str:
    """Say what was exported, one line a figure."""
    lost = f"{summary['before_start']:,} before the start, {summary['after_tail']:,} after the tail"
    lines = [
        ("file", summary["file"]),
        ("weeks", f"{summary['weeks']} from {summary['start']}, tail {summary['tail_weeks']}"),
        ("doses", f"{summary['people']:,} booked, in {summary['rows']:,} rows"),
        ("left out", f"{lost}, {summary['displaced']:,} displaced"),
    ]
    return "\n".join(f"{name:<16}{text}" for name, text in lines)
