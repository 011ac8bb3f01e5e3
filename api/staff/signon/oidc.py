"""An OpenID Connect provider: where to send people, and what it says of whoever comes back.

Authorization code with PKCE (S256), state and nonce; Authlib speaks, and checks the ID token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, TypeAlias

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from api.settings import IdentityProvider
from api.staff.signon.problems import ProviderUnreachable, SignOnRefused

Claims: TypeAlias = dict[str, object]
SIGNED_BY_KEY_PAIR = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
                      "ES512", "Ed25519", "EdDSA")  # fmt: skip
"""Signatures that are taken: never one that a shared secret, or nobody, makes."""
PATIENCE_S = 5.0
LEEWAY_S = 30
_REFUSALS = (OAuthError, JoseError, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a person goes, and what their return must match; `flow` never leaves the server."""

    url: str
    flow: dict[str, str]


class Provider:
    """One provider, as the settings describe it; its keys are read when first needed."""

    def __init__(self, config: IdentityProvider, return_url: str) -> None:
        self.config = config
        self._return_url = return_url
        asked = {"acr_values": " ".join(config.acr_values)} if config.acr_values else {}
        self._client = OAuth().register(
            config.name,
            client_id=config.client_id,
            client_secret=config.client_secret.get_secret_value(),
            server_metadata_url=f"{config.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": config.scope, "code_challenge_method": "S256",
                           "timeout": PATIENCE_S, "leeway": 0},
            authorize_params=asked,
        )  # fmt: skip

    async def departure(self) -> Departure:
        """Prepare a sign-on.

        Raises
        ------
        ProviderUnreachable
            When the provider does not describe itself.
        """
        await self._metadata()
        made = await self._client.create_authorization_url(self._return_url)
        flow = {name: str(made[name]) for name in ("state", "nonce", "code_verifier")}
        return Departure(made["url"], flow)

    async def claims(self, flow: Mapping[str, str], said: Mapping[str, str]) -> Claims:
        """Exchange the code a person comes back with for what the provider says of them.

        Parameters
        ----------
        flow
            Of the departure.
        said
            Parameters the browser brings.

        Raises
        ------
        SignOnRefused
            When anything does not match.
        ProviderUnreachable
            When the provider does not answer.
        """
        metadata = await self._metadata()
        if not compare_digest(said.get("state", "").encode(), flow["state"].encode()):
            raise SignOnRefused
        issuer = said.get("iss")
        told = metadata.get("authorization_response_iss_parameter_supported", False)
        if issuer != self.config.issuer and (told or issuer is not None):
            raise SignOnRefused  # an answer of another provider than the one people were sent to
        if "code" not in said:
            raise SignOnRefused
        try:
            return await self._exchanged(flow, said["code"], metadata)
        except httpx2.HTTPStatusError as error:
            raise SignOnRefused from error
        except httpx2.HTTPError:
            raise ProviderUnreachable(retry_after_s=10) from None
        except _REFUSALS as error:
            raise SignOnRefused from error

    async def _exchanged(
        self, flow: Mapping[str, str], code: str, metadata: Mapping[str, Any]
    ) -> Claims:
        token = await self._client.fetch_access_token(
            redirect_uri=self._return_url, code=code, code_verifier=flow["code_verifier"]
        )
        proven = await self._client.parse_id_token(
            token, nonce=flow["nonce"], claims_options=self._wanted(), leeway=LEEWAY_S
        )
        if proven is None:
            raise ValueError("no ID token")
        claims: Claims = dict(proven)
        if "userinfo_endpoint" in metadata:
            more = await self._userinfo(token, metadata)
            if more.get("sub") != claims["sub"]:
                raise ValueError("information about somebody else")
            claims = more | claims  # the signed ID token has the last word
        return claims

    def _wanted(self) -> dict[str, dict[str, object]]:
        wanted: dict[str, dict[str, object]] = {
            "iss": {"essential": True, "value": self.config.issuer},
            "aud": {"essential": True, "value": self.config.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "nonce": {"essential": True},
        }
        if self.config.acr_values:
            wanted["acr"] = {"essential": True, "values": list(self.config.acr_values)}
        return wanted

    async def _userinfo(self, token: Mapping[str, Any], metadata: Mapping[str, Any]) -> Claims:
        answer = await self._client.get(metadata["userinfo_endpoint"], token=token)
        answer.raise_for_status()
        if not answer.headers.get("Content-Type", "").startswith("application/jwt"):
            return dict(answer.json())
        # As ProConnect does: the same keys sign it as the ID token.
        keys = KeySet.import_key_set(await self._client.fetch_jwk_set())
        registry = JWSRegistry(algorithms=list(SIGNED_BY_KEY_PAIR), strict_check_header=False)
        said = jwt.decode(answer.text, key=keys, registry=registry).claims
        if said.get("iss", self.config.issuer) != self.config.issuer:
            raise ValueError("signed by another issuer")
        return dict(said)

    async def _metadata(self) -> Mapping[str, Any]:
        try:
            metadata: dict[str, Any] = await self._client.load_server_metadata()
        except (httpx2.HTTPError, ValueError):
            raise ProviderUnreachable(retry_after_s=10) from None
        if metadata.get("issuer") != self.config.issuer:
            self._client.server_metadata.clear()
            raise ProviderUnreachable
        offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        metadata["id_token_signing_alg_values_supported"] = [
            name for name in offered if name in SIGNED_BY_KEY_PAIR
        ]
        return metadata
