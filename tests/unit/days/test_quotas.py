"""Quotas are the first doses of the plan, and nothing else."""

import numpy as np

from allocator.days import quotas
from allocator.decisions import Decisions

EMPTY = np.zeros((0, 5), dtype=np.int64)


def decided(*rows: tuple[int, ...]) -> Decisions:
    """First doses by department, class, centre, product, week, people."""
    return Decisions(
        flows=EMPTY[:, :4],
        first_doses=np.array(rows, dtype=np.int64).reshape(-1, 6),
        second_doses=np.array([[3, 1, 2, 5, 40]]),
        shipments=EMPTY[:, :4],
    )


def test_each_row_of_first_doses_is_a_quota():
    """Columns are put in the order of the quotas table, rows sorted by it."""
    found = quotas(decided((7, 1, 3, 0, 2, 12), (9, 0, 3, 0, 2, 5), (7, 1, 2, 1, 4, 8)))
    assert found.tolist() == [[2, 1, 4, 7, 1, 8], [3, 0, 2, 7, 1, 12], [3, 0, 2, 9, 0, 5]]


def test_rows_of_one_key_add_up_and_empty_ones_vanish():
    """A key appears once, with people."""
    found = quotas(decided((7, 1, 3, 0, 2, 12), (7, 1, 3, 0, 2, 3), (7, 1, 3, 0, 4, 0)))
    assert found.tolist() == [[3, 0, 2, 7, 1, 15]]


def test_no_first_doses_mean_no_quotas():
    """The table keeps its six columns."""
    assert quotas(decided()).shape == (0, 6)
