"""Sealed identities: the published vector, and what they are bound to."""

from __future__ import annotations

import dataclasses
from uuid import UUID

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from api.protocol import sealing
from api.protocol.refusal import Refused
from api.protocol.sealing import SEALED_BYTES, hpke_open, hpke_seal, open_sealed, seal
from tests.sealed import binding, pair, somebody
from tests.unit.protocol.vectors import HPKE

LOW_ORDER = {"zero": bytes(32), "one": (1).to_bytes(32, "little"), "short": b"\x09" * 31}


@pytest.fixture(scope="module")
def centre():
    return pair()


def test_the_published_vector_opens():
    """The suite in use opens what RFC 9180 publishes for it."""
    key = X25519PrivateKey.from_private_bytes(HPKE["private_key"])
    with_aad = openssl.hpke._decrypt_with_aad  # the vectors have one; we bind through info
    opened = with_aad(sealing._SUITE, HPKE["sealed"], key, info=HPKE["info"], aad=HPKE["aad"])
    assert opened == HPKE["plain"]


def test_what_is_sealed_opens_and_has_one_size(centre):
    """A long and a short identity give ciphertexts of the same length."""
    short, long = somebody(phone=""), somebody(email="e" * 250, health={"allergie": "x" * 100})
    for identity in (short, long):
        sealed = seal(identity, centre.public, binding(centre))
        assert len(sealed) == SEALED_BYTES
        assert open_sealed(sealed, centre.secret, binding(centre)) == identity


def test_the_same_identity_never_looks_the_same(centre):
    """Two seals of one identity share no block."""
    one, other = (seal(somebody(), centre.public, binding(centre)) for _ in range(2))
    assert not {one[i : i + 16] for i in range(0, 1072, 16)} & {
        other[i : i + 16] for i in range(0, 1072, 16)
    }


OTHERS = {
    "campaign": "grippe-2022", "centre": "75-02", "key_id": bytes(16), "tag": bytes(32),
    "booking": UUID(int=1),
}  # fmt: skip


@pytest.mark.parametrize("field", OTHERS)
def test_it_opens_for_its_own_booking_only(centre, field):
    """Every field of the binding counts: with any other, the seal does not open."""
    mine = binding(centre)
    sealed = seal(somebody(), centre.public, mine)
    other = dataclasses.replace(mine, **{field: OTHERS[field]})
    with pytest.raises(Refused, match="does not open"):
        open_sealed(sealed, centre.secret, other)
    assert open_sealed(sealed, centre.secret, mine) == somebody()


def test_fields_cannot_flow_into_each_other(centre):
    """A campaign `ab` with centre `c` is not a campaign `a` with centre `bc`."""
    infos = {binding(centre, campaign=c, centre_code=e).info for c, e in (("ab", "c"), ("a", "bc"))}
    assert len(infos) == 2


@pytest.mark.parametrize("place", [0, 31, 32, 600, 1071])
def test_an_altered_seal_does_not_open(centre, place):
    """One bit changed anywhere is enough."""
    sealed = bytearray(seal(somebody(), centre.public, binding(centre)))
    sealed[place] ^= 1
    with pytest.raises(Refused):
        open_sealed(bytes(sealed), centre.secret, binding(centre))


def test_another_size_is_not_even_tried(centre):
    """A sealed identity has one size, whoever made it."""
    sealed = hpke_seal(b"short", centre.public, binding(centre).info)
    assert hpke_open(sealed, centre.secret, binding(centre).info) == b"short"
    with pytest.raises(Refused, match="size"):
        open_sealed(sealed, centre.secret, binding(centre))


def test_another_centre_cannot_open_it(centre):
    """Only the key it was sealed to opens it."""
    with pytest.raises(Refused, match="does not open"):
        open_sealed(seal(somebody(), centre.public, binding(centre)), pair().secret,
                    binding(centre))  # fmt: skip


@pytest.mark.parametrize("key", LOW_ORDER.values(), ids=LOW_ORDER)
def test_nothing_is_sealed_to_a_key_that_is_none(key):
    """Points of low order, to which anybody could open, are refused."""
    with pytest.raises(Refused):
        hpke_seal(b"", key, b"")


@pytest.mark.parametrize("changes", [{"key_id": b"x"}, {"tag": b"x"}, {"centre_code": ""}])
def test_a_binding_is_complete(centre, changes):
    """A binding without one of its parts is none."""
    with pytest.raises(Refused):
        binding(centre, **changes)
