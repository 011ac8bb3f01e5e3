"""What an attacker between the browser and the provider may try; each ends without a session."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.booking import Hands
from tests.integration.signon.browser import HERE, altered, browser, let_in
from tests.integration.signon.conftest import PEOPLE
from tests.provider.run import provider_running


def sessions(campaign):
    """Count sessions that were ever opened."""
    return len(campaign.rows("SELECT * FROM staff_session"))


def code_of(url):
    """Code the provider gave."""
    return parse_qs(urlsplit(url).query)["code"][0]


def refused(answer):
    """Tell whether an answer is the refusal, and gives nothing."""
    return answer.status_code == 403 and "creneau-session" not in str(answer.headers)


def test_a_wrong_state_is_refused_and_ends_the_attempt(campaign, issuer):
    """Nor does the right one help afterwards."""

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as alice:
            back = await alice.at_provider(await alice.depart(), "alice")
            wrong = altered(back, lambda query: query.update(state="x" * 30))
            assert refused(await alice.here.get(wrong))
            assert refused(await alice.here.get(back))

    asyncio.run(scene())
    assert sessions(campaign) == 0


def test_somebody_elses_return_is_refused(campaign, issuer):
    """Mallory's way back, followed by a browser that never left, or left by itself."""

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as one:
            back = await one.at_provider(await one.depart(), "alice")
            one.forget()
            assert refused(await one.here.get(back))
            await one.depart()
            assert refused(await one.here.get(back))

    asyncio.run(scene())
    assert sessions(campaign) == 0


def test_a_return_counts_once(campaign, issuer):
    """The same address again opens nothing, and a used code nothing in a new attempt."""

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as alice:
            back = await alice.at_provider(await alice.depart(), "alice")
            kept = dict(alice.here.cookies)
            assert (await alice.here.get(back)).status_code == 303
            alice.here.cookies.update(kept)
            assert refused(await alice.here.get(back))
            again = await alice.at_provider(await alice.depart(), "alice")
            spent = altered(again, lambda query: query.update(code=code_of(back)))
            assert refused(await alice.here.get(spent))

    asyncio.run(scene())
    assert sessions(campaign) == 1


def test_a_stolen_code_is_of_no_use_elsewhere(campaign, issuer):
    """A code that was never used, put into the attempt of another browser: PKCE ties it."""

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as one:
            stolen = code_of(await one.at_provider(await one.depart(), "alice"))
            one.forget()
            back = await one.at_provider(await one.depart(), "mallory")
            injected = altered(back, lambda query: query.update(code=stolen))
            assert refused(await one.here.get(injected))

    asyncio.run(scene())
    assert sessions(campaign) == 0


@pytest.mark.parametrize(
    "change",
    [lambda query: query.update(nonce="another"), lambda query: query.pop("nonce")],
    ids=["another", "none"],
)
def test_a_wrong_nonce_is_refused(campaign, issuer, change):
    """An ID token made for another request, or for none."""

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as alice:
            back = await alice.at_provider(altered(await alice.depart(), change), "alice")
            assert refused(await alice.here.get(back))

    asyncio.run(scene())
    assert sessions(campaign) == 0


def test_every_departure_asks_for_pkce_by_s256(campaign, issuer):
    """State, nonce and challenge are there, and new each time."""

    async def scene():
        async with browser(campaign, issuer) as one:
            return [parse_qs(urlsplit(await one.depart()).query) for _ in range(2)]

    first, second = asyncio.run(scene())
    for query in (first, second):
        assert query["code_challenge_method"] == ["S256"]
        assert len(query["code_challenge"][0]) == 43
        assert len(query["nonce"][0]) >= 20
        assert len(query["state"][0]) >= 20
    for name in ("code_challenge", "nonce", "state"):
        assert first[name] != second[name]


def test_pkce_cannot_be_taken_away(campaign):
    """A provider that does without gives a code, but not for a verifier nobody announced."""

    def without(query):
        del query["code_challenge"], query["code_challenge_method"]

    async def scene(issuer):
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as alice:
            back = await alice.at_provider(altered(await alice.depart(), without), "alice")
            assert code_of(back)
            assert refused(await alice.here.get(back))

    with provider_running(PEOPLE, public_url=HERE, pkceRequired=False) as issuer:
        asyncio.run(scene(issuer))
    assert sessions(campaign) == 0


@pytest.mark.parametrize(("seconds", "status"), [(-300, 403), (0, 303)])
def test_an_expired_id_token_is_refused(campaign, seconds, status):
    """A provider whose clock is five minutes late gives tokens that are over already."""

    async def scene(issuer):
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as alice:
            assert (await alice.sign_on("alice")).status_code == status

    with provider_running(PEOPLE, public_url=HERE, clockSkewSeconds=seconds) as issuer:
        asyncio.run(scene(issuer))


def test_an_answer_of_another_provider_is_refused(campaign, issuer):
    """`iss` of RFC 9207: changed, or left out."""

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as alice:
            for change in (lambda q: q.update(iss="https://other.test"), lambda q: q.pop("iss")):
                back = await alice.at_provider(await alice.depart(), "alice")
                assert refused(await alice.here.get(altered(back, change)))

    asyncio.run(scene())
    assert sessions(campaign) == 0


def test_an_attempt_is_over_after_ten_minutes(campaign, issuer):
    """Whoever comes back later begins again; others find nothing left of it."""
    hands = Hands()

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer, clock=hands) as alice:
            back = await alice.at_provider(await alice.depart(), "alice")
            hands.go_on(minutes=10)
            assert refused(await alice.here.get(back))
            await alice.depart()
            hands.go_on(minutes=11)
            await alice.depart()

    asyncio.run(scene())
    assert len(campaign.rows("SELECT * FROM staff_attempt")) == 1


def test_only_a_page_of_ours_is_shown_afterwards(campaign, issuer):
    """No address of anybody else fits."""

    async def scene():
        async with browser(campaign, issuer) as one:
            for page in ("//elsewhere.test", "https:%2F%2Felsewhere.test", "a/b", ""):
                answer = await one.here.get(f"/api/staff/sign-on/psc?page={page}")
                assert answer.status_code == 422
            assert (await one.here.get("/api/staff/sign-on/other")).status_code == 404

    asyncio.run(scene())


def test_a_provider_that_is_not_there_or_calls_itself_otherwise(campaign, issuer):
    """Tells people to come back, and lets nobody in."""

    async def scene(address):
        async with browser(campaign, address) as one:
            answer = await one.here.get("/api/staff/sign-on/psc")
            assert answer.json()["type"] == "/problems/provider-unreachable"

    asyncio.run(scene("http://127.0.0.1:9"))
    asyncio.run(scene(f"{issuer}/"))


def test_nothing_of_whoever_is_refused_or_let_in_is_kept(campaign, issuer):
    """Neither address nor number of the profession, nor what the provider calls them."""

    async def scene():
        await let_in(campaign, "centre", "paris", claim="structures.siret", value="131")
        async with browser(campaign, issuer) as one:
            assert (await one.sign_on("bob")).status_code == 303
            one.forget()
            assert refused(await one.sign_on("alice"))

    asyncio.run(scene())
    tables = ("staff_person", "staff_session", "staff_attempt", "audit")
    kept = "".join(str(campaign.rows(f"SELECT * FROM {table}")) for table in tables)
    for word in ("bob", "alice", "10001234567", "mairie.test", "chu.test"):
        assert word not in kept
