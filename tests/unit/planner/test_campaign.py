"""Centres somebody should look at, and why."""

from __future__ import annotations

from api.web.planner.campaign import in_trouble
from api.web.planner.store import CentreSum


def centre(code, planned=100, booked=50, displaced=0, missed=0, given=0):
    return CentreSum(code, code, "35", planned, booked, displaced, missed, given)


def test_a_centre_as_it_should_be_is_no_trouble():
    """Half full, few no-shows; and one too small to say anything."""
    assert in_trouble([centre("a", missed=4, given=60), centre("b", planned=10, booked=10)]) == []


def test_people_without_a_place_come_first():
    """Then centres with more than one reason, then the largest."""
    found = in_trouble([
        centre("full", booked=98), centre("empty", planned=400, booked=10),
        centre("both", booked=99, missed=30, given=70), centre("lost", displaced=2),
    ])  # fmt: skip
    assert [(t.centre.code, t.kinds) for t in found] == [
        ("lost", ("displaced",)), ("both", ("full", "missed")),
        ("empty", ("empty",)), ("full", ("full",)),
    ]  # fmt: skip
