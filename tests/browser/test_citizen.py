"""A citizen's journey on a telephone: search, book, keep, move, cancel, erase; for a relative."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import Watched
from tests.browser.people import book, choose, search, somebody

pytestmark = pytest.mark.browser


def test_nothing_that_is_typed_in_the_search_is_sent(watched: Watched) -> None:
    """The browser asks for files by two characters; the town is found in it, by name and code."""
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    watched.go("/rendez-vous")
    watched.page.fill("#commune", "ambérieu-en")
    watched.page.get_by_role("button", name="Ambérieu-en-Bugey").wait_for()
    watched.page.fill("#commune", "01500")
    watched.page.get_by_role("button", name="Ambérieu-en-Bugey").click()
    places = {url.rpartition("/")[2] for url in asked if "/places/" in url}
    assert places == {"am.json", "01.json"}
    assert not any(re.search("amb|01500", url, re.IGNORECASE) for url in asked)


def test_pairs_are_shown_together_with_their_age_nearest_first(watched: Watched) -> None:
    """Both doses of a pair are on one card, and the page says how old what it shows is."""
    search(watched)
    watched.picture("citizen-results")
    cards = watched.page.locator(".card")
    assert "Centre de vaccination du Palais" in cards.nth(0).inner_text()
    assert "Espace Ambérieu" in cards.nth(1).inner_text()
    for text in ("1re dose", "2e dose", "km"):
        assert text in cards.nth(0).inner_text()
    assert re.search(r"vu il y a \d+ s", watched.page.locator(".age").inner_text())


def test_the_whole_journey(watched: Watched, tmp_path: Path) -> None:
    """Book, keep the calendar file and the export, come back by the link, move, cancel, erase."""
    page = watched.page
    person = somebody()
    search(watched)
    choose(watched)
    assert re.search(r"\d+ min \d\d s", page.locator(".clock").inner_text())
    watched.picture("citizen-who")
    person.fill(page)
    page.get_by_role("button", name="Confirmer le rendez-vous").click()
    page.get_by_role("heading", name="Rendez-vous confirmé").wait_for()
    watched.picture("citizen-receipt")
    link = page.url
    with page.expect_download() as download:
        page.get_by_role("button", name="Ajouter au calendrier").click()
    download.value.save_as(tmp_path / "rdv.ics")
    calendar = (tmp_path / "rdv.ics").read_text(encoding="utf-8")
    assert calendar.count("BEGIN:VEVENT") == 2
    assert calendar.count("BEGIN:VALARM") == 4
    page.goto("about:blank")
    page.goto(link)
    page.get_by_role("heading", name="Votre rendez-vous").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Exporter mes données").click()
    download.value.save_as(tmp_path / "rdv.json")
    exported = json.loads((tmp_path / "rdv.json").read_text(encoding="utf-8"))
    assert [dose["state"] for dose in exported["doses"]] == ["booked", "booked"]
    before = page.locator(".when").first.inner_text()
    page.get_by_role("button", name="Déplacer").first.click()
    page.select_option("#vers-1", index=3)
    watched.picture("citizen-move")
    page.locator(".below button[type=submit]").click()
    page.locator(".below:empty").wait_for(state="attached")
    assert page.locator(".when").first.inner_text() != before
    page.get_by_role("button", name="Annuler").click()
    page.get_by_role("button", name="Oui, annuler").click()
    page.get_by_role("heading", name="Rendez-vous annulé").wait_for()
    page.get_by_role("button", name="Tout effacer").click()
    page.get_by_role("button", name="Oui, tout effacer").click()
    page.get_by_role("heading", name="Tout est effacé").wait_for()
    assert "#" not in page.url
    watched.expected = ("404",)
    page.goto("about:blank")
    page.goto(link)
    page.get_by_role("alert").wait_for()
    assert "Rien n’a été trouvé" in page.inner_text("main")


def test_a_booking_for_a_relative_asks_for_the_relative(watched: Watched) -> None:
    """The same page books for somebody else, and says whose name it asks for."""
    watched.go("/rendez-vous")
    watched.page.fill("#commune", "Bourg-en-Bresse")
    watched.page.locator(".suggestions button").first.click()
    watched.page.select_option("#situation", index=1)
    watched.page.check("#proche")
    watched.page.get_by_role("button", name="Voir les places").click()
    choose(watched, hour=5)
    assert watched.page.get_by_label("Prénom de la personne à vacciner").is_visible()
    watched.page.get_by_role("button", name="Abandonner").click()
    watched.page.locator("#commune").wait_for()


def test_a_wrong_number_is_found_before_anything_is_sent(watched: Watched) -> None:
    """The check digits do not fit: the field says so and has the focus; nobody was asked."""
    person = somebody()
    search(watched)
    choose(watched, hour=5)
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.method))
    person.fill(watched.page)
    watched.page.fill("#numero", person.number[:-1] + str((int(person.number[-1]) + 1) % 10))
    watched.page.get_by_role("button", name="Confirmer le rendez-vous").click()
    assert "vérifiez" in watched.page.locator("#numero-erreur").inner_text()
    assert watched.page.evaluate("document.activeElement.id") == "numero"
    assert asked == []


def test_nothing_is_left_in_the_browser(watched: Watched) -> None:
    """No storage, no cookie, and the only thing of a booking in an address is behind the #."""
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    link = book(watched, somebody(), hour=1)
    booking, secret = link.partition("#rdv=")[2].split(".")
    kept = watched.page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, document.cookie,"
        " (await indexedDB.databases()).length, (await caches.keys()).length]"
    )
    assert kept == [0, 0, "", 0, 0]
    assert booking
    assert not any(secret in url.partition("#")[0] for url in asked)


