"""The verdict is clean after kills, and finds bugs that are planted."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from loadtests.evening import Plan, replay
from loadtests.journeys.citizen import Habits
from loadtests.script import Crowd
from tests.faults.evening_kills import kill
from tests.faults.planted import plant

pytestmark = pytest.mark.faults
QUICK = Habits(think_s=0.3)
CROWD = Crowd(reads_per_pair=4, aggregators=1, centres=1)


@pytest.fixture
def scratch():
    """Give a folder that is not pytest's own: see tests/postgres.py."""
    with TemporaryDirectory(prefix="creneau-tests-") as folder:
        yield Path(folder)


def small(**changes):
    """Plan an evening of some seconds at a few centres."""
    about = {"curve": "cowin-2021-04-28", "minutes": 0.2, "scale": 0.02, "centres": 20}
    return Plan(**{**about, "habits": QUICK, "crowd": CROWD, **changes})


def test_an_evening_without_faults_passes(scratch):
    """The same as the ones below, with nothing planted."""
    verdict = replay(small(), scratch, print).verdict
    assert verdict.broken == []
    assert verdict.pairs > 100
    assert verdict.figures["published_until_shown_s"] < 5


def test_locks_removed_are_found(monkeypatch, scratch):
    """Slots are read without a lock, and the constraint behind it is gone: oversold.

    What is read is written half a second later, so that two workers meet within some seconds.
    """
    plant(
        monkeypatch, scratch / "planted",
        ("booking/store/locks.py",
         "FROM slot WHERE centre_id = $1 AND slot_id = ANY($2::int[])\nORDER BY slot_id FOR NO KEY",
         "FROM slot WHERE centre_id = $1 AND slot_id = ANY($2::int[])\nORDER BY slot_id --"),
        ("booking/transaction.py", "        await write(",
         "        import asyncio\n\n        await asyncio.sleep(0.5)\n        await write("),
        ("database/migrations/versions/0001_booking_core.py",
         "CHECK (0 <= taken and taken <= capacity)", "CHECK (0 <= taken)"),
    )  # fmt: skip
    verdict = replay(small(scale=0.04, centres=4), scratch, print).verdict
    assert verdict.verdict == "fail"
    assert verdict.oversold > 0


def test_a_frozen_cache_is_found(monkeypatch, scratch):
    """Files are read once and never again: what is shown is not what the tables say."""
    plant(
        monkeypatch, scratch / "planted",
        ("feeds/cellar.py", "if entry is not None and now - entry.checked < CHECK_S:",
         'if entry is not None and "publisher" not in name:'),
    )  # fmt: skip
    verdict = replay(small(), scratch, print).verdict
    assert verdict.verdict == "fail"
    assert any("files and tables differ" in what for what in verdict.broken)
    assert (verdict.oversold, verdict.lost) == (0, 0)


def test_an_acknowledgement_before_the_commit_is_found(monkeypatch, scratch):
    """The answer leaves before the commit is on the disk: what a crash takes away is lost."""
    plant(
        monkeypatch, scratch / "planted",
        ("database/engine.py", 'BY_INDEX = "', 'BY_INDEX = "-c synchronous_commit=off '),
        ("database/embedded.py", "TUNING = {", 'TUNING = {\n    "wal_writer_delay": "10s",'),
    )  # fmt: skip

    def crash(site):
        time.sleep(9)
        return [kill(site, "postgres")]

    verdict = replay(small(minutes=0.3), scratch, print, crash).verdict
    assert verdict.verdict == "fail"
    assert verdict.lost > 0


def test_kills_leave_the_verdict_clean(scratch):
    """A worker, the publisher and the database, one after the other, while people book."""

    def kills(site):
        outages = []
        for name in ("api-0", "publisher", "postgres"):
            time.sleep(4)
            outages.append(kill(site, name))
        return outages

    evening = replay(small(minutes=0.6), scratch, print, kills)
    assert evening.verdict.broken == []
    assert evening.verdict.pairs > 300
    assert evening.record.unknown == []


@pytest.mark.national
@pytest.mark.parametrize("name", ["api-0", "publisher", "postgres"])
def test_kills_at_the_peak_leave_the_verdict_clean(scratch, name):
    """Minutes of the evening of 12 July, at a tenth of the country."""

    def kills(site):
        time.sleep(30)
        return [kill(site, name)]

    plan = Plan("peak-2021-07-12", minutes=2, scale=0.1)
    assert replay(plan, scratch, print, kills).verdict.broken == []
