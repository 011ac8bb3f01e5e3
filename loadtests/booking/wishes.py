"""Pairs that somebody wants, and the requests that hold and confirm them."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import shake_256
from random import Random
from typing import NamedTuple
from uuid import UUID

from loadtests.booking.campaign import CLASSES, Shape
from loadtests.booking.hotspots import HotSpots

SEALED_BYTES = shake_256(b"sealed").digest(1104)
"""As long as an identity that is padded to 1,024 bytes and sealed, and as little to compress."""


class Wish(NamedTuple):
    """A pair at one centre, for one person; secret and tag are base64url."""

    booking_id: str
    centre: int
    first: int
    second: int
    department: int
    class_: int
    secret: str
    tag: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """Endless wishes: centres by hot spots, everything else even.

    random
        Repeats the same wishes from the same seed, ids included.
    """

    shape: Shape
    hot_spots: HotSpots
    random: Random

    def __iter__(self) -> Iterator[Wish]:
        shape, random = self.shape, self.random
        while True:
            centre = self.hot_spots.draw(random)
            first = 1 + int(random.random() * shape.firsts)
            yield Wish(
                str(UUID(bytes=random.randbytes(16), version=4)),
                centre,
                first,
                first + shape.firsts,
                shape.department(centre),
                1 + int(random.random() * CLASSES),
                _token(random),
                _token(random),
            )


def _token(random: Random) -> str:
    return urlsafe_b64encode(random.randbytes(32))[:43].decode()


SEALED = urlsafe_b64encode(SEALED_BYTES).rstrip(b"=").decode()
_HEAD = (
    "POST /api/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    "Idempotency-Key: %s\r\nManage-Secret: %s\r\nContent-Length: %d\r\n\r\n%s"
)
_HOLD = (
    '{"department":"%d","class":"%d","doses":'
    '[{"centre":"c%d","slot":%d},{"centre":"c%d","slot":%d}]}'
)
_CONFIRM = (
    '{"tag":"%s","doses":[{"dose_rank":1,"key_id":"bench","sealed":"'
    + SEALED
    + '"},{"dose_rank":2,"key_id":"bench","sealed":"'
    + SEALED
    + '"}]}'
)


def hold_request(wish: Wish) -> bytes:
    """Block both slots."""
    centre = wish.centre
    places = (centre, wish.first, centre, wish.second)
    return _request("holds", wish, _HOLD % (wish.department, wish.class_, *places))


def confirm_request(wish: Wish) -> bytes:
    """Book what is held."""
    return _request("bookings", wish, _CONFIRM % wish.tag)


def _request(what: str, wish: Wish, body: str) -> bytes:
    return (_HEAD % (what, wish.booking_id, wish.secret, len(body), body)).encode()
