"""Local search: offer the unserved every listed centre, move people to cheaper weeks."""

from __future__ import annotations

import numpy as np

from allocator.instance import Floats, Ints
from allocator.integer.ledger import NO_SECOND, Ledger, Tariff, best_bundle, enter, vial_cost
from allocator.jit import kernel

LEAST_GAIN = 1e-3
"""A move must gain this much of the cost; far below what any person is worth."""


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
                cost, p, t, u = best_bundle(books, tariff, q, k, 1)
                if cost > cached[q, k] + 1e-9:
                    cached[q, k] = cost
                    continue
                n = 1
                rest = books.unserved[z, k]
                if rest > 1:
                    all_cost, ap, at, au = best_bundle(books, tariff, q, k, rest)
                    if ap >= 0 and all_cost / rest + books.cost[chosen] < 0.0:
                        n, p, t, u = rest, ap, at, au
                enter(books, books.pair_centre[q], p, t, u, n)
                books.first[q, k, p, t] += n
                books.placed[chosen, k] += n
                books.unserved[z, k] -= n
                served += n
                cached[q, k] = best_bundle(books, tariff, q, k, 1)[0]
    return served


@kernel
def price_all(books: Ledger, tariff: Tariff, cached: Floats) -> None:
    """Cost of one more person at every pair, by class."""
    for q in range(cached.shape[0]):
        for k in range(cached.shape[1]):
            cached[q, k] = best_bundle(books, tariff, q, k, 1)[0]


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
def shift(books: Ledger, tariff: Tariff, order: Ints, amounts: Ints) -> float:
    """Move a few people at a time to a cheaper bundle of their own centre; return the gain."""
    gain = 0.0
    K, P, T = books.first.shape[1], books.first.shape[2], books.first.shape[3]
    for j in order:
        for q in range(books.pair_start[j], books.pair_start[j + 1]):
            for k in range(K):
                for p in range(P):
                    for t in range(T):
                        for n in amounts:
                            if books.first[q, k, p, t] >= n:
                                gain += _try_shift(books, tariff, q, k, p, t, n)
    return gain


@kernel
def _try_shift(books: Ledger, tariff: Tariff, q: int, k: int, p: int, t: int, n: int) -> float:
    """Take n people out and put them back where they cost least, if elsewhere."""
    j, d = books.pair_centre[q], books.pair_department[q]
    u = _dearest_second(books, tariff, j, p, t, n)
    if u == -2:
        return 0.0
    before = tariff.class_cost[k, t] + tariff.capacity[j, t]
    before -= tariff.reward[d, books.block_of_week[t]]
    if u >= 0:
        before += tariff.capacity[j, u]
    enter(books, j, p, t, u, -n)
    before = n * before + vial_cost(books, tariff, j, p, t, u, n)
    books.first[q, k, p, t] -= n
    after, p2, t2, u2 = best_bundle(books, tariff, q, k, n)
    if p2 < 0 or after > before - LEAST_GAIN:
        p2, t2, u2, after = p, t, u, before
    enter(books, j, p2, t2, u2, n)
    books.first[q, k, p2, t2] += n
    gain: float = before - after
    return gain
