"""What the pages do with keys: verify what a server gives, make tags, seal, open."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from api.clock import now
from api.demo.client import Client, UnexpectedAnswerError
from api.demo.ring import CAMPAIGN
from api.feeds.documents import CentreKeys
from api.feeds.names import CAMPAIGN_KEYS, centre_keys_name
from api.protocol.authority import ServiceAddress, verified_campaign, verified_centre_key
from api.protocol.documents import SignedCampaign, SignedKey
from api.protocol.encoding import to_base64url
from api.protocol.identity import Identity
from api.protocol.keys import key_id_of
from api.protocol.refusal import Refused
from api.protocol.sealing import Binding, open_sealed, seal
from api.protocol.tag import KeyService, Question, answer_from_json, person_tags
from api.protocol.voprf import Evaluation


@dataclass(frozen=True, slots=True)
class Page:
    """A page that trusts one key, the authority's, from its own bundle."""

    client: Client
    authority: bytes

    def services(self) -> tuple[ServiceAddress, ...]:
        """Key services of the campaign, as the authority signed it."""
        signed = SignedCampaign.from_json(self.client.expect(200, "GET", f"/{CAMPAIGN_KEYS}").body)
        return verified_campaign(
            signed.campaign, signed.signature, self.authority, code=CAMPAIGN, on=now().date()
        ).services

    def key_of(self, centre: str) -> bytes:
        """Public key to seal to at a centre: the first that the authority signed for today.

        Raises
        ------
        UnexpectedAnswerError
            When there is none.
        """
        for key in self.client.read(centre_keys_name(centre), CentreKeys).keys:
            signed = SignedKey.from_json(bytes(key))
            try:
                return verified_centre_key(
                    signed.key, signed.signature, self.authority,
                    campaign=CAMPAIGN, centre=centre, on=now().date(),
                )  # fmt: skip
            except Refused:
                continue
        raise UnexpectedAnswerError(f"{centre} shows no key that its authority signed for today")

    def tags(self, identities: list[Identity]) -> list[bytes]:
        """Tags of people, from the key service, which sees none of them."""
        services = [KeyService(s.public_key, _Asker(s.url).ask) for s in self.services()]
        return person_tags([identity.person() for identity in identities], CAMPAIGN, services)

    def seal(self, identity: Identity, centre: str, booking: str, tag: bytes) -> dict[str, str]:
        """Seal an identity to a centre, for one booking."""
        public = self.key_of(centre)
        binding = _binding(centre, key_id_of(public), booking, tag)
        sealed = seal(identity, public, binding)
        return {"key_id": key_id_of(public).hex(), "sealed": to_base64url(sealed)}


def opened(
    sealed: bytes, secret: bytes, centre: str, key_id: str, booking: str, tag: bytes
) -> Identity:
    """Open what was sealed to a centre.

    Raises
    ------
    Refused
        When it was sealed to another key or for another booking.
    """
    return open_sealed(sealed, secret, _binding(centre, bytes.fromhex(key_id), booking, tag))


def _binding(centre: str, key_id: bytes, booking: str, tag: bytes) -> Binding:
    return Binding(CAMPAIGN, centre, key_id, UUID(booking), tag)


@dataclass(frozen=True, slots=True)
class _Asker:
    """Sends blinded points to a key service of this machine."""

    url: str

    def ask(self, points: list[bytes]) -> Evaluation:
        port = urlsplit(self.url).port
        assert port is not None, "the demo's own key service"
        question = json.loads(Question(CAMPAIGN, tuple(points)).to_json())
        return answer_from_json(
            Client(port).expect(200, "POST", "/v1/evaluate", body=question).body
        )
