"""Files of keys: what the pages seal to, as the authority signed it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from api.protocol.authority import Validity, verified_campaign, verified_centre_key
from api.protocol.documents import SignedCampaign, SignedKey
from tests.campaign import LONG_AGO
from tests.integration.feeds.public import check_copies, read
from tests.keys import CODE, VALIDITY, Authority, installed, key_file
from tests.serving import client_of
from tests.staff import token_of

CAMPAIGN, PARIS = "keys/campaign.json", "keys/centres/paris.json"
NEXT = Validity(LONG_AGO + timedelta(days=30), LONG_AGO + timedelta(days=365))


@pytest.fixture
def authority():
    """Give an authority that is not installed yet."""
    return Authority()


def shown(bench, name=PARIS):
    """Keys in a file."""
    return [
        SignedKey.from_json(json.dumps(key).encode()) for key in read(bench.folder, name)["keys"]
    ]


def test_what_is_installed_is_shown_within_a_turn(bench, authority):
    """The campaign byte for byte, the centre's keys with the newest first; both verify."""
    bench.publisher.start()
    assert not (bench.folder / "keys").exists()
    _, old = authority.centre("paris")
    _, new = authority.centre("paris", NEXT)
    installed(bench.campaign, authority, old, new)
    bench.turn()
    document = (bench.folder / CAMPAIGN).read_bytes()
    assert document == authority.campaign().to_json()
    campaign = SignedCampaign.from_json(document)
    verified_campaign(campaign.campaign, campaign.signature, authority.key.public, code=CODE,
                      on=VALIDITY.first)  # fmt: skip
    assert shown(bench) == [new, old]
    verified_centre_key(new.key, new.signature, authority.key.public, campaign=CODE,
                        centre="paris", on=NEXT.first)  # fmt: skip
    file = read(bench.folder, PARIS)
    assert list(file) == ["generated_at", "changed_at", "centre", "keys"]
    assert (file["centre"], file["changed_at"]) == ("paris", "2021-05-28T08:00:00.000Z")
    assert not (bench.folder / "keys/centres/bobigny.json").exists()
    check_copies(bench.folder)


def test_a_start_writes_what_is_there(bench, authority):
    """Whatever the outbox has forgotten."""
    installed(bench.campaign, authority, authority.centre("bobigny")[1])
    bench.campaign.rows("DELETE FROM outbox")
    bench.publisher.start()
    assert len(shown(bench, "keys/centres/bobigny.json")) == 1
    assert (bench.folder / CAMPAIGN).is_file()


def test_a_newer_campaign_takes_the_place_of_the_old(bench, authority):
    """Without any word in the outbox."""
    installed(bench.campaign, authority)
    bench.publisher.start()
    newer = authority.campaign("https://autre.example.org").to_json()
    bench.campaign.rows("UPDATE signed_campaign SET document = %s", newer)
    bench.turn()
    assert (bench.folder / CAMPAIGN).read_bytes() == newer


def test_a_key_that_is_shown_or_destroyed_by_its_centre_changes_the_file(bench, authority):
    """By the requests of the centre; wrapped keys are never in a public file."""
    installed(bench.campaign, authority)
    bench.publisher.start()
    key, signed = authority.centre("paris")
    address = f"/api/centres/paris/keys/{key.owner.key_id.hex()}"

    async def go(method, end, body, **headers):
        token = await token_of(bench.campaign, "centre", "paris")
        async with client_of(bench.campaign) as client:
            answer = await client.request(
                method, address + end, content=body, headers=token | headers
            )
            assert answer.status_code < 300

    asyncio.run(go("PUT", "/file", key_file(key).to_json(), **{"If-Match": "0"}))
    bench.turn()
    assert not (bench.folder / PARIS).exists()
    asyncio.run(go("PUT", "/signed", signed.to_json()))
    bench.turn()
    assert shown(bench) == [signed]
    asyncio.run(go("DELETE", "", b""))
    bench.turn()
    assert read(bench.folder, PARIS)["keys"] == []
    for file in bench.folder.rglob("*"):
        assert not file.is_file() or b"wraps" not in file.read_bytes()


def test_the_files_are_served(bench, authority):
    """By the same door as all public files, to be asked for again after a second."""
    installed(bench.campaign, authority, authority.centre("paris")[1])
    bench.publisher.start()

    async def go():
        async with client_of(bench.campaign, public=bench.folder) as client:
            return [await client.get(f"/{name}") for name in (CAMPAIGN, PARIS)]

    answers = asyncio.run(go())
    assert [answer.status_code for answer in answers] == [200, 200]
    assert {answer.headers["cache-control"] for answer in answers} == {"max-age=1"}
    assert answers[0].content == authority.campaign().to_json()
