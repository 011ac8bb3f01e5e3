"""Signing on opens no centre's key: nothing it gives, and nothing kept for it, unwraps one."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from api.protocol.key_file import KeyFile
from api.protocol.refusal import Refused
from api.protocol.wrapping import unlock, unwrap_by_passphrase, wrap_by_passphrase
from tests.integration.signon.browser import OWN_PAGE, browser, let_in
from tests.keys import Authority, installed, key_file
from tests.sealed import CHEAP, PASSPHRASE

WORD = re.compile(r"[A-Za-z0-9_.:-]{12,}")
TABLES = ("staff_rule", "staff_person", "staff_session", "staff_attempt", "staff_passkey")


def test_nothing_that_signs_on_unwraps_a_key(campaign, issuer):
    """The key comes back as it was wrapped; the passphrase opens it, and no word of sign-on."""
    authority = Authority()
    installed(campaign, authority)
    key, _ = authority.centre("paris")
    wrap = wrap_by_passphrase(key.secret, key.owner, "Alice", PASSPHRASE, CHEAP)
    file = key_file(key).with_wrap(wrap)

    async def scene():
        await let_in(campaign, "centre", "paris")
        async with browser(campaign, issuer) as alice:
            departure = await alice.depart()
            back = await alice.at_provider(departure, "alice")
            arrival = await alice.here.get(back)
            cookies = str(dict(alice.here.cookies))
            put = await alice.here.put(
                f"/api/centres/paris/keys/{key.owner.key_id.hex()}/file",
                content=file.to_json(), headers={"If-Match": '"0"'} | OWN_PAGE,
            )  # fmt: skip
            assert put.status_code == 200, put.text
            session = await alice.here.get("/api/staff/session")
            [kept] = (await alice.here.get("/api/centres/paris/keys")).json()["keys"]
            given = [departure, back, str(arrival.headers), cookies, session.text]
            return KeyFile.from_json(json.dumps(kept["key_file"]).encode()), " ".join(given)

    kept, given = asyncio.run(scene())
    rows = [row for table in TABLES for row in campaign.rows(f"SELECT * FROM {table}")]
    raw = {value for row in rows for value in row.values() if isinstance(value, bytes)}
    words = set(WORD.findall(given + str(rows))) | {value.hex() for value in raw}
    assert len(words) > 10
    assert kept == file
    assert unwrap_by_passphrase(wrap, key.owner, PASSPHRASE) == key.secret
    for word in words:
        with pytest.raises(Refused):
            unwrap_by_passphrase(wrap, key.owner, word)
    for value in raw:
        for wrapped in kept.wraps:
            with pytest.raises(Refused):
                unlock(wrapped, key.owner, value)
    assert key.secret.hex() not in str(rows) + given
