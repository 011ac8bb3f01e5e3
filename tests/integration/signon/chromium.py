"""A centre's computer: Chromium with an authenticator inside, made by its developer protocol."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
SEND = """async ([method, path, body]) => {
    const answer = await fetch(path, { method, body: body && JSON.stringify(body) });
    const text = await answer.text();
    return [answer.status, text ? JSON.parse(text) : null];
}"""
CREATE = """async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return (await navigator.credentials.create({ publicKey })).toJSON();
}"""
GET = """async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await navigator.credentials.get({ publicKey })).toJSON();
}"""


class Computer:
    """A page of the installation, and the authenticator beside it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._address = address
        self._protocol = page.context.new_cdp_session(page)
        self._protocol.send("WebAuthn.enable")
        made = self._protocol.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self._authenticator = {"authenticatorId": made["authenticatorId"]}

    def send(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Send a request as a script of the page does; give status and body."""
        status, said = self.page.evaluate(SEND, [method, path, body])
        return status, said

    def sign_on(self, who: str) -> int:
        """Sign on by the provider; give the status of the last answer."""
        self.page.context.add_cookies(
            [{"name": "who", "value": who, "domain": "127.0.0.1", "path": "/"}]
        )
        self.page.goto(f"{self._address}/api/staff/sign-on/psc?page=nowhere")
        return self.send("GET", "/api/staff/session")[0]

    def create(self) -> dict[str, Any]:
        """Ask the authenticator for a passkey, as the application says."""
        status, asked = self.send("POST", "/api/staff/passkeys/options")
        assert status == 200, asked
        return self.page.evaluate(CREATE, asked["public_key"])

    def register(self, label: str = "") -> tuple[int, Any]:
        """Make a passkey and give it to the application."""
        made = {"credential": self.create(), "label": label}
        return self.send("POST", "/api/staff/passkeys", made)

    def sign(self, **changes: object) -> dict[str, Any]:
        """Ask the authenticator for a signature; `changes` to what the application says."""
        status, asked = self.send("POST", "/api/staff/sign-on/passkey/options")
        assert status == 200, asked
        return self.page.evaluate(GET, asked["public_key"] | changes)

    def answer(self, credential: dict[str, Any]) -> int:
        """Show the application a signature; give the status."""
        return self.send("POST", "/api/staff/sign-on/passkey", {"credential": credential})[0]

    def verify_nobody(self) -> None:
        """Let the person be whoever, from now on."""
        self._protocol.send("WebAuthn.setUserVerified",
                            self._authenticator | {"isUserVerified": False})  # fmt: skip

    def credentials(self) -> list[dict[str, Any]]:
        """Give what is in the authenticator, private keys too, as whoever copies it sees it."""
        held: list[dict[str, Any]] = self._protocol.send(
            "WebAuthn.getCredentials", self._authenticator
        )["credentials"]
        return held

    def put_back(self, credential: dict[str, Any]) -> None:
        """Make the authenticator as it was."""
        self._protocol.send("WebAuthn.clearCredentials", self._authenticator)
        self._protocol.send("WebAuthn.addCredential",
                            self._authenticator | {"credential": credential})  # fmt: skip


@contextmanager
def computer_at(chromium: Browser, address: str) -> Iterator[Computer]:
    """Open a page of an installation."""
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.goto(f"{address}/api/staff/sign-on")
        yield Computer(page, address)
    finally:
        context.close()
