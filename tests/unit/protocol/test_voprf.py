"""The verifiable oblivious function: published vectors, and everything that must be refused."""

from __future__ import annotations

import pytest

from api.protocol import voprf
from api.protocol.refusal import Refused
from api.protocol.ristretto import ORDER, checked_point, checked_scalar, multiply_base
from tests.unit.protocol.vectors import KEY_INFO, PUBLIC, SECRET, SEED, VOPRF, unhex

ONE = (1).to_bytes(32, "little")
GENERATOR = multiply_base(ONE)
NO_POINTS = {
    "the identity": bytes(32),
    "a negative number": ONE,
    "a number over the field": b"\xff" * 32,
    "the identity written as the field's prime": (2**255 - 19).to_bytes(32, "little"),
    "the generator with the spare bit set": GENERATOR[:31] + bytes([GENERATOR[31] | 0x80]),
    "a number that is no point": (2).to_bytes(32, "little")[:31] + b"\x01",
    "31 bytes": GENERATOR[:31],
    "33 bytes": GENERATOR + b"\0",
    "nothing": b"",
}


@pytest.fixture
def key():
    return voprf.derive_key_pair(b"s" * 32, b"for the tests")


def test_the_published_key_is_derived():
    """Seed and purpose of RFC 9497 give its key pair."""
    derived = voprf.derive_key_pair(SEED, KEY_INFO)
    assert (derived.secret, derived.public) == (SECRET, PUBLIC)


@pytest.mark.parametrize("vector", VOPRF, ids=["one", "longer", "batch of two"])
def test_the_published_vectors_hold_at_every_step(vector):
    """Blinding, evaluation, proof and output are the bytes of RFC 9497."""
    messages, blinds = unhex(vector["messages"]), unhex(vector["blinds"])
    blinded = [voprf.blind(m, b) for m, b in zip(messages, blinds, strict=True)]
    assert [one.point for one in blinded] == unhex(vector["blinded"])
    answer = voprf.evaluate(
        voprf.KeyPair(SECRET, PUBLIC), [one.point for one in blinded], unhex(vector["scalar"])
    )
    assert list(answer.points) == unhex(vector["evaluated"])
    assert answer.proof == unhex(vector["proof"])
    assert voprf.finalize(blinded, answer, PUBLIC) == unhex(vector["outputs"])


def test_the_blinding_leaves_no_trace_in_the_output(key):
    """Two rounds with fresh blinds send other points and give the same output."""
    rounds = [voprf.blind(b"someone") for _ in range(2)]
    outputs = [voprf.finalize([one], voprf.evaluate(key, [one.point]), key.public)
               for one in rounds]  # fmt: skip
    assert rounds[0].point != rounds[1].point
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("point", NO_POINTS.values(), ids=NO_POINTS)
def test_what_is_no_point_is_refused_by_the_server(key, point):
    """Invalid and non-canonical encodings and the identity never meet the key."""
    with pytest.raises(Refused):
        voprf.evaluate(key, [GENERATOR, point])
    assert voprf.evaluate(key, [GENERATOR]).points  # the good one alone passes


@pytest.mark.parametrize("point", NO_POINTS.values(), ids=NO_POINTS)
def test_what_is_no_point_is_refused_by_the_client(key, point):
    """Nor does a client take one from a server, as an answer or as its key."""
    blinded = voprf.blind(b"someone")
    answer = voprf.evaluate(key, [blinded.point])
    with pytest.raises(Refused):
        voprf.finalize([blinded], voprf.Evaluation((point,), answer.proof), key.public)
    with pytest.raises(Refused):
        voprf.finalize([blinded], answer, point)


def test_points_of_the_list_are_points_but_for_their_encoding():
    """Control: the encodings above are one step away from an encoding that is accepted."""
    assert checked_point(GENERATOR) == GENERATOR
    assert checked_scalar((ORDER - 1).to_bytes(32, "little"))
    with pytest.raises(Refused):
        checked_scalar(ORDER.to_bytes(32, "little"))


@pytest.mark.parametrize("place", [0, 31, 32, 63])
def test_an_altered_proof_is_refused(key, place):
    """A proof with one bit changed does not hold."""
    blinded = voprf.blind(b"someone")
    answer = voprf.evaluate(key, [blinded.point])
    proof = bytearray(answer.proof)
    proof[place] ^= 1
    with pytest.raises(Refused):
        voprf.finalize([blinded], voprf.Evaluation(answer.points, bytes(proof)), key.public)


def test_a_proof_of_zeros_is_refused(key):
    """A server that sends nothing in the place of a proof proves nothing."""
    blinded = voprf.blind(b"someone")
    answer = voprf.Evaluation(voprf.evaluate(key, [blinded.point]).points, bytes(64))
    with pytest.raises(Refused):
        voprf.finalize([blinded], answer, key.public)


def test_another_key_is_caught(key):
    """A server that answers with another key, for one person say, is found out."""
    other = voprf.derive_key_pair(b"t" * 32, b"for the tests")
    blinded = voprf.blind(b"someone")
    with pytest.raises(Refused, match="another key answered"):
        voprf.finalize([blinded], voprf.evaluate(other, [blinded.point]), key.public)


def test_answers_in_another_order_are_caught(key):
    """The proof of a batch ties each answer to its question."""
    batch = [voprf.blind(b"one"), voprf.blind(b"other")]
    answer = voprf.evaluate(key, [one.point for one in batch])
    swapped = voprf.Evaluation(answer.points[::-1], answer.proof)
    with pytest.raises(Refused):
        voprf.finalize(batch, swapped, key.public)
    with pytest.raises(Refused, match="as many points"):
        voprf.finalize(batch[:1], answer, key.public)


def test_a_batch_has_a_size(key):
    """No points and too many are refused before anything is computed."""
    for points in ([], [GENERATOR] * (voprf.MOST_POINTS + 1)):
        with pytest.raises(Refused, match="points"):
            voprf.evaluate(key, points)


def test_secrets_do_not_show(key):
    """What ends in a log or a traceback by accident shows public points only."""
    blinded = voprf.blind(b"someone")
    shown = f"{key!r} {blinded!r}"
    assert key.public.hex() in shown
    assert key.secret.hex() not in shown
    assert blinded.blind.hex() not in shown
    assert "someone" not in shown
