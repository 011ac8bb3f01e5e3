"""Local search: offer the unserved every listed centre, move people to cheaper weeks."""

from __future__ import annotations

import numpy as np

from allocator.instance import Floats, Ints
from allocator.integer.ledger import (
    NO_SECOND,
    Ledger,
    Tariff,
    admit,
    best_bundle,
    first_cost,
    vial_cost,
    weigh_floors,
)
from allocator.jit import kernel


@kernel
def offer(books: Ledger, tariff: Tariff, order: Ints, cached: Floats) -> int:
    """Place unserved people wherever it pays, looking only where a stale price still promises.

    `cached` (Q x K) holds the cost of one person at the pair when last computed; prices only rise
    while people come in, so a cached cost is a lower bound and the lazy greedy choice is right.
    """
    served = 0
    K = books.unserved.shape[1]
    for z in order:
        for k in range(K):
            while books.unserved[z, k] > 0:
                best, chosen = 0.0, -1
                for e in range(books.start[z], books.start[z + 1]):
                    v = books.cost[e] + cached[books.pair[e], k]
                    if v < best:
                        best, chosen = v, e
                if chosen < 0:
                    break
                q = books.pair[chosen]
                cost, p, t, u = best_bundle(books, tariff, q, k, 1, np.inf)
                if cost > cached[q, k] + 1e-9:
                    cached[q, k] = cost
                    continue
                n, together = 1, books.unserved[z, k]
                while together > n:
                    limit = -together * books.cost[chosen]
                    _, ap, at, au = best_bundle(books, tariff, q, k, together, limit)
                    if ap >= 0:
                        n, p, t, u = together, ap, at, au
                    together //= 4
                admit(books, q, k, p, t, u, n)
                books.placed[chosen, k] += n
                books.unserved[z, k] -= n
                served += n
                cached[q, k] = best_bundle(books, tariff, q, k, 1, np.inf)[0]
    return served


@kernel
def price_all(books: Ledger, tariff: Tariff, cached: Floats) -> None:
    """Cost of one more person at every pair, by class."""
    weigh_floors(books, tariff)
    for q in range(cached.shape[0]):
        for k in range(cached.shape[1]):
            cached[q, k] = best_bundle(books, tariff, q, k, 1, np.inf)[0]


@kernel
def quote_all(books: Ledger, tariff: Tariff, amounts: Ints, quotes: Floats) -> None:
    """Cost a person of some more people at every pair, by class, in the cheapest amount."""
    weigh_floors(books, tariff)
    for q in range(quotes.shape[0]):
        for k in range(quotes.shape[1]):
            quotes[q, k] = quote(books, tariff, q, k, amounts)


@kernel
def _dearest_second(books: Ledger, tariff: Tariff, j: int, p: int, t: int, n: int) -> int:
    """Second week, among those with n people, whose slot is worth most; -2 when there is none."""
    if not books.two_dose[p]:
        return NO_SECOND
    most, chosen = -np.inf, -2
    for i in range(books.second.shape[3]):
        u = t + books.lo[p] + i
        if books.second[j, p, t, i] >= n and tariff.capacity[j, u] > most:
            most, chosen = tariff.capacity[j, u], u
    return chosen


@kernel
def shift(
    books: Ledger, tariff: Tariff, order: Ints, amounts: Ints, again: bool
) -> float:  # fmt: skip
    """Move a few people at a time to a cheaper bundle of their own centre; return the gain.

    Each amount goes once, or as often as it pays when `again`.
    """
    gain = 0.0
    K, P, T = books.first.shape[1], books.first.shape[2], books.first.shape[3]
    for j in order:
        weigh_floors(books, tariff)
        for q in range(books.pair_start[j], books.pair_start[j + 1]):
            for k in range(K):
                for p in range(P):
                    for t in range(T):
                        for n in amounts:
                            gained = 1.0
                            while gained > 0.0 and books.first[q, k, p, t] >= n:
                                gained = _try_shift(books, tariff, q, k, p, t, n)
                                gain += gained
                                if not again:
                                    break
    return gain


@kernel
def _try_shift(books: Ledger, tariff: Tariff, q: int, k: int, p: int, t: int, n: int) -> float:
    """Take n people out and put them back where they cost least, if elsewhere."""
    u = _dearest_second(books, tariff, books.pair_centre[q], p, t, n)
    if u == -2:
        return 0.0
    before = withdraw(books, tariff, q, k, p, t, u, n)
    after, p2, t2, u2 = best_bundle(books, tariff, q, k, n, before - n * tariff.least_gain)
    if p2 < 0:
        p2, t2, u2, after = p, t, u, before
    admit(books, q, k, p2, t2, u2, n)
    gain: float = before - after
    return gain


@kernel
def withdraw(
    books: Ledger, tariff: Tariff, q: int, k: int, p: int, t: int, u: int, n: int
) -> float:  # fmt: skip
    """Take n people of a pair and class out of a bundle; return what they cost there."""
    j = books.pair_centre[q]
    admit(books, q, k, p, t, u, -n)
    each = first_cost(books, tariff, books.pair_department[q], j, k, t)
    if u >= 0:
        each += tariff.capacity[j, u]
    return n * each + vial_cost(books, tariff, j, p, t, u, n)


