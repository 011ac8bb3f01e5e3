"""Signing on by a real provider: who is let in, with which role, and for how long."""

from __future__ import annotations

import asyncio

import psycopg

from api.staff.signon.rules import disallow
from api.staff.signon.sessions import send_away
from tests.booking import Hands
from tests.campaign import MONDAY
from tests.integration.signon.browser import HERE, OWN_PAGE, browser, let_in
from tests.integration.signon.conftest import PEOPLE
from tests.provider.run import provider_running
from tests.staff import deeds, verified

FOREIGN = ("null", "https://elsewhere.test", f"{HERE}.elsewhere.test", f"{HERE}:8")
DAY = f"/api/centres/paris/days/{MONDAY}"


def at_the_office(campaign, work):
    """Run work with a connection, as the command line does."""

    async def connected():
        connect = psycopg.AsyncConnection.connect
        async with await connect(campaign.url, autocommit=True) as connection:
            return await work(connection)

    return connected()


def test_whoever_a_rule_names_works_at_their_centre_until_they_leave(campaign, issuer):
    """The whole flow: to the provider and back, the day's list, and out; the audit tells all."""

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as alice:
            back = await alice.sign_on("alice")
            assert (back.status_code, back.headers["Location"]) == (303, f"{HERE}/centre")
            cookie = back.headers["Set-Cookie"].lower()
            assert "httponly" in cookie
            assert "samesite=strict" in cookie
            shown = (await alice.here.get("/api/staff/session")).json()
            assert (shown["role"], shown["scope"], shown["way"]) == ("centre", "paris", "provider")
            assert (await alice.here.get(DAY)).status_code == 200
            assert (await alice.here.delete("/api/staff/session", headers=OWN_PAGE)).is_success
            assert (await alice.here.get(DAY)).status_code == 404
            return shown["person"]

    person = asyncio.run(scene())
    actions = [action for action, _ in deeds(campaign)]
    assert actions == ["session.open", "day.read", "session.close"]
    actors = {row["actor"] for row in campaign.rows("SELECT actor FROM audit WHERE entry > 1")}
    assert actors == {f"centre paris {person}"}
    assert verified(campaign).broken_at is None


def test_a_session_that_was_closed_stays_closed(campaign, issuer):
    """Its cookie, kept by somebody, opens nothing; and the database never held it."""

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as alice:
            await alice.sign_on("alice")
            [(name, kept)] = alice.here.cookies.items()
            await alice.here.delete("/api/staff/session", headers=OWN_PAGE)
            alice.here.cookies.set(name, kept)
            assert (await alice.here.get(DAY)).status_code == 404
            return kept

    assert asyncio.run(scene()) not in str(campaign.rows("SELECT * FROM staff_session"))


def test_nobody_has_a_role_because_they_say_so(campaign, issuer):
    """Claims named like roles, and one that is almost right, give nothing; nor does no rule."""

    async def scene():
        await let_in(campaign, "centre", "paris", claim="email", value="alice@chu.test")
        await let_in(campaign, "centre", "paris", claim="structures.siret", value="13")
        async with browser(campaign, issuer) as somebody:
            for who in ("mallory", "bob", "unknown"):
                answer = await somebody.sign_on(who)
                assert answer.status_code == 403
                assert answer.json()["type"] == "/problems/sign-on-refused"
                assert "session" not in str(answer.headers)
                somebody.forget()

    asyncio.run(scene())
    assert campaign.rows("SELECT * FROM staff_session") == []
    assert campaign.rows("SELECT * FROM staff_person") == []


def test_a_claim_inside_a_list_is_found_and_roles_can_be_changed(campaign, issuer):
    """Bob of two structures is an agent and a planner, one at a time, and nothing else."""

    async def scene():
        other = await let_in(campaign, "centre", "paris")
        await let_in(campaign, "agent", "75", claim="structures.siret", value="131")
        planner = await let_in(campaign, "planner", "national", claim="email",
                               value="bob@mairie.test")  # fmt: skip
        async with browser(campaign, issuer) as bob:
            assert (await bob.sign_on("bob")).status_code == 303
            shown = (await bob.here.get("/api/staff/session")).json()
            roles = ["agent", "planner"]
            if shown["role"] == "planner":
                roles.reverse()
            assert sorted(grant["role"] for grant in shown["grants"]) == ["agent", "planner"]
            change = {"rule": str(planner.rule_id)}
            assert (await bob.here.put("/api/staff/session", json=change, headers=OWN_PAGE)
                    ).status_code == 204  # fmt: skip
            assert (await bob.here.get("/api/staff/me")).json()["role"] == "planner"
            stolen = {"rule": str(other.rule_id)}
            assert (await bob.here.put("/api/staff/session", json=stolen, headers=OWN_PAGE)
                    ).status_code == 404  # fmt: skip
            assert (await bob.here.get("/api/staff/me")).json()["role"] == "planner"

    asyncio.run(scene())


