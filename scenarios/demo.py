"""`creneau demo`: a real-geography scenario, planned three ways, checked and compared."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from allocator.check.report import check_folder
from scenarios.named import build_scenario
from scenarios.planning import Order, run_plan
from scenarios.report.comparison import compare_plans, comparison_html, comparison_table
from scenarios.screen import progress_bar, show

REGION, NATION = "bretagne", "france-builtin"
METHODS = ("first-come", "pro-rata", "optimal")


def run_demo(*, national: bool, folder: Path | None, quiet: bool) -> dict[str, Any]:
    """Walk the whole path; return `ok` and the steps with their seconds.

    Everything is written below `folder` (by default the user's data folder) and stays there.
    """
    name = NATION if national else REGION
    root = (folder or user_data_path("creneau") / "demo") / name
    steps = _Steps(quiet=quiet)
    instance = root / "instance"
    steps.take(f"build {name}", lambda: build_scenario(name, instance))
    plans = [root / method for method in METHODS]
    for method, plan in zip(METHODS, plans, strict=True):
        steps.take(f"plan {method}", lambda m=method, p=plan: _plan(instance, p, m))  # type: ignore[misc]
        steps.take(f"check {method}", lambda p=plan: _check(instance, p))  # type: ignore[misc]
    page = root / "comparison.html"
    steps.take("compare", lambda: page.write_text(comparison_html(plans), encoding="utf-8"))
    if not quiet:
        show(comparison_table(compare_plans(plans)))
        print(f"\nreport      {plans[-1] / 'report.html'}\ncomparison  {page}")
    return {"ok": all(step["ok"] for step in steps.taken), "steps": steps.taken}


def _plan(instance: Path, plan: Path, method: str) -> None:
    with progress_bar() as watchers:
        run_plan(Order(instance, plan, method), *watchers)


def _check(instance: Path, plan: Path) -> None:
    verdict, mismatches = check_folder(instance, plan)
    if not verdict.feasible or mismatches:
        raise RuntimeError(f"the plan in {plan} does not hold: {verdict.violations} {mismatches}")


class _Steps:
    """Steps taken so far, each timed; the first that fails ends the walk with its error."""

    def __init__(self, *, quiet: bool) -> None:
        self.taken: list[dict[str, Any]] = []
        self._quiet = quiet

    def take(self, name: str, work: Callable[[], Any]) -> None:
        started = time.monotonic()
        work()
        seconds = round(time.monotonic() - started, 2)
        self.taken.append({"name": name, "ok": True, "seconds": seconds})
        if not self._quiet:
            print(f"{name:<24} {seconds:7.2f} s")
