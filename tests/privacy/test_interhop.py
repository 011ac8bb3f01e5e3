"""The InterHop test: people book, move, cancel and are admitted; then everything is searched.

It was asked of a booking service in March 2021 whether its server can read who comes. Here every
answer, dump, file, log, backup and memory of a whole installation is searched for the people who
went through it. In the same search are people who were betrayed on purpose: a search that does not
find these has proved nothing.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import uuid4

import pytest

from api.protocol.identity import Identity
from tests.privacy.canaries import canaries, careless, planted, secrets_of, traces
from tests.privacy.journeys import Booking, Desk, tag_of
from tests.privacy.places import Search
from tests.privacy.recorder import CALLER
from tests.privacy.scanner import Scanner
from tests.privacy.stand import SHAPE, Stand, standing

pytestmark = pytest.mark.interhop

SEALED = slice(32, 96)
"""Part of a sealed identity that is searched for, behind its encapsulated key."""
PLACES = {
    "memory", "site requests", "site answers", "tags requests", "tags answers", "leaky requests",
    "leaky answers", "metrics", "dump", "backup", "database", "public", "logs", "temporary",
}  # fmt: skip
KEPT = {"dump", "database", "backup"}
"""Where everything is found that a table holds."""


@dataclass
class Evidence:
    """What was done, and what the search found.

    opened
        Whom the centre's page saw on its list, and who was booked.
    """

    stand: Stand
    search: Search
    opened: list[Identity]
    booked: list[Identity]

    def where(self, whose: str) -> set[str]:
        """Kinds of places in which something was found."""
        return {
            kind
            for kind, hits in self.search.hits.items()
            if any(hit.whose.startswith(whose) for hit in hits)
        }


@pytest.fixture(scope="module")
def evidence() -> Iterator[Evidence]:
    """Run everything, let everybody do what they do, and search once."""
    with standing() as stand:
        bookings = [book(stand, n, person) for n, person in enumerate(canaries())]
        opened = admit(stand, bookings)
        send_in_clear(stand, careless())
        betray(stand, *planted())
        secrets = secrets_of([*canaries(), *planted(), careless()])
        search = Search(Scanner(secrets | others(stand, bookings)))
        stand.search(search)
        yield Evidence(stand, search, opened, [b.person for b in bookings])


def others(stand: Stand, bookings: list[Booking]) -> dict[str, list[str | bytes]]:
    """Give what else is searched for: secrets, and what must be found where it belongs."""
    return {
        "private key": [stand.centre.keys.secret],
        "manage secret": [b.secret for b in bookings],
        "address": [CALLER],
        "sealed identity": [blob[SEALED] for b in bookings for blob in b.sealed],
        "staff token": [stand.centre.authorization["Authorization"].split()[1]],
    }


def book(stand: Stand, n: int, person: Identity) -> Booking:
    """Go through everything a citizen's page does; the last booking stays."""
    tag = tag_of(person, stand.tags.url, stand.service.key.pair.public)
    first, second = 1 + n, 1 + n + SHAPE.firsts
    given_up = Booking(stand.client, stand.centre, person, tag)
    given_up.wait("pfizer")
    given_up = Booking(stand.client, stand.centre, person, tag)
    given_up.book(first, second)
    given_up.fetch()
    given_up.move(first + 1, second + 1)
    given_up.cancel()
    booking = Booking(stand.client, stand.centre, person, tag)
    booking.book(first, second)
    again = Booking(stand.client, stand.centre, person, tag)
    again.book(first, second)
    return booking


def admit(stand: Stand, bookings: list[Booking]) -> list[Identity]:
    """Let the day come: the centre's page opens its list, and admits everybody."""
    expected = {booking.id for booking in bookings}
    today = datetime.now(UTC).date()
    stand.installation.campaign.rows(
        "UPDATE appointment SET day = %s WHERE dose_rank = 1 AND booking_id = ANY(%s)",
        today, list(expected),
    )  # fmt: skip
    desk = Desk(stand.client, stand.centre)
    listed = desk.day(str(today))
    assert set(listed) == expected
    for booking in bookings:
        desk.admit(booking.id)
    return [listed[booking.id] for booking in bookings]


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
                        f"/api/bookings/{uuid4()}?who={quote(value)}",
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


def test_nobody_is_found_anywhere(evidence):
    """No name, number, telephone, address, place or answer of anybody, in any form, anywhere."""
    people = {person.family_name for person in canaries()}
    found = {
        hit
        for hits in evidence.search.hits.values()
        for hit in hits
        if hit.whose.partition(":")[0] in people
    }
    assert found == set()


@pytest.mark.parametrize(
    ("who", "what", "places"),
    [
        (0, "name", KEPT),
        (0, "phone", KEPT),
        (0, "e-mail", {"leaky requests", "logs"}),
        (0, "health", {"leaky answers"}),
        (1, "health", {"leaky answers"}),
        (0, "NIR", {"memory"}),
        (0, "birth", {"logs"}),
        (1, "name", {"temporary"}),
    ],
    ids=["column", "base64 in a column", "URL", "gzip", "brotli", "memory", "traceback", "file"],
)
def test_whoever_is_betrayed_is_found(evidence, who, what, places):
    """The positive controls of the same search."""
    assert places <= evidence.where(f"{planted()[who].family_name}: {what}")


def test_what_a_broken_page_sends_in_clear_is_kept_nowhere(evidence):
    """Refused, not repeated, not logged, not stored; only the request itself has it."""
    assert evidence.where(careless().family_name) - {"memory"} == {"site requests"}


def test_the_centre_reads_what_the_server_cannot(evidence):
    """The same people, whole, on the centre's list: the server had it all, sealed."""
    assert evidence.opened == evidence.booked == canaries()


def test_what_is_sealed_is_where_it_belongs(evidence):
    """It is what the tables hold, and what centres are answered: so these places were searched."""
    assert {*KEPT, "site requests", "site answers"} <= evidence.where("sealed identity")


def test_no_secret_is_kept(evidence):
    """Private keys never come; manage secrets and tokens are only sent, and kept as hashes."""
    assert evidence.where("private key") == set()
    for secret in ("manage secret", "staff token"):
        assert evidence.where(secret) - {"memory"} == {"site requests"}


def test_no_address_is_written(evidence):
    """Nobody's address is in a table, a log or a file."""
    assert evidence.where("address") - {"memory"} == set()


def test_every_place_was_searched(evidence):
    """Each kind of place, and the memory of each process, had something to be searched."""
    sizes: dict[str, int] = {}
    for (kind, _), size in evidence.search.searched.items():
        sizes[kind] = sizes.get(kind, 0) + size
    assert set(sizes) == PLACES
    assert min(sizes.values()) > 0
    processes = {name for kind, name in evidence.search.searched if kind == "memory"}
    expected = {"creneau serve", "creneau keyservice", "api-0", "api-1", "publisher", "worker",
                "granian"}  # fmt: skip
    assert expected <= processes
    assert sum(name.startswith("postgres") for name in processes) >= 5


def test_the_database_wrote_down_what_it_was_told(evidence):
    """Statements with their values were in its log, which was searched with the rest."""
    hits = evidence.search.hits["database"]
    assert ("sealed identity", "log") in {(hit.whose, hit.place) for hit in hits}
