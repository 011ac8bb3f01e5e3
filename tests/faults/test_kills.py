"""Killed in the middle: nobody who was told yes is lost, nobody who was told no is there."""

from __future__ import annotations

import pytest

from loadtests.booking.campaign import Shape, fill, next_monday
from loadtests.booking.ledger import Ledger
from loadtests.recount import recount
from tests.balance import broken_rules
from tests.faults import run
from tests.faults.run import Crowd
from tests.installed import Installation, installed, wait_for

pytestmark = pytest.mark.faults
FRESH_S = 1.0
EXPECTED = {"slot-full", "quota-exhausted"}
"""Reasons for which somebody is told no in these runs: hot centres sell out."""


@pytest.fixture(
    scope="module", params=[1500, pytest.param(20_000, marks=pytest.mark.national)], ids=str
)
def size(request):
    """Pairs that a run asks for."""
    return request.param


@pytest.fixture(scope="module")
def shape(size):
    """Give a campaign that has room for all runs together, but not where everybody wants it."""
    return Shape(centres=20, departments=4, weeks=1, windows=4, capacity=max(1, size // 150))


@pytest.fixture(scope="module")
def installation(shape):
    """Run an installation with two API workers on that campaign, and no waiting room before it.

    Whoever asks again and again while the database is away would else be sent there.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRENEAU_QUEUE_RATE", "100000")
        with installed("--workers", "2") as running:
            yield filled(running, shape)


def filled(running: Installation, shape: Shape) -> Installation:
    """Fill its campaign, and wait until it is shown."""
    fill(running.campaign.url, shape, next_monday())
    wait_for(lambda: running.ask("GET", "/availability/departments/1.json").status == 200)
    wait_for(lambda: run.shows_the_tables(running, shape))
    return running


def holds(installation: Installation, ledger: Ledger) -> None:
    """Check what was promised to everybody, against the tables."""
    assert ledger.unknown == []
    assert ledger.reasons.keys() <= EXPECTED
    counted = recount(installation.campaign.url, ledger)
    assert counted.faults() == []
    assert broken_rules(installation.campaign) == {}


@pytest.mark.parametrize("kill", [run.kill_worker, run.kill_publisher, run.kill_postgres])
def test_a_kill_in_the_middle_loses_nothing(installation, shape, size, kill):
    """Everybody asks again until told: acknowledged ones are there once, refused ones are not.

    A second after all is well again, what is shown is what the tables say.
    """
    crowd = Crowd(installation, shape, size, seed=len(kill.__name__))
    ledger = crowd.book(kill, at=(0.3, 0.6))
    assert len(crowd.killed_at) == 2
    assert ledger.asked == size
    assert len(ledger.confirmed) > size / 5
    wait_for(lambda: run.recovered(installation, crowd.killed_at[-1]))
    assert run.seconds_until(lambda: run.shows_the_tables(installation, shape)) <= FRESH_S
    holds(installation, ledger)


def test_what_is_shown_wrong_is_noticed(installation, shape):
    """A place taken behind the publisher's back: tables and files differ until it is given back."""
    take = "UPDATE slot SET taken = taken + %s WHERE (centre_id, slot_id) = (20, 1)"
    assert run.shows_the_tables(installation, shape)
    installation.campaign.rows(take, 1)
    assert not run.shows_the_tables(installation, shape)
    installation.campaign.rows(take, -1)
    assert run.shows_the_tables(installation, shape)
