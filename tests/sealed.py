"""A campaign in small: people, a centre with its key, an authority, key services."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from api.protocol.authority import CentreKey, Validity, sign
from api.protocol.documents import SignedKey
from api.protocol.grant import sealed_grant
from api.protocol.identity import Identity
from api.protocol.keys import KeyOwner, new_secret, public_of
from api.protocol.sealing import Binding
from api.protocol.tag import KeyService, tag_key
from api.protocol.voprf import evaluate
from api.protocol.wrapping import Cost

CAMPAIGN, CENTRE = "covid-2021", "75-01"
TODAY = dt.date(2021, 5, 31)
VALIDITY = Validity(TODAY, TODAY + dt.timedelta(days=34))
BOOKING = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
TAG = bytes(range(32))
CHEAP = Cost(19 * 1024, 2, 1)
"""The cheapest protection by passphrase that is admitted: quick tests."""
PASSPHRASE = "cheval agrafe batterie correcte"


def nir(start="2500275123456"):
    """Give the number of 15 characters for its first 13."""
    digits = int(start.replace("2A", "19").replace("2B", "18"))
    return f"{start}{97 - digits % 97:02d}"


def somebody(**changes):
    """Identity of one person, changed."""
    fields = {
        "family_name": "Lefèvre-Dœuf", "given_name": "Éloïse", "birth_date": dt.date(1950, 2, 28),
        "kind": "nir", "number": nir(), "phone": "+33 6 12 34 56 78",
    } | changes  # fmt: skip
    return Identity(**fields)


@dataclass(frozen=True)
class Pair:
    """A private key and whose it is."""

    secret: bytes
    owner: KeyOwner

    @property
    def public(self):
        """Its public key."""
        return self.owner.public_key


def pair(role="centre", campaign=CAMPAIGN, centre=CENTRE):
    """Make a new key of a centre or an authority."""
    secret = new_secret()
    owner = KeyOwner(role, campaign, centre if role == "centre" else "", public_of(role, secret))
    return Pair(secret, owner)


def signed(centre, authority, validity=VALIDITY):
    """Sign a centre's key."""
    key = CentreKey(centre.owner, validity)
    signature = sign(key.statement, authority.secret)
    return SignedKey(key, signature, sealed_grant(key, authority.secret))


def binding(centre, centre_code=CENTRE, **changes):
    """Give what an identity is sealed for, changed."""
    fields = {"campaign": CAMPAIGN, "centre": centre_code, "key_id": centre.owner.key_id,
              "booking": BOOKING, "tag": TAG} | changes  # fmt: skip
    return Binding(**fields)


def key_service(seed=b"k" * 32, campaign=CAMPAIGN):
    """Run a key service in this process."""
    key = tag_key(seed, campaign)
    return KeyService(key.public, lambda points: evaluate(key, points))
