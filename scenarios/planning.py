"""The planner's main job: instance folder in; plan folder, report and workbook out."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from allocator.errors import InputError
from allocator.instance import Instance
from allocator.lp import Solver
from allocator.plan import refuse_foreign_folder, write_plan
from allocator.read import read_instance
from allocator.result import Method, Result
from allocator.solve import solve
from allocator.watch import Progress
from scenarios.report.baseline import pro_rata_coverage
from scenarios.report.html import report_html
from scenarios.report.workbook import write_workbook


@dataclass(frozen=True, slots=True)
class Order:
    """What `creneau plan` was asked for."""

    instance: Path
    out: Path
    method: str = "optimal"
    gap: float = 1e-3
    time_limit_s: float | None = None
    seed: int | None = None
    format_: str = "csv"
    xlsx: Path | None = None
    highs: Solver = "choose"
    nearest: int | None = None

    def refuse_bad_targets(self) -> None:
        """Raise InputError before the work, not after it, when the output cannot be written."""
        refuse_foreign_folder(self.out)
        if self.xlsx is not None and not self.xlsx.parent.is_dir():
            raise InputError(self.xlsx, "the folder of the workbook does not exist")
        if self.highs == "hipo" and find_spec("highspy_extras") is None:
            raise InputError("--highs hipo", "needs the package highspy-extras, which is missing")


def run_plan(
    order: Order,
    progress: Callable[[Progress], None] = lambda _: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Solve, check, write; return what `--json` prints."""
    started = time.monotonic()
    order.refuse_bad_targets()
    instance = read_instance(order.instance)
    result = solve(
        instance, method=order.method, gap=order.gap, time_limit=order.time_limit_s,
        seed=order.seed, progress=progress, interrupted=interrupted, highs=order.highs,
        nearest=order.nearest,
    )  # fmt: skip
    if result.method is Method.LP:
        return _relaxation_only(instance, result, started)
    assert result.plan is not None
    progress(Progress("report", 0.0, result.bound, None))
    summary = _summary(instance, result, started)
    page = report_html(instance, result.plan, summary, pro_rata_coverage(instance))
    if order.xlsx is not None:
        write_workbook(order.xlsx, instance, result.plan, summary)

    def summarise() -> dict[str, Any]:
        summary.update(_summary(instance, result, started))
        return summary

    write_plan(order.out, result.plan, summarise, {"report.html": page}, format_=order.format_)
    return {**summary, "plan": str(order.out)}


def _summary(instance: Instance, result: Result, started: float) -> dict[str, Any]:
    summary = dict(result.summary())
    kpis = summary.pop("kpis")
    unpaired = [
        {"centre": u.centre, "product": u.product, "slots": u.slots, "reason": u.reason}
        for u in result.unpaired
    ]
    return {
        **summary,
        "runtime_s": round(time.monotonic() - started, 3),
        "peak_rss_mb": peak_rss_mb(),
        "input_sha256": instance.input_sha256,
        "version": version("creneau"),
        "kpis": kpis,
        "unpaired": unpaired,
    }


def _relaxation_only(instance: Instance, result: Result, started: float) -> dict[str, Any]:
    """Say what the relaxation gave; there is no integer plan to write."""
    return {
        "status": result.status.value,
        "method": result.method.value,
        "cost": None,
        "relaxation": result.relaxation,
        "bound": result.bound,
        "gap": None,
        "columns": result.columns,
        "runtime_s": round(time.monotonic() - started, 3),
        "peak_rss_mb": peak_rss_mb(),
        "input_sha256": instance.input_sha256,
        "version": version("creneau"),
        "plan": None,
    }


def peak_rss_mb() -> float:
    """Peak memory of this process and of its largest child, in MB."""
    own, children = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return round((own + children) / 1024, 1)
