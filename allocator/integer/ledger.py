"""The books of an integer plan: what is placed, what room and which vials are left.

Vials are shipped when needed and not before, so the vials a centre must have received by a week
follow from the doses given there: the running maximum of ceil((given + booked - earmarked) / vial).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from allocator.ascent.lists import Lists
from allocator.ascent.model import Model
from allocator.instance import Bools, Floats, Ints
from allocator.jit import kernel

NO_SECOND = -1
"""Second week of a one-dose bundle."""


class Ledger(NamedTuple):
    """State and rules of a plan in the making; kernels change the first seven in place.

    room
        J x W slots left.
    drawn
        J x P x W cumulative doses given and booked, less those earmarked.
    shipped
        J x P x W cumulative vials that this needs.
    vials_left
        P x W cumulative vials of the pool not yet needed by anybody.
    first
        Q x K x P x T first doses of a (département, centre) pair.
    second
        J x P x T x G second doses, by weeks after the earliest allowed.
    placed
        E x K people of the zone lists' entries.
    unserved
        Z x K people without a place.
    """

    room: Ints
    drawn: Ints
    shipped: Ints
    vials_left: Ints
    first: Ints
    second: Ints
    placed: Ints
    unserved: Ints
    vial: Ints
    first_allowed: Bools
    second_allowed: Bools
    two_dose: Bools
    lo: Ints
    hi: Ints
    block_of_week: Ints
    start: Ints
    pair: Ints
    cost: Floats
    pair_department: Ints
    pair_centre: Ints
    pair_start: Ints


class Tariff(NamedTuple):
    """What decides between bundles: the class's cost, capacity and vial prices, the reward.

    class_cost
        K x T.
    capacity
        J x W per slot.
    vial
        P x W per vial shipped by that week (row duals times the vial).
    reward
        D x B.
    """

    class_cost: Floats
    capacity: Floats
    vial: Floats
    reward: Floats


def open_ledger(model: Model, lists: Lists) -> Ledger:
    """Open the books with only the booked people in them."""
    horizon = model.horizon
    J = len(horizon.room)
    P, K, T = horizon.first_allowed.shape
    vial = model.instance.products.doses_per_vial
    drawn = np.cumsum(horizon.booked_doses - horizon.earmarked, axis=2)
    shipped = np.maximum.accumulate(np.maximum(-(-drawn // vial[None, :, None]), 0), axis=2)
    supply = np.cumsum(horizon.pool, axis=1) // vial[:, None]
    widest = int((horizon.hi - horizon.lo).max(initial=0)) + 1
    blocks = np.searchsorted(model.block_start, np.arange(T), side="right") - 1
    return Ledger(
        room=np.maximum(horizon.room, 0),
        drawn=drawn,
        shipped=shipped,
        vials_left=supply - shipped.sum(axis=0),
        first=np.zeros((len(lists.pair_centre), K, P, T), dtype=np.int64),
        second=np.zeros((J, P, T, widest), dtype=np.int64),
        placed=np.zeros((len(lists.pair), K), dtype=np.int64),
        unserved=model.people.copy(),
        vial=vial,
        first_allowed=horizon.first_allowed,
        second_allowed=horizon.second_allowed,
        two_dose=horizon.two_dose,
        lo=horizon.lo,
        hi=horizon.hi,
        block_of_week=blocks.astype(np.int64),
        start=lists.start,
        pair=lists.pair,
        cost=lists.cost,
        pair_department=lists.pair_department,
        pair_centre=lists.pair_centre,
        pair_start=lists.pair_start,
    )


@kernel
def fits(books: Ledger, j: int, p: int, t: int, u: int, wanted: int) -> int:
    """How many of `wanted` people the bundle (first week t, second week u) can take."""
    n = min(wanted, int(books.room[j, t]))
    if u >= 0:
        n = min(n, int(books.room[j, t] // 2 if u == t else books.room[j, u]))
    if n <= 0:
        return 0
    W = books.room.shape[1]
    vial = books.vial[p]
    ceiling = books.shipped[j, p, W - 1] + books.vials_left[p, W - 1]
    for w in range(W - 1, t - 1, -1):
        ceiling = min(ceiling, books.shipped[j, p, w] + books.vials_left[p, w])
        spare = ceiling * vial - books.drawn[j, p, w]
        n = min(n, int(spare // 2 if 0 <= u <= w else spare))
        if n <= 0:
            return 0
    return n


@kernel
def vial_cost(books: Ledger, tariff: Tariff, j: int, p: int, t: int, u: int, n: int) -> float:
    """Price of the vials that n more (or fewer) people in this bundle would need."""
    cost = 0.0
    vial = books.vial[p]
    needed = books.shipped[j, p, t - 1] if t > 0 else 0
    for w in range(t, books.room.shape[1]):
        drawn = books.drawn[j, p, w] + n + (n if 0 <= u <= w else 0)
        needed = max(needed, -(-drawn // vial))
        if needed != books.shipped[j, p, w]:
            cost += tariff.vial[p, w] * (needed - books.shipped[j, p, w])
    return cost


@kernel
def enter(books: Ledger, j: int, p: int, t: int, u: int, n: int) -> None:
    """Book n people (negative: take them out) into the bundle, at the centre's side."""
    vial = books.vial[p]
    books.room[j, t] -= n
    if u >= 0:
        books.room[j, u] -= n
        books.second[j, p, t, u - t - books.lo[p]] += n
    needed = books.shipped[j, p, t - 1] if t > 0 else 0
    for w in range(t, books.room.shape[1]):
        books.drawn[j, p, w] += n + (n if 0 <= u <= w else 0)
        needed = max(needed, -(-books.drawn[j, p, w] // vial))
        books.vials_left[p, w] -= needed - books.shipped[j, p, w]
        books.shipped[j, p, w] = needed


@kernel
def best_bundle(
    books: Ledger, tariff: Tariff, q: int, k: int, n: int
) -> tuple[float, int, int, int]:
    """Cheapest bundle that takes all n people of pair q and class k: cost, product, weeks."""
    j, d = books.pair_centre[q], books.pair_department[q]
    P, T, W = len(books.vial), books.first.shape[3], books.room.shape[1]
    best, best_p, best_t, best_u = np.inf, -1, -1, NO_SECOND
    for p in range(P):
        for t in range(T):
            if not books.first_allowed[p, k, t] or books.room[j, t] < n:
                continue
            base = tariff.class_cost[k, t] + tariff.capacity[j, t]
            base -= tariff.reward[d, books.block_of_week[t]]
            if not books.two_dose[p]:
                if n * base < best and fits(books, j, p, t, NO_SECOND, n) == n:
                    cost = n * base + vial_cost(books, tariff, j, p, t, NO_SECOND, n)
                    if cost < best:
                        best, best_p, best_t, best_u = cost, p, t, NO_SECOND
                continue
            for u in range(t + books.lo[p], min(t + books.hi[p], W - 1) + 1):
                if not books.second_allowed[p, u] or books.room[j, u] < n:
                    continue
                linear = n * (base + tariff.capacity[j, u])
                if linear < best and fits(books, j, p, t, u, n) == n:
                    cost = linear + vial_cost(books, tariff, j, p, t, u, n)
                    if cost < best:
                        best, best_p, best_t, best_u = cost, p, t, u
    return best, best_p, best_t, best_u
