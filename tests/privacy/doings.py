"""What is done to an installation before it is searched: journeys, mistakes, betrayals."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from api.protocol.identity import Identity
from tests.privacy.canaries import traces
from tests.privacy.journeys import Booking, Desk, tag_of
from tests.privacy.pages import Recorded, pages_of
from tests.privacy.stand import Stand
from tests.stack import HOLDER, SHAPE

ZONE = ZoneInfo("Europe/Paris")
TOWN = "Laon"
"""In the département of the centre that everybody goes to."""


@dataclass
class Done:
    """What came of it.

    opened
        Whom the centre's page saw on its list, by family name, in the order of who went there.
    secrets
        Manage secrets of bookings.
    sealed
        Sealed identities.
    """

    opened: list[str]
    secrets: list[bytes] = field(default_factory=list)
    sealed: list[bytes] = field(default_factory=list)
    browser: Recorded | None = None


Glance = Callable[[], None]
"""Looks into the servers' memories while everybody has just booked."""


def by_http(stand: Stand, people: list[Identity], glance: Glance) -> Done:
    """Let people and the centre do what their pages do, over HTTP."""
    bookings = [_book(stand, n, person) for n, person in enumerate(people)]
    glance()
    today = _let_the_day_come(stand)
    desk = Desk(stand.client, stand.centre)
    listed = desk.day(today)
    for booking in bookings:
        desk.admit(booking.id)
    return Done(
        [listed[booking.id].family_name for booking in bookings],
        [booking.secret for booking in bookings],
        [sealed for booking in bookings for sealed in booking.sealed],
    )


def by_chromium(stand: Stand, people: list[Identity], glance: Glance) -> Done:
    """Let them use the pages; in a thread, for the browser's loop must not meet another."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_in_chromium, stand, people, glance).result()


def _in_chromium(stand: Stand, people: list[Identity], glance: Glance) -> Done:
    with pages_of(stand.site.url, [stand.service.url], stand.folder) as pages:
        for person in people:
            pages.book_move_cancel(person, TOWN)
        glance()
        _let_the_day_come(stand)
        pages.admit(people, stand.centre.authorization["Authorization"].split()[1], HOLDER)
    rows = stand.installation.campaign.rows
    sealed = [row["sealed"] for row in rows("SELECT sealed FROM appointment WHERE sealed <> ''")]
    shown = {name.upper() for name in pages.recorded.shown}
    opened = [
        person.family_name
        for person in people
        if f"{person.family_name} {person.given_name}".upper() in shown
    ]
    return Done(opened, sealed=sealed, browser=pages.recorded)


def _book(stand: Stand, n: int, person: Identity) -> Booking:
    tag = tag_of(person, stand.tags.url, stand.service.key.pair.public)
    first, second = 1 + n, 1 + n + SHAPE.firsts
    Booking(stand.client, stand.centre, person, tag).wait("pfizer")
    given_up = Booking(stand.client, stand.centre, person, tag)
    given_up.book(first, second)
    given_up.fetch()
    given_up.move(first + 1, second + 1)
    given_up.cancel()
    booking = Booking(stand.client, stand.centre, person, tag)
    booking.book(first, second)
    Booking(stand.client, stand.centre, person, tag).book(first, second)
    return booking


def _let_the_day_come(stand: Stand) -> str:
    """Let it be the day of everybody's first dose; those who are flagged stay at home."""
    today = datetime.now(ZONE).date()
    stand.installation.campaign.rows(
        "UPDATE appointment SET day = %s WHERE dose_rank = 1 AND state = 'booked' AND booking_id IN"
        " (SELECT booking_id FROM booking WHERE NOT flagged)",
        today,
    )
    return str(today)


def send_in_clear(stand: Stand, person: Identity) -> None:
    """Send everything of somebody where it does not belong, as a broken page would."""
    known = [value for values in traces(person).values() for value in values]
    booking = Booking(stand.client, stand.centre, person, bytes(32))
    clear = json.loads(person.to_bytes())
    for body in ({"identity": clear}, {**booking.confirmation(), **clear}, {"tag": known[0]},
                 {known[0]: known[1]}, {"doses": [clear]}, {"doses": known}):  # fmt: skip
        for address in ("/api/holds", "/api/bookings", f"/api/bookings/{uuid4()}/move"):
            reply = stand.client.ask("POST", address, headers=booking.keyed, body=body)
            assert 400 <= reply.status < 500
    for value in known:
        headers = {"X-Person": quote(value), "Manage-Secret": quote(value)}
        for address in (f"/api/bookings/{quote(value)}", f"/{quote(value)}",
                        f"/api/bookings/{UUID(int=0)}?who={quote(value)}",
                        f"/api/centres/{quote(value)}/days/2021-06-01"):  # fmt: skip
            assert 400 <= stand.client.ask("GET", address, headers=headers).status < 500


def betray(stand: Stand, one: Identity, other: Identity) -> None:
    """Leak something of two people into every kind of place."""
    rows = stand.installation.campaign.rows
    rows(
        "INSERT INTO idempotency VALUES ('planted', 'planted', '', 200, %s, now())",
        json.dumps({"who": one.family_name}, ensure_ascii=False),
    )
    rows("UPDATE staff_token SET label = %s", b64encode(one.phone.encode()).decode())
    leaks = {
        "gzip": one.health["allergies"], "br": other.health["allergies"], "memory": one.number,
        "traceback": one.birth_place, "file": other.family_name,
    }  # fmt: skip
    for way, value in leaks.items():
        sent = {"headers": {"X-Leak": way}, "body": value}
        assert stand.betrayer.ask("POST", "/planted", **sent).status == 200
    address = f"/api/bookings/{uuid4()}?email={quote(one.email)}"
    assert stand.betrayer.ask("GET", address, headers={"X-Leak": "log"}).status == 200
