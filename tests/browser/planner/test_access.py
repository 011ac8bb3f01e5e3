"""Who gets in, and that what opens the pages is nowhere to be found."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.planner.desk import Desk, Office, desk

pytestmark = pytest.mark.browser


def test_without_a_session_there_is_the_page_of_sign_on(
    running: Office, browser: Browser, tmp_path: Path
) -> None:
    """A token that opens nothing is told; the page is one anybody can use."""
    with desk(running, browser, tmp_path) as stranger:
        stranger.go("/campagne")
        assert stranger.page.url.endswith("/pilotage/connexion")
        stranger.accessible("sign-on")
        stranger.picture("sign-on")
        stranger.sign_in("creneau-staff-nothing")
        expect(stranger.page.get_by_role("alert")).to_contain_text("n’ouvre rien")
        stranger.complaints.clear()  # Chromium tells of the 422


def test_the_token_is_kept_nowhere(planner: Desk) -> None:
    """Neither in the address nor in any store of the browser; the cookie is no script's."""
    page = planner.page
    token = planner.office.national
    kept = page.evaluate("JSON.stringify([location.href, {...localStorage}, {...sessionStorage},"
                         " document.cookie])")  # fmt: skip
    assert token not in kept
    assert "creneau-planner" not in page.evaluate("document.cookie")
    cookies = page.context.cookies()
    assert all(cookie["value"] != token for cookie in cookies)
    (session,) = [c for c in cookies if c["name"] == "creneau-planner"]
    assert session["httpOnly"]
    assert session["sameSite"] == "Strict"
    page.get_by_role("button", name="Quitter").click()
    page.context.add_cookies([session])
    planner.go("/scenarios")
    assert page.url.endswith("/pilotage/connexion")


def test_a_centre_and_a_region_see_what_is_theirs(
    running: Office, browser: Browser, tmp_path: Path
) -> None:
    """A regional planner reads the campaign, orders nothing; a centre has no page here."""
    with desk(running, browser, tmp_path) as regional:
        regional.sign_in(running.regional)
        expect(regional.page.get_by_role("heading", level=1)).to_contain_text("rien ici")
        regional.complaints.clear()  # Chromium tells of the 404
        regional.go("/campagne")
        expect(regional.page.locator("main")).to_contain_text("région 53")
    with desk(running, browser, tmp_path) as centre:
        centre.sign_in(running.centre)
        expect(centre.page.get_by_role("heading", level=1)).to_contain_text("rien ici")
        centre.complaints.clear()


def test_no_page_takes_a_change_from_elsewhere(planner: Desk) -> None:
    """A form of another site is refused, whatever cookie the browser sends along."""
    answer = planner.page.request.post(
        f"{planner.office.url}/pilotage/scenarios", headers={"Origin": "https://elsewhere.example"},
        form={"of": "library:bretagne", "name": "foreign"},
    )  # fmt: skip
    assert answer.status == 403


def test_nothing_is_written_into_the_pages_that_runs(planner: Desk) -> None:
    """No script or style stands in a page; the policy would not run it either."""
    for path in ("/scenarios", "/plans/bretagne", "/publication", "/campagne", "/comparaison"):
        planner.go(path)
        page = planner.page
        assert page.locator("script:not([src]), style, [style]:not(canvas)").count() == 0
        inline = "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes])"
        assert page.evaluate(f"{inline}.filter(a => a.name.startsWith('on')).length") == 0
        policy = page.request.get(page.url).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
