"""What the generator asks is what the application takes."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from random import Random
from uuid import UUID

import msgspec

from api.booking.requests import ConfirmRequest, HoldRequest
from api.exchange import SECRET
from loadtests.booking.campaign import Shape
from loadtests.booking.hotspots import one_takes_all, tenth_takes_sixty
from loadtests.booking.wishes import SEALED_BYTES, Wishes, confirm_request, hold_request
from tests.booking import text

SHAPE = Shape(centres=30, departments=7, weeks=2, windows=3, capacity=1)


def some(n, seed=3, spots=None):
    """First wishes of a seed."""
    return list(islice(Wishes(SHAPE, spots or tenth_takes_sixty(30), Random(seed)), n))


def parsed(request):
    """Request line, headers and body of a request as it travels."""
    head, _, body = request.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    headers = dict(one.split(": ", 1) for one in lines)
    assert int(headers["Content-Length"]) == len(body)
    return line, headers, body


def test_a_hold_names_both_slots_of_one_centre():
    """Second doses follow the first ones in number; the département is the centre's."""
    for wish in some(50):
        line, headers, body = parsed(hold_request(wish))
        assert line == "POST /api/holds HTTP/1.1"
        assert UUID(headers["Idempotency-Key"]).version == 4
        assert SECRET.fullmatch(headers["Manage-Secret"])
        asked = msgspec.json.decode(body, type=HoldRequest)
        assert asked.department == str(SHAPE.department(wish.centre))
        first, second = asked.doses
        assert (first.centre, second.centre) == (f"c{wish.centre}",) * 2
        assert 1 <= first.slot <= SHAPE.firsts
        assert second.slot == first.slot + SHAPE.firsts


def test_a_confirmation_seals_both_doses_for_one_person():
    """Same key and secret as the hold; sealed as long as browsers seal."""
    [wish] = some(1)
    line, headers, body = parsed(confirm_request(wish))
    assert line == "POST /api/bookings HTTP/1.1"
    assert headers["Idempotency-Key"] == wish.booking_id
    assert headers["Manage-Secret"] == wish.secret
    asked = msgspec.json.decode(body, type=ConfirmRequest)
    assert [dose.dose_rank for dose in asked.doses] == [1, 2]
    assert {dose.sealed for dose in asked.doses} == {text(SEALED_BYTES)}


def test_wishes_repeat_from_a_seed_and_never_within_it():
    """A run can be run again; ids, secrets and people are all different."""
    wishes = some(500)
    assert wishes == some(500)
    assert wishes != some(500, seed=4)
    for column in ("booking_id", "secret", "tag"):
        assert len({getattr(wish, column) for wish in wishes}) == 500


def test_slots_and_classes_are_asked_for_evenly():
    """Only centres are hot."""
    wishes = some(6000, spots=one_takes_all(30))
    slots = Counter(wish.first for wish in wishes)
    assert set(slots) == set(range(1, SHAPE.firsts + 1))
    assert max(slots.values()) < 1.5 * min(slots.values())
    assert set(Counter(wish.class_ for wish in wishes)) == {1, 2, 3, 4}
