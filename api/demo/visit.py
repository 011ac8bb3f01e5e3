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
from api.demo.desk import Desk
from api.demo.page import Page, opened
from api.demo.person import Booking, Person, hold_body, places
from api.demo.search import Pair, pairs, windows_of
from api.demo.service import Published
from api.feeds.documents import CentreFile
from api.feeds.names import centre_keys_name, centre_name
from api.protocol.encoding import from_base64url
from api.protocol.refusal import Refused

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
    somebody: Person = field(default_factory=Person)
    found: list[Pair] = field(default_factory=list)
    elsewhere: list[Pair] = field(default_factory=list)

    @property
    def page(self) -> Page:
        """A citizen's page, which knows the authority."""
        return Page(self.client, self.published.ring.authority.public_key)

    def desk(self, centre: str) -> Desk:
        """Page of a centre."""
        return Desk(self.client, centre, self.published.token_of(centre))

    def steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Give the steps by name, in their order; each raises when a promise is not kept."""
        yield "search", self.search
        yield "keys", self.keys
        yield "hold", self.hold
        yield "confirm", self.confirm
        yield "same person twice", self.twice
        yield "move", self.move
        yield "another centre", self.another_centre
        yield "cancel", self.cancel
        yield "waiting list", self.wait
        yield "day list", self.day_list
        yield "erase", self.erase
        yield "feeds", self.feeds

    def search(self) -> None:
        """Find pairs in the static files, as soon as there are any."""
        self._until(
            lambda: self.client.ask("GET", "/ready").status == 200,
            FILES_S, "the service is not ready",
        )  # fmt: skip
        code, centre = self.published.department, self.published.centre
        self.found = list(islice(pairs(self.client, code, centre), PAIRS))
        _check(len(self.found) == PAIRS, "the best centre has nothing to book")

    def keys(self) -> None:
        """Verify the campaign and the keys; a page of another authority takes none of them."""
        self._until(
            lambda: self.client.ask("GET", f"/{centre_keys_name(self.published.centre)}").status
            == 200, SHOWN_S, "the keys are not shown",
        )  # fmt: skip
        _check(len(self.page.services()) == 1, "the campaign names no key service")
        for centre in (self.published.centre, self.published.neighbour):
            self.page.key_of(centre)
        stranger = Page(self.client, bytes(32))
        for take in (stranger.services, lambda: stranger.key_of(self.published.centre)):
            try:
                take()
            except (Refused, UnexpectedAnswerError):
                continue
            raise UnexpectedAnswerError("a page takes keys that its authority did not sign")

    def hold(self) -> None:
        """Block the first pair; the files show it with one place less."""
        self._hold(self.person, self.found[0])
        self._until_shown(self.found[0], freed=False)

    def confirm(self) -> None:
        """Tag, seal, and book both doses at once; sent again, it is the same booking."""
        _, body = self.person.confirmation(self.page, self.found[0])
        receipts = [self._confirm(self.person, body) for _ in range(2)]
        _check(receipts[0] == receipts[1], "a confirmation sent again is answered otherwise")
        _check(_states(receipts[0]) == ["booked", "booked"], "a confirmed pair is not booked")

    def twice(self) -> None:
        """Answer the same person a second time as the first; the centre sees it, and cancels it."""
        again, pair = self.person.another_booking(), self.found[1]
        self._hold(again, pair)
        _, body = again.confirmation(self.page, pair)
        receipt = self._confirm(again, body)
        _check(_states(receipt) == ["booked", "booked"], "the second is answered otherwise")
        desk = self.desk(pair.centre)
        flagged = {
            dose["booking"]: dose["flagged"]
            for day in (self.found[0].first.day, pair.first.day)
            for dose in desk.doses(day)
        }
        _check(flagged[again.booking.id], "the second booking is not flagged")
        _check(not flagged[self.person.booking.id], "the first booking is flagged")
        _check(desk.cancel(again.booking.id)["state"] == "cancelled", "it is not cancelled")

    def move(self) -> None:
        """Move both doses to another pair."""
        body = {"doses": places(self.found[2])}
        receipt = self._change("move", body)
        slots = [dose["slot"] for dose in receipt["doses"]]
        _check(slots == [place["slot"] for place in body["doses"]], "a moved pair is elsewhere")
        self._until_shown(self.found[2], freed=False)

    def another_centre(self) -> None:
        """Move to another centre, sealed to its key: it can read who comes, the old one cannot."""
        there = pairs(self.client, self.published.department, self.published.neighbour)
        alike = (pair for pair in there if pair.class_ == self.found[0].class_)
        self.elsewhere = list(islice(alike, 1))
        _check(bool(self.elsewhere), "no other centre has a pair for the same class")
        [pair], booking = self.elsewhere, self.person.booking
        [tag] = self.page.tags([self.person.identity])
        seal = self.page.seal(self.person.identity, pair.centre, booking.id, tag)
        receipt = self._change("move", {"doses": [place | seal for place in places(pair)]})
        _check(not any(dose["to_seal_again"] for dose in receipt["doses"]), "it is not sealed")
        [dose] = [
            dose for dose in self.desk(pair.centre).doses(pair.first.day)
            if dose["booking"] == booking.id
        ]  # fmt: skip
        sealed, secrets = from_base64url(dose["sealed"]), self.published.ring.secrets
        about = pair.centre, dose["key_id"], booking.id, tag
        who = opened(sealed, secrets[pair.centre], *about)
        _check(who == self.person.identity, "the new centre reads somebody else")
        try:
            opened(sealed, secrets[self.published.centre], *about)
        except Refused:
            return
        raise UnexpectedAnswerError("the old centre reads what is sealed to the new one")

    def cancel(self) -> None:
        """Cancel it; its place is shown again."""
        receipt = self._change("cancel", None)
        _check(receipt["state"] == "cancelled", "a cancelled booking is not cancelled")
        self._until_shown(self.elsewhere[0], freed=True)

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
        """Book for somebody else, whom the centre finds by its key, with the tag that is theirs."""
        pair, somebody = self.found[3], self.somebody
        self._hold(somebody, pair)
        _, body = somebody.confirmation(self.page, pair)
        self._confirm(somebody, body)
        desk = self.desk(pair.centre)
        secret = desk.unlock(self.published.ring.passphrase)
        listed = desk.opened_day(self.page, secret, pair.first.day)
        found = listed.get(somebody.booking.id)
        _check(found is not None, "a booking is not on the day's list")
        assert found is not None
        _check(found.identity == somebody.identity, "the day's list opens to somebody else")
        _check(found.fits and not found.flagged, "a tag does not fit its identity")
        _check(self.person.booking.id not in listed, "a cancelled booking is on the day's list")
        self.client.expect(404, "GET", f"/api/centres/{pair.centre}/days/{pair.first.day}")

    def erase(self) -> None:
        """Erase a booking: nothing answers to it any more, and its place is free."""
        pair, booking = self.found[3], self.somebody.booking
        address = f"/api/bookings/{booking.id}"
        self.client.expect(204, "DELETE", address, headers=booking.owned)
        self.client.expect(404, "GET", address, headers=booking.owned)
        left = {dose["booking"] for dose in self.desk(pair.centre).doses(pair.first.day)}
        _check(booking.id not in left, "an erased booking is on the day's list")
        self._until_shown(pair, freed=True)

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

    def _confirm(self, person: Person, body: dict[str, Any]) -> dict[str, Any]:
        sent = {"headers": person.booking.keyed, "body": body}
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
