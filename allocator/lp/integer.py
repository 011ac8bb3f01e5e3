"""The split model in whole numbers: whole people, whole vials, by branch and bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.ascent.model import Model
from allocator.decisions import Decisions
from allocator.instance import Floats, Ints
from allocator.lp.columns import Columns, Family
from allocator.lp.highs import Outcome, Session, Status, UnsolvedError
from allocator.lp.program import Program, program_of, whole_columns
from allocator.lp.start import point_of

GAP = 1e-6
"""Relative gap at which the search stops."""

WHOLE = 1e-5
"""How far from a whole number a value may be and still be read as one."""

KEPT = 1e-6
"""How far a row may be from its bounds once its values are whole; only the floor's are not."""


@dataclass(frozen=True, slots=True)
class IntegerSolution:
    """What the search found.

    status
        `optimal` (within `GAP`), `time limit`, `infeasible` or `unsolved`.
    objective
        Cost of the decisions, infinite when there are none.
    bound
        HiGHS's own lower bound: for tests and benchmarks, never for a certificate.
    """

    status: Status
    objective: float
    bound: float
    decisions: Decisions | None


def solve_integer(
    model: Model, time_limit: float, start: Decisions | None = None
) -> Decisions | None:  # fmt: skip
    """Find the cheapest plan in whole numbers.

    Parameters
    ----------
    model
        The derived instance.
    time_limit
        Seconds of solving.
    start
        A feasible plan to improve on.

    Returns
    -------
    Decisions or None
        The best plan found in time, proven cheapest unless the time ran out, and never dearer than
        `start`; None without any.
    """
    return search_integer(model, time_limit, start).decisions


def search_integer(
    model: Model,
    time_limit: float,
    start: Decisions | None = None,
    *,
    nearest: int | None = None,
) -> IntegerSolution:
    """As :func:`solve_integer`, with how the search ended; `nearest` as in `columns_of`."""
    program = program_of(model, nearest=nearest, whole_vials=True)
    session = Session(program, whole=whole_columns(program.columns))
    session.option("time_limit", value=float(time_limit))
    session.option("mip_rel_gap", value=GAP)
    session.option("mip_feasibility_tolerance", value=1e-7)
    point = None if start is None else point_of(model, program.columns, start)
    if point is not None:
        session.start_from(point)
    outcome, x = _run(session, program)
    if start is not None and point is not None and program.row_excess(point) <= KEPT:
        known = program.cost_of(point)
        if x is None or known < program.cost_of(x):
            return IntegerSolution(outcome.status, known, outcome.bound, start)
    if x is None:
        return IntegerSolution(outcome.status, np.inf, outcome.bound, None)
    return IntegerSolution(
        outcome.status, program.cost_of(x), outcome.bound, decisions_of(model, program.columns, x)
    )


def _run(session: Session, program: Program) -> tuple[Outcome, Floats | None]:
    """Search, and make what is found whole; an answer that cannot be used is none."""
    try:
        outcome = session.run()
        return outcome, None if outcome.x is None else made_whole(program, outcome.x)
    except UnsolvedError:
        return Outcome("unsolved", None, None, -np.inf), None


def made_whole(program: Program, x: Floats) -> Floats:
    """Keep the whole columns and find whole values for the others, at the least cost.

    Raises
    ------
    UnsolvedError
        When a value is not whole although the theory says so, or a row is broken by rounding.
    """
    columns = program.columns
    whole = whole_columns(columns)
    fixed = np.where(whole, _rounded(x, whole), 0.0)
    session = Session(program, lower=fixed, upper=np.where(whole, fixed, np.inf))
    session.option("solver", value="simplex")
    outcome = session.run()
    if outcome.x is None:
        raise UnsolvedError("The whole part of an integer solution admits no plan.")
    counted = whole.copy()
    for family in (columns.flows, columns.first_doses):
        counted[family.span] = True
    values = np.where(counted, _rounded(outcome.x, counted), outcome.x)
    if program.row_excess(values) > KEPT:
        raise UnsolvedError("Rounding an integer solution broke one of its rows.")
    return values


def _rounded(x: Floats, counted: np.ndarray) -> Floats:
    values = np.round(x)
    if np.abs(values - x)[counted].max(initial=0.0) > WHOLE:
        raise UnsolvedError("HiGHS left a count that is not whole.")
    return values


def decisions_of(model: Model, columns: Columns, x: Floats) -> Decisions:
    """Write whole values as tables; vials are shipped when needed and not before."""
    return Decisions(
        flows=_table(columns.flows, x),
        first_doses=_table(columns.first_doses, x),
        second_doses=_table(columns.second_doses, x),
        shipments=_shipments(model, columns, x),
    )


def _table(family: Family, x: Floats) -> Ints:
    """Keys and counts of the columns above zero."""
    counts = np.round(x[family.span]).astype(np.int64)
    given = counts > 0
    return np.column_stack([*(keys[given] for keys in family.keys.values()), counts[given]])


def _shipments(model: Model, columns: Columns, x: Floats) -> Ints:
    """Vials each stock needs by each week: the running maximum of ceil(net need / vial)."""
    horizon = model.horizon
    j, p = columns.stock_of.T
    given = np.zeros_like(horizon.booked_doses)
    for family in (columns.starts, columns.second_doses):
        counts = np.round(x[family.span]).astype(np.int64)
        np.add.at(given, (family["centre"], family["product"], family["week"]), counts)
    need = np.cumsum(given + horizon.booked_doses - horizon.earmarked, axis=2)[j, p]
    vial = model.instance.products.doses_per_vial[p]
    shipped = np.maximum.accumulate(np.maximum(-(-need // vial[:, None]), 0), axis=1)
    weekly = np.diff(shipped, axis=1, prepend=0)
    stock, week = np.nonzero(weekly)
    return np.column_stack([j[stock], p[stock], week, weekly[stock, week]])
