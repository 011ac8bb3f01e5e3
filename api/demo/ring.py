"""The demo's keys: an authority, its campaign, a key service, a key for every centre."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from api.keyring.installing import Given
from api.keyservice.key_file import make_key
from api.protocol.authority import Campaign, CentreKey, ServiceAddress, Validity, sign
from api.protocol.documents import SignedCampaign, SignedKey, public_key_to_json
from api.protocol.grant import sealed_grant
from api.protocol.key_file import KeyFile
from api.protocol.keys import KeyOwner, new_secret, public_of
from api.protocol.recovery import new_code, wrap_by_code
from api.protocol.wrapping import wrap_by_passphrase

CAMPAIGN = "demo"
HOLDER = "demo"
FOLDER = "keys"
"""Folder of the home: the authority's public key, and the key of the key service."""
VALID = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Ring:
    """What the demo knows of its keys, and a real installation never has in one place.

    authority
        Public key that the pages know from their own bundle.
    service_file, service
        The key service's file, and its address as the campaign has it.
    passphrase
        Of the shown centre's key; the others open by a recovery code that nobody wrote down.
    secrets
        Private keys of the centres that the walk opens, by code.
    """

    authority: KeyOwner
    service_file: Path
    service: ServiceAddress
    passphrase: str = field(repr=False)
    secrets: Mapping[str, bytes] = field(repr=False)


def make_ring(
    home: Path, centres: Iterable[str], opened: Iterable[str], today: date
) -> tuple[Ring, list[Given], Given]:
    """Make every key; give the documents to install, and the authority's beside them.

    Parameters
    ----------
    home
        The demo's home: its folder of keys is made here.
    opened
        Codes of the centres whose keys the walk needs; the first one's opens by a passphrase.
    """
    folder = home / FOLDER
    folder.mkdir(parents=True)
    secret = new_secret()
    authority = KeyOwner("authority", CAMPAIGN, "", public_of("authority", secret))
    public = public_key_to_json(authority)
    (folder / "authority.json").write_bytes(public)
    service_file = folder / "tag-key.json"
    service_key = make_key(service_file, CAMPAIGN, folder / "authority.json")
    service = ServiceAddress(f"http://127.0.0.1:{_free_port()}", service_key.pair.public)
    # A day around it: today ends at another time at the centre than here.
    validity = Validity(today - timedelta(days=1), today + VALID)
    campaign = Campaign(CAMPAIGN, "nir", (service,), validity)
    documents = [SignedCampaign(campaign, sign(campaign.statement, secret)).to_json()]
    kept = {code: new_secret() for code in opened}
    shown = next(iter(kept))
    passphrase = secrets.token_urlsafe(12)
    for code in centres:
        private = kept.get(code) or new_secret()
        owner = KeyOwner("centre", CAMPAIGN, code, public_of("centre", private))
        key = CentreKey(owner, validity)
        signature = sign(key.statement, secret)
        documents.append(SignedKey(key, signature, sealed_grant(key, secret)).to_json())
        file = KeyFile(owner, (wrap_by_code(private, owner, new_code()),))
        if code == shown:
            file = file.with_wrap(wrap_by_passphrase(private, owner, HOLDER, passphrase))
        documents.append(file.to_json())
    given = [Given("demo", document) for document in documents]
    ring = Ring(authority, service_file, service, passphrase, kept)
    return ring, given, Given("authority", public)


def _free_port() -> int:
    """Find a port nobody listens at; the key service takes it a little later."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
