"""What a centre's page does: opens its day with its key, and makes every tag again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.demo.client import Client, UnexpectedAnswerError
from api.demo.page import Page, opened
from api.demo.ring import HOLDER
from api.protocol.encoding import from_base64url
from api.protocol.identity import Identity
from api.protocol.key_file import KeyFile
from api.protocol.keys import public_of
from api.protocol.wrapping import unwrap_by_passphrase


@dataclass(frozen=True, slots=True)
class Expected:
    """A dose of the day's list, opened.

    fits
        Whether the tag is the one of the identity.
    """

    booking: str
    identity: Identity
    fits: bool
    flagged: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """A centre's page, signed on."""

    client: Client
    centre: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """Headers of a request of the staff."""
        return {"Authorization": f"Bearer {self.token}"}

    def unlock(self, passphrase: str) -> bytes:
        """Private key of the centre, from its wrapped file on the server."""
        keys = self._read(f"/api/centres/{self.centre}/keys")["keys"]
        file = KeyFile.from_json(json.dumps(keys[0]["key_file"]).encode())
        secret = unwrap_by_passphrase(file.wrap_of(HOLDER), file.owner, passphrase)
        if public_of("centre", secret) != file.owner.public_key:
            raise UnexpectedAnswerError("the key that was opened is another one")
        return secret

    def doses(self, day: date) -> list[dict[str, Any]]:
        """Read the list of a day, sealed."""
        found: list[dict[str, Any]] = self._read(f"/api/centres/{self.centre}/days/{day}")["doses"]
        return found

    def opened_day(self, page: Page, secret: bytes, day: date) -> dict[str, Expected]:
        """Open the list of a day, and ask for all its tags at once; by booking."""
        doses = self.doses(day)
        tags = [from_base64url(dose["tag"]) for dose in doses]
        identities = [
            opened(from_base64url(dose["sealed"]), secret, self.centre, dose["key_id"],
                   dose["booking"], tag)
            for dose, tag in zip(doses, tags, strict=True)
        ]  # fmt: skip
        made = page.tags(identities) if identities else []
        return {
            dose["booking"]: Expected(dose["booking"], identity, tag == own, dose["flagged"])
            for dose, identity, tag, own in zip(doses, identities, tags, made, strict=True)
        }

    def cancel(self, booking: str) -> dict[str, Any]:
        """Cancel a booking."""
        address = f"/api/centres/{self.centre}/bookings/{booking}/cancel"
        body = self.client.expect(200, "POST", address, headers=self.headers).body
        receipt: dict[str, Any] = json.loads(body)
        return receipt

    def _read(self, address: str) -> dict[str, Any]:
        body = self.client.expect(200, "GET", address, headers=self.headers).body
        read: dict[str, Any] = json.loads(body)
        return read
