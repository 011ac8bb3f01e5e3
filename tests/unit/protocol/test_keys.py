"""Keys, their owners, and the four words."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

from api.protocol.keys import KeyOwner, key_id_of, public_of
from api.protocol.refusal import Refused
from tests.sealed import CAMPAIGN, CENTRE, pair


def test_a_key_id_is_the_start_of_a_hash():
    """The first 16 bytes of the SHA-256 of the public key."""
    centre = pair()
    assert centre.owner.key_id == hashlib.sha256(centre.public).digest()[:16]
    with pytest.raises(Refused):
        key_id_of(b"short")


def test_the_two_roles_have_keys_of_two_kinds():
    """The same secret gives a key to seal to and another one to sign with."""
    assert public_of("centre", b"s" * 32) != public_of("authority", b"s" * 32)
    with pytest.raises(Refused):
        public_of("centre", b"short")


def test_a_fingerprint_is_four_words_that_can_be_said():
    """Five letters each, consonants and vowels in turn."""
    words = pair().owner.fingerprint.split(" ")
    assert [len(word) for word in words] == [5] * 4
    assert all(word[1] in "aiou" and word[3] in "aiou" for word in words)


def test_a_fingerprint_is_of_the_key_and_of_whose_it_is():
    """Another key, centre, campaign or role has other words; the same has the same."""
    owner = pair().owner
    others = [dataclasses.replace(owner, public_key=pair().public)]
    others += [dataclasses.replace(owner, **{name: "x"}) for name in ("centre", "campaign")]
    others.append(KeyOwner("authority", CAMPAIGN, "", owner.public_key))
    assert len({one.fingerprint for one in [owner, *others]}) == 5
    assert dataclasses.replace(owner).fingerprint == owner.fingerprint


@pytest.mark.parametrize(
    "fields",
    [
        ("centre", CAMPAIGN, "", b"k" * 32), ("authority", CAMPAIGN, CENTRE, b"k" * 32),
        ("other", CAMPAIGN, CENTRE, b"k" * 32), ("centre", "", CENTRE, b"k" * 32),
        ("centre", CAMPAIGN, CENTRE, b"k"), ("centre", CAMPAIGN, " x", b"k" * 32),
        ("centre", CAMPAIGN, "x" * 65, b"k" * 32), ("centre", CAMPAIGN, "x\n", b"k" * 32),
    ],
)  # fmt: skip
def test_an_owner_is_complete(fields):
    """A centre's key names its centre; codes are 1 to 64 plain characters."""
    with pytest.raises(Refused):
        KeyOwner(*fields)
