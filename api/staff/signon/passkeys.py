"""Ceremonies of passkeys (WebAuthn): py_webauthn makes the options and checks the answers.

The person is verified (PIN, finger, face) each time. Nothing here derives a key from a passkey:
it signs somebody on, and opens no centre's key.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import webauthn
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from api.staff.signon.passkey import Passkey
from api.staff.signon.problems import SignOnRefused

Credential: TypeAlias = Mapping[str, Any]
"""What the browser's `PublicKeyCredential.toJSON()` gives."""
NAME = "Créneau"
_REFUSALS = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The installation as authenticators know it.

    host
        Name of the machine: passkeys are made for it, and for no other.
    origin
        Of its pages.
    """

    host: str
    origin: str

    @property
    def works(self) -> bool:
        """Whether passkeys can be made: never for a bare address."""
        try:
            ip_address(self.host)
        except ValueError:
            return bool(self.host)
        return False

    def registration(
        self, person_id: UUID, grant: str, known: list[Passkey], challenge: bytes
    ) -> dict[str, Any]:
        """Options for making a passkey; no authenticator gets two for one person."""
        options = webauthn.generate_registration_options(
            rp_id=self.host,
            rp_name=NAME,
            user_id=person_id.bytes,
            user_name=grant,
            user_display_name=grant,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(key.credential_id) for key in known],
        )
        return _as_json(options)

    def authentication(self, challenge: bytes) -> dict[str, Any]:
        """Options for signing on; the authenticator shows whose passkeys it has."""
        options = webauthn.generate_authentication_options(
            rp_id=self.host,
            challenge=challenge,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return _as_json(options)

    def made(
        self, credential: Credential, challenge: bytes, person_id: UUID, label: str, now: datetime
    ) -> Passkey:
        """Check a new passkey.

        Raises
        ------
        SignOnRefused
            When it was not made for this challenge, here, by somebody verified.
        """
        try:
            proven = webauthn.verify_registration_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except _REFUSALS:
            raise SignOnRefused from None
        return Passkey(uuid4(), proven.credential_id, person_id, proven.credential_public_key,
                       proven.sign_count, label, now)  # fmt: skip

    def signed(self, credential: Credential, challenge: bytes, passkey: Passkey) -> int:
        """Check a signature by a passkey, and give the authenticator's new count.

        Raises
        ------
        SignOnRefused
            When it is not of this challenge, here, by somebody verified, or the count goes back:
            then there are two of an authenticator that should be one.
        """
        try:
            proven = webauthn.verify_authentication_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except _REFUSALS:
            raise SignOnRefused from None
        return proven.new_sign_count


def credential_id(credential: Credential) -> bytes:
    """Id of a passkey as the browser names it; empty when it is none."""
    said = credential.get("id")
    if not isinstance(said, str):
        return b""
    try:
        return urlsafe_b64decode(said + "=" * (-len(said) % 4))
    except ValueError:
        return b""


def packed(challenge: bytes) -> str:
    """Write a challenge as text."""
    return bytes_to_base64url(challenge)


def unpacked(challenge: str) -> bytes:
    """Read a challenge."""
    return webauthn.base64url_to_bytes(challenge)


def _as_json(options: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return made