def test_a_session_ends_by_silence_and_by_age(campaign, issuer):
    """Half an hour without a request, or ten hours with."""
    hands = Hands()

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer, clock=hands) as alice:
            await alice.sign_on("alice")
            hands.go_on(minutes=29)
            assert (await alice.here.get("/api/staff/me")).status_code == 200
            hands.go_on(minutes=31)
            assert (await alice.here.get("/api/staff/me")).status_code == 404
            await alice.sign_on("alice")
            for _ in range(23):
                hands.go_on(minutes=26)
                assert (await alice.here.get("/api/staff/me")).status_code == 200
            hands.go_on(minutes=3)
            assert (await alice.here.get("/api/staff/me")).status_code == 404

    asyncio.run(scene())


def test_a_session_ends_with_its_rule_by_order_and_when_the_provider_says_no(campaign, issuer):
    """At once, each time."""

    async def scene():
        rule = await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as alice:
            await alice.sign_on("alice")
            await at_the_office(campaign, lambda c: disallow(c, rule.rule_id, rule.made_at))
            assert (await alice.here.get("/api/staff/me")).status_code == 404
            assert (await alice.sign_on("alice")).status_code == 403
            await let_in(campaign, "centre", "paris")
            await alice.sign_on("alice")
            session = campaign.rows("SELECT session_id FROM staff_session WHERE closed_at IS NULL"
                                    " ORDER BY made_at DESC, session_id")  # fmt: skip
            for row in session:
                await at_the_office(
                    campaign, lambda c, row=row: send_away(c, row["session_id"], rule.made_at)
                )
            assert (await alice.here.get("/api/staff/me")).status_code == 404

    asyncio.run(scene())


def test_changes_come_from_our_own_pages(campaign, issuer):
    """A form on another site, or a request without an origin, changes nothing."""

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as alice:
            await alice.sign_on("alice")
            for headers in ({}, *({"Origin": origin} for origin in FOREIGN)):
                answer = await alice.here.delete("/api/staff/session", headers=headers)
                assert answer.json()["type"] == "/problems/foreign-origin"
                leftover = await alice.here.put(
                    f"/api/centres/paris/doses/{MONDAY}/1", json={}, headers=headers
                )
                assert leftover.status_code == 403
            assert (await alice.here.get("/api/staff/me")).status_code == 200

    asyncio.run(scene())


def test_by_https_cookies_are_of_this_host_alone(campaign, issuer):
    """`__Host-` and Secure, on both cookies."""

    async def scene():
        async with browser(campaign, issuer, public_url="https://rdv.test") as somebody:
            answer = await somebody.here.get("/api/staff/sign-on/psc")
            cookie = answer.headers["Set-Cookie"]
            assert cookie.startswith("__Host-creneau-sign-on=")
            assert "Secure" in cookie
            assert "Domain" not in cookie
            assert "SameSite=lax" in cookie
            ways = (await somebody.here.get("/api/staff/sign-on")).json()
            assert ways == {"providers": [{"name": "psc", "title": "Pro Santé Connect"}],
                            "passkeys": True}  # fmt: skip

    asyncio.run(scene())


def test_information_signed_by_the_provider_is_read(campaign):
    """As ProConnect gives it: a JWT in place of JSON."""

    async def scene(issuer):
        await let_in(
            campaign,
            "agent",
            "75",
            claim="structures.siret",
            value="130",
        )
        async with browser(campaign, issuer) as bob:
            assert (await bob.sign_on("bob")).status_code == 303

    with provider_running(PEOPLE, public_url=HERE, signedUserinfo=True) as issuer:
        asyncio.run(scene(issuer))


def test_the_level_that_is_asked_for_must_be_reached(campaign, issuer):
    """`acr`: asked for by the request, checked in the ID token."""

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer, acr_values=("eidas2",)) as alice:
            assert "acr_values=eidas2" in await alice.depart()
            assert (await alice.sign_on("alice", "eidas1")).status_code == 403
            alice.forget()
            assert (await alice.sign_on("alice")).status_code == 403
            alice.forget()
            assert (await alice.sign_on("alice", "eidas2")).status_code == 303

    asyncio.run(scene())
