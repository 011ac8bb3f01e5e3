"""A campaign with its authority, and centres with keys of their own, in a booking database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import psycopg

from api.keyring.installing import Given, install
from api.protocol.authority import Campaign as SignedThing
from api.protocol.authority import ServiceAddress, Validity, sign
from api.protocol.documents import SignedCampaign, SignedKey, public_key_to_json
from api.protocol.key_file import KeyFile
from api.protocol.recovery import new_code, wrap_by_code
from api.protocol.tag import tag_key
from tests.campaign import LONG_AGO, NOW, Campaign
from tests.sealed import Pair, pair, signed

CODE = "petite-2021"
SEED = b"k" * 32
VALIDITY = Validity(LONG_AGO, LONG_AGO.replace(month=12))


@dataclass(frozen=True)
class Authority:
    """The campaign's authority, and what it signs."""

    key: Pair = field(default_factory=lambda: pair("authority", CODE))

    def campaign(self, url: str = "https://cle.example.org", code: str = CODE) -> SignedCampaign:
        """Sign the campaign."""
        services = (ServiceAddress(url, tag_key(SEED, code).public),)
        campaign = SignedThing(code, "nir", services, VALIDITY)
        return SignedCampaign(campaign, sign(campaign.statement, self.key.secret))

    def centre(self, code: str, validity: Validity = VALIDITY) -> tuple[Pair, SignedKey]:
        """Make a key of a centre, and sign it."""
        key = pair("centre", CODE, code)
        return key, signed(key, self.key, validity)


def key_file(key: Pair) -> KeyFile:
    """Wrap a key, for its recovery kit alone."""
    return KeyFile(key.owner, (wrap_by_code(key.secret, key.owner, new_code()),))


def installed(campaign: Campaign, authority: Authority, *keys: SignedKey) -> None:
    """Install a campaign and keys of centres."""

    async def go() -> None:
        async with await psycopg.AsyncConnection.connect(
            campaign.url, autocommit=True
        ) as connection:
            signer = Given("authority", public_key_to_json(authority.key.owner))
            documents = [authority.campaign(), *keys]
            given = [Given("document", document.to_json()) for document in documents]
            await install(connection, given, signer, NOW)

    asyncio.run(go())
