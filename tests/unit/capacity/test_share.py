"""Sharing out whole numbers."""

from __future__ import annotations

import numpy as np
import pytest

from api.capacity.share import fill_evenly, parts_along, share_out


def whole(*numbers):
    return np.array(numbers, dtype=np.int64)


@pytest.mark.parametrize(
    ("total", "room", "parts"),
    [
        (0, (3, 2), (0, 0)),
        (5, (3, 2), (3, 2)),
        (3, (2, 2, 2), (1, 1, 1)),
        (1, (2, 2), (1, 0)),  # a tie goes to the first
        (4, (9, 0, 3), (3, 0, 1)),
    ],
)
def test_a_total_is_shared_in_proportion(total, room, parts):
    """Exactly, and nobody gets more than their room."""
    assert share_out(total, whole(*room)).tolist() == list(parts)


def test_shares_never_exceed_the_room_and_always_sum_up():
    """Whatever the numbers are."""
    rng = np.random.default_rng(7)
    for _ in range(2000):
        room = rng.integers(0, 9, rng.integers(1, 7))
        total = int(rng.integers(0, room.sum() + 1))
        parts = share_out(total, room)
        assert parts.sum() == total
        assert ((parts >= 0) & (parts <= room)).all()


@pytest.mark.parametrize("total", [-1, 6])
def test_more_than_all_the_room_is_refused(total):
    """A mistake of the caller, not something to round away."""
    with pytest.raises(ValueError, match="all room"):
        share_out(total, whole(3, 2))


@pytest.mark.parametrize(
    ("load", "doses", "added"),
    [
        ((0, 0, 0, 0), 4, (1, 1, 1, 1)),
        ((0, 0, 0, 0), 6, (1, 2, 1, 2)),  # the rest is spread, not put at the beginning
        ((0, 0, 0, 0), 2, (1, 1, 0, 0)),  # fewer than the places: together
        ((5, 0, 0), 4, (0, 2, 2)),
        ((5, 0, 0), 13, (1, 6, 6)),
        ((2, 3), 0, (0, 0)),
    ],
)
def test_places_are_filled_to_one_level(load, doses, added):
    """What bears more gets less."""
    assert fill_evenly(whole(*load), doses).tolist() == list(added)


def test_no_place_that_got_something_stands_over_one_that_could_have_taken_it():
    """The fullest place is as low as can be."""
    rng = np.random.default_rng(7)
    for _ in range(3000):
        load = rng.integers(0, 6, rng.integers(1, 9))
        doses = int(rng.integers(1, 40))
        added = fill_evenly(load, doses)
        assert added.sum() == doses
        assert (added >= 0).all()
        assert (load + added)[added > 0].max() - (load + added).min() <= 1


def test_a_share_is_right_in_every_running_total():
    """Fifteen in a hundred, however small the amounts are."""
    amounts = whole(*[1] * 100)
    parts = parts_along(0.15, amounts)
    assert parts.sum() == 15
    assert (parts <= amounts).all()
    assert np.cumsum(parts).tolist() == [int(0.15 * (i + 1) + 1e-9) for i in range(100)]
