"""Doses that were moved to another centre: sealed to it by the citizen, or by the old centre."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Route

from api.protocol.encoding import from_base64url
from api.protocol.person import matricule
from api.protocol.sealing import Binding, open_sealed
from api.protocol.tag import person_tags
from tests.browser.conftest import Watched
from tests.browser.people import book, somebody, work_at
from tests.sealed import CAMPAIGN

pytestmark = pytest.mark.browser


def opened(watched: Watched, centre: str, booking: str, tag: bytes, dose: dict[str, str]) -> str:
    """Open as the new centre does, and give the family name."""
    key = watched.stack.keys[centre]
    assert dose["key_id"] == key.owner.key_id.hex()
    bound = Binding(CAMPAIGN, centre, key.owner.key_id, UUID(booking), tag)
    return open_sealed(from_base64url(dose["sealed"]), key.secret, bound).family_name


def test_the_citizen_seals_to_the_new_centre(watched: Watched) -> None:
    """The receipt asks for the answers once more; the new centre opens what comes of them."""
    page, person = watched.page, somebody("Déplacée")
    link = book(watched, person, hour=2)
    booking = link.partition("#rdv=")[2].partition(".")[0]
    seals: list[dict[str, Any]] = []

    def moved(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        for dose in body["doses"]:
            dose |= {"centre": "c3", "to_seal_again": not seals}
        route.fulfill(response=answer, json=body)

    def sealed(route: Route) -> None:
        seals.append(route.request.post_data_json)
        route.fulfill(json={"booking": booking, "state": "booked", "doses": []})

    page.route("**/api/bookings/*", moved)
    page.route("**/api/bookings/*/seals", sealed)
    page.goto("about:blank")
    page.goto(link)
    page.get_by_role("heading", name="changé de centre").wait_for()
    watched.picture("citizen-seal-again")
    person.fill(page)
    page.get_by_role("button", name="Chiffrer pour le nouveau centre").click()
    page.get_by_role("heading", name="changé de centre").wait_for(state="detached")
    tag = person_tags([matricule("nir", person.number)], CAMPAIGN, [watched.stack.service.client])
    for dose in seals[0]["doses"]:
        assert opened(watched, "c3", booking, tag[0], dose) == "Déplacée"


def test_the_old_centre_seals_to_the_new_one(watched: Watched) -> None:
    """Its page opens with its own key and seals to the other's, which the authority signed."""
    page, person = watched.page, somebody("Partie")
    link = book(watched, person, hour=3)
    booking = link.partition("#rdv=")[2].partition(".")[0]
    left: list[dict[str, Any]] = []
    seals: list[dict[str, str]] = []

    def gone(route: Route) -> None:
        route.fulfill(json={"doses": [] if seals else left})

    def listed(route: Route) -> None:
        answer = route.fetch()
        left[:] = [
            {**dose, "centre": "c3"}
            for dose in answer.json()["doses"]
            if dose["booking"] == booking
        ]
        route.fulfill(response=answer)

    def sealed(route: Route) -> None:
        seals.append(route.request.post_data_json)
        route.fulfill(status=204)

    page.route("**/days/*", listed)
    page.route("**/to-seal-again", gone)
    page.route("**/to-seal-again/*/*", sealed)
    work_at(watched, "c1")
    page.get_by_label("Jour").dispatch_event("change")
    page.get_by_role("button", name="Chiffrer pour leur centre").click()
    page.get_by_text("1 chiffré").wait_for()
    tag = person_tags([matricule("nir", person.number)], CAMPAIGN, [watched.stack.service.client])
    assert opened(watched, "c3", booking, tag[0], seals[0]) == "Partie"
