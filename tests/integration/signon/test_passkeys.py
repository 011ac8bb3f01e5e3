"""Passkeys in Chromium with an authenticator: made, used, copied, taken away."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Error as BrowserError

from api.staff.signon.passkeys import RelyingParty
from api.staff.signon.problems import SignOnRefused
from api.staff.signon.rules import disallow
from tests.campaign import MONDAY, NOW
from tests.chromium import chromium_running
from tests.integration.signon.browser import let_in
from tests.integration.signon.chromium import computer_at
from tests.integration.signon.conftest import PEOPLE
from tests.provider.run import SECRET, provider_running
from tests.serving import free_port, served
from tests.staff import deeds

pytestmark = pytest.mark.browser
DAY = f"/api/centres/paris/days/{MONDAY}"


@pytest.fixture(scope="module")
def chromium():
    """Start the browser of these tests."""
    with chromium_running() as started:
        yield started


@pytest.fixture
def computer(campaign, chromium, monkeypatch):
    """Give a computer of the centre; the installation and the provider are two sites."""
    port = free_port()
    address = f"http://localhost:{port}"
    with provider_running(PEOPLE, public_url=address) as issuer:
        config = {"name": "psc", "title": "PSC", "issuer": issuer, "client_id": "creneau",
                  "client_secret": SECRET, "scope": "openid staff"}  # fmt: skip
        monkeypatch.setenv("CRENEAU_IDENTITY_PROVIDERS", json.dumps([config]))
        monkeypatch.setenv("CRENEAU_PUBLIC_URL", address)
        with served(campaign, port=port), computer_at(chromium, address) as one:
            yield one


def meanwhile(work):
    """Run a coroutine in a thread: the browser has this one's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def bytes_of(text):
    """Read base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_passkey_is_made_after_a_sign_on_and_stands_in_for_it(campaign, computer):
    """Provider, passkey, out, passkey: the same person with the same role, and all in the audit."""
    meanwhile(let_in(campaign, "centre", "paris"))
    assert computer.sign_on("alice") == 200
    status, made = computer.register("desk 2")
    assert (status, made["label"]) == (201, "desk 2")
    first = computer.send("GET", "/api/staff/session")[1]
    assert [passkey["id"] for passkey in first["passkeys"]] == [made["id"]]
    assert computer.send("DELETE", "/api/staff/session")[0] == 204
    assert computer.send("GET", DAY)[0] == 404
    assert computer.answer(computer.sign()) == 204
    then = computer.send("GET", "/api/staff/session")[1]
    assert (then["way"], then["person"], then["role"]) == ("passkey", first["person"], "centre")
    assert computer.send("GET", DAY)[0] == 200
    [kept] = campaign.rows("SELECT * FROM staff_passkey")
    assert kept["sign_count"] > 1
    assert [action for action, _ in deeds(campaign)] == [
        "session.open", "passkey.make", "session.close", "session.open", "day.read",
    ]  # fmt: skip
    computer.send("DELETE", f"/api/staff/passkeys/{made['id']}")
    assert computer.answer(computer.sign()) == 403


def test_one_makes_no_other_and_none_is_made_without_a_sign_on(campaign, computer):
    """Whoever holds one authenticator for a moment cannot stay by means of a second."""
    meanwhile(let_in(campaign, "centre", "paris"))
    assert computer.send("POST", "/api/staff/passkeys/options")[0] == 404
    computer.sign_on("alice")
    computer.register()
    computer.answer(computer.sign())
    status, refusal = computer.send("POST", "/api/staff/passkeys/options")
    assert (status, refusal["type"]) == (403, "/problems/sign-on-refused")


def test_the_person_is_verified_each_time(campaign, computer):
    """The browser refuses by itself; a page that asks for less is refused here."""
    meanwhile(let_in(campaign, "centre", "paris"))
    computer.sign_on("alice")
    computer.register()
    computer.verify_nobody()
    with pytest.raises(BrowserError, match="NotAllowedError"):
        computer.sign()
    signed = computer.sign(userVerification="discouraged")
    assert not bytes_of(signed["response"]["authenticatorData"])[32] & 0b100
    assert computer.answer(signed) == 403


def test_a_signature_counts_once_and_for_its_challenge(campaign, computer):
    """Shown again, or for another challenge, it is nothing."""
    meanwhile(let_in(campaign, "centre", "paris"))
    computer.sign_on("alice")
    computer.register()
    signed = computer.sign()
    assert computer.answer(signed) == 204
    assert computer.answer(signed) == 403
    computer.sign()
    assert computer.answer(signed) == 403


def test_a_copied_authenticator_is_refused(campaign, computer):
    """Its count goes back behind what was told before."""
    meanwhile(let_in(campaign, "centre", "paris"))
    computer.sign_on("alice")
    computer.register()
    [copy] = computer.credentials()
    for _ in range(2):
        assert computer.answer(computer.sign()) == 204
    computer.put_back(copy)
    assert computer.answer(computer.sign()) == 403


def test_a_passkey_gives_what_the_provider_last_said_and_a_rule_still_says(campaign, computer):
    """A month after the provider spoke, or without the rule, it lets nobody in."""
    rule = meanwhile(let_in(campaign, "centre", "paris"))
    computer.sign_on("alice")
    computer.register()
    spoke = "UPDATE staff_person SET signed_on_at = %s"
    with psycopg.connect(campaign.url) as connection:
        connection.execute(spoke, (NOW - timedelta(days=31),))
    assert computer.answer(computer.sign()) == 403
    with psycopg.connect(campaign.url) as connection:
        connection.execute(spoke, (NOW - timedelta(days=29),))
    assert computer.answer(computer.sign()) == 204

    async def revoked():
        connect = psycopg.AsyncConnection.connect
        async with await connect(campaign.url, autocommit=True) as connection:
            await disallow(connection, rule.rule_id, NOW)

    meanwhile(revoked())
    assert computer.send("GET", "/api/staff/me")[0] == 404
    assert computer.answer(computer.sign()) == 403


def test_a_passkey_is_for_one_host_and_one_origin(campaign, computer):
    """What was made for a page elsewhere, or another challenge, is refused; here it is taken."""
    meanwhile(let_in(campaign, "centre", "paris"))
    computer.sign_on("alice")
    made = computer.create()
    client_data = json.loads(bytes_of(made["response"]["clientDataJSON"]))
    challenge, origin = bytes_of(client_data["challenge"]), client_data["origin"]

    def kept(host, from_, asked):
        return RelyingParty(host, from_).made(made, asked, UUID(int=1), "", NOW)

    assert kept("localhost", origin, challenge).sign_count == 1
    for wrong in [("localhost", "http://localhost:1", challenge), ("rdv.test", origin, challenge),
                  ("localhost", origin, bytes(32))]:  # fmt: skip
        with pytest.raises(SignOnRefused):
            kept(*wrong)
