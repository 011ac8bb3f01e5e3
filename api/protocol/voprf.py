"""VOPRF of RFC 9497 over ristretto255: a keyed function whose holder does not see what it is of.

The client blinds an input, the server multiplies what it gets by its key and proves that it was
that key, the client checks the proof and takes the blinding off. One proof serves a batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from api.protocol import ristretto as group
from api.protocol.refusal import Refused

_CONTEXT = b"OPRFV1-\x01-" + group.SUITE
_TO_GROUP = b"HashToGroup-" + _CONTEXT
_TO_SCALAR = b"HashToScalar-" + _CONTEXT
_SEED = b"Seed-" + _CONTEXT
_DERIVE = b"DeriveKeyPair" + _CONTEXT
MOST_POINTS = 1024
"""Points one proof may speak of."""
OUTPUT_BYTES = 64
PROOF_BYTES = 2 * group.SCALAR_BYTES


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The key of a server and the point that everybody knows it by."""

    secret: bytes
    public: bytes

    def __repr__(self) -> str:
        return f"KeyPair(public={self.public.hex()})"


@dataclass(frozen=True, slots=True)
class Blinded:
    """What a client keeps (input and blind) and what it sends (point)."""

    message: bytes
    blind: bytes
    point: bytes

    def __repr__(self) -> str:
        return f"Blinded(point={self.point.hex()})"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a server answers: a point for each it was sent, and one proof for all."""

    points: tuple[bytes, ...]
    proof: bytes


def derive_key_pair(seed: bytes, info: bytes) -> KeyPair:
    """Key pair of a seed of 32 bytes and a purpose: the same for the same two."""
    if len(seed) != group.SCALAR_BYTES:
        raise Refused(f"a seed is {len(seed)} bytes, not {group.SCALAR_BYTES}")
    for counter in range(256):
        secret = group.hash_to_scalar(seed + _short(info) + bytes([counter]), _DERIVE)
        if any(secret):
            return KeyPair(secret, group.multiply_base(secret))
    raise Refused("no key can be derived from this seed")


def blind(message: bytes, scalar: bytes | None = None) -> Blinded:
    """Hide an input behind a random scalar (given by tests of published vectors only)."""
    scalar = group.random_scalar() if scalar is None else group.checked_scalar(scalar)
    _short(message)
    return Blinded(message, scalar, group.multiply(scalar, group.hash_to_group(message, _TO_GROUP)))


def evaluate(key: KeyPair, points: Sequence[bytes], scalar: bytes | None = None) -> Evaluation:
    """Multiply points from outside by the key, and prove it.

    Parameters
    ----------
    scalar
        The random scalar of the proof, given by tests of published vectors only.

    Raises
    ------
    Refused
        When there are no points or too many, or one is no point.
    """
    if not 1 <= len(points) <= MOST_POINTS:
        raise Refused(f"1 to {MOST_POINTS} points, not {len(points)}")
    sent = [group.checked_point(point) for point in points]
    answered = [group.multiply(key.secret, point) for point in sent]
    weights = _weights(key.public, sent, answered)
    middle = _weighted_sum(weights, sent)
    scalar = group.random_scalar() if scalar is None else group.checked_scalar(scalar)
    challenge = _challenge(
        key.public, middle, group.multiply(key.secret, middle),
        group.multiply_base(scalar), group.multiply(scalar, middle),
    )  # fmt: skip
    proof = challenge + group.minus_product(scalar, challenge, key.secret)
    return Evaluation(tuple(answered), proof)


def finalize(blinded: Sequence[Blinded], answer: Evaluation, public: bytes) -> list[bytes]:
    """Check the proof against the server's known key, then give the outputs, 64 bytes each.

    Raises
    ------
    Refused
        When the answer does not fit, or was not made with the key that belongs to `public`.
    """
    if not blinded or len(answer.points) != len(blinded):
        raise Refused("the answer has not as many points as were sent")
    answered = [group.checked_point(point) for point in answer.points]
    _verify(group.checked_point(public), [b.point for b in blinded], answered, answer.proof)
    return [_output(b, point) for b, point in zip(blinded, answered, strict=True)]


def _verify(public: bytes, sent: list[bytes], answered: list[bytes], proof: bytes) -> None:
    if len(proof) != PROOF_BYTES:
        raise Refused("the proof is not 64 bytes")
    challenge = group.checked_scalar(proof[: group.SCALAR_BYTES])
    response = group.checked_scalar(proof[group.SCALAR_BYTES :])
    weights = _weights(public, sent, answered)
    middle, image = _weighted_sum(weights, sent), _weighted_sum(weights, answered)
    base_point = group.add(group.multiply_base(response), group.multiply(challenge, public))
    middle_point = group.add(group.multiply(response, middle), group.multiply(challenge, image))
    if _challenge(public, middle, image, base_point, middle_point) != challenge:
        raise Refused("the proof does not hold: another key answered")


def _output(blinded: Blinded, answered: bytes) -> bytes:
    point = group.multiply(group.invert(blinded.blind), answered)
    return hashlib.sha512(_short(blinded.message) + _short(point) + b"Finalize").digest()


def _weights(public: bytes, sent: list[bytes], answered: list[bytes]) -> list[bytes]:
    seed = hashlib.sha512(_short(public) + _short(_SEED)).digest()
    return [
        group.hash_to_scalar(
            _short(seed) + i.to_bytes(2, "big") + _short(one) + _short(other) + b"Composite",
            _TO_SCALAR,
        )
        for i, (one, other) in enumerate(zip(sent, answered, strict=True))
    ]


def _weighted_sum(weights: list[bytes], points: list[bytes]) -> bytes:
    total = group.multiply(weights[0], points[0])
    for weight, point in zip(weights[1:], points[1:], strict=True):
        total = group.add(total, group.multiply(weight, point))
    return total


def _challenge(*points: bytes) -> bytes:
    return group.hash_to_scalar(b"".join(map(_short, points)) + b"Challenge", _TO_SCALAR)


def _short(data: bytes) -> bytes:
    """Bytes behind their length, two bytes."""
    if len(data) > 0xFFFF:
        raise Refused("an input is longer than 65535 bytes")
    return len(data).to_bytes(2, "big") + data
