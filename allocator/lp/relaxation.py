"""The split model without whole numbers, solved exactly: its cost, its prices, its plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.ascent.model import Model
from allocator.certificate import Prices
from allocator.instance import Floats
from allocator.lp.columns import Columns, active_checkpoints
from allocator.lp.highs import Outcome, Session, Solver, Status
from allocator.lp.program import Program, program_of

SIMPLEX_COLUMNS = 10_000
"""Up to here simplex is as quick as IPX (0.2 s); IPX takes half the time at 30,000 columns, a
fifth at 46,000, and at 108,000 simplex has not ended after 150 s where IPX takes 30."""


@dataclass(frozen=True, slots=True)
class LpSolution:
    """What the relaxation costs, and why.

    status
        `optimal`, or `time limit`: then the rest is what HiGHS had reached, and may be nothing.
    objective
        Cost of MODEL.md, constant included; infinite when no feasible point was reached.
    prices
        Row duals, >= 0, in the order of the certificate; 0 when the time ended before any.
    columns
        What each entry of `x` stands for.
    x
        Values of the columns; None when no feasible point was reached.
    """

    status: Status
    objective: float
    prices: Prices
    columns: Columns
    x: Floats | None


def solve_relaxation(
    model: Model,
    time_limit: float | None = None,
    *,
    solver: Solver = "choose",
    nearest: int | None = None,
    threads: int = 1,
) -> LpSolution:
    """Solve the linear program of a model.

    Parameters
    ----------
    model
        The derived instance.
    time_limit
        Seconds of solving; None for no limit.
    solver
        `choose` takes simplex for small programs and IPX for large ones. `hipo` runs without
        crossover and `ipx` with: the duals of `hipo` are exact to its tolerance only.
    nearest
        Offer each zone only this many nearest centres. The prices stay valid suggestions for a
        bound over all centres; the objective is no bound any more.
    threads
        Threads HiGHS may use (only `hipo` gains).

    Raises
    ------
    RuntimeError
        When HiGHS finds no feasible plan (more booked than fits) or does not end well.
    """
    program = program_of(model, nearest=nearest)
    session = Session(program, threads=threads)
    if solver == "choose":
        solver = "simplex" if program.columns.count <= SIMPLEX_COLUMNS else "ipx"
    session.option("solver", value=solver)
    if solver == "hipo":
        session.option("run_crossover", value="off")
    if time_limit is not None:
        session.option("time_limit", value=float(time_limit))
    outcome = session.run()
    if outcome.status == "infeasible":
        raise RuntimeError("No plan is feasible: the people already booked do not fit.")
    return _solution(model, program, outcome)


def _solution(model: Model, program: Program, outcome: Outcome) -> LpSolution:
    no_duals = np.zeros(len(program.row_lower))
    duals = no_duals if outcome.row_dual is None else outcome.row_dual
    return LpSolution(
        status=outcome.status,
        objective=np.inf if outcome.x is None else program.cost_of(outcome.x),
        prices=prices_of(model, program, duals),
        columns=program.columns,
        x=outcome.x,
    )


def prices_of(model: Model, program: Program, row_dual: Floats) -> Prices:
    """Arrange row duals as prices.

    HiGHS's dual is the rise in cost for one unit more on the right: <= 0 where more means more
    room, >= 0 for the floor. A price is the fall in cost for one unit of relief.
    """
    horizon, instance = model.horizon, model.instance
    of_stocks = _falls(row_dual, program, "stock").reshape(-1, horizon.W)
    fairness = np.zeros((len(instance.fairness.checkpoints), len(instance.departments)))
    if active_checkpoints(model):
        fairness = np.maximum(row_dual[program.spans["fairness"]], 0.0).reshape(fairness.shape)
    return Prices(
        capacity=_falls(row_dual, program, "capacity").reshape(-1, horizon.W),
        pool=_falls(row_dual, program, "pool").reshape(-1, horizon.W),
        stock={
            (int(j), int(p)): row
            for (j, p), row in zip(program.columns.stock_of, of_stocks, strict=True)
        },
        fairness=fairness,
    )


def _falls(row_dual: Floats, program: Program, family: str) -> Floats:
    return np.maximum(-row_dual[program.spans[family]], 0.0)
