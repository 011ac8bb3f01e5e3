"""What people and centres do in a real Chromium, through the pages, with everything recorded."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route, expect

from api.protocol.identity import Identity
from tests.chromium import chromium_running
from tests.privacy.recorder import Message
from tests.sealed import PASSPHRASE

PATIENCE_MS = 30_000
STORED = """async () => [localStorage.length, sessionStorage.length, document.cookie.length,
    (await caches.keys()).length, (await indexedDB.databases()).length]"""
"""What a page left in the browser."""


@dataclass
class Recorded:
    """What the browser saw.

    strangers
        Hosts that a page asked and must not have.
    stored
        What pages left in the browser's storages, in counts.
    shown
        People on the list of the centre's page.
    """

    messages: list[Message] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    stored: list[int] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Pages:
    """The pages of a site in a browser."""

    context: BrowserContext
    site: str
    recorded: Recorded

    def book_move_cancel(self, person: Identity, town: str) -> None:
        """Book, move and cancel, then book for good."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        self._book(page, person, town)
        self._move(page)
        page.get_by_role("button", name="Annuler", exact=True).click()
        page.get_by_role("button", name="Oui, annuler").click()
        expect(page.get_by_role("heading", name="Rendez-vous annulé")).to_be_visible()
        self._book(page, person, town)
        receipt = page.url
        page.goto("about:blank")
        page.goto(receipt)
        expect(page.get_by_role("heading", name="Votre rendez-vous")).to_be_visible()
        self.recorded.stored += page.evaluate(STORED)
        page.close()

    def admit(self, people: Sequence[Identity], token: str, holder: str) -> None:
        """Open the centre's list of today, check everybody's tag, and admit everybody."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{self.site}/centre")
        page.fill("#jeton", token)
        page.get_by_role("button", name="Entrer").click()
        page.select_option("#detenteur", holder)
        page.fill("#phrase", PASSPHRASE)
        page.get_by_role("button", name="Ouvrir la liste").click()
        expect(page.locator("tbody tr")).to_have_count(len(people))
        self.recorded.shown = page.locator("tbody tr td:nth-child(2) > strong").all_inner_texts()
        page.get_by_role("button", name="Vérifier les identités").click()
        expect(page.get_by_text("Toutes les identités correspondent.")).to_be_visible()
        for n in range(len(people)):
            page.get_by_role("button", name="Arrivé").first.click()
            expect(page.locator("tbody .state.arrived")).to_have_count(n + 1)
        self.recorded.stored += page.evaluate(STORED)
        page.get_by_role("button", name="Verrouiller").click()
        expect(page.locator("#jeton")).to_be_visible()
        page.close()

    def _book(self, page: Page, person: Identity, town: str) -> None:
        page.goto("about:blank")
        page.goto(f"{self.site}/rendez-vous")
        page.fill("#commune", town)
        page.locator(".suggestions button").first.click()
        page.select_option("#situation", index=1)
        page.get_by_role("button", name="Voir les places").click()
        page.get_by_role("button", name="Voir les horaires").first.click()
        page.locator(".hours button").first.click()
        page.get_by_role("button", name="Réserver ces deux rendez-vous").click()
        page.fill("#nom", person.family_name)
        page.fill("#prenom", person.given_name)
        page.fill("#naissance", person.birth_date.strftime("%d/%m/%Y"))
        page.fill("#numero", person.number)
        page.fill("#telephone", person.phone)
        page.get_by_role("button", name="Confirmer le rendez-vous").click()
        expect(page.get_by_role("heading", name="Rendez-vous confirmé")).to_be_visible()

    @staticmethod
    def _move(page: Page) -> None:
        page.get_by_role("button", name="Déplacer", exact=True).click()
        page.select_option("#vers-1", index=1)
        with page.expect_response(lambda answer: answer.url.endswith("/move")) as moved:
            page.locator("form").get_by_role("button", name="Déplacer").click()
        assert moved.value.status == 200
        expect(page.get_by_role("heading", name="Votre rendez-vous")).to_be_visible()


@contextmanager
def pages_of(site: str, others: Sequence[str], folder: Path) -> Iterator[Pages]:
    """Open a browser that speaks to a site and some others only, and records what is said."""
    har = folder / "browser.har"
    recorded = Recorded()
    allowed = {urlsplit(url).netloc for url in (site, *others)}

    def route(asked: Route) -> None:
        address = urlsplit(asked.request.url)
        if address.scheme in ("http", "https") and address.netloc not in allowed:
            recorded.strangers.add(address.netloc)
            asked.abort()
        else:
            asked.continue_()

    with chromium_running() as browser:
        context = browser.new_context(
            locale="fr-FR", timezone_id="Europe/Paris", record_har_path=har,
            record_har_content="embed",
        )  # fmt: skip
        context.route("**/*", route)
        yield Pages(context, site, recorded)
        context.close()
    recorded.messages += messages_of(har)


def messages_of(har: Path) -> Iterator[Message]:
    """Read what a browser recorded: addresses, headers and bodies of both ways."""
    for entry in json.loads(har.read_text(encoding="utf-8"))["log"]["entries"]:
        request, answer = entry["request"], entry["response"]
        sent = request.get("postData", {}).get("text", "").encode()
        yield Message("request", _head(f"{request['method']} {request['url']}", request), sent, "")
        content = answer["content"]
        text = content.get("text", "")
        body = b64decode(text) if content.get("encoding") == "base64" else text.encode()
        yield Message("answer", _head(str(answer["status"]), answer), body, "")


def _head(first: str, part: dict[str, list[dict[str, str]]]) -> bytes:
    return "\n".join([first, *(f"{h['name']}: {h['value']}" for h in part["headers"])]).encode()
