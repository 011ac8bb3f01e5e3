"""The requests of a booking, and what their answers must say."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from loadtests.journeys.choice import Pair
from loadtests.journeys.visitor import Answer, Headers, Visitor

GONE = frozenset({"slot-full", "slot-gone", "quota-exhausted"})
"""Refusals of a pair that was shown: somebody was faster, or the page was old."""
Seal = Callable[[str, str, str], tuple[str, str]]
"""From centre, booking and tag to a key id and a sealed identity."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who books: their tag, and the id and secret of the booking they are at."""

    tag: str
    booking_id: str
    secret: str
    telephone: Headers = field(default_factory=dict)

    @property
    def owned(self) -> dict[str, str]:
        """Headers of a request about the booking."""
        return {"Manage-Secret": self.secret}

    @property
    def keyed(self) -> dict[str, str]:
        """Headers of its hold and its confirmation."""
        return self.owned | {"Idempotency-Key": self.booking_id}

    def again(self, random: Random) -> Person:
        """Begin another booking."""
        return replace(self, booking_id=_id(random), secret=_token(random))


def somebody(random: Random) -> Person:
    """Draw a person."""
    return Person(_token(random), _id(random), _token(random))


def hold(visitor: Visitor, person: Person, pair: Pair, let_in: Headers, *, staff: bool) -> Answer:
    """Block a pair, from the web or by the staff."""
    body = {"department": pair.department, "class": pair.class_, "doses": _places(pair)}
    path, kind = ("/api/staff/holds", "staff-hold") if staff else ("/api/holds", "hold")
    headers = {**person.keyed, **let_in, **person.telephone}
    answer = visitor.ask(kind, "POST", path, headers, body)
    if answer.status == 201:
        held = _json(answer)
        as_asked = held.get("booking") == person.booking_id and held.get("state") == "held"
        visitor.expect(as_asked and _has(held, pair), f"hold {person.booking_id}: another one")
    return answer


def confirm(visitor: Visitor, person: Person, pair: Pair, let_in: Headers, seal: Seal) -> Answer:
    """Book what is held, sealed for its centre."""
    key_id, sealed = seal(pair.centre, person.booking_id, person.tag)
    doses = [{"dose_rank": rank, "key_id": key_id, "sealed": sealed} for rank in (1, 2)]
    body = {"tag": person.tag, "doses": doses}
    answer = visitor.ask("confirm", "POST", "/api/bookings", {**person.keyed, **let_in}, body)
    if answer.status == 201:
        check_receipt(visitor, person, pair, answer, "booked")
    return answer


def fetch(visitor: Visitor, person: Person, pair: Pair, state: str = "booked") -> None:
    """Read a receipt, and read it again: the second time there is nothing new."""
    path = f"/api/bookings/{person.booking_id}"
    answer = visitor.ask("receipt", "GET", path, person.owned)
    visitor.expect(answer.status == 200, f"receipt {person.booking_id}: {answer.problem}")
    if answer.status == 200:
        check_receipt(visitor, person, pair, answer, state)


def comes_back(visitor: Visitor, person: Person) -> None:
    """Open the receipt's page again, which asks only whether something has changed."""
    path = f"/api/bookings/{person.booking_id}"
    first = visitor.ask("receipt", "GET", path, person.owned)
    known = {"If-None-Match": first.headers.get("etag", "")}
    again = visitor.ask("receipt", "GET", path, person.owned | known)
    visitor.expect(again.status == 304, f"receipt {person.booking_id}: sent again unchanged")


def release(visitor: Visitor, person: Person) -> None:
    """Give a hold back."""
    path = f"/api/holds/{person.booking_id}"
    answer = visitor.ask("release", "DELETE", path, person.owned)
    visitor.expect(answer.status == 204, f"release {person.booking_id}: {answer.problem}")


def cancel(visitor: Visitor, person: Person, pair: Pair) -> bool:
    """Cancel both doses; tell whether that was done."""
    path = f"/api/bookings/{person.booking_id}/cancel"
    headers = person.owned | {"Idempotency-Key": _id(visitor.random)}
    answer = visitor.ask("cancel", "POST", path, headers)
    visitor.expect(answer.status == 200, f"cancel {person.booking_id}: {answer.problem}")
    if answer.status == 200:
        check_receipt(visitor, person, pair, answer, "cancelled")
    return answer.status == 200


def move(visitor: Visitor, person: Person, to: Pair) -> Answer:
    """Move both doses inside their centre: what is sealed stays as it is."""
    path = f"/api/bookings/{person.booking_id}/move"
    headers = person.owned | {"Idempotency-Key": _id(visitor.random)}
    answer = visitor.ask("move", "POST", path, headers, {"doses": _places(to)})
    if answer.status == 200:
        check_receipt(visitor, person, to, answer, "booked")
    return answer


def check_receipt(visitor: Visitor, person: Person, pair: Pair, answer: Answer, state: str) -> None:
    """Hold a receipt against what was asked for."""
    receipt = _json(answer)
    says = (receipt.get("booking"), receipt.get("state"))
    visitor.expect(says == (person.booking_id, state), f"receipt {person.booking_id}: {says}")
    visitor.expect(_has(receipt, pair), f"receipt {person.booking_id}: other slots")
    visitor.expect(b"sealed" not in answer.body, f"receipt {person.booking_id}: who it is")


def _json(answer: Answer) -> dict[str, Any]:
    found = msgspec.json.decode(answer.body)
    return found if isinstance(found, dict) else {}


def _has(receipt: dict[str, Any], pair: Pair) -> bool:
    doses = [(d["dose_rank"], d["centre"], d["slot"]) for d in receipt.get("doses", [])]
    return doses == [(1, pair.centre, pair.first), (2, pair.centre, pair.second)]


def _places(pair: Pair) -> list[dict[str, object]]:
    return [{"centre": pair.centre, "slot": slot} for slot in (pair.first, pair.second)]


def _id(random: Random) -> str:
    return str(UUID(bytes=random.randbytes(16), version=4))


def _token(random: Random) -> str:
    return urlsafe_b64encode(random.randbytes(32))[:43].decode()
