"""A server that wants to read, and everything it can try at the level of the protocol.

Each test is one of its moves, and ends with the honest case that the same check lets through.
"""

from __future__ import annotations

import dataclasses
import json
from uuid import UUID

import pytest

from api.protocol.authority import CentreKey, verified_centre_key
from api.protocol.key_file import KeyFile
from api.protocol.keys import KeyOwner
from api.protocol.refusal import Refused
from api.protocol.sealing import open_sealed, seal
from api.protocol.tag import KeyService, person_tags
from api.protocol.wrapping import unwrap_by_passphrase, wrap_by_passphrase
from tests.sealed import (
    CAMPAIGN,
    CENTRE,
    CHEAP,
    PASSPHRASE,
    TODAY,
    VALIDITY,
    binding,
    key_service,
    nir,
    pair,
    signed,
    somebody,
)

EXPECTED = {"campaign": CAMPAIGN, "centre": CENTRE, "on": TODAY}


@pytest.fixture(scope="module")
def authority():
    return pair("authority")


@pytest.fixture(scope="module")
def centre():
    return pair()


def test_it_puts_its_own_key_in_the_place_of_the_centre_s(authority, centre):
    """The page seals to a key that bears the authority's signature, or to none."""
    theirs, their_authority = pair(), pair("authority")
    honest, forged = signed(centre, authority), signed(theirs, their_authority)
    swapped = CentreKey(dataclasses.replace(centre.owner, public_key=theirs.public), VALIDITY)
    for key, signature in (
        (swapped, honest.signature),  # its key under the centre's signature
        (forged.key, forged.signature),  # its key under its own signature
    ):
        with pytest.raises(Refused, match="did not sign"):
            verified_centre_key(key, signature, authority.public, **EXPECTED)
    assert verified_centre_key(honest.key, honest.signature, authority.public, **EXPECTED)


def test_it_hands_out_a_centre_s_key_it_controls_for_another(authority):
    """A key that was properly signed, but for a centre it has bribed, is not taken elsewhere."""
    bribed = pair(centre="99-99")
    document = signed(bribed, authority)
    with pytest.raises(Refused, match="another centre"):
        verified_centre_key(document.key, document.signature, authority.public, **EXPECTED)
    assert verified_centre_key(document.key, document.signature, authority.public,
                               **EXPECTED | {"centre": "99-99"})  # fmt: skip


def test_it_swaps_two_sealed_identities(centre):
    """Put into each other's rows, neither opens: nobody is taken for somebody else."""
    mine, other = binding(centre), binding(centre, booking=UUID(int=7), tag=b"t" * 32)
    sealed = seal(somebody(), centre.public, mine)
    with pytest.raises(Refused, match="does not open"):
        open_sealed(sealed, centre.secret, other)
    assert open_sealed(sealed, centre.secret, mine)


def test_it_plays_an_old_sealed_identity_into_a_new_booking(centre):
    """The same person's seal of an earlier booking does not open in a later one."""
    earlier, later = binding(centre), binding(centre, booking=UUID(int=8))
    replayed = seal(somebody(), centre.public, earlier)
    with pytest.raises(Refused, match="does not open"):
        open_sealed(replayed, centre.secret, later)


def test_it_keeps_the_seal_and_changes_the_tag(centre):
    """With another tag in the row, the seal does not open: a person cannot be given away."""
    sealed = seal(somebody(), centre.public, binding(centre))
    with pytest.raises(Refused, match="does not open"):
        open_sealed(sealed, centre.secret, binding(centre, tag=b"o" * 32))


def test_it_lowers_the_protection_of_a_passphrase(centre):
    """A key file with a cheap derivation is refused when read: the passphrase is never used."""
    wrap = wrap_by_passphrase(centre.secret, centre.owner, "Ana", PASSPHRASE, CHEAP)
    honest = KeyFile(centre.owner, (wrap,)).to_json()
    members = json.loads(honest)
    members["wraps"][0] |= {"memory_kib": 8, "passes": 1}
    with pytest.raises(Refused, match="lowered"):
        KeyFile.from_json(json.dumps(members).encode())
    assert KeyFile.from_json(honest)


def test_it_gives_a_key_file_another_public_key(centre):
    """A file that names the server's key beside the centre's wrap does not open."""
    wrap = wrap_by_passphrase(centre.secret, centre.owner, "Ana", PASSPHRASE, CHEAP)
    theirs = KeyOwner("centre", CAMPAIGN, CENTRE, pair().public)
    with pytest.raises(Refused, match="does not open"):
        unwrap_by_passphrase(wrap, theirs, PASSPHRASE)
    assert unwrap_by_passphrase(wrap, centre.owner, PASSPHRASE) == centre.secret


def test_it_answers_as_the_key_service_with_a_key_of_its_own():
    """A tag whose maker cannot prove the campaign's key is not made."""
    known, fake = key_service(), key_service(b"fake" * 8)
    person = somebody().person()
    with pytest.raises(Refused, match="another key answered"):
        person_tags([person], CAMPAIGN, [KeyService(known.public_key, fake.ask)])
    assert person_tags([person], CAMPAIGN, [known])


def test_it_leaves_out_the_second_key_service():
    """The first service's answer, passed off as the second's, is refused."""
    first, second = key_service(), key_service(b"x" * 32)
    with pytest.raises(Refused, match="another key answered"):
        person_tags([somebody().person()], CAMPAIGN,
                    [first, KeyService(second.public_key, first.ask)])  # fmt: skip


def test_a_tag_that_is_not_its_identity_s_shows_at_the_centre(centre):
    """Who books under a made-up tag is found when the centre makes the tag of who is inside."""
    honest, forged = somebody(), somebody(number=nir("1850578006084"))
    [tag] = person_tags([honest.person()], CAMPAIGN, [key_service()])
    rows = [(seal(identity, centre.public, binding(centre, tag=tag)), tag)
            for identity in (honest, forged)]  # fmt: skip
    opened = [open_sealed(sealed, centre.secret, binding(centre, tag=t)) for sealed, t in rows]
    made = person_tags([one.person() for one in opened], CAMPAIGN, [key_service()])
    assert [one == t for one, (_, t) in zip(made, rows, strict=True)] == [True, False]
