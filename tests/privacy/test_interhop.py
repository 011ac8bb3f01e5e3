"""The InterHop test: people book, move, cancel and are admitted; then everything is searched.

It was asked of a booking service in March 2021 whether its server can read who comes. Here every
answer, dump, file, log, backup and memory of a whole installation is searched for the people who
went through it. In the same search are people who were betrayed on purpose: a search that does not
find these has proved nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.privacy.canaries import canaries, careless, planted, secrets_of
from tests.privacy.doings import Done, betray, by_chromium, by_http, send_in_clear
from tests.privacy.places import Search
from tests.privacy.recorder import CALLER
from tests.privacy.scanner import Scanner
from tests.privacy.stand import Stand, standing
from tests.sealed import PASSPHRASE

pytestmark = pytest.mark.interhop

SEALED = slice(32, 96)
"""Part of a sealed identity that is searched for, behind its encapsulated key."""
PLACES = {
    "memory", "early memory", "site requests", "site answers", "leaky requests",
    "leaky answers", "metrics", "dump", "backup", "database", "public", "logs", "temporary",
}  # fmt: skip
TO_THE_KEY_SERVICE = {"tags requests", "tags answers"}
"""The browser speaks to it by itself, and records that."""
IN_THE_BROWSER = {"browser requests", "browser answers"}
KEPT = {"dump", "database", "backup"}
"""Where everything is found that a table holds."""


@dataclass
class Evidence:
    """What was done, and what the search found."""

    stand: Stand
    done: Done
    search: Search

    def where(self, whose: str) -> set[str]:
        """Kinds of places in which something was found."""
        return {
            kind
            for kind, hits in self.search.hits.items()
            if any(hit.whose.startswith(whose) for hit in hits)
        }


WAYS = [
    pytest.param(by_http, id="http"),
    pytest.param(by_chromium, id="chromium", marks=pytest.mark.browser),
]


@pytest.fixture(scope="module", params=WAYS)
def evidence(request) -> Iterator[Evidence]:
    """Run everything, let everybody do what they do, betray some, and search once."""
    with standing() as stand:
        early = Search(Scanner(secrets_of(canaries())))
        done = request.param(stand, canaries(), lambda: early.memory(stand.processes))
        send_in_clear(stand, careless())
        betray(stand, *planted())
        secrets = secrets_of([*canaries(), *planted(), careless()])
        search = Search(Scanner(secrets | others(stand, done)))
        if done.browser is not None:
            search.messages("browser", done.browser.messages)
        stand.search(search)
        search.add("early memory", early)
        yield Evidence(stand, done, search)


def others(stand: Stand, done: Done) -> dict[str, list[str | bytes]]:
    """Give what else is searched for: secrets, and what must be found where it belongs."""
    return {
        "private key": [stand.centre.keys.secret],
        "passphrase": [PASSPHRASE],
        "manage secret": done.secrets,
        "address": [CALLER],
        "sealed identity": [blob[SEALED] for blob in done.sealed],
        "staff token": [stand.centre.authorization["Authorization"].split()[1]],
    }


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
    assert evidence.done.opened == [person.family_name for person in canaries()]


def test_what_is_sealed_is_where_it_belongs(evidence):
    """It is what the tables hold, and what centres are answered: so these places were searched."""
    assert {*KEPT, "site requests", "site answers"} <= evidence.where("sealed identity")


def test_no_secret_is_kept(evidence):
    """Private keys never come; manage secrets and tokens are only sent, and kept as hashes."""
    assert evidence.where("private key") | evidence.where("passphrase") == set()
    sent = {"memory", "site requests", "browser requests"}
    for secret in ("manage secret", "staff token"):
        assert evidence.where(secret) <= sent
    assert "site requests" in evidence.where("staff token")


def test_no_address_is_written(evidence):
    """Nobody's address is in a table, a log or a file."""
    assert evidence.where("address") - {"memory"} == set()


def test_every_place_was_searched(evidence):
    """Each kind of place, and the memory of each process, had something to be searched."""
    sizes: dict[str, int] = {}
    for (kind, _), size in evidence.search.searched.items():
        sizes[kind] = sizes.get(kind, 0) + size
    assert set(sizes) == PLACES | (IN_THE_BROWSER if evidence.done.browser else TO_THE_KEY_SERVICE)
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


def test_pages_asked_nobody_else_and_left_nothing_in_the_browser(evidence):
    """No foreign host, no cookie, no storage, no cache of a page's own."""
    browser = evidence.done.browser
    if browser is not None:
        assert browser.strangers == set()
        assert len(browser.stored) > 5
        assert set(browser.stored) == {0}
