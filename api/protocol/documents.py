"""Public documents in which keys travel: one JSON form each, read strictly.

`creneau-public-key/1` and `creneau-campaign/1` ask for a signature; `creneau-signed-key/1` and
`creneau-signed-campaign/1` are what servers hand out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from api.protocol.authority import (
    SIGNATURE_BYTES,
    Campaign,
    CentreKey,
    ServiceAddress,
    Validity,
)
from api.protocol.encoding import (
    day_of,
    from_base64url,
    from_json,
    json_object,
    text_of,
    to_base64url,
    to_json,
)
from api.protocol.keys import PUBLIC_BYTES, KeyOwner, Role
from api.protocol.person import Kind
from api.protocol.refusal import Refused

PUBLIC_KEY, SIGNED_KEY = "creneau-public-key/1", "creneau-signed-key/1"
CAMPAIGN, SIGNED_CAMPAIGN = "creneau-campaign/1", "creneau-signed-campaign/1"
OWNER = ("role", "campaign", "centre", "public_key")
_VALIDITY = ("first_day", "last_day")
_CAMPAIGN = ("campaign", "kind", "services", *_VALIDITY)


@dataclass(frozen=True, slots=True)
class SignedKey:
    """A centre's key as citizens get it, and the centre's sealed grant beside it.

    grant
        Sealed to the centre (`api.protocol.grant`).
    """

    key: CentreKey
    signature: bytes
    grant: bytes

    def to_json(self) -> bytes:
        """Document `creneau-signed-key/1`."""
        return to_json({
            "format": SIGNED_KEY, **owner_members(self.key.owner),
            **_validity_members(self.key.validity),
            "signature": to_base64url(self.signature), "grant": to_base64url(self.grant),
        })  # fmt: skip

    @classmethod
    def from_json(cls, data: bytes) -> SignedKey:
        """Read a document `creneau-signed-key/1`; whether it is signed is another question."""
        members = members_of(data, SIGNED_KEY, (*OWNER, *_VALIDITY, "signature", "grant"))
        key = CentreKey(owner_of(members), _validity(members))
        signature = from_base64url(text_of(members, "signature"), SIGNATURE_BYTES)
        return cls(key, signature, from_base64url(text_of(members, "grant")))


@dataclass(frozen=True, slots=True)
class SignedCampaign:
    """A campaign as every client gets it."""

    campaign: Campaign
    signature: bytes

    def to_json(self) -> bytes:
        """Document `creneau-signed-campaign/1`."""
        members = _campaign_members(self.campaign)
        return to_json(
            {"format": SIGNED_CAMPAIGN, **members, "signature": to_base64url(self.signature)}
        )

    @classmethod
    def from_json(cls, data: bytes) -> SignedCampaign:
        """Read a document `creneau-signed-campaign/1`; whether it is signed is another question."""
        members = members_of(data, SIGNED_CAMPAIGN, (*_CAMPAIGN, "signature"))
        signature = from_base64url(text_of(members, "signature"), SIGNATURE_BYTES)
        return cls(_campaign(members), signature)


def public_key_to_json(owner: KeyOwner) -> bytes:
    """Document `creneau-public-key/1`: what is brought to the authority."""
    return to_json({"format": PUBLIC_KEY, **owner_members(owner)})


def public_key_from_json(data: bytes) -> KeyOwner:
    """Read a document `creneau-public-key/1`."""
    return owner_of(members_of(data, PUBLIC_KEY, OWNER))


def campaign_from_json(data: bytes) -> Campaign:
    """Read a document `creneau-campaign/1`: a campaign that is yet to be signed."""
    return _campaign(members_of(data, CAMPAIGN, _CAMPAIGN))


def format_of(data: bytes) -> str:
    """Which document it says it is."""
    members = json_object(data)
    return text_of(members, "format") if "format" in members else ""


def members_of(data: bytes, form: str, keys: Iterable[str]) -> dict[str, Any]:
    """Members of a document of this form, and of no other."""
    if format_of(data) != form:
        raise Refused(f"not a document {form}")
    return from_json(data, ("format", *keys))


def owner_members(owner: KeyOwner) -> dict[str, Any]:
    """Members that say whose key it is."""
    return {"role": owner.role, "campaign": owner.campaign, "centre": owner.centre,
            "public_key": to_base64url(owner.public_key)}  # fmt: skip


def owner_of(members: Mapping[str, Any]) -> KeyOwner:
    """Read whose key it is."""
    role = cast(Role, text_of(members, "role"))  # checked by the owner itself
    public_key = from_base64url(text_of(members, "public_key"), PUBLIC_BYTES)
    return KeyOwner(role, text_of(members, "campaign"), text_of(members, "centre"), public_key)


def _validity_members(validity: Validity) -> dict[str, Any]:
    return dict(zip(_VALIDITY, validity.fields, strict=True))


def _validity(members: Mapping[str, Any]) -> Validity:
    return Validity(*(day_of(text_of(members, name)) for name in _VALIDITY))


def _campaign_members(campaign: Campaign) -> dict[str, Any]:
    services = [
        {"url": service.url, "public_key": to_base64url(service.public_key)}
        for service in campaign.services
    ]
    return {"campaign": campaign.code, "kind": campaign.kind, "services": services,
            **_validity_members(campaign.validity)}  # fmt: skip


def _campaign(members: Mapping[str, Any]) -> Campaign:
    services = members["services"]
    if not isinstance(services, list) or not all(isinstance(s, dict) for s in services):
        raise Refused("services is not a list of key services")
    kind = cast(Kind, text_of(members, "kind"))  # checked by the campaign itself
    return Campaign(text_of(members, "campaign"), kind, tuple(map(_service, services)),
                    _validity(members))  # fmt: skip


def _service(members: Mapping[str, Any]) -> ServiceAddress:
    if set(members) != {"url", "public_key"}:
        raise Refused("a key service has an url and a public_key")
    public_key = from_base64url(text_of(members, "public_key"), PUBLIC_BYTES)
    return ServiceAddress(text_of(members, "url"), public_key)