@kernel
def _dearest_bundle(books: Ledger, tariff: Tariff, q: int, k: int) -> tuple[float, int, int, int]:
    """Dearest bundle a pair and class uses, vials aside: cost (-inf: none), product, weeks."""
    j, d = books.pair_centre[q], books.pair_department[q]
    most, chosen_p, chosen_t, chosen_u = -np.inf, -1, -1, NO_SECOND
    for p in range(books.first.shape[2]):
        for t in range(books.first.shape[3]):
            if books.first[q, k, p, t] == 0:
                continue
            u = _dearest_second(books, tariff, j, p, t, 1)
            cost = first_cost(books, tariff, d, j, k, t)
            if u >= 0:
                cost += tariff.capacity[j, u]
            if u != -2 and cost > most:
                most, chosen_p, chosen_t, chosen_u = cost, p, t, u
    return most, chosen_p, chosen_t, chosen_u


@kernel
def dearest_all(books: Ledger, tariff: Tariff, dearest: Floats) -> None:
    """Cost of the dearest bundle in use at every pair, by class; -inf where there is none."""
    for q in range(dearest.shape[0]):
        for k in range(dearest.shape[1]):
            dearest[q, k] = _dearest_bundle(books, tariff, q, k)[0]


@kernel
def relocate(
    books: Ledger, boundless: Ledger, tariff: Tariff, order: Ints, amounts: Ints, every: bool,
    cached: Floats, dearest: Floats,
) -> int:  # fmt: skip
    """Send people to another centre of their list where they cost less; return how many went.

    `cached` and `dearest` (Q x K) hold the cost of one more person, and of the dearest in place,
    at each pair; both are kept up to date. `cached` promises what the pool could give if it had
    vials enough (`boundless` shares everything with `books` but the vials left): those who leave
    bring theirs along, if enough of them go together. `amounts` go together, the most first; from
    the dearest bundle alone or, where doses come too late for those in it, from `every` other.
    """
    K = cached.shape[1]
    moved = 0
    for i, z in enumerate(order):
        if i % 64 == 0:
            weigh_floors(books, tariff)
        for k in range(K):
            for e in range(books.start[z], books.start[z + 1]):
                while books.placed[e, k] > 0:
                    here = books.cost[e] + dearest[books.pair[e], k] - tariff.least_gain
                    best, chosen = here, -1
                    for f in range(books.start[z], books.start[z + 1]):
                        cost = books.cost[f] + cached[books.pair[f], k]
                        if f != e and cost < best:
                            best, chosen = cost, f
                    if chosen < 0:
                        break
                    q, r = books.pair[e], books.pair[chosen]
                    least = cached[r, k] + books.cost[chosen] - books.cost[e] + tariff.least_gain
                    if not every:
                        least = dearest[q, k] - 1e-9
                    n = _try_moves(books, tariff, e, chosen, k, amounts, least)
                    if n == 0:  # what the pool has left decides, until somebody comes or goes
                        cached[r, k] = quote(books, tariff, r, k, amounts)
                        break
                    cached[r, k] = quote(boundless, tariff, r, k, amounts)
                    dearest[q, k] = _dearest_bundle(books, tariff, q, k)[0]
                    dearest[r, k] = _dearest_bundle(books, tariff, r, k)[0]
                    cached[q, k] = quote(boundless, tariff, q, k, amounts)
                    moved += n
    return moved


@kernel
def quote(books: Ledger, tariff: Tariff, q: int, k: int, amounts: Ints) -> float:
    """Cost a person of some more people at a pair, in the amount that is cheapest."""
    least = np.inf
    for n in amounts:
        least = min(least, best_bundle(books, tariff, q, k, n, np.inf)[0] / n)
    return least


@kernel
def _try_moves(
    books: Ledger, tariff: Tariff, e: int, f: int, k: int, amounts: Ints, least: float
) -> int:  # fmt: skip
    """Move some people from entry e to entry f, if it still pays once vials are counted.

    Those in bundles that cost more than `least` are tried, vials aside.
    """
    q, r = books.pair[e], books.pair[f]
    j, d = books.pair_centre[q], books.pair_department[q]
    for p in range(books.first.shape[2]):
        for t in range(books.first.shape[3]):
            if books.first[q, k, p, t] == 0:
                continue
            u = _dearest_second(books, tariff, j, p, t, 1)
            cost = first_cost(books, tariff, d, j, k, t)
            if u >= 0:
                cost += tariff.capacity[j, u]
            if u == -2 or cost <= least:
                continue
            there = books.first[q, k, p, t]
            if u >= 0:
                there = min(there, books.second[j, p, t, u - t - books.lo[p]])
            for n in amounts:
                if n <= min(books.placed[e, k], there):
                    before = n * books.cost[e] + withdraw(books, tariff, q, k, p, t, u, n)
                    limit = before - n * (tariff.least_gain + books.cost[f])
                    _, p2, t2, u2 = best_bundle(books, tariff, r, k, n, limit)
                    if p2 >= 0:
                        admit(books, r, k, p2, t2, u2, n)
                        books.placed[e, k] -= n
                        books.placed[f, k] += n
                        return int(n)
                    admit(books, q, k, p, t, u, n)
    return 0
