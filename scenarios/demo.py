"""The first half of `creneau demo`: a real-geography scenario, planned three ways and compared."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

from allocator.check.report import check_folder
from allocator.plan import REPORT
from scenarios.build import build_scenario
from scenarios.official.place import data_folder
from scenarios.output import write_whole
from scenarios.planning import Order, run_plan
from scenarios.report.comparison import compare_plans, comparison_html, comparison_table
from scenarios.screen import progress_bar, show
from scenarios.shift import begin_on
from scenarios.steps import StepFailedError, Steps

REGION, NATION = "bretagne", "france-builtin"
METHODS = ("first-come", "pro-rata", "optimal")
INSTANCE, BEST, COMPARISON = "instance", METHODS[-1], "comparison.html"


def plan_three_ways(steps: Steps, scenario: str, root: Path, monday: date) -> None:
    """Build a scenario that begins on a Monday, plan it, check and compare the plans.

    Parameters
    ----------
    root
        Folder of the instance, the plans and the comparison; what an earlier demo left is replaced.

    Raises
    ------
    InputError
        When a folder in the way is not the demo's.
    StepFailedError
        When a plan does not hold.
    """
    instance = root / INSTANCE
    plans = [root / method for method in METHODS]
    steps.take(f"build {scenario}", partial(_build, scenario, instance, monday))
    for plan in plans:
        steps.take(f"plan {plan.name}", partial(_plan, instance, plan))
        steps.take(f"check {plan.name}", partial(_check, instance, plan))
    steps.take("compare", partial(_compare, root / COMPARISON, plans))


def show_plans(root: Path) -> None:
    """Print the plans side by side, and where to look further."""
    print()
    show(comparison_table(compare_plans([root / method for method in METHODS])))
    print(f"\nreport      {root / BEST / REPORT}\ncomparison  {root / COMPARISON}\n")


def _build(scenario: str, instance: Path, monday: date) -> None:
    build_scenario(scenario, instance, data_folder())
    begin_on(instance, monday)


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
