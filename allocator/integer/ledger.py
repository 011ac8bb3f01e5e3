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
    """State and rules of a plan in the making; kernels change the first eleven in place.

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
    given
        D x C first doses of a département before each checkpoint, and `total`, of all.
    floor_value
        C, price of one more first dose before the checkpoint: it raises everybody's floor.
    floor_share
        D, part of all first doses that the floor asks for a département.
    """

    room: Ints
    drawn: Ints
    shipped: Ints
    vials_left: Ints
    first: Ints
    second: Ints
    placed: Ints
    unserved: Ints
    given: Ints
    total: Ints
    floor_value: Floats
    floor_share: Floats
    checkpoints: Ints
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
    """What decides between bundles: the class's cost, prices of slots and vials, of the floor.

    class_cost
        K x T.
    capacity
        J x W per slot.
    vial
        P x W per vial shipped by that week (row duals times the vial).
    floor
        Cost of one person missing from the fairness floor.
    fairness
        C x D prices of a person more below the floor, where exactly nobody is missing.
    band
        D people: so many missing raise that price by `floor`, so many to spare lower it.
    least_gain
        What each person moved must gain of the cost.
    """

    class_cost: Floats
    capacity: Floats
    vial: Floats
    floor: float
    fairness: Floats
    band: Floats
    least_gain: float


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
        given=np.zeros((len(model.people_d), model.n_checkpoints), dtype=np.int64),
        total=np.zeros(model.n_checkpoints, dtype=np.int64),
        floor_value=np.zeros(model.n_checkpoints),
        floor_share=model.floor_share,
        checkpoints=np.array(model.instance.fairness.checkpoints, dtype=np.int64),
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


def count_fairness(books: Ledger) -> None:
    """Count the first doses before every checkpoint anew, in place."""
    by_week = np.zeros((len(books.floor_share), books.first.shape[3]), dtype=np.int64)
    np.add.at(by_week, books.pair_department, books.first.sum(axis=(1, 2)))
    before = np.cumsum(by_week, axis=1)[:, books.checkpoints - 1]
    books.given[:] = before
    books.total[:] = before.sum(axis=0)


@kernel
def floor_price(books: Ledger, tariff: Tariff, d: int, c: int) -> float:
    """Price of one person more below the floor of a département at a checkpoint."""
    missing = books.floor_share[d] * books.total[c] - books.given[d, c]
    price: float = tariff.fairness[c, d] + tariff.floor * missing / tariff.band[d]
    # A plain float keeps the type checker content with what numba already knows.
    return float(min(max(price, 0.0), tariff.floor))


@kernel
def weigh_floors(books: Ledger, tariff: Tariff) -> None:
    """Price anew what one more first dose does to everybody's floor."""
    for c in range(len(books.total)):
        books.floor_value[c] = 0.0
        for d in range(len(books.floor_share)):
            books.floor_value[c] += books.floor_share[d] * floor_price(books, tariff, d, c)


@kernel
def first_cost(books: Ledger, tariff: Tariff, d: int, j: int, k: int, t: int) -> float:
    """Cost of one more first dose of a département and class at a centre in a week, vials aside.

    Counts for the fairness floor: the one served is no longer missing, but everybody's floor
    rises with the national coverage.
    """
    cost: float = tariff.class_cost[k, t] + tariff.capacity[j, t]
    for c in range(len(books.total)):
        if t < books.checkpoints[c]:
            cost += books.floor_value[c] - floor_price(books, tariff, d, c)
    return cost


@kernel
def admit(books: Ledger, q: int, k: int, p: int, t: int, u: int, n: int) -> None:
    """Put n people (negative: take them out) of a pair and class into a bundle with room."""
    enter(books, books.pair_centre[q], p, t, u, n)
    books.first[q, k, p, t] += n
    for c in range(len(books.total)):
        if t < books.checkpoints[c]:
            books.given[books.pair_department[q], c] += n
            books.total[c] += n


@kernel
def best_bundle(
    books: Ledger, tariff: Tariff, q: int, k: int, n: int, limit: float
) -> tuple[float, int, int, int]:
    """Cheapest bundle for all n people of pair q and class k: cost, product, weeks.

    Bundles that cost `limit` or more are not looked at; without one below it the product is -1.
    """
    j, d = books.pair_centre[q], books.pair_department[q]
    P, T, W = len(books.vial), books.first.shape[3], books.room.shape[1]
    best, best_p, best_t, best_u = limit, -1, -1, NO_SECOND
    for p in range(P):
        for t in range(T):
            if not books.first_allowed[p, k, t] or books.room[j, t] < n:
                continue
            base = first_cost(books, tariff, d, j, k, t)
            if n * base >= best:
                continue
            if not books.two_dose[p]:
                if fits(books, j, p, t, NO_SECOND, n) == n:
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
