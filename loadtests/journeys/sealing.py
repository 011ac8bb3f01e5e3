"""Sealing on a visitor's phone: a sample for real, noise of the same size for all others.

The server cannot tell one from the other: that is what sealing is for. The generator can: sealing
costs it more than everything else a citizen does.
"""

from __future__ import annotations

import datetime as dt
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from random import Random
from uuid import UUID

from api.protocol.identity import Identity
from api.protocol.keys import key_id_of
from api.protocol.refusal import Refused
from api.protocol.sealing import SEALED_BYTES, Binding, open_sealed, seal
from loadtests.record import Record, Sealing

ONE_IN = 20
SOMEBODY = Identity(
    "Durand", "Camille", dt.date(1990, 5, 17), "person", birth_place="Lyon", phone="0600000000"
)


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals to one key that all centres of the campaign share.

    record
        Told what was sealed, for it to be opened in the end.
    """

    campaign: str
    public_key: bytes
    record: Record
    random: Random

    def __call__(self, centre: str, booking_id: str, tag: str) -> tuple[str, str]:
        """Give the key's id, and an identity sealed to it or noise."""
        key_id = key_id_of(self.public_key)
        if self.random.randrange(ONE_IN):
            return key_id.hex(), _text(self.random.randbytes(SEALED_BYTES))
        binding = _binding(self.campaign, self.public_key, Sealing(booking_id, centre, tag))
        self.record.sealings.append(Sealing(booking_id, centre, tag))
        return key_id.hex(), _text(seal(SOMEBODY, self.public_key, binding))


def opens(
    sealed: bytes, private_key: bytes, public_key: bytes, campaign: str, sealing: Sealing
) -> bool:
    """Tell whether what is stored is what was sealed, for this booking and nobody else."""
    try:
        return open_sealed(sealed, private_key, _binding(campaign, public_key, sealing)) == SOMEBODY
    except Refused:
        return False


def _binding(campaign: str, public_key: bytes, sealing: Sealing) -> Binding:
    tag = urlsafe_b64decode(sealing.tag + "=")
    return Binding(campaign, sealing.centre, key_id_of(public_key), UUID(sealing.booking_id), tag)


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
