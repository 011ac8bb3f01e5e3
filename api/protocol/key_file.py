"""The file of a private key: wrapped for each of its holders, it may lie on any server."""

from __future__ import annotations

from dataclasses import dataclass, replace

from api.protocol.documents import OWNER, members_of, owner_members, owner_of
from api.protocol.encoding import to_json
from api.protocol.keys import KeyOwner
from api.protocol.refusal import Refused
from api.protocol.wrapping import Wrap

KEY = "creneau-key/1"
MOST_WRAPS = 50


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A private key, wrapped for each of its holders; it may lie on a server."""

    owner: KeyOwner
    wraps: tuple[Wrap, ...]

    def __post_init__(self) -> None:
        names = [(wrap.method, wrap.holder) for wrap in self.wraps]
        if not 1 <= len(names) <= MOST_WRAPS or len(set(names)) < len(names):
            raise Refused(f"a key has 1 to {MOST_WRAPS} wraps, one a holder")

    def with_wrap(self, wrap: Wrap) -> KeyFile:
        """Give it a holder, or a holder's new wrap."""
        others = tuple(w for w in self.wraps if (w.method, w.holder) != (wrap.method, wrap.holder))
        return replace(self, wraps=(*others, wrap))

    def wrap_of(self, holder: str) -> Wrap:
        """Wrap by passphrase of a holder."""
        for wrap in self.wraps:
            if wrap.method == "passphrase" and wrap.holder == holder:
                return wrap
        raise Refused("nobody of that name holds this key")

    @property
    def recovery_wrap(self) -> Wrap:
        """Wrap of the recovery kit."""
        for wrap in self.wraps:
            if wrap.method == "code":
                return wrap
        raise Refused("this key has no recovery kit")

    def to_json(self) -> bytes:
        """Document `creneau-key/1`."""
        wraps = [wrap.members() for wrap in self.wraps]
        return to_json({"format": KEY, **owner_members(self.owner), "wraps": wraps})

    @classmethod
    def from_json(cls, data: bytes) -> KeyFile:
        """Read a document `creneau-key/1`."""
        members = members_of(data, KEY, (*OWNER, "wraps"))
        wraps = members["wraps"]
        if not isinstance(wraps, list) or not all(isinstance(w, dict) for w in wraps):
            raise Refused("wraps is not a list of wraps")
        return cls(owner_of(members), tuple(map(Wrap.from_members, wraps)))
