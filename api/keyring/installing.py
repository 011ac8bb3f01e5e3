"""`creneau keys install`: the signed campaign and signed keys, into the booking database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from psycopg import AsyncConnection

from allocator.errors import InputError
from api.keyring.problems import NotVouchedFor
from api.keyring.service import check_vouched_for
from api.keyring.store import keys as store
from api.keyring.store.keys import Installed
from api.protocol.authority import check_signature
from api.protocol.documents import (
    SIGNED_CAMPAIGN,
    SIGNED_KEY,
    SignedCampaign,
    SignedKey,
    format_of,
    public_key_from_json,
)
from api.protocol.key_file import KEY, KeyFile
from api.protocol.keys import KeyOwner
from api.protocol.refusal import Refused
from api.staff import audit
from api.staff.tokens import COMMAND_LINE


@dataclass(frozen=True, slots=True)
class Given:
    """A document, and where a mistake in it is to be looked for."""

    path: str
    data: bytes

    @classmethod
    def read(cls, path: Path) -> Given:
        """Read a file.

        Raises
        ------
        InputError
            When it cannot be read.
        """
        try:
            return cls(str(path), path.read_bytes())
        except OSError as error:
            raise InputError(path, f"cannot be read: {error.strerror}") from None


@dataclass(frozen=True, slots=True)
class Report:
    """What was installed."""

    campaign: str
    signed_keys: int
    key_files: int


async def install(
    connection: AsyncConnection, documents: Iterable[Given], authority: Given | None, now: datetime
) -> Report:
    """Install documents, all or none, with one entry in the audit.

    Parameters
    ----------
    documents
        Signed campaigns and signed keys; also key files, for centres that keep theirs here.
    authority
        Public key of the campaign's authority; needed the first time, and never another one.

    Raises
    ------
    InputError
        Naming the document that does not hold.
    """
    async with connection.transaction():
        work = _Installation(connection, now, await store.centre_ids(connection))
        await work.begin(authority)
        # The campaign first: it says what everything else is for.
        for given in sorted(documents, key=lambda given: _form(given) != SIGNED_CAMPAIGN):
            try:
                await work.put(given)
            except Refused as refusal:
                raise InputError(given.path, str(refusal)) from None
        return await work.end()


@dataclass(slots=True)
class _Installation:
    connection: AsyncConnection
    now: datetime
    centre_ids: dict[str, int]
    authority: KeyOwner | None = None
    campaign: Installed | None = None
    signed_keys: int = 0
    key_files: int = 0

    async def begin(self, authority: Given | None) -> None:
        self.campaign = await store.installed(self.connection)
        if authority is None:
            if self.campaign is None:
                raise InputError("--authority", "is needed the first time")
            return
        try:
            self.authority = public_key_from_json(authority.data)
        except Refused as refusal:
            raise InputError(authority.path, str(refusal)) from None
        if self.authority.role != "authority":
            raise InputError(authority.path, "is the key of a centre; an authority's is needed")
        if self.campaign and self.campaign.authority != self.authority.public_key:
            raise InputError(authority.path, "is not the authority that is installed")

    async def put(self, given: Given) -> None:
        form = _form(given)
        if form == SIGNED_CAMPAIGN:
            await self._put_campaign(given)
        elif form == SIGNED_KEY:
            await self._put_signed(SignedKey.from_json(given.data))
        elif form == KEY:
            await self._put_file(KeyFile.from_json(given.data))
        else:
            raise Refused(f"is no document {SIGNED_CAMPAIGN}, {SIGNED_KEY} or {KEY}")

    async def _put_campaign(self, given: Given) -> None:
        signed = SignedCampaign.from_json(given.data)
        if self.campaign is not None:
            code, authority = self.campaign.code, self.campaign.authority
        else:
            assert self.authority is not None, "asked for at the beginning"
            code, authority = self.authority.campaign, self.authority.public_key
        if signed.campaign.code != code:
            raise Refused("is another campaign than the authority's")
        check_signature(signed.campaign.statement, signed.signature, authority)
        self.campaign = Installed(code, authority, given.data)
        await store.write_campaign(self.connection, self.campaign, self.now)

    async def _put_signed(self, signed: SignedKey) -> None:
        centre_id, key_id = await self._place_of(signed.key.owner)
        try:
            check_vouched_for(signed, self._installed())
        except NotVouchedFor as problem:
            raise Refused(problem.title) from None
        first_day = signed.key.validity.first
        await store.write_signed(
            self.connection, centre_id, key_id, signed.to_json(), first_day, self.now
        )
        self.signed_keys += 1

    async def _put_file(self, file: KeyFile) -> None:
        centre_id, key_id = await self._place_of(file.owner)
        if file.owner.campaign != self._installed().code:
            raise Refused("is a key of another campaign")
        await store.write_file(self.connection, centre_id, key_id, file.to_json(), self.now)
        self.key_files += 1

    async def _place_of(self, owner: KeyOwner) -> tuple[int, str]:
        centre_id, key_id = self.centre_ids.get(owner.centre), owner.key_id.hex()
        if centre_id is None:
            raise Refused("is of a centre that is not in this database; publish its plan first")
        row = await store.lock(self.connection, centre_id, key_id)
        if row is not None and row.destroyed_at is not None:
            raise Refused("is a key that was destroyed")
        return centre_id, key_id

    def _installed(self) -> Installed:
        if self.campaign is None:
            raise Refused("comes before the campaign: install its signed document with it")
        return self.campaign

    async def end(self) -> Report:
        report = Report(self._installed().code, self.signed_keys, self.key_files)
        detail = {"signed_keys": report.signed_keys, "key_files": report.key_files}
        deed = audit.Deed(self.now, COMMAND_LINE, "keys.install", report.campaign, detail)
        await audit.append(self.connection, deed)
        return report


def _form(given: Given) -> str:
    try:
        return format_of(given.data)
    except Refused as refusal:
        raise InputError(given.path, str(refusal)) from None
