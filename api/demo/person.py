"""Somebody who books: made up, with a number whose check digits fit, and a booking to make."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from api.demo.page import Page
from api.demo.search import Pair
from api.protocol.encoding import to_base64url
from api.protocol.identity import Identity


def token(n_bytes: int = 32) -> str:
    """Make random bytes, in base64url."""
    return urlsafe_b64encode(secrets.token_bytes(n_bytes)).rstrip(b"=").decode()


def made_up() -> Identity:
    """Make somebody up; the number is one that could be given."""
    start = f"2500275{secrets.randbelow(10**6):06d}"
    number = f"{start}{97 - int(start) % 97:02d}"
    return Identity(
        family_name="Lefèvre-Dœuf", given_name="Éloïse", birth_date=date(1950, 2, 28),
        kind="nir", number=number, phone="+33 6 12 34 56 78",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Booking:
    """The id and the secret of one booking."""

    id: str = field(default_factory=lambda: str(uuid4()))
    secret: str = field(default_factory=token)

    @property
    def owned(self) -> dict[str, str]:
        """Headers of a request about it."""
        return {"Manage-Secret": self.secret}

    @property
    def keyed(self) -> dict[str, str]:
        """Headers of its hold and its confirmation."""
        return self.owned | {"Idempotency-Key": self.id}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, and the booking they are about to make."""

    identity: Identity = field(default_factory=made_up)
    booking: Booking = field(default_factory=Booking)

    def confirmation(self, page: Page, pair: Pair) -> tuple[bytes, dict[str, Any]]:
        """Tag, and the body that confirms both doses: made anew each time, as a page does."""
        [tag] = page.tags([self.identity])
        doses = [
            {"dose_rank": rank, **page.seal(self.identity, pair.centre, self.booking.id, tag)}
            for rank in (1, 2)
        ]
        return tag, {"tag": to_base64url(tag), "doses": doses}

    def another_booking(self) -> Person:
        """Begin once more, as the same person."""
        return Person(self.identity)


def places(pair: Pair) -> list[dict[str, Any]]:
    """Doses of a pair, as requests name them."""
    return [{"centre": pair.centre, "slot": window.slot} for window in (pair.first, pair.second)]


def hold_body(pair: Pair) -> dict[str, Any]:
    """Body that holds a pair."""
    return {"department": pair.department, "class": pair.class_, "doses": places(pair)}
