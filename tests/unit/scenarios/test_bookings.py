"""Second doses due from before the start fit into room and stock, nearest first."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from scenarios.bookings import book
from scenarios.sites import Site

REGION_OF = {"22": "53", "29": "53", "75": "11"}


def site(name: str, department: str) -> Site:
    """Return a centre that never closes."""
    return Site(name, name, department, REGION_OF[department], 0, 0, opens_on=date(2021, 1, 18))


def booked(due, sites, injections, deliveries, *, share=None, vials=(1,)):
    """Book one product's people of every week unless more rows are given."""
    return book(
        np.array(due), share or {"22": 1.0}, REGION_OF, sites, np.array(injections),
        np.array(deliveries), vials,
    )  # fmt: skip


def test_people_go_to_the_centres_of_their_departement_by_size():
    """Two to one, as the centres have injections."""
    found = booked([[30]], [site("a", "22"), site("b", "22")], [[200], [100]], [[100]])
    assert found.people[:, 0, 0].tolist() == [20, 10]
    assert (found.late, found.not_booked) == (0, 0)


def test_the_region_helps_when_the_departement_is_full():
    """A centre is filled to nine tenths; Paris is another region, with all the room there is."""
    sites = [site("a", "22"), site("b", "29"), site("c", "75")]
    found = booked([[30]], sites, [[20], [20], [1000]], [[100]])
    assert found.people[:, 0, 0].tolist() == [18, 12, 0]
    assert found.not_booked == 0


def test_a_departement_without_a_centre_goes_to_its_region():
    """And not to where others live."""
    sites = [site("b", "29"), site("c", "75")]
    found = booked([[10]], sites, [[100], [100]], [[100]], share={"22": 1.0})
    assert found.people[:, 0, 0].tolist() == [10, 0]


def test_who_finds_no_room_waits_for_the_next_week_and_is_late():
    """Nine a week: eleven of the twenty are carried over once, two of them twice."""
    found = booked([[20, 0, 0]], [site("a", "22")], [[10, 10, 10]], [[100, 0, 0]])
    assert found.people[0, 0].tolist() == [9, 9, 2]
    assert (found.late, found.not_booked) == (11, 0)


def test_who_finds_no_dose_waits_for_the_next_delivery():
    """Five doses at first, the others two weeks later."""
    found = booked([[12, 0, 0]], [site("a", "22")], [[50, 50, 50]], [[5, 0, 7]])
    assert found.people[0, 0].tolist() == [5, 0, 7]
    assert found.late == 7


def test_those_left_without_a_dose_are_counted():
    """Nobody disappears."""
    found = booked([[12, 3]], [site("a", "22")], [[50, 50]], [[10, 0]])
    assert found.people[0, 0].tolist() == [10, 0]
    assert found.not_booked == 5


def test_every_centre_may_leave_a_vial_open():
    """Two centres with vials of six: ten doses of the pool are promised to nobody."""
    sites = [site("a", "22"), site("b", "22")]
    found = booked([[60]], sites, [[50], [50]], [[60]], vials=(6,))
    assert found.people[:, 0, 0].tolist() == [25, 25]
    assert found.not_booked == 10
    vials = -(-found.people[:, 0, 0] // 6)
    assert vials.sum() * 6 <= 60


def test_products_share_the_room_of_a_centre():
    """Nine places: the first product takes six, the second three, and the rest waits."""
    found = booked(
        [[6, 0], [6, 0]], [site("a", "22")], [[10, 10]], [[99, 0], [99, 0]], vials=(1, 1)
    )
    assert found.people[0].tolist() == [[6, 0], [3, 3]]


def test_the_tail_books_like_any_other_week():
    """The last columns are the tail: a dose due there is booked there."""
    found = booked([[0, 0, 8]], [site("a", "22")], [[10, 10, 10]], [[20, 0, 0]])
    assert found.people[0, 0].tolist() == [0, 0, 8]


def test_departements_get_their_part_of_the_people():
    """A third and two thirds, each at home."""
    sites = [site("a", "22"), site("b", "75")]
    found = booked([[9]], sites, [[100], [100]], [[100]], share={"75": 2.0, "22": 1.0})
    assert found.people[:, 0, 0].tolist() == [3, 6]


@pytest.mark.parametrize("injections", [0, 1])
def test_a_closed_centre_books_nobody(injections):
    """Nor one whose only injection the plan keeps."""
    found = booked([[4]], [site("a", "22")], [[injections]], [[100]])
    assert found.people.sum() == 0
    assert found.not_booked == 4
