"""Whole vials split over départements by people."""

from __future__ import annotations

import numpy as np

from allocator.instance import Floats, Ints


def split_vials(vials: Ints, people: Ints) -> Ints:
    """Split vials by largest remainder, so that no share ever falls from one week to the next.

    Parameters
    ----------
    vials
        W, what may be sent up to each week; a later, smaller figure binds the earlier weeks.
    people
        D, eligible people. When there are none, nothing is given.

    Returns
    -------
    D x W vials each may send up to each week; over D they sum to what may be sent.
    """
    given = np.zeros((len(people), len(vials)), dtype=np.int64)
    total = people.sum()
    if total == 0:
        return given
    may_be_sent = np.minimum.accumulate(vials[::-1])[::-1]
    so_far = np.zeros(len(people), dtype=np.int64)
    for week, new in enumerate(np.diff(may_be_sent, prepend=0)):
        owed = np.maximum(people / total * may_be_sent[week] - so_far, 0)
        if new > 0:
            so_far = so_far + _largest_remainder(owed, int(new))
        given[:, week] = so_far
    return given


def _largest_remainder(owed: Floats, vials: int) -> Ints:
    quota = owed * (vials / owed.sum())
    whole: Ints = np.floor(quota).astype(np.int64)
    order = np.argsort(whole - quota, kind="stable")
    whole[order[: vials - whole.sum()]] += 1
    return whole
