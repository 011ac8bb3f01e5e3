"""How long anything is kept: what the clock removes, what it makes coarse, what no backup opens."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from api.database.retention import purge
from api.protocol.key_file import KeyFile
from api.protocol.refusal import Refused
from api.protocol.sealing import Binding, open_sealed, seal
from api.protocol.wrapping import unwrap_by_passphrase, wrap_by_passphrase
from api.worker.tasks import KEPT_DAYS
from loadtests.postgres import program
from tests.booking import Hands, Visitor, opened, tag_of
from tests.campaign import MONDAY, NOW, Campaign, fill_campaign
from tests.privacy.canaries import canaries
from tests.privacy.journeys import raw
from tests.privacy.places import dump
from tests.privacy.scanner import Scanner
from tests.sealed import CAMPAIGN, CHEAP, PASSPHRASE, pair
from tests.serving import client_of
from tests.staff import token_of

DAY = timedelta(days=1)
LAST_DOSE = MONDAY + timedelta(days=31)
MOMENT = NOW + timedelta(minutes=37, seconds=41, microseconds=123_457)
"""An instant that cannot be mistaken for a round one."""
SEALED = b"sealed, as far as the server knows: " + bytes(range(256))


@pytest.fixture
def campaign(database_url) -> Campaign:
    """Give a campaign with two pairs of slots."""
    campaign = fill_campaign(database_url)
    for offset in (0, 1):
        day = MONDAY + offset * DAY
        campaign.add_slot(day=day, capacity=9)
        campaign.add_slot(rank=2, day=day + timedelta(days=30), capacity=9)
    return campaign


def people_book(campaign: Campaign) -> list[str | bytes]:
    """Let two people book, one of them cancel; give everything the database knows of them."""
    known: list[str | bytes] = []

    async def book() -> None:
        async with opened(campaign, clock=Hands(MOMENT)) as (_, desk):
            for name in ("ana", "ben"):
                visitor = Visitor(desk, name)
                await visitor.hold((1, 3), (1, 4))
                await visitor.confirm(sealed=SEALED)
                known.extend(
                    [str(visitor.key), visitor.key.bytes, visitor.secret_hash, raw(tag_of(name))]
                )
                if name == "ben":
                    await visitor.cancel()

    asyncio.run(book())
    return [*known, SEALED]


def noon(day: object) -> datetime:
    """Give noon of a day."""
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)


def test_nothing_older_than_the_default_remains_in_the_dump_either(campaign):
    """A week after the last dose, the database knows neither id, nor tag, nor what was sealed."""
    scanner = Scanner({"somebody": people_book(campaign)})
    assert KEPT_DAYS == 7
    kept = noon(LAST_DOSE + KEPT_DAYS * DAY)
    purge(campaign.url, KEPT_DAYS, kept)
    assert scanner.search("dump", dump(campaign.url))
    purge(campaign.url, KEPT_DAYS, kept + DAY)
    assert scanner.search("dump", dump(campaign.url)) == set()


@pytest.mark.parametrize("days", [0, 30, 90])
def test_nothing_is_kept_over_three_months_whatever_is_asked_for(campaign, days):
    """90 days is the longest that is taken, and it is kept to."""
    scanner = Scanner({"somebody": people_book(campaign)})
    purge(campaign.url, days, noon(LAST_DOSE + 91 * DAY))
    assert scanner.search("dump", dump(campaign.url)) == set()
    with pytest.raises(ValueError, match="90"):
        purge(campaign.url, 91, NOW)


def test_times_are_rounded_once_the_day_is_over(campaign):
    """To the hour; until then they are exact, and a change counts anew."""
    people_book(campaign)
    exact = times(campaign)
    assert all(at == MOMENT for row in exact for at in row)
    assert purge(campaign.url, 90, MOMENT + timedelta(hours=23, minutes=59))["times_rounded"] == 0
    assert times(campaign) == exact
    later = MOMENT + timedelta(hours=24, seconds=1)
    assert purge(campaign.url, 90, later)["times_rounded"] == 2
    hour = MOMENT.replace(minute=0, second=0, microsecond=0)
    assert all(at == hour for row in times(campaign) for at in row)
    assert purge(campaign.url, 90, later)["times_rounded"] == 0


def times(campaign: Campaign) -> list[tuple[object, ...]]:
    """Read the instants of all bookings."""
    return [
        tuple(row.values()) for row in campaign.rows("SELECT created_at, changed_at FROM booking")
    ]


def test_whoever_waits_keeps_their_place_and_whoever_left_their_hour(campaign):
    """The instant of joining is the order of the list, until one has left it."""
    for state in ("waiting", "left", "served"):
        campaign.rows(
            "INSERT INTO waiting VALUES (%s, '', '', '75', 1, '{1}', '{1}', %s, %s, 0, %s, NULL,"
            " NULL, %s)",
            uuid4(), state, MOMENT, MOMENT, MOMENT,
        )  # fmt: skip
    purge(campaign.url, 90, MOMENT + timedelta(hours=25))
    rows = campaign.rows("SELECT joined_at, changed_at, state FROM waiting")
    exact = {row["state"] for row in rows if MOMENT in (row["joined_at"], row["changed_at"])}
    assert exact == {"waiting"}


def test_rounding_waits_for_nobody(campaign):
    """A booking that somebody works on is left for the next night."""
    people_book(campaign)
    with psycopg.connect(campaign.url) as busy:
        busy.execute("SELECT FROM booking ORDER BY booking_id LIMIT 1 FOR UPDATE")
        assert purge(campaign.url, 90, MOMENT + 2 * DAY)["times_rounded"] == 1


@contextmanager
def restored(server, backup: bytes) -> Iterator[Campaign]:
    """Restore a backup into a database of its own."""
    name = f"restored_{uuid4().hex}"
    server.execute("CREATE DATABASE {}", name)
    try:
        url = server.url_of(name)
        words = [program("psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", url]
        subprocess.run(words, input=backup, check=True, capture_output=True)
        yield Campaign(url)
    finally:
        server.execute("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def sealed_for_paris(campaign) -> tuple[Campaign, KeyFile, UUID, bytes]:
    """Book for a canary, sealed to a centre's key that lies wrapped in the database."""
    keys, booking = pair(centre="paris"), uuid4()
    tag = bytes(range(32))
    binding = Binding(CAMPAIGN, "paris", keys.owner.key_id, booking, tag)
    sealed = seal(canaries()[0], keys.public, binding)
    wrap = wrap_by_passphrase(keys.secret, keys.owner, "Ana", PASSPHRASE, CHEAP)
    key_file = KeyFile(keys.owner, (wrap,))

    async def book() -> None:
        async with opened(campaign) as (_, desk):
            visitor = Visitor(desk, "ana", booking)
            await visitor.hold((1, 1), (1, 2))
            await visitor.confirm(sealed=sealed)

    asyncio.run(book())
    campaign.rows(
        "INSERT INTO centre_key VALUES (1, %s, NULL, NULL, %s, 1, %s, NULL)",
        keys.owner.key_id.hex(), key_file.to_json(), NOW,
    )  # fmt: skip
    return campaign, key_file, booking, tag


