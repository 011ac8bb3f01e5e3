"""The waiting room on a telephone: a real ticket and its work, a queue that is played before it."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Request, Route

from api.queue.proof import proves
from tests.browser.conftest import Watched
from tests.browser.people import search

pytestmark = pytest.mark.browser
RATE = 2.0
WAITING = 600


class Room:
    """A room that is full until it is told to be empty; tickets and holds are the server's own."""

    def __init__(self, watched: Watched) -> None:
        self.is_open = True
        self.tickets: list[dict[str, object]] = []
        self.holds: list[dict[str, str]] = []
        page = watched.page
        page.route("**/queue/state.json", self._notice)
        page.route("**/api/holds", self._hold)
        page.on("response", self._taken)

    def _notice(self, route: Route) -> None:
        said = {
            "open": self.is_open, "rate_per_s": RATE, "admitted_until_us": 0, "early": 0,
            "early_place": 2**52, "marks": [[2**52, WAITING]], "opening": None,
        }  # fmt: skip
        if self.tickets:
            # Everybody who waits came before: a mark that ends when this ticket was taken.
            said["marks"] = [[self.tickets[0]["arrived_us"], WAITING]]
        route.fulfill(json=said)

    def _hold(self, route: Route) -> None:
        self.holds.append(route.request.headers)
        if self.is_open:
            slug = "not-your-turn" if "queue-ticket" in route.request.headers else "waiting-room"
            problem = {"type": f"/problems/{slug}", "title": "", "status": 429}
            route.fulfill(status=429, json=problem, content_type="application/problem+json")
        else:
            route.continue_()

    def _taken(self, response: object) -> None:
        request: Request = response.request  # type: ignore[attr-defined]
        if request.url.endswith("/api/queue/tickets"):
            self.tickets.append(json.loads(response.text()))  # type: ignore[attr-defined]


def test_the_page_waits_tells_the_truth_and_goes_on_by_itself(watched: Watched) -> None:
    """Six hundred before, two a second: five minutes; then the turn comes, and a pair is held."""
    watched.expected = ("429",)
    page, room = watched.page, Room(watched)
    search(watched)
    page.locator(".card button").first.click()
    page.locator(".hours button").first.click()
    page.get_by_role("button", name="Réserver ces deux rendez-vous").click()
    page.get_by_role("heading", name="vous êtes dans la file").wait_for()
    page.get_by_text("600 personnes avant vous").wait_for()
    assert "environ 5 min" in page.inner_text("main")
    watched.picture("citizen-room")
    page.wait_for_function("sessionStorage.getItem('creneau-queue') !== null")
    room.is_open = False
    page.locator("#nom").wait_for()
    [ticket], (first, last) = room.tickets, room.holds
    assert "queue-ticket" not in first
    assert last["queue-ticket"] == ticket["ticket"]
    proven = proves(
        bytes.fromhex(str(ticket["id"])), int(last["queue-proof"]), int(str(ticket["difficulty"]))
    )
    assert proven


def test_a_refresh_keeps_the_place(watched: Watched) -> None:
    """The second time no other ticket is asked for."""
    watched.expected = ("429",)
    page, room = watched.page, Room(watched)
    for _ in range(2):
        search(watched)
        page.locator(".card button").first.click()
        page.locator(".hours button").first.click()
        page.get_by_role("button", name="Réserver ces deux rendez-vous").click()
        page.get_by_role("heading", name="vous êtes dans la file").wait_for()
        page.wait_for_function("sessionStorage.getItem('creneau-queue') !== null")
        page.reload()
    assert len(room.tickets) == 1
