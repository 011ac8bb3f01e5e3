"""The planner's main job: instance folder in; plan folder, report and workbook out."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from allocator.errors import InputError
from allocator.instance import Instance
from allocator.lp import Solver
from allocator.plan import REPORT, refuse_foreign_folder, write_plan
from allocator.read import read_instance
from allocator.result import Method, Result
from allocator.solve import solve
from allocator.watch import Progress
from scenarios.output import refuse_bad_file, refuse_unwritable_folder
from scenarios.report.baseline import pro_rata_coverage
from scenarios.report.html import report_html
from scenarios.report.workbook import workbook_bytes, write_workbook


@dataclass(frozen=True, slots=True)
class Order:
    """What `creneau plan` was asked for.

    data
        Folder of official files, for the outlines of the départements on the maps.
    """

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
    data: Path | None = None

    @property
    def is_xlsx_inside(self) -> bool:
        """Whether the workbook lies in the plan folder, and so is written with it."""
        return self.xlsx is not None and self.xlsx.resolve().parent == self.out.resolve()

    def refuse_bad_targets(self) -> None:
        """Raise InputError before the work, not after it, when the output cannot be written."""
        refuse_unwritable_folder(self.out)
        inside = [self.xlsx.name] if self.xlsx is not None and self.is_xlsx_inside else []
        refuse_foreign_folder(self.out, inside)
        if self.out.resolve() == Path.cwd():
            # Replacing it whole would leave the user's shell in a folder that is gone.
            raise InputError(self.out, "is the folder this command runs in; name another")
        if self.xlsx is not None:
            self._refuse_bad_workbook(self.xlsx)
        if self.highs == "hipo" and find_spec("highspy_extras") is None:
            raise InputError("--highs hipo", "needs the package highspy-extras, which is missing")

    def _refuse_bad_workbook(self, xlsx: Path) -> None:
        if self.method == Method.LP:
            raise InputError(xlsx, "method lp makes no integer plan to put into a workbook")
        if not self.is_xlsx_inside:
            refuse_bad_file(xlsx)
        elif xlsx.suffix != ".xlsx":
            raise InputError(xlsx, "a workbook in the plan folder is to end in .xlsx")


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
    return {**write_result(order, instance, result, started, progress), "plan": str(order.out)}


def write_result(
    order: Order,
    instance: Instance,
    result: Result,
    started: float,
    progress: Callable[[Progress], None],
    *,
    further: Mapping[str, Any] | None = None,
    extra: Mapping[str, bytes] | None = None,
) -> dict[str, Any]:
    """Write plan, report and workbook; return the summary as written.

    Parameters
    ----------
    further
        What `result.json` says beyond what every plan has.
    extra
        Further files of the plan folder, by name.
    """
    assert result.plan is not None
    assert result.verdict is not None
    summary = {**_summary(instance, result, started), **(further or {})}
    progress(Progress("report", 0.0, result.bound, result.verdict.cost))
    # A plan is not compared with itself.
    before = None if result.method is Method.PRO_RATA else pro_rata_coverage(instance)
    page = report_html(instance, result.plan, summary, before, order.data)
    files = {REPORT: page.encode(), **(extra or {})}
    if order.xlsx is not None and order.is_xlsx_inside:
        files[order.xlsx.name] = workbook_bytes(instance, result.plan, summary)

    def summarise() -> dict[str, Any]:
        summary.update(_summary(instance, result, started))
        return summary

    progress(Progress("writing", 0.5, result.bound, result.verdict.cost))
    write_plan(order.out, result.plan, summarise, files, format_=order.format_)
    if order.xlsx is not None and not order.is_xlsx_inside:
        write_workbook(order.xlsx, instance, result.plan, summary)
    return summary


def _summary(instance: Instance, result: Result, started: float) -> dict[str, Any]:
    summary = dict(result.summary())
    kpis = summary.pop("kpis")
    unpaired = [
        {
            "centre": instance.centres.ids[u.centre],
            "product": instance.products.ids[u.product],
            "slots": u.slots,
            "reason": u.reason,
        }
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
