"""A centre's leave to ask a key service for many tags at once.

The authority signs it and seals it to the centre's own key: it can be stored and sent anywhere,
and only who can open the centre's identities can use it. To the key service it is a bearer's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from api.protocol.authority import SIGNATURE_BYTES, CentreKey, check_signature, sign
from api.protocol.encoding import (
    day_of,
    frame,
    from_base64url,
    from_json,
    text_of,
    to_base64url,
    to_json,
)
from api.protocol.keys import check_code
from api.protocol.refusal import Refused
from api.protocol.sealing import hpke_open, hpke_seal

_LABEL, _SEAL_LABEL = "creneau/batch-grant/v1", "creneau/batch-grant-seal/v1"
_NEEDED = ("campaign", "centre", "last", "signature")


@dataclass(frozen=True, slots=True)
class BatchGrant:
    """Leave for a centre, until a day included."""

    campaign: str
    centre: str
    last: dt.date
    signature: bytes

    @property
    def token(self) -> str:
        """What the centre sends: `Authorization: Bearer <token>`."""
        return to_base64url(
            to_json(
                {
                    "campaign": self.campaign,
                    "centre": self.centre,
                    "last": self.last.isoformat(),
                    "signature": to_base64url(self.signature),
                }
            )
        )


def sealed_grant(key: CentreKey, authority_secret: bytes) -> bytes:
    """Sign a grant for as long as the centre's key is valid, sealed to that key."""
    campaign, centre, last = key.owner.campaign, key.owner.centre, key.validity.last
    grant = BatchGrant(
        campaign, centre, last, sign(_statement(campaign, centre, last), authority_secret)
    )
    return hpke_seal(grant.token.encode("ascii"), key.owner.public_key, _info(key))


def opened_grant(sealed: bytes, key: CentreKey, secret: bytes) -> str:
    """Token of a sealed grant, opened with the centre's private key."""
    return hpke_open(sealed, secret, _info(key)).decode("ascii")


def verified_grant(
    token: str, authority_public: bytes, *, campaign: str, on: dt.date
) -> BatchGrant:
    """Grant of a token, for a campaign and today.

    Raises
    ------
    Refused
        When the authority did not sign it, or signed it for another campaign or time.
    """
    members = from_json(from_base64url(token), _NEEDED)
    texts = {name: text_of(members, name) for name in _NEEDED}
    check_code("centre", texts["centre"])
    last = day_of(texts["last"])
    signature = from_base64url(texts["signature"], SIGNATURE_BYTES)
    check_signature(
        _statement(texts["campaign"], texts["centre"], last), signature, authority_public
    )
    if texts["campaign"] != campaign or on > last:
        raise Refused("the grant is for another campaign, or has ended")
    return BatchGrant(campaign, texts["centre"], last, signature)


def _statement(campaign: str, centre: str, last: dt.date) -> bytes:
    return frame(_LABEL, campaign, centre, last.isoformat())


def _info(key: CentreKey) -> bytes:
    return frame(_SEAL_LABEL, *key.owner.fields)
