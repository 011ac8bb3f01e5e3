"""The file of a campaign's tag key: read by its owner alone, or not at all."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from allocator.errors import InputError
from api.protocol.documents import public_key_from_json
from api.protocol.encoding import from_base64url, from_json, text_of, to_base64url, to_json
from api.protocol.keys import PUBLIC_BYTES, check_code
from api.protocol.refusal import Refused
from api.protocol.tag import tag_key
from api.protocol.voprf import KeyPair

FORMAT = "creneau-tag-key/1"
SEED_BYTES = 32
_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class CampaignKey:
    """What the service holds for a campaign; destroying the file ends all tags of it.

    seed
        32 random bytes the key is derived from.
    authority
        Public key of the campaign's authority, whose grants let centres ask for many tags;
        empty where there are none.
    """

    campaign: str
    seed: bytes
    authority: bytes = b""

    def __post_init__(self) -> None:
        check_code("campaign", self.campaign)
        if len(self.seed) != SEED_BYTES or len(self.authority) not in (0, PUBLIC_BYTES):
            raise Refused("a seed and an authority's public key have 32 bytes each")

    def __repr__(self) -> str:
        return f"CampaignKey(campaign={self.campaign!r})"

    @property
    def pair(self) -> KeyPair:
        """Key of the campaign, derived."""
        return tag_key(self.seed, self.campaign)


def make_key(path: Path, campaign: str, authority_file: Path | None) -> CampaignKey:
    """Draw the key of a campaign and write it to a new file.

    Parameters
    ----------
    authority_file
        Document with the public key of the campaign's authority, where there is one.

    Raises
    ------
    InputError
        When the authority is another campaign's, or the file is there already.
    """
    authority = b"" if authority_file is None else _authority_of(authority_file, campaign)
    try:
        key = CampaignKey(campaign, secrets.token_bytes(SEED_BYTES), authority)
    except Refused as refusal:
        raise InputError(path, str(refusal)) from None
    write_key(path, key)
    return key


def write_key(path: Path, key: CampaignKey) -> None:
    """Write a key to a new file that only its owner may read.

    Raises
    ------
    InputError
        When there is such a file already, or it cannot be made.
    """
    document = to_json({
        "format": FORMAT, "campaign": key.campaign, "seed": to_base64url(key.seed),
        "authority": to_base64url(key.authority),
    })  # fmt: skip
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError(path, "exists already; a key is never written over") from None
    except OSError as error:
        raise InputError(path, f"cannot be written: {error.strerror}") from None
    with os.fdopen(handle, "wb") as file:
        file.write(document)


def read_key(path: Path) -> CampaignKey:
    """Read a key.

    Raises
    ------
    InputError
        When there is none, others may read it, or it is not of this form.
    """
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from None
    if os.name == "posix" and mode & _OTHERS:
        raise InputError(path, "may be read by others than its owner (chmod 600)")
    try:
        members = from_json(data, ("format", "campaign", "seed", "authority"))
        texts = {name: text_of(members, name) for name in members}
        if texts["format"] != FORMAT:
            raise Refused(f"is not a document {FORMAT}")
        return CampaignKey(texts["campaign"], from_base64url(texts["seed"]),
                           from_base64url(texts["authority"]))  # fmt: skip
    except Refused as refusal:
        raise InputError(path, str(refusal)) from None


def _authority_of(path: Path, campaign: str) -> bytes:
    try:
        owner = public_key_from_json(path.read_bytes())
        if owner.role != "authority" or owner.campaign != campaign:
            raise Refused(f"is not the key of an authority of campaign {campaign}")
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from None
    except Refused as refusal:
        raise InputError(path, str(refusal)) from None
    return owner.public_key
