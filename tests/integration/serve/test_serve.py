"""`creneau serve` for real: it starts, recovers whatever is killed, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import urllib.request
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest

from api.database.embedded import embedded
from loadtests.command import CRENEAU
from tests.booking import tag_of
from tests.campaign import Campaign, fill_campaign
from tests.installed import Installation, installed, left_of, start, wait_for

TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date()
"""The installation lives in our time."""


@pytest.fixture(scope="module")
def installation():
    """Run an installation with two API workers, the worker and metrics, on a small campaign."""
    with installed("--workers", "2", "--with-worker", "--metrics-port", "0") as running:
        fill(running)
        yield running


def fill(running: Installation) -> None:
    """Give it a campaign of our time, with many pairs."""
    campaign = fill_campaign(running.campaign.url)
    campaign.add_slot(1, "pfizer", day=TOMORROW, capacity=5000)
    campaign.add_slot(1, "pfizer", rank=2, day=TOMORROW + timedelta(days=30), capacity=5000)


class Person:
    """Somebody who books over HTTP."""

    def __init__(self, running: Installation) -> None:
        self.running = running
        self.key = uuid4()
        secret = sha256(self.key.bytes).digest()
        self.headers = {
            "Idempotency-Key": str(self.key),
            "Manage-Secret": urlsafe_b64encode(secret).rstrip(b"=").decode(),
        }

    def hold(self) -> int:
        """Hold a pair; give the status."""
        doses = [{"centre": "paris", "slot": slot} for slot in (1, 2)]
        body = {"department": "75", "class": "75", "doses": doses}
        return self.running.ask("POST", "/api/holds", body, self.headers).status

    def confirm(self) -> int:
        """Confirm it; give the status."""
        doses = [{"dose_rank": rank, "key_id": "k", "sealed": "eA"} for rank in (1, 2)]
        body = {"tag": tag_of(str(self.key)), "doses": doses}
        return self.running.ask("POST", "/api/bookings", body, self.headers).status

    def book(self) -> bool:
        """Hold and confirm, however often it takes; true when the booking was acknowledged."""
        return self._tried(self.hold) == 201 and self._tried(self.confirm) == 201

    def _tried(self, request) -> int:
        def once():
            try:
                status = request()
            except OSError:
                return None
            return status if status < 500 and status != 429 else None

        return wait_for(once)


def booked_ids(campaign: Campaign) -> set[object]:
    """Read the ids of confirmed bookings."""
    return {row["booking_id"] for row in campaign.rows(
        "SELECT booking_id FROM booking WHERE state = 'booked'")}  # fmt: skip


def test_everything_runs_and_says_so(installation):
    """Health, readiness, files of the publisher, metrics of each process."""
    assert installation.said["workers"] == 2
    assert installation.said["database"] == "embedded"
    assert installation.ask("GET", "/health").json == {"status": "ok"}
    ready = installation.ask("GET", "/ready").json
    assert (ready["ready"], ready["database"], ready["schema"]) == (True, "ok", "ok")

    def shown():
        index = installation.ask("GET", "/availability/index.json").json
        return {entry["department"] for entry in index["departments"]} == {"75", "93", "2A"}

    wait_for(shown)
    assert len(installation.said["metrics"]) == 3
    assert len(set(installation.said["metrics"])) == 3


def test_each_process_counts_for_itself(installation):
    """The pages of both API workers together show every request."""
    assert Person(installation).book()
    pages = []
    for address in installation.said["metrics"]:
        with urllib.request.urlopen(address, timeout=10) as page:
            pages.append(page.read().decode())
    text = "\n".join(pages[:2])
    assert 'route="/api/bookings",status="201"' in text
    assert "creneau_queue_places_left" in text
    assert "creneau_files_age_seconds" in text
    assert "creneau_beat_things_total" in pages[2]


def test_a_killed_api_worker_is_started_again(installation):
    """The other one answers meanwhile, and soon there are two."""
    before = installation.pid_of("api-0")
    os.kill(before, signal.SIGKILL)
    assert Person(installation).book()
    wait_for(lambda: installation.pid_of("api-0") not in {None, before})
    wait_for(installation.is_ready)


def test_a_killed_publisher_is_started_again_and_catches_up(installation):
    """Files are fresh again, with what happened while it was away."""
    before = installation.pid_of("publisher")
    os.kill(before, signal.SIGKILL)
    assert Person(installation).book()
    wait_for(lambda: installation.pid_of("publisher") not in {None, before})
    wait_for(installation.is_ready)
    booked = len(booked_ids(installation.campaign))

    def shown():
        centre = installation.ask("GET", "/availability/centres/paris.json")
        return centre.status == 200 and str(5000 - booked).encode() in centre.body

    wait_for(shown)


def test_a_killed_worker_is_started_again(installation):
    """It does nothing that cannot be done again."""
    before = installation.pid_of("worker")
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: installation.pid_of("worker") not in {None, before})


def test_a_killed_database_recovers_with_every_acknowledged_booking(installation):
    """In the middle of bookings: whoever got an answer has the booking, once."""
    people = [Person(installation) for _ in range(30)]
    acknowledged = set()

    def book(mine):
        for one in mine:
            if one.book():
                acknowledged.add(one.key)

    threads = [threading.Thread(target=book, args=(people[i::3],)) for i in range(3)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(acknowledged) >= 5)
    before = installation.postgres_pid
    os.kill(before, signal.SIGKILL)
    for thread in threads:
        thread.join()
    wait_for(installation.is_ready)
    assert installation.postgres_pid != before
    assert len(acknowledged) == 30
    assert acknowledged <= booked_ids(installation.campaign)
    [slot] = installation.campaign.rows("SELECT taken FROM slot WHERE slot_id = 1")
    held = installation.campaign.rows("SELECT 1 AS n FROM booking WHERE state <> 'cancelled'")
    assert slot["taken"] == len(held)


def test_logs_tell_all_of_it_and_nothing_personal(installation):
    """Every line is JSON; no id, no secret, no query of a request is in them."""
    canary = uuid4().hex
    installation.ask("GET", f"/api/bookings/{uuid4()}?q={canary}", None, {"Manage-Secret": canary})
    person = Person(installation)
    assert person.book()
    events = {line["event"] for line in installation.log()}
    assert {
        "process-ready",
        "process-died",
        "database-died",
        "database-revived",
        "request",
    } <= events
    text = (installation.home / "serve.log").read_text(encoding="utf-8")
    for secret in (canary, str(person.key), person.headers["Manage-Secret"]):
        assert secret not in text


def test_a_port_that_is_taken_is_refused(installation):
    """By another installation, too, though its sockets would let themselves be shared."""
    port = installation.said["address"].rpartition(":")[2]
    done = run("serve", "--home", installation.home.parent / "other", "--port", port)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "cannot be listened on" in done.stderr


def test_stopping_finishes_what_was_accepted():
    """Bookings under way: all that are stored were acknowledged, all acknowledged are stored."""
    with installed("--workers", "2") as running:
        fill(running)
        acknowledged, stopped = [], threading.Event()

        def book():
            while not stopped.is_set():
                person = Person(running)
                try:
                    if person.hold() == 201 and person.confirm() == 201:
                        acknowledged.append(person.key)
                except OSError:
                    return

        threads = [threading.Thread(target=book) for _ in range(6)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(acknowledged) >= 20)
        assert running.stop() == 0
        stopped.set()
        for thread in threads:
            thread.join()
        assert not (running.home / "postgres" / "postmaster.pid").exists()
        with embedded(running.home / "postgres") as url:
            assert booked_ids(Campaign(url)) == set(acknowledged)


def test_nothing_outlives_a_parent_that_was_killed():
    """Its processes end by themselves; the database waits for the next one, which stops it."""
    with installed() as running:
        children = [running.pid_of(name) for name in ("api-0", "publisher")]
        assert None not in children
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.wait()
        wait_for(lambda: {p.pid for p in left_of(running)}.isdisjoint(children))
        again = start(running.home)
        assert again.stop() == 0
        wait_for(lambda: not left_of(again), within_s=10)


def run(*words):
    """Run the command to its end."""
    return subprocess.run([CRENEAU, *words], capture_output=True, text=True, check=False)


def test_a_database_that_does_not_answer_is_a_mistake_of_the_command_line(tmp_path):
    """One message, exit 2."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nowhere = f"postgresql://postgres@127.0.0.1:{probe.getsockname()[1]}/x"
        for command in ("serve", "worker"):
            done = run(command, "--home", tmp_path, "--database", nowhere)
            assert done.returncode == 2
            assert done.stderr.startswith("creneau: database: no database answers there")
            assert done.stderr.count("\n") == 1


def test_an_address_that_is_none_is_a_mistake_too(tmp_path):
    """Before anything is started."""
    done = run("serve", "--home", tmp_path, "--host", "no.such.host.invalid", "--port", "0")
    assert done.returncode == 2
    assert "cannot be listened on" in done.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_worker_runs_alone_beside_a_server(database_url):
    """It says when it works, and ends when it is told to."""
    process = subprocess.Popen(
        [CRENEAU, "worker", "--database", database_url, "--metrics-port", "0", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert '"working": true' in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
