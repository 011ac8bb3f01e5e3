"""A private key that may lie anywhere, because only its holder's passphrase opens it.

The key of the wrap comes from the passphrase by Argon2id. What it costs to try a passphrase is
bound into the wrap, and a cost below the floor is refused before anything is derived: a server
that stores wraps can weaken none.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from api.protocol.encoding import (
    frame,
    from_base64url,
    plain_text,
    text_bytes,
    text_of,
    to_base64url,
)
from api.protocol.keys import SECRET_BYTES, KeyOwner, public_of
from api.protocol.refusal import Refused

Method = Literal["passphrase", "code"]
METHODS: tuple[Method, ...] = ("passphrase", "code")
SALT_BYTES, NONCE_BYTES, WRAPPED_BYTES, KEK_BYTES = 16, 12, SECRET_BYTES + 16, 32
LEAST_PASSPHRASE_CHARACTERS = 12
MOST_HOLDER_CHARACTERS = 60
_PARTS = ("salt", "nonce", "wrapped")
_LABEL = "creneau/key-wrap/v1"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one try of a passphrase costs by Argon2id.

    memory_kib
        At least 19 MiB, at most 1 GiB.
    passes
        2 to 16.
    lanes
        1 to 4.
    """

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 1

    def __post_init__(self) -> None:
        numbers = (self.memory_kib, self.passes, self.lanes)
        if any(type(n) is not int for n in numbers):
            raise Refused("the cost of a passphrase is whole numbers")
        if self.memory_kib < 19 * 1024 or self.passes < 2 or self.lanes < 1:
            raise Refused("the protection by the passphrase is too weak: somebody lowered it")
        if self.memory_kib > 1024 * 1024 or self.passes > 16 or self.lanes > 4:
            raise Refused("the protection by the passphrase asks for more than a browser has")


@dataclass(frozen=True, slots=True)
class Wrap:
    """A private key, wrapped for one holder.

    method
        `passphrase`, or `code` for the recovery kit.
    holder
        Who can open it, and on what: a name the centre knows.
    cost
        Of a try of the passphrase; None for a code, which nobody can try out.
    """

    method: Method
    holder: str
    cost: Cost | None
    salt: bytes
    nonce: bytes
    wrapped: bytes

    def __post_init__(self) -> None:
        if self.method not in METHODS or (self.cost is None) is (self.method == "passphrase"):
            raise Refused("a wrap is by passphrase, with its cost, or by recovery code")
        plain_text("the holder of a wrap", self.holder, MOST_HOLDER_CHARACTERS)
        lengths = len(self.salt), len(self.nonce), len(self.wrapped)
        if lengths != (SALT_BYTES, NONCE_BYTES, WRAPPED_BYTES):
            raise Refused("a wrap has parts of another size")

    def members(self) -> dict[str, Any]:
        """Members of its JSON form."""
        cost = {} if self.cost is None else {
            "memory_kib": self.cost.memory_kib, "passes": self.cost.passes,
            "lanes": self.cost.lanes,
        }  # fmt: skip
        parts = {"salt": self.salt, "nonce": self.nonce, "wrapped": self.wrapped}
        return {"method": self.method, "holder": self.holder, **cost,
                **{name: to_base64url(part) for name, part in parts.items()}}  # fmt: skip

    @classmethod
    def from_members(cls, members: Mapping[str, Any]) -> Wrap:
        """Read its JSON form."""
        costs = ("memory_kib", "passes", "lanes")
        by_passphrase = members.get("method") == "passphrase"
        expected = ("method", "holder", *(costs if by_passphrase else ()), *_PARTS)
        if set(members) != set(expected):
            raise Refused("a wrap has other members")
        cost = Cost(*(members[name] for name in costs)) if by_passphrase else None
        salt, nonce, wrapped = (from_base64url(text_of(members, name)) for name in _PARTS)
        return cls("passphrase" if by_passphrase else "code", text_of(members, "holder"),
                   cost, salt, nonce, wrapped)  # fmt: skip


def wrap_by_passphrase(
    secret: bytes, owner: KeyOwner, holder: str, passphrase: str, cost: Cost | None = None
) -> Wrap:
    """Wrap a private key for a holder.

    Raises
    ------
    Refused
        When the passphrase has fewer than 12 characters.
    """
    cost = cost or Cost()
    if len(passphrase) < LEAST_PASSPHRASE_CHARACTERS:
        raise Refused(f"a passphrase has at least {LEAST_PASSPHRASE_CHARACTERS} characters")
    salt = secrets.token_bytes(SALT_BYTES)
    return lock(secret, owner, holder, cost, salt, _kek(passphrase, salt, cost))


def unwrap_by_passphrase(wrap: Wrap, owner: KeyOwner, passphrase: str) -> bytes:
    """Private key of a wrap.

    Raises
    ------
    Refused
        When the passphrase is not the holder's, or the wrap was altered or is another key's.
    """
    if wrap.cost is None:
        raise Refused("this wrap opens by the recovery code, not by a passphrase")
    return unlock(wrap, owner, _kek(passphrase, wrap.salt, wrap.cost))


def lock(secret: bytes, owner: KeyOwner, holder: str, cost: Cost | None, salt: bytes,
         kek: bytes) -> Wrap:  # fmt: skip
    """Wrap with a key that was derived from the salt."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    aad = _aad(owner, holder, cost, salt)
    wrapped = AESGCM(kek).encrypt(nonce, secret, aad)
    return Wrap("code" if cost is None else "passphrase", holder, cost, salt, nonce, wrapped)


def unlock(wrap: Wrap, owner: KeyOwner, kek: bytes) -> bytes:
    """Unwrap with a key that was derived from the wrap's salt, and see that it is the owner's."""
    aad = _aad(owner, wrap.holder, wrap.cost, wrap.salt)
    try:
        secret = AESGCM(kek).decrypt(wrap.nonce, wrap.wrapped, aad)
    except InvalidTag:
        raise Refused("this does not open the key, or the key's file was altered") from None
    if public_of(owner.role, secret) != owner.public_key:
        raise Refused("the private key in this file belongs to another public key")
    return secret


def _kek(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    typed = text_bytes(unicodedata.normalize("NFKC", passphrase))
    return Argon2id(salt=salt, length=KEK_BYTES, iterations=cost.passes, lanes=cost.lanes,
                    memory_cost=cost.memory_kib).derive(typed)  # fmt: skip


def _aad(owner: KeyOwner, holder: str, cost: Cost | None, salt: bytes) -> bytes:
    method = "code" if cost is None else f"argon2id,{cost.memory_kib},{cost.passes},{cost.lanes}"
    return frame(_LABEL, *owner.fields, holder, method, salt)
