"""A broken rule, where and by how much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LISTED_PER_RULE = 1000
"""Violations of one rule listed one by one; the rest are summed up in a last one."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule of MODEL.md; `amount` in people, doses or slots, as the rule counts."""

    rule: str
    where: str
    amount: int


def listed(
    rule: str, excess: NDArray[np.int64] | NDArray[np.float64], where: Callable[..., str]
) -> Iterator[Violation]:
    """Yield a violation for every entry of `excess` that is not 0; `where` names its position."""
    wrong = np.argwhere(excess)
    for position in wrong[:LISTED_PER_RULE]:
        yield Violation(rule, where(*position.tolist()), abs(int(excess[tuple(position)])))
    rest = wrong[LISTED_PER_RULE:]
    if len(rest):
        amount = int(np.abs(excess[tuple(rest.T)]).sum())
        yield Violation(rule, f"and {len(rest)} more", amount)
