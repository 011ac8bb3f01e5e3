"""Whoever has no mouse, sees little or hears the page instead of seeing it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.browser.people import search, somebody

pytestmark = pytest.mark.browser

MOST_TABS = 60


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element of this text, label or id has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(e => [e.id, e.textContent, e.getAttribute('aria-label') ?? ''])"
            "(document.activeElement)"
        )
        if name == here[0] or any(text.startswith(name) for text in here[1:]):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{name} has the focus and does not show it"
            return
    raise AssertionError(f"{name} is not reached by the keyboard")


def test_a_booking_by_the_keyboard_alone(watched: Watched) -> None:
    """From the first field to the receipt without a mouse, with the focus always seen."""
    page, person = watched.page, somebody()
    watched.go("/rendez-vous")
    page.locator("#commune").wait_for()
    tab_to(page, "commune")
    page.keyboard.type("Bourg-en-Br")
    page.locator(".suggestions button").first.wait_for()
    tab_to(page, "Bourg-en-Bresse")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "situation"
    page.keyboard.press("ArrowDown")
    tab_to(page, "Voir les places")
    page.keyboard.press("Enter")
    page.locator(".card").first.wait_for()
    tab_to(page, "Voir les horaires")
    page.keyboard.press("Enter")
    page.locator(".hours button").first.wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1"
    tab_to(page, "10 h 00")
    page.keyboard.press("Enter")
    tab_to(page, "Réserver ces deux rendez-vous")
    page.keyboard.press("Enter")
    page.locator("#nom").wait_for()
    for field, text in (
        ("nom", person.family_name), ("prenom", person.given_name), ("naissance", person.birth),
        ("numero", person.number), ("telephone", person.phone),
    ):  # fmt: skip
        tab_to(page, field)
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Rendez-vous confirmé").wait_for()


def test_every_door_is_open_to_everybody(watched: Watched) -> None:
    """No barrier that axe knows of, on the first view of every page, in both languages."""
    for path in ("/", "/rendez-vous", "/centre", "/telephone"):
        for language in ("", "?lang=en"):
            watched.go(path + language)
            watched.page.locator("h1").wait_for()
            assert watched.barriers() == [], path


def test_axe_finds_what_is_planted(watched: Watched) -> None:
    """Control: a picture without a text is a barrier."""
    watched.go("/")
    watched.page.locator("h1").wait_for()
    watched.page.evaluate("document.body.append(document.createElement('img'))")
    assert any(found.startswith("image-alt") for found in watched.barriers())


def test_the_end_of_a_hold_is_told_beforehand(watched: Watched) -> None:
    """Two minutes before, in words that are read out; at the end, with a way on."""
    page = watched.page
    page.clock.install()
    search(watched)
    page.locator(".card button").first.click()
    page.locator(".hours button").first.click()
    page.get_by_role("button", name="Réserver ces deux rendez-vous").click()
    page.locator("#nom").wait_for()
    page.clock.run_for(8 * 60_000 + 2_000)
    assert "deux minutes" in page.locator(".notice [role=status]").inner_text()
    page.clock.run_for(2 * 60_000)
    page.get_by_text("Le temps est écoulé").wait_for()
    assert page.get_by_role("button", name="Choisir un autre horaire").is_visible()


def test_whoever_has_no_javascript_is_told_of_the_telephone(watched: Watched) -> None:
    """The page says why it needs it, and what to do instead."""
    context = watched.page.context.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(watched.stack.url + "/rendez-vous")
    assert "téléphone" in page.inner_text("main")
    context.close()
