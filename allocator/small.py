"""Small instances: the relaxation exactly; of tiny ones, the integer program as well."""

from __future__ import annotations

from allocator.ascent.evaluate import Evaluator
from allocator.ascent.lists import Lists
from allocator.ascent.model import Model
from allocator.ascent.rows import ascent_prices
from allocator.ascent.scan import Scanner
from allocator.certificate import Prices
from allocator.decisions import Decisions
from allocator.integer.whole import Relaxed, WholePlan, decisions_of
from allocator.lp import solve_integer, solve_relaxation
from allocator.national import solve_national
from allocator.result import Status
from allocator.watch import Watch

SMALL_COLUMNS, TINY_COLUMNS = 30_000, 1_000
"""Up to these the relaxation is solved exactly, and the integer program is worth its time: above,
HiGHS improves no plan of the ascent in a minute, and a step of its bounds may outlast any limit."""
MOST_PEOPLE = 10_000_000
"""For whom the integer program is worth its time: with thousands of millions HiGHS loses itself in
whole numbers and ignores any limit."""
INTEGER_LIMIT_S, POLISH_LIMIT_S = 20.0, 2.0
"""Seconds for the integer program: to reach the gap, and beyond it once reached."""
PROVEN = 1e-9
SEARCH_SHARES = (1.0, 0.8, 0.6, 0.4, 0.2, 0.0)


def solve_small(
    model: Model, columns: int, gap: float, seed: int, watch: Watch
) -> tuple[Decisions, Prices, Status]:
    """Plan with exact prices: by the ascent, or, if tiny, by rounding and the integer program."""
    watch.tell("relaxation", 0.0)
    prices = solve_relaxation(model).prices
    if columns > TINY_COLUMNS:
        plan, _, status = solve_national(model, gap, seed, watch)
        return plan, prices, status
    watch.tell("rounding", 0.0)
    with Evaluator(model) as evaluator:
        at = ascent_prices(model, prices)
        scanner = Scanner(model)
        watch.bound = scanner.bound(at, evaluator)
        lists = scanner.lists(at, evaluator, float("inf"))
        start, cost = _rounded(model, evaluator, lists, prices, seed, watch)
    watch.cost = cost
    missing = cost - watch.bound
    is_huge = int(model.people.sum()) > MOST_PEOPLE
    if watch.is_over() or missing <= PROVEN * abs(cost) or is_huge:
        return start, prices, _status(watch)
    wanted = POLISH_LIMIT_S if missing <= gap * abs(cost) else INTEGER_LIMIT_S
    return improved(model, start, wanted, watch), prices, _status(watch)


def improved(model: Model, start: Decisions, limit_s: float, watch: Watch) -> Decisions:
    """Improve a plan of a tiny instance by the integer program, within the time left."""
    watch.tell("integer program", 0.0)
    return solve_integer(model, min(limit_s, max(watch.left_s, 0.1)), start) or start


def _status(watch: Watch) -> Status:
    if watch.is_interrupted():
        return Status.INTERRUPTED
    return Status.TIME_LIMIT if watch.is_over() else Status.NO_BETTER_FOUND


def _rounded(
    model: Model, evaluator: Evaluator, lists: Lists, prices: Prices, seed: int, watch: Watch
) -> tuple[Decisions, float]:
    """Round the soft plan at a fine temperature, then search."""
    at = ascent_prices(model, prices)
    tau = 1e-3 * max(model.constant / float(model.people.sum()), 1e-6)
    soft = evaluator.evaluate(at, lists, tau)
    relaxed = Relaxed(lists, soft, at, tau)
    whole = WholePlan(model, relaxed, seed, watch.is_over, in_vials=False)
    whole.round()
    for _ in whole.search(SEARCH_SHARES):
        pass
    return decisions_of(whole.books), whole.cost()
