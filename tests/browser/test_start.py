"""The start page: a door for everybody."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser
DOORS = {
    "Je veux un rendez-vous": "/rendez-vous",
    "Je travaille dans un centre": "/centre",
    "Je réponds au téléphone": "/telephone",
    "Je pilote la campagne": "/pilotage",
}


def test_every_door_leads_to_its_page(watched: Watched) -> None:
    """Citizen, centre, telephone agent, planner."""
    for label, path in DOORS.items():
        watched.go("/")
        watched.page.locator(".doors").get_by_role("link", name=label).click()
        watched.page.wait_for_url(f"**{path}**")
        watched.page.locator("h1").wait_for()
    watched.go("/")
    watched.page.locator("h1").wait_for()
    watched.picture("start")
