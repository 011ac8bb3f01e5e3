"""Sealing an identity to a centre's key by HPKE (RFC 9180), bound to the booking it is for.

Suite: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, base mode, one message a key.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from api.protocol.encoding import frame
from api.protocol.identity import PADDED_BYTES, Identity, pad, unpad
from api.protocol.keys import KEY_ID_BYTES, PUBLIC_BYTES, SECRET_BYTES, check_code
from api.protocol.refusal import Refused
from api.protocol.tag import TAG_BYTES

OVERHEAD_BYTES = 48
SEALED_BYTES = PADDED_BYTES + OVERHEAD_BYTES
"""Every sealed identity has this size: 1,072 bytes, 1,430 characters of base64url."""

_LABEL = "creneau/identity/v1"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True, slots=True)
class Binding:
    """What a sealed identity belongs to; opened with any other, it does not open.

    The slot is no part of it: a move inside a centre keeps the sealed identity.

    campaign, centre
        Their codes.
    key_id
        16 bytes, of the centre's key.
    booking
        The client's booking id.
    tag
        32 bytes, of the person.
    """

    campaign: str
    centre: str
    key_id: bytes
    booking: UUID
    tag: bytes

    def __post_init__(self) -> None:
        check_code("campaign", self.campaign)
        check_code("centre", self.centre)
        if len(self.key_id) != KEY_ID_BYTES or len(self.tag) != TAG_BYTES:
            raise Refused("an identity is sealed for a key id of 16 bytes and a tag of 32")

    @property
    def info(self) -> bytes:
        """`info` of HPKE."""
        return frame(_LABEL, self.campaign, self.centre, self.key_id, self.booking.bytes, self.tag)


def seal(identity: Identity, public_key: bytes, binding: Binding) -> bytes:
    """Seal an identity: 1,072 bytes that only the centre can open, for this booking."""
    return hpke_seal(pad(identity), public_key, binding.info)


def open_sealed(sealed: bytes, private_key: bytes, binding: Binding) -> Identity:
    """Open a sealed identity.

    Raises
    ------
    Refused
        When it was sealed to another key or for another booking, or was altered.
    """
    if len(sealed) != SEALED_BYTES:
        raise Refused("a sealed identity has another size")
    return unpad(hpke_open(sealed, private_key, binding.info))


def hpke_seal(plain: bytes, public_key: bytes, info: bytes) -> bytes:
    """Seal bytes to an X25519 key of 32 bytes: encapsulated key, then ciphertext."""
    if len(public_key) != PUBLIC_BYTES:
        raise Refused("a public key is 32 bytes")
    try:
        return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public_key), info=info)
    except ValueError:
        raise Refused("the public key is none that anything can be sealed to") from None


def hpke_open(sealed: bytes, private_key: bytes, info: bytes) -> bytes:
    """Open what `hpke_seal` made for the same key and `info`."""
    if len(private_key) != SECRET_BYTES:
        raise Refused("a private key is 32 bytes")
    key = X25519PrivateKey.from_private_bytes(private_key)
    try:
        return _SUITE.decrypt(sealed, key, info=info)
    except (InvalidTag, ValueError):
        raise Refused("this does not open: another key, another booking, or altered") from None
