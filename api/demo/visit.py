"""The walk of `creneau demo --smoke`: every thing a citizen, a centre and a scraper do, once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import uuid4

from api.demo.client import Client, UnexpectedAnswerError
from api.demo.person import Booking, Person, hold_body, places
from api.demo.search import Pair, pairs, windows_of
from api.demo.service import Published
from api.feeds.documents import CentreFile
from api.feeds.names import centre_name

PAIRS = 4
"""Pairs of one centre the walk needs: to book, to try again, to move to, to be seen."""
SHOWN_S = 10.0
"""Longest wait for a file to say what has happened; it takes one second, on a machine at rest."""
FILES_S = 120.0
"""Longest wait for the first files after a start: France takes a while."""
FEEDS_S = 90.0
"""The open feeds are written once a minute."""
MANIFEST = "/fhir/$bulk-publish"
OTHER_FEEDS = ("/opendata/allocations-vs-rdv.csv", "/opendata/prise-rdv-par-centre.csv")


@dataclass(slots=True)
class Visit:
    """A walk under way."""

    client: Client
    published: Published
    person: Person = field(default_factory=Person)
    found: list[Pair] = field(default_factory=list)

    def steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Give the steps by name, in their order; each raises when a promise is not kept."""
        yield "search", self.search
        yield "hold", self.hold
        yield "confirm", self.confirm
        yield "same person twice", self.twice
        yield "move", self.move
        yield "cancel", self.cancel
        yield "waiting list", self.wait
        yield "day list", self.day_list
        yield "feeds", self.feeds

    def search(self) -> None:
        """Find pairs in the static files, as soon as there are any."""
        self._until(
            lambda: self.client.ask("GET", "/ready").status == 200,
            FILES_S, "the service is not ready",
        )  # fmt: skip
        found = pairs(self.client, self.published.department, self.published.centre)
        self.found = list(islice(found, PAIRS))
        _check(len(self.found) == PAIRS, "the best centre has nothing to book")

    def hold(self) -> None:
        """Block the first pair; the files show it with one place less."""
        self._hold(self.person, self.found[0])
        self._until_shown(self.found[0], freed=False)

    def confirm(self) -> None:
        """Book it, both doses at once; sent again, it is the same booking."""
        receipts = [self._confirm(self.person) for _ in range(2)]
        _check(receipts[0] == receipts[1], "a confirmation sent again is answered otherwise")
        _check(_states(receipts[0]) == ["booked", "booked"], "a confirmed pair is not booked")

    def twice(self) -> None:
        """Refuse the same person a second pair, and free what they held."""
        again = self.person.another_booking()
        self._hold(again, self.found[1])
        sent = {"headers": again.booking.keyed, "body": again.confirmation()}
        reply = self.client.expect(409, "POST", "/api/bookings", **sent)
        _check(reply.problem == "already-booked", f"the problem is {reply.problem}")
        address = f"/api/holds/{again.booking.id}"
        self.client.expect(204, "DELETE", address, headers=again.booking.owned)

    def move(self) -> None:
        """Move both doses to another pair."""
        body = {"doses": places(self.found[2])}
        receipt = self._change("move", body)
        slots = [dose["slot"] for dose in receipt["doses"]]
        _check(slots == [place["slot"] for place in body["doses"]], "a moved pair is elsewhere")
        self._until_shown(self.found[2], freed=False)

    def cancel(self) -> None:
        """Cancel it; its place is shown again."""
        receipt = self._change("cancel", None)
        _check(receipt["state"] == "cancelled", "a cancelled booking is not cancelled")
        self._until_shown(self.found[2], freed=True)

    def wait(self) -> None:
        """Join the waiting list, read how it stands, and leave."""
        entry, pair = Booking(), self.found[0]
        body = {
            "department": pair.department, "class": pair.class_,
            "centres": [pair.centre], "products": [pair.product],
        }  # fmt: skip
        self.client.expect(201, "POST", "/api/waiting", headers=entry.keyed, body=body)
        address = f"/api/waiting/{entry.id}"
        self.client.expect(200, "GET", address, headers=entry.owned)
        self.client.expect(204, "DELETE", address, headers=entry.owned)

    def day_list(self) -> None:
        """Book for somebody else, whom the centre's own staff then finds on the day's list."""
        pair, somebody = self.found[3], Person()
        self._hold(somebody, pair)
        self._confirm(somebody)
        address = f"/api/centres/{pair.centre}/days/{pair.first.day.isoformat()}"
        headers = {"Authorization": f"Bearer {self.published.centre_token}"}
        doses = self._json(self.client.expect(200, "GET", address, headers=headers).body)["doses"]
        listed = {dose["booking"]: dose["sealed"] for dose in doses}
        _check(bool(listed.get(somebody.booking.id)), "a booking is not on the day's list")
        _check(self.person.booking.id not in listed, "a cancelled booking is on the day's list")
        self.client.expect(404, "GET", address)

    def feeds(self) -> None:
        """Read what scrapers read: the FHIR bulk files, Vite Ma Dose, the official columns."""
        department = self.found[0].department
        names = (MANIFEST, f"/vitemadose/{department}.json", *OTHER_FEEDS)
        self._until(
            lambda: all(self.client.ask("GET", name).status == 200 for name in names),
            FEEDS_S, "the open feeds are not written",
        )  # fmt: skip
        manifest = self._json(self.client.expect(200, "GET", MANIFEST).body)
        for output in manifest["output"][:3]:
            address = "/" + output["url"].split("/", 3)[3]
            line = self.client.expect(200, "GET", address).body.splitlines()[0]
            _check(self._json(line)["resourceType"] == output["type"], f"{address} is of no type")

    def _hold(self, person: Person, pair: Pair) -> None:
        sent = {"headers": person.booking.keyed, "body": hold_body(pair)}
        self.client.expect(201, "POST", "/api/holds", **sent)

    def _confirm(self, person: Person) -> dict[str, Any]:
        sent = {"headers": person.booking.keyed, "body": person.confirmation()}
        return self._json(self.client.expect(201, "POST", "/api/bookings", **sent).body)

    def _change(self, what: str, body: dict[str, Any] | None) -> dict[str, Any]:
        booking = self.person.booking
        headers = booking.owned | {"Idempotency-Key": str(uuid4())}
        address = f"/api/bookings/{booking.id}/{what}"
        return self._json(self.client.expect(200, "POST", address, headers=headers, body=body).body)

    def _until_shown(self, pair: Pair, *, freed: bool) -> None:
        """Wait until the files show that a place was taken, or that it is free again."""

        def is_shown() -> bool:
            file = self.client.read(centre_name(pair.centre), CentreFile)
            left = sum(w.free for w in windows_of(file) if w.slot == pair.first.slot)
            return (left >= pair.first.free) == freed

        self._until(is_shown, SHOWN_S, f"slot {pair.first.slot} of {pair.centre} is shown wrong")

    @staticmethod
    def _json(body: bytes) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(body)
        return read

    @staticmethod
    def _until(holds: Callable[[], bool], patience_s: float, otherwise: str) -> None:
        """Wait for something that takes a moment."""
        until = time.monotonic() + patience_s
        while not holds():
            _check(time.monotonic() < until, otherwise)
            time.sleep(0.1)


def _states(receipt: dict[str, Any]) -> list[str]:
    return [dose["state"] for dose in receipt["doses"]]


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise UnexpectedAnswerError(otherwise)
