"""Who gives up a place."""

from __future__ import annotations

from api.capacity.rebooking.choose import choose_losses
from tests.unit.capacity.rebooking.people import booking, dose


def losers(*bookings, over=(({1}, 1),)):
    """Return numbers and ranks of those who lose a place; `over` are slots and how many go."""
    group_of = {(1, slot): i for i, (slots, _) in enumerate(over) for slot in slots}
    losses = choose_losses(bookings, group_of, {i: n for i, (_, n) in enumerate(over)})
    return [(loss.booking.booking_id.int, sorted(loss.ranks)) for loss in losses]


def test_who_booked_last_gives_way():
    """First come, first kept."""
    early, late = (booking(dose(1, 0), number=n, minute=n) for n in (1, 2))
    assert losers(early, late) == losers(late, early) == [(2, [1])]


def test_people_still_filling_in_their_form_give_way_first():
    """Nothing was promised to them yet."""
    held = booking(dose(1, 0, state="held"), number=1, state="held", minute=1)
    assert losers(held, booking(dose(1, 0), number=2, minute=2)) == [(1, [1])]


def test_of_two_at_the_same_instant_the_id_decides():
    """Always the same one, however they are read."""
    first, second = booking(dose(1, 0), number=1), booking(dose(1, 0), number=2)
    assert losers(first, second) == losers(second, first) == [(2, [1])]


def test_nobody_loses_a_place_in_another_slot_and_no_more_than_must():
    """Each cut has its own number."""
    bookings = [booking(dose(1, 0, slot=n % 2), number=n, minute=n) for n in range(1, 7)]
    assert losers(*bookings, over=[({1}, 2)]) == [(3, [1]), (5, [1])]
    assert losers(*bookings, over=[]) == []


def test_slots_of_a_day_are_cut_together():
    """Whoever booked last gives way, at whatever hour; the others keep theirs."""
    bookings = [booking(dose(1, 0, slot=n), number=n, minute=n) for n in (3, 1, 2)]
    assert losers(*bookings, over=[({1, 2, 3}, 1)]) == [(3, [1])]


def test_both_doses_of_a_pair_may_go():
    """When both their slots are over."""
    pair = booking(dose(1, 0, slot=1), dose(2, 21, slot=2))
    assert losers(pair, over=[({1}, 1), ({2}, 1)]) == [(1, [1, 2])]


def test_somebody_at_the_desk_stays():
    """A dose that was given, or is about to be, cannot leave."""
    assert losers(booking(dose(1, 0, state="arrived"), number=1)) == []


def test_losses_come_oldest_first():
    """In that order people choose their new place."""
    bookings = [booking(dose(1, 0), number=n, minute=n) for n in (3, 1, 2)]
    assert losers(*bookings, over=[({1}, 2)]) == [(2, [1]), (3, [1])]