def names_that_open(campaign: Campaign, booking: UUID, tag: bytes) -> list[str]:
    """Open everything in a database with the keys in it and the passphrase of whoever held them."""
    opened_names = []
    files = campaign.rows("SELECT key_file FROM centre_key WHERE key_file IS NOT NULL")
    for row in files:
        key_file = KeyFile.from_json(row["key_file"])
        secret = unwrap_by_passphrase(key_file.wrap_of("Ana"), key_file.owner, PASSPHRASE)
        binding = Binding(CAMPAIGN, "paris", key_file.owner.key_id, booking, tag)
        doses = campaign.rows("SELECT sealed FROM appointment WHERE sealed IS NOT NULL")
        opened_names += [open_sealed(d["sealed"], secret, binding).family_name for d in doses]
    return opened_names


def destroy(campaign: Campaign, key_file: KeyFile) -> None:
    """Destroy the centre's key as its staff does."""

    async def ask() -> int:
        shown = await token_of(campaign, "centre", "paris")
        address = f"/api/centres/paris/keys/{key_file.owner.key_id.hex()}?anyway=true"
        async with client_of(campaign) as client:
            return (await client.delete(address, headers=shown)).status_code

    assert asyncio.run(ask()) == 204


def test_a_destroyed_key_is_the_end_of_every_backup_without_keys(server, sealed_for_paris):
    """Restored whole, the bookings are there and nothing of them opens."""
    campaign, key_file, booking, tag = sealed_for_paris
    backup = dump(campaign.url, "--exclude-table-data=centre_key")
    assert names_that_open(campaign, booking, tag) == [canaries()[0].family_name] * 2
    destroy(campaign, key_file)
    assert names_that_open(campaign, booking, tag) == []
    with restored(server, backup) as old:
        assert len(old.rows("SELECT 1 FROM appointment WHERE sealed IS NOT NULL")) == 2
        assert names_that_open(old, booking, tag) == []
        # Nor with a key that is new: not even the centre itself begins again.
        stranger = pair(centre="paris")
        binding = Binding(CAMPAIGN, "paris", stranger.owner.key_id, booking, tag)
        for dose in old.rows("SELECT sealed FROM appointment"):
            with pytest.raises(Refused):
                open_sealed(dose["sealed"], stranger.secret, binding)


def test_a_backup_with_keys_lasts_as_long_as_their_passphrases(server, sealed_for_paris):
    """The limit that docs/privacy.md tells of: so backups of keys are kept for a day."""
    campaign, key_file, booking, tag = sealed_for_paris
    backup = dump(campaign.url)
    destroy(campaign, key_file)
    with restored(server, backup) as old:
        assert names_that_open(old, booking, tag) == [canaries()[0].family_name] * 2
