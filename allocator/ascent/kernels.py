"""The inner loops: smoothed minima forward, expected use of every priced row backward.

A soft minimum at temperature tau is `min - tau * log(sum(exp(-(v - min) / tau)))`; it never
exceeds the minimum, so every value below is a lower bound, and at tau 0 it is the minimum itself.
Each kernel works on a range of centres or of zones, so that threads share nothing.
"""

from __future__ import annotations

import math

from allocator.instance import Bools, Floats, Ints
from allocator.jit import kernel

CUT = 25.0
"""Exponents beyond this are nothing: e^-25 is 1e-11."""
HIGH = 1e14
"""At or above: not available."""


@kernel
def price_bundles(
    mu: Floats, lam: Floats, stock: Floats, stock_row: Ints, second_allowed: Bools,
    two_dose: Bools, lo: Ints, hi: Ints, T: int, tau: float, first: int, last: int,
    bundle: Floats, second_share: Floats,
) -> None:  # fmt: skip
    """Price of both doses by centre, product and first week; shares of the second weeks."""
    P, W = lam.shape
    row_price = lam[0].copy()
    for j in range(first, last):
        for p in range(P):
            own = stock_row[j, p]
            for w in range(W):
                row_price[w] = mu[j, w] + (stock[own, w] if own >= 0 else lam[p, w])
            for t in range(T):
                if not two_dose[p]:
                    bundle[j, p, t] = row_price[t]
                    continue
                end = min(t + hi[p], W - 1)
                least = math.inf
                for u in range(t + lo[p], end + 1):
                    if second_allowed[p, u] and row_price[u] < least:
                        least = row_price[u]
                for i in range(second_share.shape[3]):
                    second_share[j, p, t, i] = 0.0
                if least >= HIGH or row_price[t] >= HIGH:
                    bundle[j, p, t] = math.inf
                    continue
                total = 0.0
                for u in range(t + lo[p], end + 1):
                    if second_allowed[p, u]:
                        gap = row_price[u] - least
                        share = 0.0
                        if gap <= 0.0:
                            share = 1.0
                        elif tau > 0.0 and gap < CUT * tau:
                            share = math.exp(-gap / tau)
                        second_share[j, p, t, u - t - lo[p]] = share
                        total += share
                for i in range(second_share.shape[3]):
                    second_share[j, p, t, i] /= total
                bundle[j, p, t] = row_price[t] + least - tau * math.log(total)


@kernel
def price_classes(
    bundle: Floats, class_cost: Floats, first_allowed: Bools, block_start: Ints,
    tau: float, first: int, last: int, block_cost: Floats, week_share: Floats,
) -> None:  # fmt: skip
    """Cost of a first dose by centre, class and fairness block; shares of product and week."""
    P, K = first_allowed.shape[:2]
    for j in range(first, last):
        for k in range(K):
            for b in range(len(block_start) - 1):
                least = math.inf
                for p in range(P):
                    for t in range(block_start[b], block_start[b + 1]):
                        if first_allowed[p, k, t]:
                            least = min(least, class_cost[k, t] + bundle[j, p, t])
                block_cost[j, k, b] = math.inf
                total = 0.0
                for p in range(P):
                    for t in range(block_start[b], block_start[b + 1]):
                        share = 0.0
                        if first_allowed[p, k, t] and least < HIGH:
                            gap = class_cost[k, t] + bundle[j, p, t] - least
                            if gap <= 0.0:
                                share = 1.0
                            elif tau > 0.0 and gap < CUT * tau:
                                share = math.exp(-gap / tau)
                        week_share[j, k, p, t] = share
                        total += share
                if least < HIGH:
                    block_cost[j, k, b] = least - tau * math.log(total)
                    for p in range(P):
                        for t in range(block_start[b], block_start[b + 1]):
                            week_share[j, k, p, t] /= total


