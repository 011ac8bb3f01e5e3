"""The planning model as one linear or integer program, solved by HiGHS: the exact reference.

What the price ascent approximates, this package solves outright where the size allows it: it is
the peer of the benchmark, the witness of the tests, and the method for small instances.
"""

from allocator.lp.columns import count_columns
from allocator.lp.highs import Solver, Status, UnsolvedError
from allocator.lp.integer import IntegerSolution, search_integer, solve_integer
from allocator.lp.relaxation import LpSolution, solve_relaxation

__all__ = [
    "IntegerSolution",
    "LpSolution",
    "Solver",
    "Status",
    "UnsolvedError",
    "count_columns",
    "search_integer",
    "solve_integer",
    "solve_relaxation",
]
