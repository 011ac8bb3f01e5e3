"""`creneau demo`: a real-geography scenario, planned three ways, checked and compared."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from allocator.check.report import check_folder
from allocator.plan import REPORT
from scenarios.build import build_scenario
from scenarios.official.place import data_folder
from scenarios.output import write_whole
from scenarios.planning import Order, run_plan
from scenarios.report.comparison import compare_plans, comparison_html, comparison_table
from scenarios.screen import progress_bar, show

REGION, NATION = "bretagne", "france-builtin"
METHODS = ("first-come", "pro-rata", "optimal")
COMPARISON = "comparison.html"


class StepFailedError(Exception):
    """A step of the demo did not come to what it promises."""


def run_demo(*, national: bool, folder: Path | None, quiet: bool) -> dict[str, Any]:
    """Walk the whole path; return `ok` and the steps with their seconds.

    Parameters
    ----------
    national
        All of France instead of one region.
    folder
        Everything is written below it and stays there; by default the user's data folder.
    quiet
        Print nothing on standard output.

    Raises
    ------
    InputError
        When a folder in the way is not the demo's.
    """
    name = NATION if national else REGION
    root = (folder or user_data_path("creneau") / "demo") / name
    plans = [root / method for method in METHODS]
    steps = _Steps(quiet=quiet)
    try:
        _walk(steps, name, root, plans)
    except StepFailedError as failure:
        print(f"creneau: {failure}", file=sys.stderr)
    if steps.ok and not quiet:
        print()
        show(comparison_table(compare_plans(plans)))
        print(f"\nreport      {plans[-1] / REPORT}\ncomparison  {root / COMPARISON}")
    return {"ok": steps.ok, "steps": steps.taken}


def _walk(steps: _Steps, name: str, root: Path, plans: list[Path]) -> None:
    instance = root / "instance"
    steps.take(f"build {name}", partial(build_scenario, name, instance, data_folder()))
    for plan in plans:
        steps.take(f"plan {plan.name}", partial(_plan, instance, plan))
        steps.take(f"check {plan.name}", partial(_check, instance, plan))
    steps.take("compare", partial(_compare, root / COMPARISON, plans))


def _plan(instance: Path, plan: Path) -> None:
    with progress_bar() as watchers:
        run_plan(Order(instance, plan, plan.name, data=data_folder()), *watchers)


def _check(instance: Path, plan: Path) -> None:
    verdict, mismatches = check_folder(instance, plan)
    broken = [f"{v.rule} at {v.where}" for v in verdict.violations]
    broken += [f"{mismatch.key} does not hold" for mismatch in mismatches]
    if broken:
        raise StepFailedError(f"{plan}: {'; '.join(broken[:5])}")


def _compare(page: Path, plans: list[Path]) -> None:
    write_whole(page, comparison_html(plans).encode())


class _Steps:
    """Steps taken so far, each timed."""

    def __init__(self, *, quiet: bool) -> None:
        self.taken: list[dict[str, Any]] = []
        self._quiet = quiet

    @property
    def ok(self) -> bool:
        """Whether all steps came to what they promise."""
        return all(step["ok"] for step in self.taken)

    def take(self, name: str, work: Callable[[], Any]) -> None:
        """Take a step; one that fails is noted, and ends the walk by its error."""
        started = time.monotonic()
        step: dict[str, Any] = {"name": name, "ok": False, "seconds": 0.0}
        self.taken.append(step)
        try:
            work()
            step["ok"] = True
        finally:
            step["seconds"] = round(time.monotonic() - started, 2)
        if not self._quiet:
            print(f"{name:<24} {step['seconds']:7.2f} s")
