"""Keys and their names: a centre's to seal to (X25519), an authority's to sign (Ed25519)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from api.protocol.encoding import frame, plain_text
from api.protocol.refusal import Refused

Role = Literal["centre", "authority"]
ROLES: tuple[Role, ...] = ("centre", "authority")
SECRET_BYTES = PUBLIC_BYTES = 32
KEY_ID_BYTES = 16
MOST_CODE_CHARACTERS = 64

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aiou"
_FINGERPRINT_LABEL = "creneau/fingerprint/v1"
_WORD_BYTES, _WORDS = 2, 4


def new_secret() -> bytes:
    """32 random bytes: a private key of either kind."""
    return secrets.token_bytes(SECRET_BYTES)


def public_of(role: Role, secret: bytes) -> bytes:
    """Public key of a private key, 32 bytes each."""
    if len(secret) != SECRET_BYTES:
        raise Refused("a private key is 32 bytes")
    if role == "centre":
        return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def key_id_of(public_key: bytes) -> bytes:
    """Name of a public key: the first 16 bytes of its SHA-256."""
    if len(public_key) != PUBLIC_BYTES:
        raise Refused("a public key is 32 bytes")
    return hashlib.sha256(public_key).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """Whose key it is; everything that is made for a key is bound to this.

    campaign
        Code of the campaign the key is for.
    centre
        Code of the centre; empty for an authority.
    """

    role: Role
    campaign: str
    centre: str
    public_key: bytes

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise Refused("a key is a centre's or an authority's")
        if bool(self.centre) is not (self.role == "centre"):
            raise Refused("a centre's key names its centre, an authority's names none")
        check_code("campaign", self.campaign)
        if self.centre:
            check_code("centre", self.centre)
        key_id_of(self.public_key)

    @property
    def key_id(self) -> bytes:
        """Name of the key, 16 bytes."""
        return key_id_of(self.public_key)

    @property
    def fields(self) -> tuple[str, str, str, bytes]:
        """What others are bound to, in this order."""
        return self.role, self.campaign, self.centre, self.public_key

    @property
    def fingerprint(self) -> str:
        """Four words to compare by eye or by telephone: 64 bits of the key and its owner."""
        digest = hashlib.sha256(frame(_FINGERPRINT_LABEL, *self.fields)).digest()
        chunks = (digest[i * _WORD_BYTES : (i + 1) * _WORD_BYTES] for i in range(_WORDS))
        return " ".join(_word(int.from_bytes(chunk, "big")) for chunk in chunks)


def check_code(what: str, code: str) -> str:
    """Return a code of the campaign: 1 to 64 characters, no blanks at its ends."""
    if code != code.strip(" "):
        raise Refused(f"the code of a {what} has no blanks at its ends")
    return plain_text(f"the code of a {what}", code, MOST_CODE_CHARACTERS)


def _word(number: int) -> str:
    """16 bits as a word that can be said: consonant, vowel, consonant, vowel, consonant."""
    return (
        _CONSONANTS[number >> 12]
        + _VOWELS[number >> 10 & 3]
        + _CONSONANTS[number >> 6 & 15]
        + _VOWELS[number >> 4 & 3]
        + _CONSONANTS[number & 15]
    )
