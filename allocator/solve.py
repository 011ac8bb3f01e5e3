"""The façade: one instance in, one plan with its certificate out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np

from allocator.ascent.model import Model, model_of
from allocator.assemble import plan_of
from allocator.baselines import first_come, pro_rata
from allocator.bookings import refuse_unfit_bookings
from allocator.certificate import Prices
from allocator.check.bound import lower_bound
from allocator.check.verdict import Verdict, judge
from allocator.days import split_into_days
from allocator.decisions import Decisions
from allocator.instance import Instance
from allocator.lp import Solver, UnsolvedError, count_columns, solve_relaxation
from allocator.national import solve_national
from allocator.result import Method, Result, Status
from allocator.small import SMALL_COLUMNS, solve_small
from allocator.watch import Progress, Watch


def solve(
    instance: Instance,
    *,
    method: Method | str = Method.OPTIMAL,
    gap: float = 1e-3,
    time_limit: float | None = None,
    seed: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    interrupted: Callable[[], bool] = lambda: False,
    highs: Solver = "choose",
    nearest: int | None = None,
) -> Result:
    """Plan a campaign.

    Parameters
    ----------
    instance
        The planning problem.
    method
        `optimal` (price ascent; for tiny instances an integer program), `pro-rata` or
        `first-come` (what planning by rule gives), or `lp` (the continuous relaxation alone, by
        HiGHS).
    gap
        Certified relative gap at which `optimal` stops.
    time_limit
        Seconds after which the best plan so far is returned; None for no limit.
    seed
        Of every random choice; the instance's own when None.
    progress
        Told phase, bound and cost as they change.
    interrupted
        Asked often; True keeps the best plan so far.
    highs, nearest
        Of method `lp` only: the algorithm of HiGHS, and how many nearest centres each zone is
        offered (all when None; its bound is over all centres in any case).

    Raises
    ------
    InputError
        When the bookings do not fit the instance.
    ValueError
        For an unknown method.
    RuntimeError
        When the plan made fails the independent check (a bug, never the user's fault).
    """
    method = Method(method)
    seed = instance.seed if seed is None else seed
    watch = Watch(time_limit, interrupted, progress)
    watch.tell("reading the horizon", 0.0)
    model = model_of(instance)
    refuse_unfit_bookings(instance, model.horizon)
    if method is Method.LP:
        return _relaxation(model, watch, seed, highs, nearest)
    columns = count_columns(model)
    decisions, prices, status = _decide(model, method, gap, seed, watch, columns)
    return judged(
        instance, decisions, prices, method=method, status=status, gap=gap, columns=columns,
        seed=seed, watch=watch,
    )  # fmt: skip


def judged(
    instance: Instance, decisions: Decisions, prices: Prices | None, *, method: Method,
    status: Status, gap: float, columns: int, seed: int, watch: Watch,
) -> Result:  # fmt: skip
    """Split what was decided into days, and let the independent check have the last word.

    Raises
    ------
    RuntimeError
        When the plan made fails the check (a bug, never the user's fault).
    """
    watch.tell("daily sessions", 0.0)
    days = split_into_days(instance, decisions)
    plan = plan_of(instance, decisions, days, prices)
    watch.tell("independent check", 0.0)
    verdict = judge(instance, plan)
    refuse_broken(verdict)
    return Result(
        status=status_by_verdict(status, verdict.gap, gap), method=method, plan=plan,
        verdict=verdict, prices=prices, bound=verdict.bound, relaxation=None, columns=columns,
        seed=seed, runtime_s=watch.elapsed_s, unpaired=days.unpaired,
    )  # fmt: skip


def _decide(
    model: Model, method: Method, gap: float, seed: int, watch: Watch, columns: int
) -> tuple[Decisions, Prices | None, Status]:
    if method is Method.PRO_RATA:
        return pro_rata(model.instance), None, Status.BASELINE
    if method is Method.FIRST_COME:
        return first_come(model.instance), None, Status.BASELINE
    if columns <= SMALL_COLUMNS:
        with suppress(
            UnsolvedError
        ):  # prices too far apart for an exact solve; the ascent bears it
            return solve_small(model, columns, gap, seed, watch)
    return solve_national(model, gap, seed, watch)


def refuse_broken(verdict: Verdict) -> None:
    """Raise RuntimeError when a plan of ours breaks a rule."""
    if not verdict.feasible:
        worst = "; ".join(f"{v.rule} at {v.where}: {v.amount}" for v in verdict.violations[:5])
        raise RuntimeError(f"the plan made breaks the model: {worst}")


def status_by_verdict(status: Status, reached: float | None, wanted: float) -> Status:
    """Let the checker's gap decide, whatever the solver believed."""
    if status is Status.BASELINE:
        return status
    return Status.GAP_REACHED if reached is not None and reached <= wanted else status


def _relaxation(
    model: Model, watch: Watch, seed: int, highs: Solver, nearest: int | None
) -> Result:
    watch.tell("relaxation by HiGHS", 0.0)
    limit = None if np.isinf(watch.left_s) else watch.left_s
    solution = solve_relaxation(model, limit, solver=highs, nearest=nearest, threads=2)
    bound = lower_bound(model.instance, solution.prices)
    ended_in_time = solution.status == "optimal"
    return Result(
        status=Status.RELAXATION if ended_in_time else Status.TIME_LIMIT, method=Method.LP,
        plan=None, verdict=None, prices=solution.prices, bound=bound,
        relaxation=None if solution.x is None else solution.objective,
        columns=solution.columns.count, seed=seed, runtime_s=watch.elapsed_s,
    )  # fmt: skip