def test_the_waiting_list_tells_why_nothing_yet(watched: Watched) -> None:
    """Where nothing is free the page gives the next step, and the list says its reason."""
    page = watched.page

    def empty(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"centres": []})

    page.route("**/availability/departments/*", empty)
    watched.go("/rendez-vous")
    page.fill("#commune", "Oyonnax")
    page.locator(".suggestions button").first.click()
    page.select_option("#situation", index=1)
    page.get_by_role("button", name="Voir les places").click()
    page.get_by_role("heading", name="Pas de place pour le moment").wait_for()
    watched.picture("citizen-nothing")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.select_option("#attente-rayon", label="60 km")
    page.get_by_role("button", name="M’inscrire sur la liste").click()
    page.get_by_text("Vous êtes sur la liste").wait_for()
    reasons = page.locator("main li").all_inner_texts()
    assert reasons
    assert all(text.endswith(".") for text in reasons)
    assert any('"centres":["c1"' in text for text in sent)
    watched.picture("citizen-waiting")
    page.get_by_role("button", name="Quitter la liste").click()
    page.get_by_role("heading", name="Vous n’êtes plus sur la liste").wait_for()


def test_a_campaign_of_other_departements_says_so(watched: Watched) -> None:
    """Whoever lives where the campaign is not is told, and offered nothing they cannot have."""
    watched.go("/rendez-vous")
    watched.page.fill("#commune", "Nice")
    watched.page.locator(".suggestions button").first.click()
    watched.page.select_option("#situation", index=1)
    watched.page.get_by_role("button", name="Voir les places").click()
    watched.page.get_by_text("ne couvre pas le département").wait_for()
    assert watched.page.locator(".card").count() == 0


def test_english_is_whole(watched: Watched) -> None:
    """The same journey in English, as far as the receipt."""
    page = watched.page
    watched.go("/rendez-vous?lang=en")
    page.fill("#commune", "Bourg-en-Bresse")
    page.locator(".suggestions button").first.click()
    page.select_option("#situation", index=3)
    page.get_by_role("button", name="See places").click()
    page.locator(".card button").first.click()
    page.locator(".hours button").nth(2).click()
    page.get_by_role("button", name="Book these two appointments").click()
    somebody().fill(page)
    page.get_by_role("button", name="Confirm the appointment").click()
    page.get_by_role("heading", name="Appointment confirmed").wait_for()
    assert page.locator("html").get_attribute("lang") == "en"
    assert not re.search(r"Rendez-vous|créneau|centre peut", page.inner_text("main"))
