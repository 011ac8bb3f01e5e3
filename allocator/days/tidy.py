"""Fewer open vials: doses change days within their week while every pair stays possible.

A move takes doses of a product from one day to another of the same week, if need be in exchange
for doses of another product. It is made when it leaves fewer doses in open vials (or as many in
fewer vials) and when weekly sums, day limits and the inequalities of `allocator.days.spread` all
keep holding.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from allocator.days.spread import upto
from allocator.instance import Ints
from allocator.jit import kernel

MAX_PASSES = 8
"""Rounds over a week; most settle in two or three."""
MAX_VIALS = 6
"""Whole vials tried in one move, beyond a broken one."""
WHOLE = 1000
"""Worth of a dose in an open vial, more than that of all open vials of a week."""


class _Centre(NamedTuple):
    """One centre: P x X slots that can be paired, their cumulative counts, and what bounds them.

    `slots` counts both ranks and those without a pair, `left` the doses left in their open vial;
    `room` is what each day can still take.
    """

    firsts: Ints
    seconds: Ints
    A: Ints
    B: Ints
    slots: Ints
    left: Ints
    room: Ints
    low: Ints
    high: Ints
    vial: Ints


@kernel
def tidy_centres(
    firsts: Ints, seconds: Ints, pinned: Ints, limit: Ints, low: Ints, high: Ints, vial: Ints
) -> None:
    """Move doses between days in place.

    Parameters
    ----------
    firsts, seconds
        J x P x X slots that can all be paired.
    pinned
        J x P x X slots that stay where they are (those without a pair).
    limit
        J x X slots.
    low, high
        P, days apart.
    vial
        P, doses per vial.
    """
    J, P, X = firsts.shape
    A, B = np.zeros((P, X), np.int64), np.zeros((P, X), np.int64)
    slots, left = np.zeros((P, X), np.int64), np.zeros((P, X), np.int64)
    room = np.zeros(X, np.int64)
    for j in range(J):
        for x in range(X):
            room[x] = limit[j, x]
            for p in range(P):
                A[p, x] = firsts[j, p, x] + (A[p, x - 1] if x > 0 else 0)
                B[p, x] = seconds[j, p, x] + (B[p, x - 1] if x > 0 else 0)
                slots[p, x] = firsts[j, p, x] + seconds[j, p, x] + pinned[j, p, x]
                left[p, x] = -slots[p, x] % vial[p]
                room[x] -= slots[p, x]
        centre = _Centre(firsts[j], seconds[j], A, B, slots, left, room, low, high, vial)
        for monday in range(0, X, 7):
            recent = 127
            for _ in range(MAX_PASSES):
                if recent > 0:
                    recent = _pass(centre, monday, limit[j], recent)


@kernel
def _pass(centre: _Centre, monday: int, limit: Ints, recent: int) -> int:
    """Try every product and pair of days of which one was touched; return the days touched.

    Sets of days are bits of a number, Monday the lowest.
    """
    touched = 0
    for p in range(len(centre.vial)):
        for pair in range(49):
            bits = 1 << pair // 7 | 1 << pair % 7
            x, y = monday + pair // 7, monday + pair % 7
            if x == y or limit[x] == 0 or limit[y] == 0 or (recent | touched) & bits == 0:
                continue
            if centre.slots[p, x] == 0 or centre.left[p, x] + centre.left[p, y] == 0:
                continue
            k, q, l = _best(centre, p, x, y)
            if k > 0:
                _move(centre, p, x, y, k)
                touched |= bits
            if l > 0:
                _move(centre, q, y, x, l)
    return touched


@kernel
def _best(centre: _Centre, p: int, x: int, y: int) -> tuple[int, int, int]:
    """Doses k of p from day x to y, against l of q from y to x, that gain most: (k, q, l)."""
    best, best_gain = (0, 0, 0), 0
    vial, left = centre.vial[p], centre.left[p]
    starts = ((vial - left[x]) % vial, left[y])
    gains = (_gain(centre, p, x, y, starts[0]), _gain(centre, p, x, y, starts[1]))
    hope = max(gains[0], gains[1])
    most = -1
    for q in range(len(centre.vial)):
        could_gain = 0 if q == p else _worth(centre.left[q, x]) + _worth(centre.left[q, y])
        if hope + could_gain <= best_gain or (centre.slots[q, y] == 0 and q != p):
            continue
        if most < 0:
            most1, most2 = _movable(centre, p, x, y)
            most = most1 + most2
        back1, back2 = _movable(centre, q, y, x)
        back = 0 if q == p else back1 + back2
        for i in range(2):
            if gains[i] + could_gain > best_gain:
                k, l, gain = _exchange(centre, x, y, starts[i], vial, most, q, back)
                if k > 0 and gains[i] + gain > best_gain:
                    best, best_gain = (k, q, l), gains[i] + gain
    return best


@kernel
def _exchange(
    centre: _Centre, x: int, y: int, start: int, vial: int, most: int, q: int, back: int
) -> tuple[int, int, int]:
    """Choose l of q against k = start, start + vial, ... of p, to gain most on q: (k, l, gain).

    l is as little as the day limit asks, or more up to the next whole vial on either day.
    """
    best, best_gain = (0, 0), -4 * WHOLE * centre.vial[q]
    q_vial = centre.vial[q]
    close_y, fill_x = (q_vial - centre.left[q, y]) % q_vial, centre.left[q, x]
    gain_close, gain_fill = _gain(centre, q, y, x, close_y), _gain(centre, q, y, x, fill_x)
    for k in range(start, min(most, start + MAX_VIALS * vial) + 1, vial):
        least = max(k - centre.room[y], 0)
        up_to = min(back, k + centre.room[x])
        if k == 0 or least > up_to:
            continue
        if gain_close > best_gain and least + (close_y - least) % q_vial <= up_to:
            best, best_gain = (k, least + (close_y - least) % q_vial), gain_close
        if gain_fill > best_gain and least + (fill_x - least) % q_vial <= up_to:
            best, best_gain = (k, least + (fill_x - least) % q_vial), gain_fill
        gain = _gain(centre, q, y, x, least)
        if gain > best_gain:
            best, best_gain = (k, least), gain
    return best[0], best[1], best_gain


@kernel
def _worth(left: int) -> int:
    """Worth of an open vial: its doses count first, then that there is one."""
    return WHOLE * left + 1 if left > 0 else 0


@kernel
def _gain(centre: _Centre, p: int, x: int, y: int, k: int) -> int:
    """Worth of the vials closed, less those opened, by moving k of p from day x to y."""
    x0, y0, vial = centre.left[p, x], centre.left[p, y], centre.vial[p]
    if k == 0:
        return 0
    before = _worth(x0) + _worth(y0)
    return before - _worth((x0 + k) % vial) - _worth((y0 - k) % vial)


@kernel
def _movable(centre: _Centre, p: int, x: int, y: int) -> tuple[int, int]:
    """Most first and second doses of p that may go from day x to y with every pair kept."""
    A, B = centre.A[p], centre.B[p]
    low, high = centre.low[p], centre.high[p]
    most1, most2 = centre.firsts[p, x], centre.seconds[p, x]
    if B[-1] == 0:
        return most1, most2
    for day in range(min(x, y), max(x, y)):
        if y > x:
            most1 = min(most1, A[day] - upto(B, day + low))
            most2 = min(most2, B[day] - upto(A, day - high))
        else:
            most1 = min(most1, upto(B, day + high) - A[day])
            most2 = min(most2, upto(A, day - low) - B[day])
    return most1, most2


@kernel
def _move(centre: _Centre, p: int, x: int, y: int, k: int) -> None:
    """Move k doses of p from day x to y, both ranks in proportion to what may move."""
    most1, most2 = _movable(centre, p, x, y)
    k1 = max(k * most1 // (most1 + most2), k - most2)
    k2 = k - k1
    centre.firsts[p, x] -= k1
    centre.firsts[p, y] += k1
    centre.seconds[p, x] -= k2
    centre.seconds[p, y] += k2
    for day, change in ((x, -k), (y, k)):
        centre.slots[p, day] += change
        centre.left[p, day] = -centre.slots[p, day] % centre.vial[p]
    centre.room[x] += k
    centre.room[y] -= k
    sign = -1 if y > x else 1
    for day in range(min(x, y), max(x, y)):
        centre.A[p, day] += sign * k1
        centre.B[p, day] += sign * k2
