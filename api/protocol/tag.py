"""The person tag: 32 bytes that are the same for the same person in a campaign, and tell nothing.

Made with key services that see blinded points only; with two in series, neither can make or
guess a tag without the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.protocol.encoding import frame, from_base64url, from_json, to_base64url, to_json
from api.protocol.person import Person
from api.protocol.refusal import Refused
from api.protocol.ristretto import POINT_BYTES
from api.protocol.voprf import (
    PROOF_BYTES,
    Evaluation,
    KeyPair,
    blind,
    derive_key_pair,
    finalize,
)

TAG_BYTES = 32
_KEY_LABEL = "creneau/tag-key/v1"


@dataclass(frozen=True, slots=True)
class KeyService:
    """A key service as its clients know it.

    public_key
        The point its answers are checked against; from the signed campaign, not from the service.
    ask
        Sends blinded points and gives the answer.
    """

    public_key: bytes
    ask: Callable[[list[bytes]], Evaluation]


def person_tags(
    persons: Sequence[Person], campaign: str, services: Sequence[KeyService]
) -> list[bytes]:
    """Tags of people, a batch for each service in turn.

    Raises
    ------
    Refused
        When a proof does not hold.
    """
    if not services:
        raise Refused("a tag needs a key service")
    values = [person.message(campaign) for person in persons]
    for service in services:
        blinded = [blind(value) for value in values]
        answer = service.ask([b.point for b in blinded])
        values = finalize(blinded, answer, service.public_key)
    return [value[:TAG_BYTES] for value in values]


def tag_key(seed: bytes, campaign: str) -> KeyPair:
    """Key of a campaign, from the seed a key service holds for it."""
    return derive_key_pair(seed, frame(_KEY_LABEL, campaign))


@dataclass(frozen=True, slots=True)
class Question:
    """What a client sends to a key service."""

    campaign: str
    points: tuple[bytes, ...]

    def to_json(self) -> bytes:
        """Body of the request."""
        return to_json({"campaign": self.campaign, "points": [*map(to_base64url, self.points)]})

    @classmethod
    def from_json(cls, data: bytes) -> Question:
        """Read the body of a request."""
        members = from_json(data, ("campaign", "points"))
        if not isinstance(members["campaign"], str):
            raise Refused("campaign is not a text")
        return cls(members["campaign"], _points(members["points"]))


def answer_to_json(answer: Evaluation) -> bytes:
    """Body of a key service's answer."""
    return to_json(
        {"points": [*map(to_base64url, answer.points)], "proof": to_base64url(answer.proof)}
    )


def answer_from_json(data: bytes) -> Evaluation:
    """Read the body of a key service's answer."""
    members = from_json(data, ("points", "proof"))
    if not isinstance(members["proof"], str):
        raise Refused("proof is not a text")
    return Evaluation(_points(members["points"]), from_base64url(members["proof"], PROOF_BYTES))


def _points(value: object) -> tuple[bytes, ...]:
    if not isinstance(value, list) or not all(isinstance(point, str) for point in value):
        raise Refused("points is not a list of texts")
    return tuple(from_base64url(point, POINT_BYTES) for point in value)
