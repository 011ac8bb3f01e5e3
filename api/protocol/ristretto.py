"""The group ristretto255 with SHA-512, as RFC 9497 4.1 names its suite, on libsodium.

Points and scalars are their 32-byte encodings. Points that come from outside pass through
`checked_point` once; everything else here takes what it is given.
"""

from __future__ import annotations

import hashlib

import rbcl

from api.protocol.refusal import Refused

SUITE = b"ristretto255-SHA512"
POINT_BYTES = SCALAR_BYTES = 32
IDENTITY = bytes(POINT_BYTES)
_HASH_BYTES = 64
_BLOCK_BYTES = 128
FIELD_PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493


def checked_point(encoded: bytes) -> bytes:
    """Return a point from outside, unless it is none.

    Raises
    ------
    Refused
        When it is not the canonical encoding of a point, or is the identity.
    """
    canonical = len(encoded) == POINT_BYTES and encoded != IDENTITY and _is_canonical(encoded)
    if not canonical or not rbcl.crypto_core_ristretto255_is_valid_point(encoded):
        raise Refused("not a point of the group")
    return encoded


def checked_scalar(encoded: bytes) -> bytes:
    """Return a scalar from outside, unless it is not reduced.

    Raises
    ------
    Refused
        When it is not the canonical encoding of a number below the order of the group.
    """
    if len(encoded) != SCALAR_BYTES or int.from_bytes(encoded, "little") >= ORDER:
        raise Refused("not a scalar of the group")
    return encoded


def _is_canonical(encoded: bytes) -> bool:
    """Whether it is a number of the field in its one form, and not negative (that is, odd).

    Checked here because the libsodium that comes with rbcl looks past the highest bit.
    """
    number = int.from_bytes(encoded, "little")
    return number < FIELD_PRIME and number % 2 == 0


def random_scalar() -> bytes:
    """Draw a scalar that is not zero, evenly."""
    return bytes(rbcl.crypto_core_ristretto255_scalar_random())


def multiply(scalar: bytes, point: bytes) -> bytes:
    """Scalar times point.

    Raises
    ------
    Refused
        When the product is the identity: that happens only to who is made to compute it.
    """
    try:
        return bytes(rbcl.crypto_scalarmult_ristretto255(scalar, point))
    except RuntimeError:
        raise Refused("a product is the identity of the group") from None


def multiply_base(scalar: bytes) -> bytes:
    """Scalar times the generator, under the same rule."""
    try:
        return bytes(rbcl.crypto_scalarmult_ristretto255_base(scalar))
    except RuntimeError:
        raise Refused("a product is the identity of the group") from None


def add(one: bytes, other: bytes) -> bytes:
    """Sum of two points."""
    return bytes(rbcl.crypto_core_ristretto255_add(one, other))


def invert(scalar: bytes) -> bytes:
    """Inverse of a scalar that is not zero."""
    return bytes(rbcl.crypto_core_ristretto255_scalar_invert(scalar))


def minus_product(scalar: bytes, one: bytes, other: bytes) -> bytes:
    """Give `scalar - one * other`."""
    product = rbcl.crypto_core_ristretto255_scalar_mul(one, other)
    return bytes(rbcl.crypto_core_ristretto255_scalar_sub(scalar, product))


def hash_to_group(message: bytes, dst: bytes) -> bytes:
    """Point that nobody knows the logarithm of, from a message and a domain."""
    return bytes(rbcl.crypto_core_ristretto255_from_hash(expand(message, dst)))


def hash_to_scalar(message: bytes, dst: bytes) -> bytes:
    """Scalar from a message and a domain."""
    return bytes(rbcl.crypto_core_ristretto255_scalar_reduce(expand(message, dst)))


def expand(message: bytes, dst: bytes) -> bytes:
    """64 bytes of a message by expand_message_xmd of RFC 9380 5.3.1 with SHA-512.

    One block of SHA-512 is all that is asked for, so that the chain of blocks ends at its first.
    """
    domain = dst + bytes([len(dst)])
    length = _HASH_BYTES.to_bytes(2, "big")
    first = hashlib.sha512(bytes(_BLOCK_BYTES) + message + length + b"\x00" + domain).digest()
    return hashlib.sha512(first + b"\x01" + domain).digest()
