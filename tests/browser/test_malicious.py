"""What a server may try from behind a page, and what the page says to it."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route

from api.protocol.encoding import to_base64url
from tests.browser.conftest import Watched
from tests.browser.people import choose, search, somebody
from tests.sealed import pair, signed
from tests.stack import validity

pytestmark = pytest.mark.browser


def refused(watched: Watched) -> str:
    """Wait for a refusal, and give its words."""
    watched.page.get_by_role("alert").wait_for()
    return watched.page.get_by_role("alert").inner_text()


def try_to_hold(watched: Watched) -> None:
    """Search and choose, as far as the server lets."""
    page = watched.page
    search(watched)
    page.locator(".card button").first.click()
    page.locator(".hours button").nth(3).click()
    page.get_by_role("button", name="Réserver ces deux rendez-vous").click()


def test_a_centre_s_key_that_another_signed_is_refused(watched: Watched) -> None:
    """A key of the server's own, signed by an authority of its own: nothing is even held."""
    false = signed(pair(centre="c1"), pair("authority"), validity())
    keys = {"centre": "c1", "keys": [json.loads(false.to_json())]}
    watched.page.route("**/keys/centres/c1.json", lambda route: route.fulfill(json=keys))
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    try_to_hold(watched)
    assert "Refusé pour votre sécurité" in refused(watched)
    assert not any(url.endswith("/api/holds") for url in asked)
    watched.picture("citizen-refused")


def test_a_key_of_another_centre_is_refused(watched: Watched) -> None:
    """A key that the authority did sign, for somebody else."""
    other = json.loads(watched.stack.signed(watched.stack.keys["c2"]).to_json())
    watched.page.route(
        "**/keys/centres/c1.json", lambda route: route.fulfill(json={"keys": [other]})
    )
    try_to_hold(watched)
    assert "Refusé" in refused(watched)


def test_a_campaign_that_was_changed_is_refused(watched: Watched) -> None:
    """Another key service, or another key of it, put into the signed campaign."""

    def change(route: Route) -> None:
        answer = route.fetch()
        campaign = answer.json()
        campaign["services"][0]["public_key"] = to_base64url(pair().public)
        route.fulfill(response=answer, json=campaign)

    watched.page.route("**/keys/campaign.json", change)
    try_to_hold(watched)
    assert "Refusé" in refused(watched)


def test_a_key_service_with_another_key_is_refused(watched: Watched) -> None:
    """The proof does not hold: the tag is not used, and nothing is confirmed."""

    def answer(route: Route) -> None:
        got = route.fetch()
        body = got.json()
        body["points"] = [body["points"][0][:-4] + "AAAA"]
        route.fulfill(response=got, json=body)

    search(watched)
    choose(watched, hour=3)
    watched.page.route("**/v1/evaluate", answer)
    somebody().fill(watched.page)
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    watched.page.get_by_role("button", name="Confirmer le rendez-vous").click()
    assert "Refusé" in refused(watched)
    assert not any(url.endswith("/api/bookings") for url in asked)


def test_a_downgraded_key_derivation_is_refused(watched: Watched) -> None:
    """A key file whose cost was lowered is refused before a passphrase is asked for it."""

    def downgrade(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        for wrap in body["keys"][0]["key_file"]["wraps"]:
            if wrap["method"] == "passphrase":
                wrap["memory_kib"], wrap["passes"] = 64, 1
        route.fulfill(response=answer, json=body)

    watched.page.route("**/api/centres/c2/keys", downgrade)
    watched.go("/centre")
    watched.page.fill("#jeton", watched.stack.tokens["centre", "c2"])
    watched.page.get_by_role("button", name="Entrer").click()
    assert "affaiblie" in refused(watched)
    names = watched.page.locator("#detenteur option").all_inner_texts()
    assert names == ["le kit de secours"]


def test_a_changed_script_does_not_run(watched: Watched) -> None:
    """One byte more in the script, and the browser runs none of it."""

    def change(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + "\n")

    watched.expected = ("integrity",)
    watched.page.route("**/assets/rendez-vous-*.js", change)
    watched.go("/rendez-vous")
    watched.page.wait_for_timeout(500)
    assert watched.page.locator("form").count() == 0
    assert any("integrity" in complaint for complaint in watched.complaints)


def test_markup_in_a_name_is_text(watched: Watched) -> None:
    """What a server puts into a centre's name is shown as it is written, and does nothing."""
    name = "<img src=x onerror=alert(1)><b>Palais</b>"

    def change(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        for centre in body["centres"]:
            centre["name"] = name
        route.fulfill(response=answer, json=body)

    watched.page.route("**/availability/centres.json", change)
    search(watched)
    assert watched.page.locator(".card h3").first.inner_text() == name
    assert watched.page.locator(".card img, .card b").count() == 0
