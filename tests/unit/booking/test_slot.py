"""What is left of a slot, for whom, and how shares are used and given back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from api.booking.slot import Slot

OPEN_AT = datetime(2021, 6, 1, tzinfo=UTC)
BEFORE = OPEN_AT - timedelta(microseconds=1)
CHANNELS = ("web", "phone", "standby", "centre")


def slot(capacity=10, taken=3, phone_kept=2, standby_kept=1):
    """Make a slot with shares."""
    at = datetime(2021, 6, 2, 7, tzinfo=UTC)
    return Slot(1, 1, 1, 1, date(2021, 6, 2), at, at + timedelta(hours=1), capacity, taken,
                phone_kept, standby_kept, OPEN_AT, quotas_bind=False)  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "before"), [("web", 4), ("phone", 6), ("standby", 5), ("centre", 7)]
)
def test_before_the_release_each_channel_leaves_what_is_kept_for_others(channel, before):
    """Seven are left of ten; two are the telephone's and one the waiting list's."""
    assert slot().free(channel, BEFORE) == before


@pytest.mark.parametrize("channel", CHANNELS)
def test_from_the_release_on_all_is_open_to_all(channel):
    """The instant itself belongs to it."""
    assert slot().free(channel, OPEN_AT) == 7


def test_more_kept_than_left_is_nothing_free():
    """A cut of supply may leave shares larger than what remains."""
    assert slot(capacity=4).free("web", BEFORE) < 1


@pytest.mark.parametrize("now", [BEFORE, OPEN_AT])
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_place_taken_and_given_back_leaves_the_slot_as_it_was(channel, now):
    """Whatever the channel and the time, shares included."""
    one = slot()
    before = one.counts
    share = one.take(channel, now)
    assert one.taken == 4
    one.give_back(share)
    assert one.counts == before


def test_a_channel_uses_its_share_while_there_is_some():
    """Then what everybody may have."""
    one = slot()
    assert [one.take("phone", BEFORE) for _ in range(3)] == ["phone", "phone", None]
    assert one.counts == (6, 0, 1)
