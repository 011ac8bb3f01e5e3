"""The telephone agent's journey: a caller is booked, sealed in the agent's page."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Watched
from tests.browser.people import somebody, work_at

pytestmark = pytest.mark.browser


def test_a_caller_is_booked_and_the_centre_knows_who_comes(watched: Watched) -> None:
    """The agent's page books at a centre of its département; only the centre reads the name."""
    page = watched.page
    caller = somebody("Appelante")
    watched.go("/telephone")
    page.fill("#jeton", watched.stack.tokens["agent", "01"])
    page.get_by_role("button", name="Entrer").click()
    page.select_option("#centre", value="c1")
    page.get_by_role("button", name="Chercher").click()
    page.locator(".card button").first.click()
    watched.picture("telephone-who")
    sent: list[str] = []
    page.on("request", lambda request: sent.append((request.post_data or "") + request.url))
    caller.fill(page)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_role("heading", name="Rendez-vous confirmé").wait_for()
    watched.picture("telephone-done")
    assert sent
    assert not any("ppelante" in text or caller.number[:-2] in text for text in sent)
    work_at(watched, "c1")
    assert "APPELANTE Éloïse" in page.inner_text("tbody")


def test_another_s_token_does_not_open_it(watched: Watched) -> None:
    """A centre's token is no agent's, and the page says so."""
    watched.go("/telephone")
    watched.page.fill("#jeton", watched.stack.tokens["centre", "c1"])
    watched.page.get_by_role("button", name="Entrer").click()
    assert "autre métier" in watched.page.get_by_role("alert").inner_text()
