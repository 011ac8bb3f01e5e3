"""The authority's desk, offline: a signature under a centre's key or under the campaign."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from allocator.errors import InputError
from api.clock import now
from api.keys.files import PUBLIC, blaming, read_document, write_new
from api.protocol.authority import CentreKey, Validity, sign
from api.protocol.documents import (
    CAMPAIGN,
    PUBLIC_KEY,
    SignedCampaign,
    SignedKey,
    campaign_from_json,
    format_of,
    public_key_from_json,
)
from api.protocol.grant import sealed_grant
from api.protocol.key_file import KeyFile
from api.protocol.keys import KeyOwner
from api.protocol.refusal import Refused
from api.protocol.wrapping import unwrap_by_passphrase


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority whose key is open.

    secret
        Its private key.
    """

    owner: KeyOwner
    secret: bytes

    def __repr__(self) -> str:
        return f"Authority({self.owner.campaign!r})"


def open_authority(path: Path, holder: str, passphrase: str) -> Authority:
    """Open the key of an authority.

    Raises
    ------
    InputError
        When it is a centre's, or the passphrase does not open it.
    """
    file = read_document(path, KeyFile.from_json)
    with blaming(path):
        if file.owner.role != "authority":
            raise Refused("is the key of a centre; an authority's is needed")
        secret = unwrap_by_passphrase(file.wrap_of(holder), file.owner, passphrase)
    return Authority(file.owner, secret)


def centre_to_sign(document: Path) -> KeyOwner | None:
    """Whose key a document asks to sign; None when it is a campaign.

    Raises
    ------
    InputError
        When it is neither.
    """
    form = read_document(document, format_of)
    if form not in (PUBLIC_KEY, CAMPAIGN):
        raise InputError(document, f"is neither a document {PUBLIC_KEY} nor {CAMPAIGN}")
    return read_document(document, public_key_from_json) if form == PUBLIC_KEY else None


def sign_centre_key(
    document: Path, authority: Authority, validity: Validity, words: str, out: Path
) -> SignedKey:
    """Sign a centre's public key, and seal to it the centre's grant to the key services.

    Parameters
    ----------
    words
        The fingerprint as the centre reads it out.

    Raises
    ------
    InputError
        When the words are others (somebody put another key in), or the campaign is another.
    """
    owner = read_document(document, public_key_from_json)
    with blaming(document):
        _check_campaign(owner.campaign, authority)
        if words.lower().split() != owner.fingerprint.split():
            raise Refused("has another fingerprint than the centre's: do not sign it")
        key = CentreKey(owner, validity)
    grant = sealed_grant(key, authority.secret)
    signed = SignedKey(key, sign(key.statement, authority.secret), grant)
    write_new({out: (signed.to_json(), PUBLIC)})
    return signed


def sign_campaign(document: Path, authority: Authority, out: Path) -> SignedCampaign:
    """Sign a campaign: its identifier, its key services with their keys, its days.

    Raises
    ------
    InputError
        When it is another campaign than the authority's.
    """
    campaign = read_document(document, campaign_from_json)
    with blaming(document):
        _check_campaign(campaign.code, authority)
    signed = SignedCampaign(campaign, sign(campaign.statement, authority.secret))
    write_new({out: (signed.to_json(), PUBLIC)})
    return signed


def validity_from(first: datetime | None, last: datetime | None, days: int) -> Validity:
    """Days from the first (today) to the last (`days` in all).

    Raises
    ------
    InputError
        When the last day is before the first.
    """
    begin = (first or now()).date()
    end = begin + timedelta(days=days - 1) if last is None else last.date()
    with blaming("--last-day"):
        return Validity(begin, end)


def _check_campaign(campaign: str, authority: Authority) -> None:
    if campaign != authority.owner.campaign:
        raise Refused(f"is of campaign {json.dumps(campaign, ensure_ascii=False)}; the authority"
                      f" signs for {authority.owner.campaign}")  # fmt: skip
