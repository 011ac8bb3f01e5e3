"""First whole numbers: people to centres, then people to weeks, carrying what is cut off."""

from __future__ import annotations

import math

import numpy as np

from allocator.instance import Floats, Ints
from allocator.integer.ledger import (
    NO_SECOND,
    Ledger,
    Tariff,
    admit,
    best_bundle,
    enter,
    fits,
    weigh_floors,
)
from allocator.jit import kernel


@kernel
def round_zones(books: Ledger, g: Floats, tau: float, order: Ints, carried: Floats) -> None:
    """Place whole people by the soft shares; what is cut off is owed to the pair (Q x K)."""
    K = books.unserved.shape[1]
    share = np.empty(books.placed.shape[0] + 1)
    for z in order:
        a, b = books.start[z], books.start[z + 1]
        for k in range(K):
            n = books.unserved[z, k]
            if n == 0 or a == b:
                continue
            least = 0.0
            for e in range(a, b):
                least = min(least, books.cost[e] + g[books.pair[e], k])
            total = math.exp(max(least / tau, -700.0))
            for e in range(a, b):
                gap = (books.cost[e] + g[books.pair[e], k] - least) / tau
                share[e - a] = math.exp(-gap) if gap < 25.0 else 0.0
                total += share[e - a]
            left = n
            for e in range(a, b):
                if share[e - a] > 0.0:
                    wanted = n * share[e - a] / total
                    whole = int(wanted)
                    books.placed[e, k] += whole
                    left -= whole
                    carried[books.pair[e], k] += wanted - whole
            nobody = n * math.exp(max(least / tau, -700.0)) / total
            while left > 0 and left > nobody - 0.5:
                most, chosen = 0.0, -1
                for e in range(a, b):
                    if share[e - a] > 0.0 and carried[books.pair[e], k] > most:
                        most, chosen = carried[books.pair[e], k], e
                if chosen < 0:
                    break
                books.placed[chosen, k] += 1
                carried[books.pair[chosen], k] -= 1.0
                left -= 1
            books.unserved[z, k] = left


@kernel
def place_centres(
    books: Ledger, load: Ints, block_share: Floats, week_share: Floats, second_share: Floats,
    order: Ints, in_vials: bool,
) -> None:  # fmt: skip
    """Give the people of each centre their weeks, amount by amount as the soft plan has them.

    `load` (Q x K) are the people sent to each pair; on return, those still without a week.
    """
    K, P, T = books.first.shape[1], books.first.shape[2], books.first.shape[3]
    G = second_share.shape[3]
    for j in order:
        a, b = books.pair_start[j], books.pair_start[j + 1]
        if a == b:
            continue
        people = load[a:b].astype(np.float64)
        owed = np.zeros((b - a, K))
        carry = np.zeros(P)
        for t in range(T):
            block = books.block_of_week[t]
            for p in range(P):
                amount = 0.0
                for q in range(a, b):
                    for k in range(K):
                        part = people[q - a, k] * block_share[q, k, block] * week_share[j, k, p, t]
                        owed[q - a, k] += part
                        amount += part
                if amount == 0.0:
                    continue
                for i in range(G if books.two_dose[p] else 1):
                    u = t + books.lo[p] + i if books.two_dose[p] else NO_SECOND
                    carry[p] += amount * (second_share[j, p, t, i] if books.two_dose[p] else 1.0)
                    n = int(carry[p] + 0.5)
                    if in_vials:
                        n -= n % books.vial[p]
                    if n > 0 and (u < 0 or second_share[j, p, t, i] > 0.0):
                        n = fits(books, j, p, t, u, n)
                        carry[p] -= _fill(books, load, owed, j, p, t, u, n)


@kernel
def _fill(books: Ledger, load: Ints, owed: Floats, j: int, p: int, t: int, u: int, n: int) -> int:
    """Give n slots of a bundle to the most-owed pairs and classes; return how many were taken."""
    a, b = books.pair_start[j], books.pair_start[j + 1]
    K = books.first.shape[1]
    given = 0
    for whole in (True, False):
        while given < n:
            most, best_q, best_k = -np.inf, -1, -1
            for q in range(a, b):
                for k in range(K):
                    allowed = books.first_allowed[p, k, t] and load[q, k] > 0
                    if allowed and owed[q - a, k] > most:
                        most, best_q, best_k = owed[q - a, k], q, k
            if best_q < 0 or (whole and most < 1.0) or (not whole and most < -2.0):
                break
            m = min(n - given, load[best_q, best_k])
            m = min(m, int(most)) if whole else 1
            books.first[best_q, best_k, p, t] += m
            load[best_q, best_k] -= m
            owed[best_q - a, best_k] -= m
            given += m
    if given > 0:
        enter(books, j, p, t, u, given)
    return given


@kernel
def refill(books: Ledger, tariff: Tariff, load: Ints, order: Ints) -> None:
    """Give people still without a week the cheapest bundle of their own centre, while it pays."""
    K = books.first.shape[1]
    for j in order:
        weigh_floors(books, tariff)
        for q in range(books.pair_start[j], books.pair_start[j + 1]):
            for k in range(K):
                while load[q, k] > 0:
                    best, best_n, best_p, best_t, best_u = 0.0, 0, -1, -1, NO_SECOND
                    n = load[q, k]
                    while n > 0:
                        cost, p, t, u = best_bundle(books, tariff, q, k, n, np.inf)
                        if p >= 0 and cost / n < best:
                            best, best_n, best_p, best_t, best_u = cost / n, n, p, t, u
                        n = n // 4 if n > 4 else n - 1
                    if best_n == 0:
                        break
                    admit(books, q, k, best_p, best_t, best_u, best_n)
                    load[q, k] -= best_n


@kernel
def release(books: Ledger, load: Ints, entries_by_cost: Ints) -> None:
    """Let go of people their centre has no week for, the farthest first."""
    K = books.placed.shape[1]
    for i in range(len(entries_by_cost) - 1, -1, -1):
        e = entries_by_cost[i]
        q = books.pair[e]
        for k in range(K):
            n = min(load[q, k], books.placed[e, k])
            if n > 0:
                z = np.searchsorted(books.start, e, side="right") - 1
                books.placed[e, k] -= n
                books.unserved[z, k] += n
                load[q, k] -= n
