"""The publisher as a process: fresh within a second, killed, cut off, and followed by another."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from api.feeds.run import run_publisher
from api.settings import Settings
from tests.campaign import NOW, Campaign, fill_campaign
from tests.integration.feeds import public, recount

SPAWN = multiprocessing.get_context("spawn")
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
FRESH_S = 1.0
PATIENCE_S = 60.0


def campaign_clock() -> datetime:
    """Give a time that passes as ours does, on the Friday before the campaign."""
    return NOW + (datetime.now(UTC) - BEGAN) % (datetime(2026, 1, 1, 4, tzinfo=UTC) - BEGAN)


class Running:
    """A publisher process, and the campaign it publishes."""

    def __init__(self, campaign: Campaign, settings: Settings) -> None:
        self.campaign = campaign
        self.settings = settings
        self.folder = settings.public_folder
        self.stop = SPAWN.Event()
        self.process = SPAWN.Process(target=publish, args=(settings, self.stop))

    def start(self) -> None:
        """Start, and wait until everything is written."""
        asked = campaign_clock()
        self.process.start()
        wait_for(lambda: (at := public.checked_at(self.folder)) is not None and at > asked)

    def kill(self) -> None:
        """End the process without giving it a chance to finish anything."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()

    def shows_the_tables(self) -> bool:
        """Tell whether the files say what the tables say."""
        shown = recount.shown(recount.read_tables(self.campaign), campaign_clock())
        expected = {key: slot.free for key, slot in shown.items()}
        return {key: row[4] for key, row in public.all_windows(self.folder).items()} == expected


def publish(settings: Settings, stop) -> None:
    """Run a publisher under the campaign's clock."""
    run_publisher(settings, stop, clock=campaign_clock)


def wait_for(condition) -> float:
    """Wait until something holds; give the seconds it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(0.02)
    return time.monotonic() - began


@contextmanager
def stalls():
    """Record by how much this machine was late, at worst, in waking up somebody who slept."""
    late = [0.0]
    done = threading.Event()

    def sleep_and_look() -> None:
        while not done.is_set():
            before = time.monotonic()
            time.sleep(0.01)
            late[0] = max(late[0], time.monotonic() - before - 0.01)

    watcher = threading.Thread(target=sleep_and_look)
    watcher.start()
    try:
        yield late
    finally:
        done.set()
        watcher.join()


@pytest.fixture
def campaign(database_url):
    campaign = fill_campaign(database_url)
    campaign.fill_week(capacity=40)
    return campaign


@pytest.fixture
def running(campaign, tmp_path):
    started = []

    def make() -> Running:
        running = Running(campaign, Settings(database_url=campaign.url, home=tmp_path))
        started.append(running)
        return running

    yield make
    for one in started:
        # An event whose waiter was killed waits for it for ever.
        if one.process.is_alive():
            one.stop.set()
            one.process.join(PATIENCE_S)


def book(campaign: Campaign, slot: int, centre: int = 1) -> None:
    """Take a place and leave word of it, committed."""
    with psycopg.connect(campaign.url) as connection:
        connection.execute(
            "UPDATE slot SET taken = taken + 1 WHERE centre_id = %s AND slot_id = %s",
            (centre, slot),
        )
        connection.execute(
            "INSERT INTO outbox VALUES (%s, %s, %s, %s)",
            (centre, uuid4(), [slot], campaign_clock()),
        )


def test_every_booking_is_shown_within_a_second(running):
    """From its commit to the file, whenever it comes between two turns."""
    publisher = running()
    publisher.start()
    delays = []
    with stalls() as late:
        for i in range(12):
            time.sleep(0.07 * (i % 5))
            book(publisher.campaign, 1)
            left = 40 - (i + 1)
            shown = lambda left=left: public.windows(publisher.folder, "paris")[1][4] == left  # noqa: E731
            delays.append(wait_for(shown))
    assert max(delays) < FRESH_S + 4 * late[0]


def test_a_killed_publisher_starts_again_from_the_tables(running):
    """What was half written is forgotten, what was missed is there within a second of the start."""
    first = running()
    first.start()
    for slot in (1, 2, 3):
        book(first.campaign, slot)
    first.kill()
    for slot in (1, 2, 4):
        book(first.campaign, slot)
    assert not first.shows_the_tables()
    second = running()
    second.start()
    assert second.shows_the_tables()
    book(second.campaign, 5)
    with stalls() as late:
        assert wait_for(second.shows_the_tables) < FRESH_S + 4 * late[0]


def test_a_publisher_that_loses_its_database_finds_it_again(running):
    """The connection is cut; the next bookings are shown all the same."""
    publisher = running()
    publisher.start()
    cut = publisher.campaign.rows(
        "SELECT pg_terminate_backend(pid) AS cut FROM pg_stat_activity"
        " WHERE application_name = 'creneau-publisher' AND datname = current_database()"
    )
    assert cut == [{"cut": True}]
    book(publisher.campaign, 1)
    wait_for(publisher.shows_the_tables)


def test_a_second_publisher_waits_for_the_first_one_to_go(running, tmp_path):
    """Two would take each other's changes; the second takes over when the first dies."""
    first = running()
    first.start()
    second = running()
    second.process.start()
    for slot in range(1, 6):
        book(first.campaign, slot)
        wait_for(first.shows_the_tables)
    first.kill()
    book(first.campaign, 6)
    wait_for(second.shows_the_tables)


def test_a_publisher_stops_when_it_is_told(running):
    """Quickly, and with exit status 0."""
    publisher = running()
    publisher.start()
    publisher.stop.set()
    publisher.process.join(PATIENCE_S)
    assert publisher.process.exitcode == 0
