"""A centre's keys over HTTP: kept wrapped, shown when signed, destroyed for good."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from api.protocol.documents import SignedKey
from api.protocol.key_file import KeyFile
from api.protocol.wrapping import wrap_by_passphrase
from tests.booking import Visitor, opened
from tests.campaign import MONDAY, fill_campaign
from tests.keys import Authority, installed, key_file
from tests.sealed import CHEAP, PASSPHRASE, pair
from tests.serving import client_of
from tests.staff import deeds, token_of, verified

KEYS = "/api/centres/paris/keys"


@pytest.fixture
def campaign(database_url):
    """Give a campaign with a pair of slots at Paris."""
    campaign = fill_campaign(database_url)
    campaign.add_slot(1)
    campaign.add_slot(1, rank=2, day=MONDAY + timedelta(days=30))
    return campaign


@pytest.fixture
def authority(campaign):
    """Install the campaign, and give its authority."""
    authority = Authority()
    installed(campaign, authority)
    return authority


def at_paris(campaign, story, *, role=("centre", "paris")):
    """Let the staff of a centre do something."""

    async def go():
        headers = await token_of(campaign, *role)
        async with client_of(campaign) as client:
            client.headers.update(headers)
            return await story(client)

    return asyncio.run(go())


def put_file(client, file, version, key_id=None):
    """Send a key file."""
    address = f"{KEYS}/{key_id or file.owner.key_id.hex()}/file"
    return client.put(address, content=file.to_json(), headers={"If-Match": f'"{version}"'})


def put_signed(client, signed, key_id=None):
    """Send a signed key."""
    address = f"{KEYS}/{key_id or signed.key.owner.key_id.hex()}/signed"
    return client.put(address, content=signed.to_json())


def slug(answer):
    """Status and name of a problem."""
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_a_key_is_kept_shown_and_read_as_it_was_sent(campaign, authority):
    """Both documents come back; one holder more is another version; all of it is in the audit."""
    key, signed = authority.centre("paris")
    file = key_file(key)
    wrap = wrap_by_passphrase(key.secret, key.owner, "Ana", PASSPHRASE, CHEAP)
    more = file.with_wrap(wrap)

    async def story(client):
        answers = [await put_file(client, file, 0), await put_signed(client, signed),
                   await put_file(client, more, 1)]  # fmt: skip
        return answers, (await client.get(KEYS)).json()["keys"]

    answers, [read] = at_paris(campaign, story)
    assert [answer.json()["version"] for answer in answers] == [1, 1, 2]
    assert (read["version"], read["destroyed_at"]) == (2, None)
    assert KeyFile.from_json(json.dumps(read["key_file"]).encode()) == more
    assert SignedKey.from_json(json.dumps(read["signed"]).encode()) == signed
    assert [action for action, _ in deeds(campaign)] == [
        "key.keep", "key.show", "key.keep", "keys.read",
    ]  # fmt: skip
    assert verified(campaign).broken_at is None


def test_nobody_s_holder_is_lost_to_somebody_else_s_change(campaign, authority):
    """An old version, a first one where there is one, none at all: refused."""
    file = key_file(authority.centre("paris")[0])

    async def story(client):
        await put_file(client, file, 0)
        await put_file(client, file, 1)
        address = f"{KEYS}/{file.owner.key_id.hex()}/file"
        none = await client.put(address, content=file.to_json())
        return [slug(a) for a in (await put_file(client, file, 1), await put_file(client, file, 0),
                                  await put_file(client, file, "two"), none)]  # fmt: skip

    assert at_paris(campaign, story) == [
        (412, "key-changed"), (412, "key-changed"), (412, "key-changed"),
        (428, "missing-if-match"),
    ]  # fmt: skip
    assert campaign.rows("SELECT version FROM centre_key") == [{"version": 2}]


def test_a_substituted_key_is_not_shown(campaign, authority):
    """Signed by somebody else, for another centre, or put under another name."""
    mine = authority.centre("paris")[1]
    forged = Authority().centre("paris")[1]
    elsewhere = authority.centre("bobigny")[1]

    async def story(client):
        altered = SignedKey(mine.key, bytes(64), mine.grant)
        return [
            slug(await put_signed(client, forged)),
            slug(await put_signed(client, altered)),
            slug(await put_signed(client, elsewhere)),
            slug(await put_signed(client, mine, "0" * 32)),
            slug(await client.put(f"{KEYS}/{'0' * 32}/signed", content=b"[" * 5000)),
        ]

    assert at_paris(campaign, story) == [
        (409, "not-vouched-for"), (409, "not-vouched-for"), (422, "malformed-request"),
        (422, "malformed-request"), (422, "malformed-request"),
    ]  # fmt: skip
    assert campaign.rows("SELECT 1 FROM centre_key") == []


def test_without_an_authority_there_are_no_keys(campaign):
    """Nobody could tell a true one from another."""
    key, signed = Authority().centre("paris")

    async def story(client):
        return [slug(await put_file(client, key_file(key), 0)),
                slug(await put_signed(client, signed))]  # fmt: skip

    assert at_paris(campaign, story) == [(409, "no-authority")] * 2


def test_a_weak_wrap_and_another_campaign_s_key_are_refused(campaign, authority):
    """The floor of the key derivation holds on the server, too."""
    key, _ = authority.centre("paris")
    weak = json.loads(key_file(key).to_json())
    wrap = wrap_by_passphrase(key.secret, key.owner, "Ana", PASSPHRASE, CHEAP).members()
    place = next(name for name, value in wrap.items() if value == CHEAP.memory_kib)
    weak["wraps"].append(wrap | {place: 1024})
    foreign = key_file(pair("centre", "autre-2021", "paris"))

    async def story(client):
        address = f"{KEYS}/{key.owner.key_id.hex()}/file"
        answer = await client.put(address, json=weak, headers={"If-Match": "0"})
        return [slug(answer), slug(await put_file(client, foreign, 0))]

    assert at_paris(campaign, story) == [(422, "malformed-request")] * 2


def test_a_destroyed_key_is_gone_for_good(campaign, authority):
    """Its wraps are nowhere in the table; it can be neither kept nor shown again."""
    key, signed = authority.centre("paris")
    file = key_file(key)

    async def story(client):
        await put_file(client, file, 0)
        await put_signed(client, signed)
        address = f"{KEYS}/{key.owner.key_id.hex()}"
        gone = [(await client.delete(address)).status_code for _ in range(2)]
        after = [slug(await put_file(client, file, 1)), slug(await put_signed(client, signed))]
        for nobody in (f"{KEYS}/%00", f"{KEYS}/{'0' * 32}", "/api/centres/%00/keys/0"):
            assert (await client.delete(nobody)).status_code == 404
        return gone, after, (await client.get(KEYS)).json()["keys"]

    gone, after, [read] = at_paris(campaign, story)
    assert gone == [204, 204]
    assert after == [(410, "key-destroyed")] * 2
    assert read["key_file"] is None
    assert read["destroyed_at"] == "2021-05-28T08:00:00Z"
    assert [action for action, _ in deeds(campaign)].count("key.destroy") == 1


@pytest.mark.parametrize("moved", [False, True])
def test_a_key_that_is_needed_is_destroyed_only_on_purpose(campaign, authority, moved):
    """By somebody who comes to the centre, or who went to another one and is sealed to it still."""
    key, signed = authority.centre("paris")
    key_id = key.owner.key_id.hex()

    async def story(client):
        await put_signed(client, signed)
        async with opened(campaign) as (_, desk):
            await Visitor(desk).book((1, 1), (1, 2))
        campaign.rows("UPDATE appointment SET key_id = %s WHERE dose_rank = 1", key_id)
        if moved:
            other = campaign.add_slot(2)
            campaign.rows("UPDATE appointment SET centre_id = 2, slot_id = %s,"
                          " to_seal_again = true WHERE dose_rank = 1", other)  # fmt: skip
        address = f"{KEYS}/{key_id}"
        return [await client.delete(address), await client.delete(f"{address}?anyway=perhaps"),
                await client.delete(f"{address}?anyway=true")]  # fmt: skip

    refused, unclear, done = at_paris(campaign, story)
    assert slug(refused) == (409, "key-in-use")
    assert unclear.status_code == 422
    assert done.status_code == 204
    [entry] = campaign.rows("SELECT detail FROM audit WHERE action = 'key.destroy'")
    assert entry["detail"] == {"still_needed": True}


@pytest.mark.parametrize("role", [("centre", "bobigny"), ("agent", "75"), ("planner", "national"),
                                  ("auditor", "national")])  # fmt: skip
def test_keys_are_for_the_centre_s_own_staff(campaign, authority, role):
    """To everybody else there is nothing; nothing is written down."""
    key, signed = authority.centre("paris")
    file = key_file(key)

    async def story(client):
        answers = [
            await client.get(KEYS), await client.get("/api/centres/paris/to-seal-again"),
            await put_file(client, file, 0), await put_signed(client, signed),
            await client.delete(f"{KEYS}/{key.owner.key_id.hex()}"),
            await client.get("/api/centres/nowhere/keys"),
        ]  # fmt: skip
        return {(answer.status_code, answer.content) for answer in answers}

    assert len(at_paris(campaign, story, role=role)) == 1
    assert campaign.rows("SELECT 1 FROM centre_key") == []
    assert deeds(campaign) == []
