"""What people and centres do, as their pages do it: the protocol in Python, all else over HTTP."""

from __future__ import annotations

import json
import secrets
import urllib.request
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from api.demo.client import Client
from api.protocol.identity import Identity
from api.protocol.sealing import Binding, open_sealed, seal
from api.protocol.tag import KeyService, Question, answer_from_json, person_tags
from tests.sealed import CAMPAIGN, Pair

PATIENCE_S = 60


@dataclass(frozen=True)
class Centre:
    """A centre: its code, where it lies, its key, the token of its staff."""

    code: str
    department: str
    keys: Pair
    authorization: dict[str, str]


@dataclass
class Booking:
    """Somebody's booking: its id, its secret, for whom it is, what was sealed."""

    client: Client
    centre: Centre
    person: Identity
    tag: bytes
    id: UUID = field(default_factory=uuid4)
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    sealed: list[bytes] = field(default_factory=list)

    @property
    def owned(self) -> dict[str, str]:
        """Headers of a request about it."""
        return {"Manage-Secret": text(self.secret)}

    @property
    def keyed(self) -> dict[str, str]:
        """Headers of its hold and its confirmation."""
        return self.owned | {"Idempotency-Key": str(self.id)}

    def hold(self, first: int, second: int, class_: str = "1") -> dict[str, Any]:
        """Hold a pair of slots."""
        body = {
            "department": self.centre.department,
            "class": class_,
            "doses": self._doses(first, second),
        }
        return read(self.client.expect(201, "POST", "/api/holds", headers=self.keyed, body=body))

    def confirmation(self) -> dict[str, Any]:
        """Seal the identity for both doses."""
        owner = self.centre.keys.owner
        binding = Binding(CAMPAIGN, self.centre.code, owner.key_id, self.id, self.tag)
        doses = [
            {"dose_rank": rank, "key_id": owner.key_id.hex(),
             "sealed": text(seal(self.person, owner.public_key, binding))}
            for rank in (1, 2)
        ]  # fmt: skip
        return {"tag": text(self.tag), "doses": doses}

    def confirm(self) -> dict[str, Any]:
        """Book what is held."""
        body = self.confirmation()
        self.sealed = [raw(dose["sealed"]) for dose in body["doses"]]
        sent = {"headers": self.keyed, "body": body}
        return read(self.client.expect(201, "POST", "/api/bookings", **sent))

    def book(self, first: int, second: int) -> dict[str, Any]:
        """Hold and confirm."""
        self.hold(first, second)
        return self.confirm()

    def fetch(self) -> dict[str, Any]:
        """Read the receipt again."""
        return read(self.client.expect(200, "GET", f"/api/bookings/{self.id}", headers=self.owned))

    def move(self, first: int, second: int) -> dict[str, Any]:
        """Move to other slots of the centre."""
        return self._change("move", {"doses": self._doses(first, second)})

    def cancel(self) -> dict[str, Any]:
        """Cancel."""
        return self._change("cancel", None)

    def wait(self, product: str) -> None:
        """Join the waiting list, ask how it stands, and leave."""
        body = {"department": self.centre.department, "class": "1", "centres": [self.centre.code],
                "products": [product]}  # fmt: skip
        self.client.expect(201, "POST", "/api/waiting", headers=self.keyed, body=body)
        self.client.expect(200, "GET", f"/api/waiting/{self.id}", headers=self.owned)
        self.client.expect(204, "DELETE", f"/api/waiting/{self.id}", headers=self.owned)

    def _change(self, what: str, body: dict[str, Any] | None) -> dict[str, Any]:
        headers = self.owned | {"Idempotency-Key": str(uuid4())}
        address = f"/api/bookings/{self.id}/{what}"
        return read(self.client.expect(200, "POST", address, headers=headers, body=body))

    def _doses(self, *slots: int) -> list[dict[str, Any]]:
        return [{"centre": self.centre.code, "slot": slot} for slot in slots]


@dataclass(frozen=True)
class Desk:
    """The centre's own page: it opens what was sealed, and marks who came."""

    client: Client
    centre: Centre

    def day(self, day: str) -> dict[UUID, Identity]:
        """Read the list of a day, and open it: who comes, by booking."""
        address = f"/api/centres/{self.centre.code}/days/{day}"
        listed = read(self.client.expect(200, "GET", address, headers=self.centre.authorization))
        return {UUID(dose["booking"]): self._opened(dose) for dose in listed["doses"]}

    def admit(self, booking: UUID, rank: int = 1) -> None:
        """Mark somebody as arrived, then as vaccinated."""
        address = f"/api/centres/{self.centre.code}/doses/{booking}/{rank}"
        for state in ("arrived", "fulfilled"):
            sent = {"headers": self.centre.authorization, "body": {"state": state}}
            self.client.expect(200, "PUT", address, **sent)

    def _opened(self, dose: dict[str, Any]) -> Identity:
        centre, booking = self.centre, UUID(dose["booking"])
        key_id, tag = centre.keys.owner.key_id, raw(dose["tag"])
        binding = Binding(CAMPAIGN, centre.code, key_id, booking, tag)
        return open_sealed(raw(dose["sealed"]), centre.keys.secret, binding)


def tag_of(person: Identity, url: str, public_key: bytes) -> bytes:
    """Ask a key service for somebody's tag, blinded, as the page does."""

    def ask(points: list[bytes]) -> Any:
        body = Question(CAMPAIGN, tuple(points)).to_json()
        request = urllib.request.Request(f"{url}/v1/evaluate", body, method="POST")
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer_from_json(answer.read())

    return person_tags([person.person()], CAMPAIGN, [KeyService(public_key, ask)])[0]


def read(reply: Any) -> dict[str, Any]:
    """Read the JSON of an answer."""
    content: dict[str, Any] = json.loads(reply.body)
    return content


def text(data: bytes) -> str:
    """Bytes as they travel."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(data: str) -> bytes:
    """Read what was sent as `text`."""
    return urlsafe_b64decode(data + "=" * (-len(data) % 4))
