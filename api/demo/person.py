"""Somebody who books: an id and a secret for each booking, and a tag that is theirs alone."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from api.demo.search import Pair

SEALED_BYTES = 1104
"""As long as a sealed identity is; here it is noise, for nobody stands behind it."""


def token(n_bytes: int = 32) -> str:
    """Make random bytes, in base64url."""
    return urlsafe_b64encode(secrets.token_bytes(n_bytes)).rstrip(b"=").decode()


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

    tag: str = field(default_factory=token)
    booking: Booking = field(default_factory=Booking)
    sealed: str = field(default_factory=lambda: token(SEALED_BYTES))

    def confirmation(self) -> dict[str, Any]:
        """Body that confirms both doses."""
        doses = [{"dose_rank": rank, "key_id": "demo", "sealed": self.sealed} for rank in (1, 2)]
        return {"tag": self.tag, "doses": doses}

    def another_booking(self) -> Person:
        """Begin once more, as the same person."""
        return Person(self.tag)


def places(pair: Pair) -> list[dict[str, Any]]:
    """Doses of a pair, as requests name them."""
    return [{"centre": pair.centre, "slot": window.slot} for window in (pair.first, pair.second)]


def hold_body(pair: Pair) -> dict[str, Any]:
    """Body that holds a pair."""
    return {"department": pair.department, "class": pair.class_, "doses": places(pair)}
