"""A centre's keys in the hands of its staff: kept wrapped, shown signed, destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from psycopg import AsyncConnection

from api.capacity.retry import in_transaction
from api.capacity.store import Centre
from api.keyring.documents import check_named
from api.keyring.forms import KeyEntry, Keys, KeyVersion
from api.keyring.problems import (
    KeyChanged,
    KeyDestroyed,
    KeyInUse,
    NoAuthority,
    NotVouchedFor,
)
from api.keyring.store import keys as store
from api.problems import MalformedRequest, NotFound
from api.protocol.authority import check_signature
from api.protocol.documents import SignedKey
from api.protocol.key_file import KeyFile
from api.protocol.refusal import Refused
from api.staff.actor import Actor


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one centre, and a member of its staff."""

    connection: AsyncConnection
    actor: Actor
    centre: Centre
    now: datetime

    async def every_key(self) -> Keys:
        """Read the keys, wrapped as they are; reading is in the audit."""
        await self.actor.record(self.connection, "keys.read", self.centre.code, {})
        rows = await store.read_all(self.connection, self.centre.centre_id)
        return Keys([
            KeyEntry(row.key_id, _raw(row.signed), _raw(row.key_file), row.version,
                     row.destroyed_at)
            for row in rows
        ])  # fmt: skip

    async def keep(self, key_id: str, file: KeyFile, expected: int) -> KeyVersion:
        """Keep a key file in the place of the version that the caller saw.

        Raises
        ------
        MalformedRequest, NoAuthority
            When it is of another key, centre or campaign, or there is no campaign yet.
        KeyChanged, KeyDestroyed
            When the version is another, or the key is no more.
        """
        check_named(file.owner, self.centre.code, key_id)
        return await in_transaction(self.connection, lambda: self._keep(key_id, file, expected))

    async def _keep(self, key_id: str, file: KeyFile, expected: int) -> KeyVersion:
        campaign = await self._installed()
        if file.owner.campaign != campaign.code:
            raise MalformedRequest("the key is of another campaign")
        row = await self._locked(key_id)
        if expected != (0 if row is None else row.version):
            raise KeyChanged
        version = await store.write_file(
            self.connection, self.centre.centre_id, key_id, file.to_json(), self.now
        )
        if version != expected + 1:
            raise KeyChanged
        await self._record("key.keep", key_id, {"version": version, "holders": len(file.wraps)})
        return KeyVersion(key_id, version)

    async def show(self, key_id: str, signed: SignedKey) -> KeyVersion:
        """Show everybody a public key that the campaign's authority signed.

        Raises
        ------
        MalformedRequest, NoAuthority, NotVouchedFor, KeyDestroyed
            When it is of another key, nobody signed it, or it is no more.
        """
        check_named(signed.key.owner, self.centre.code, key_id)
        return await in_transaction(self.connection, lambda: self._show(key_id, signed))

    async def _show(self, key_id: str, signed: SignedKey) -> KeyVersion:
        check_vouched_for(signed, await self._installed())
        await self._locked(key_id)
        version = await store.write_signed(
            self.connection, self.centre.centre_id, key_id, signed.to_json(),
            signed.key.validity.first, self.now,
        )  # fmt: skip
        first, last = signed.key.validity.fields
        await self._record("key.show", key_id, {"first_day": first, "last_day": last})
        return KeyVersion(key_id, version)

    async def destroy(self, key_id: str, *, anyway: bool) -> None:
        """Erase every wrap of a key; again, it changes nothing.

        Parameters
        ----------
        anyway
            Even where somebody still to come could not be read any more.

        Raises
        ------
        NotFound, KeyInUse
            When there is none, or it is still needed.
        """
        await in_transaction(self.connection, lambda: self._destroy(key_id, anyway=anyway))

    async def _destroy(self, key_id: str, *, anyway: bool) -> None:
        row = await store.lock(self.connection, self.centre.centre_id, key_id)
        if row is None:
            raise NotFound
        if row.destroyed_at is not None:
            return
        today = self.now.astimezone(self.centre.opening.zone).date()
        needed = await store.is_in_use(self.connection, self.centre.centre_id, key_id, today)
        if needed and not anyway:
            raise KeyInUse
        await store.destroy(self.connection, self.centre.centre_id, key_id, self.now)
        await self._record("key.destroy", key_id, {"still_needed": needed})

    async def _installed(self) -> store.Installed:
        campaign = await store.installed(self.connection)
        if campaign is None:
            raise NoAuthority
        return campaign

    async def _locked(self, key_id: str) -> store.KeyRow | None:
        row = await store.lock(self.connection, self.centre.centre_id, key_id)
        if row is not None and row.destroyed_at is not None:
            raise KeyDestroyed
        return row

    async def _record(self, action: str, key_id: str, detail: dict[str, object]) -> None:
        subject = f"{self.centre.code} {key_id}"
        await self.actor.record(self.connection, action, subject, detail)


def check_vouched_for(signed: SignedKey, campaign: store.Installed) -> None:
    """Refuse a key of another campaign, or one that the authority did not sign.

    Raises
    ------
    NotVouchedFor
        In either case.
    """
    if signed.key.owner.campaign != campaign.code:
        raise NotVouchedFor
    try:
        check_signature(signed.key.statement, signed.signature, campaign.authority)
    except Refused:
        raise NotVouchedFor from None


def _raw(document: bytes | None) -> msgspec.Raw | None:
    return None if document is None else msgspec.Raw(document)
