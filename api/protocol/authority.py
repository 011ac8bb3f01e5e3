"""What the campaign's authority vouches for, so that no server can put its own keys in between.

The authority signs offline by Ed25519. The pages know its public key from their own bundle, and
take from a server only what bears its signature: the keys of centres, and the campaign itself with
the key services that make person tags.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from api.protocol.encoding import frame
from api.protocol.keys import KeyOwner, check_code
from api.protocol.person import KINDS, Kind
from api.protocol.refusal import Refused
from api.protocol.ristretto import checked_point

SIGNATURE_BYTES = 64
MOST_SERVICES = 2
MOST_URL_CHARACTERS = 200
_URL = re.compile(
    r"(https://[\w.-]+|http://(127\.0\.0\.1|localhost))(:\d{1,5})?(/[\w.-]+)*", re.ASCII
)
_CENTRE_LABEL, _CAMPAIGN_LABEL = "creneau/centre-key/v1", "creneau/campaign/v1"


@dataclass(frozen=True, slots=True)
class Validity:
    """First and last day, both included, on which something may be used."""

    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Refused("the last day of validity is before the first")

    @property
    def fields(self) -> tuple[str, str]:
        """Both days, as they are signed."""
        return self.first.isoformat(), self.last.isoformat()

    def check(self, day: dt.date) -> None:
        """Refuse a day outside."""
        if not self.first <= day <= self.last:
            raise Refused("the signature is not valid on this day")


@dataclass(frozen=True, slots=True)
class CentreKey:
    """A centre's public key, to be sealed to while it is valid."""

    owner: KeyOwner
    validity: Validity

    def __post_init__(self) -> None:
        if self.owner.role != "centre":
            raise Refused("only the key of a centre is sealed to")

    @property
    def statement(self) -> bytes:
        """What is signed."""
        return frame(_CENTRE_LABEL, *self.owner.fields, *self.validity.fields)


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """A key service: where it answers, and the key it answers with."""

    url: str
    public_key: bytes

    def __post_init__(self) -> None:
        if len(self.url) > MOST_URL_CHARACTERS or _URL.fullmatch(self.url) is None:
            raise Refused("a key service is reached by https, or on this machine; its address has"
                          " no slash at its end")  # fmt: skip
        checked_point(self.public_key)


@dataclass(frozen=True, slots=True)
class Campaign:
    """What every client of a campaign must agree on.

    kind
        The identifier that people are asked for.
    services
        Key services, in the order they are asked; two by two operators.
    """

    code: str
    kind: Kind
    services: tuple[ServiceAddress, ...]
    validity: Validity

    def __post_init__(self) -> None:
        check_code("campaign", self.code)
        if self.kind not in KINDS:
            raise Refused("the kind of identifier is nir, ins or person")
        if not 1 <= len(self.services) <= MOST_SERVICES:
            raise Refused(f"a campaign has 1 to {MOST_SERVICES} key services")

    @property
    def statement(self) -> bytes:
        """What is signed."""
        services: list[str | bytes] = []
        for service in self.services:
            services += [service.url, service.public_key]
        return frame(_CAMPAIGN_LABEL, self.code, self.kind, *self.validity.fields, *services)


def sign(statement: bytes, authority_secret: bytes) -> bytes:
    """Signature of a statement, 64 bytes."""
    return Ed25519PrivateKey.from_private_bytes(authority_secret).sign(statement)


def check_signature(statement: bytes, signature: bytes, authority_public: bytes) -> None:
    """Refuse a statement that the authority did not sign."""
    try:
        Ed25519PublicKey.from_public_bytes(authority_public).verify(signature, statement)
    except (InvalidSignature, ValueError):
        raise Refused("the campaign's authority did not sign this") from None


def verified_centre_key(
    key: CentreKey, signature: bytes, authority_public: bytes, *,
    campaign: str, centre: str, on: dt.date,
) -> bytes:  # fmt: skip
    """Public key to seal to for this centre, today.

    Raises
    ------
    Refused
        When the authority did not sign it, or signed it for another centre, campaign or time.
    """
    check_signature(key.statement, signature, authority_public)
    if (key.owner.campaign, key.owner.centre) != (campaign, centre):
        raise Refused("the key is of another centre or campaign")
    key.validity.check(on)
    return key.owner.public_key


def verified_campaign(
    campaign: Campaign, signature: bytes, authority_public: bytes, *, code: str, on: dt.date
) -> Campaign:
    """Return a campaign if the authority signed it, it is the one meant, and valid today."""
    check_signature(campaign.statement, signature, authority_public)
    if campaign.code != code:
        raise Refused("this is another campaign")
    campaign.validity.check(on)
    return campaign