@kernel
def price_pairs(
    block_cost: Floats, reward: Floats, pair_department: Ints, pair_centre: Ints,
    tau: float, first: int, last: int, g: Floats, block_share: Floats,
) -> None:  # fmt: skip
    """Cost g of serving one person of a (département, centre) pair, by class."""
    K, B = block_cost.shape[1], block_cost.shape[2]
    for q in range(first, last):
        d, j = pair_department[q], pair_centre[q]
        for k in range(K):
            least = math.inf
            for b in range(B):
                least = min(least, block_cost[j, k, b] - reward[d, b])
            total = 0.0
            for b in range(B):
                share = 0.0
                if least < HIGH:
                    gap = block_cost[j, k, b] - reward[d, b] - least
                    if gap <= 0.0:
                        share = 1.0
                    elif tau > 0.0 and gap < CUT * tau:
                        share = math.exp(-gap / tau)
                block_share[q, k, b] = share
                total += share
            if least < HIGH:
                g[q, k] = least - tau * math.log(total)
                for b in range(B):
                    block_share[q, k, b] /= total
            else:
                g[q, k] = math.inf


@kernel
def assign_zones(
    people: Floats, start: Ints, pair: Ints, cost: Floats, g: Floats, tau: float,
    first: int, last: int, scratch: Floats, load: Floats,
) -> float:  # fmt: skip
    """Send everybody to the soft best of their list or to nobody; return the sum of minima."""
    value = 0.0
    K = people.shape[1]
    for z in range(first, last):
        for k in range(K):
            n = people[z, k]
            if n == 0.0:
                continue
            least = 0.0
            for e in range(start[z], start[z + 1]):
                v = cost[e] + g[pair[e], k]
                scratch[e - start[z]] = v
                least = min(least, v)
            cut = CUT * tau
            total = math.exp(least / tau) if least > -cut else 0.0
            for e in range(start[z], start[z + 1]):
                gap = scratch[e - start[z]] - least
                share = math.exp(-gap / tau) if gap < cut else 0.0
                scratch[e - start[z]] = share
                total += share
            value += n * (least - tau * math.log(total))
            for e in range(start[z], start[z + 1]):
                if scratch[e - start[z]] > 0.0:
                    load[pair[e], k] += n * scratch[e - start[z]] / total
    return value


@kernel
def spread_load(
    load: Floats, block_share: Floats, week_share: Floats, second_share: Floats,
    pair_start: Ints, pair_department: Ints, stock_row: Ints, two_dose: Bools, lo: Ints,
    block_start: Ints, first: int, last: int, use: Floats, pool_use: Floats,
    stock_use: Floats, block_firsts: Floats,
) -> None:  # fmt: skip
    """Turn people per pair into use of capacity, of doses, and first doses by block."""
    K, P = week_share.shape[1], week_share.shape[2]
    B = len(block_start) - 1
    by_block = week_share[0, :, 0, :B].copy()
    for j in range(first, last):
        by_block[:, :] = 0.0
        for q in range(pair_start[j], pair_start[j + 1]):
            for k in range(K):
                if load[q, k] > 0.0:
                    for b in range(B):
                        amount = load[q, k] * block_share[q, k, b]
                        by_block[k, b] += amount
                        block_firsts[pair_department[q], b] += amount
        for b in range(B):
            for p in range(P):
                own = stock_row[j, p]
                for t in range(block_start[b], block_start[b + 1]):
                    firsts = 0.0
                    for k in range(K):
                        firsts += by_block[k, b] * week_share[j, k, p, t]
                    if firsts == 0.0:
                        continue
                    use[j, t] += firsts
                    if own >= 0:
                        stock_use[own, t] += firsts
                    else:
                        pool_use[p, t] += firsts
                    if two_dose[p]:
                        for i in range(second_share.shape[3]):
                            seconds = firsts * second_share[j, p, t, i]
                            if seconds > 0.0:
                                u = t + lo[p] + i
                                use[j, u] += seconds
                                if own >= 0:
                                    stock_use[own, u] += seconds
                                else:
                                    pool_use[p, u] += seconds
