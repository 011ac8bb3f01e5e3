"""From requests to orders: digests that tell requests apart, and codes that must exist."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
import pytest

from api.booking.catalogue import Catalogue, Product
from api.booking.problems import SlotGone
from api.booking.requests import ConfirmRequest, HoldRequest, MoveRequest
from api.booking.rules import FirstElsewhere
from api.booking.understanding import cancel_order, confirm_order, decoded, hold_order, move_order
from api.capacity.rebooking.rules import Rules
from api.problems import MalformedRequest

CATALOGUE = Catalogue(
    centre_ids={"paris": 1, "ajaccio": 7},
    centre_codes={1: "paris", 7: "ajaccio"},
    departments=frozenset({"75", "2A"}),
    product_ids={"pfizer": 1},
    products={1: Product(1, "pfizer", 2)},
    class_ids={"75": 1, "18": 3},
    rules=Rules({}, {}, {}),
)
KEY = UUID(int=1)
TAG = "A" * 43
PARIS = {"centre": "paris", "slot": 0}


def hold_request(**changes):
    """Read a hold, with some members changed."""
    body = {
        "department": "2A", "class": "18",
        "doses": [{"centre": "ajaccio", "slot": 3}, PARIS],
    }  # fmt: skip
    return msgspec.convert(body | changes, HoldRequest)


def confirm_request(**changes):
    """Read a confirmation, with some members changed."""
    body = {"tag": TAG, "doses": [{"dose_rank": 1, "key_id": "k", "sealed": "YQ"}]}
    return msgspec.convert(body | changes, ConfirmRequest)


def test_a_hold_names_ids_in_the_order_of_the_request():
    """Codes become ids, a first dose elsewhere its product and day."""
    request = hold_request(first_elsewhere={"product": "pfizer", "on": "2021-05-01"})
    order = hold_order(CATALOGUE, KEY, b"s", request, "phone")
    assert order.places == ((7, 3), (1, 0))
    assert (order.class_id, order.department, order.channel) == (3, "2A", "phone")
    assert order.first_elsewhere == FirstElsewhere(1, date(2021, 5, 1))


def test_every_difference_between_requests_shows_in_the_digest():
    """Content, secret, channel; the same request has the same one."""
    base = hold_order(CATALOGUE, KEY, b"s", hold_request(), "web").print
    assert hold_order(CATALOGUE, KEY, b"s", hold_request(), "web").print == base
    others = [
        hold_order(CATALOGUE, KEY, b"t", hold_request(), "web"),
        hold_order(CATALOGUE, KEY, b"s", hold_request(), "phone"),
        hold_order(CATALOGUE, KEY, b"s", hold_request(department="75"), "web"),
        hold_order(CATALOGUE, KEY, b"s", hold_request(doses=[PARIS]), "web"),
    ]  # fmt: skip
    prints = {base, *(order.print for order in others)}
    prints |= {confirm_order(KEY, b"s", confirm_request()).print}
    prints |= {confirm_order(KEY, b"s", confirm_request(tag="B" * 42 + "A")).print}
    prints |= {cancel_order(KEY, b"s", KEY).print, cancel_order(UUID(int=2), b"s", KEY).print}
    assert len(prints) == 9


@pytest.mark.parametrize(
    ("change", "problem", "place"),
    [
        ({"department": "99"}, MalformedRequest, "department"),
        ({"class": "99"}, MalformedRequest, "class"),
        ({"first_elsewhere": {"product": "x", "on": "2021-05-01"}}, MalformedRequest, "product"),
        ({"doses": [PARIS, {"centre": "x", "slot": 1}]}, SlotGone, "dose 2"),
    ],
)  # fmt: skip
def test_codes_the_campaign_does_not_have_are_refused(change, problem, place):
    """A centre may have been withdrawn; anything else never was."""
    with pytest.raises(problem, match=place):
        hold_order(CATALOGUE, KEY, b"s", hold_request(**change), "web")


def test_a_rank_is_confirmed_once():
    """Two seals for one dose contradict each other."""
    doses = [{"dose_rank": 1, "key_id": "k", "sealed": "YQ"}] * 2
    with pytest.raises(MalformedRequest, match="one for each rank"):
        confirm_order(KEY, b"s", confirm_request(doses=doses))


def test_a_key_and_what_was_sealed_to_it_come_together():
    """One without the other opens nothing."""
    for half in ({"key_id": "k"}, {"sealed": "YQ"}):
        body = {"doses": [PARIS | half]}
        with pytest.raises(MalformedRequest, match="together"):
            move_order(CATALOGUE, KEY, b"s", KEY, msgspec.convert(body, MoveRequest), "web")


@pytest.mark.parametrize(
    ("text", "raw"), [("", b""), ("YQ", b"a"), ("YQ==", b"a"), ("-_8", b"\xfb\xff")]
)
def test_base64url_is_read_with_or_without_padding(text, raw):
    """Dash and underscore included."""
    assert decoded("sealed", text) == raw


def test_a_length_no_base64_has_is_malformed():
    """One character alone is not a byte."""
    with pytest.raises(MalformedRequest, match="sealed: not base64url"):
        decoded("sealed", "YWJjZ")
