"""Whether two kinds of calls can be told apart by their time.

Calls of both kinds alternate in random order, so that whatever else a machine does falls on both;
only ranks are compared, so that single long calls weigh no more than others.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

from scipy.stats import mannwhitneyu

CALLS = 250
"""Of each kind in a round."""
MORE_CALLS = 800
"""For finding the difference of a round trip on a busy machine."""
ROUNDS, ENOUGH = 3, 2
SURE = 1e-3
"""A difference that chance makes so rarely counts; in two of three rounds, three times in 1e6."""

Call = Callable[[], object]


def told_apart(one: Call, other: Call, *, calls: int = CALLS, seed: int = 1) -> bool:
    """Tell whether in two of three rounds the times of both kinds differ."""
    random = Random(seed)
    found = [_differs(one, other, calls, random) for _ in range(ENOUGH)]
    if len(set(found)) > 1:
        found += [_differs(one, other, calls, random) for _ in range(ROUNDS - ENOUGH)]
    return sum(found) >= ENOUGH


def _differs(one: Call, other: Call, calls: int, random: Random) -> bool:
    kinds = [one, other] * calls
    random.shuffle(kinds)
    times: dict[Call, list[float]] = {one: [], other: []}
    for call in kinds:
        began = time.perf_counter()
        call()
        times[call].append(time.perf_counter() - began)
    return bool(mannwhitneyu(times[one], times[other]).pvalue < SURE)
