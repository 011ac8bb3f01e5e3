"""HiGHS behind one small door: every status is looked at, arrays go in and come out once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import highspy
import numpy as np

from allocator.instance import Bools, Floats
from allocator.lp.program import Program

Solver = Literal["choose", "simplex", "ipx", "hipo"]
"""How a relaxation is solved; `hipo` needs the package highspy-extras of the same version."""

Status = Literal["optimal", "time limit", "infeasible", "unsolved"]
"""How a run ended; `unsolved` when its answer cannot be used."""

SPARSIFY = 1 << 14
"""Presolve rule left out: with the aggregator it undoes and redoes the same step for ever on some
programs of a hundred columns, and no time limit is looked at meanwhile (HiGHS 1.15.1)."""

LEAST_COST, USUAL_COST = 0.1, 1e3
"""HiGHS's tolerances are absolute: where the dearest column costs less than the first, all costs
are raised until it costs about the second."""

_STATUS: dict[Any, Status] = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kTimeLimit: "time limit",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    # No cost can fall without end (people are bounded), so only the other half can be true.
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
}


class UnsolvedError(RuntimeError):
    """HiGHS ended without an answer that can be used: most often numbers too far apart for it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run leaves.

    x, row_dual
        None when HiGHS has no feasible point, or no duals.
    bound
        HiGHS's own lower bound of an integer program, constant included.
    """

    status: Status
    x: Floats | None
    row_dual: Floats | None
    bound: float


class Session:
    """One HiGHS instance with one program in it; column bounds are 0 and none unless given."""

    def __init__(
        self,
        program: Program,
        *,
        lower: Floats | None = None,
        upper: Floats | None = None,
        whole: Bools | None = None,
        threads: int = 1,
    ) -> None:
        self._highs = highspy.Highs()
        # The scheduler is shared by the process and keeps its first size until it is reset.
        highspy.Highs.resetGlobalScheduler(True)
        self.option("output_flag", value=False)
        self.option("threads", value=threads)
        self.option("random_seed", value=0)
        self.option("presolve_rule_off", value=SPARSIFY)
        self._unit = _unit_of(program.cost)
        count = program.columns.count
        self._pass(
            program,
            np.zeros(count) if lower is None else lower,
            np.full(count, np.inf) if upper is None else upper,
            np.zeros(count, dtype=bool) if whole is None else whole,
        )

    def _pass(self, program: Program, lower: Floats, upper: Floats, whole: Bools) -> None:
        matrix = program.matrix
        model: list[Any] = [
            program.columns.count, len(program.row_lower), matrix.nnz,
            int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize),
            program.constant / self._unit, program.cost / self._unit, lower, upper,
            program.row_lower, program.row_upper,
            matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data,
        ]  # fmt: skip
        self._refuse_error("passModel", self._highs.passModel(*model, whole.astype(np.int32)))

    def option(self, name: str, *, value: float | str | bool) -> None:
        """Set an option; HiGHS would go on with its default where it knows no such value."""
        self._refuse_error(f"option {name}={value}", self._highs.setOptionValue(name, value))

    def start_from(self, x: Floats) -> None:
        """Hand over a feasible point to begin with."""
        solution = highspy.HighsSolution()
        solution.col_value = x.tolist()
        self._refuse_error("setSolution", self._highs.setSolution(solution))

    def run(self) -> Outcome:
        """Solve; UnsolvedError when HiGHS ends in any other way than those of `Status`."""
        self._refuse_error("run", self._highs.run())
        ended = self._highs.getModelStatus()
        status = _STATUS.get(ended)
        if status is None:
            raise UnsolvedError(f"HiGHS stopped: {self._highs.modelStatusToString(ended)}.")
        info, solution = self._highs.getInfo(), self._highs.getSolution()
        feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        return Outcome(
            status=status,
            x=np.asarray(solution.col_value) if feasible and solution.value_valid else None,
            row_dual=self._unit * np.asarray(solution.row_dual) if solution.dual_valid else None,
            bound=self._unit * float(info.mip_dual_bound),
        )

    @staticmethod
    def _refuse_error(what: str, status: Any) -> None:
        if status == highspy.HighsStatus.kError:
            raise UnsolvedError(f"HiGHS refused {what}.")


def _unit_of(cost: Floats) -> float:
    """Cost that HiGHS is to see as 1: a power of two, so that no digit is lost."""
    largest = float(np.abs(cost).max(initial=0.0))
    if largest == 0.0 or largest >= LEAST_COST:
        return 1.0
    return float(2.0 ** np.round(np.log2(largest / USUAL_COST)))
