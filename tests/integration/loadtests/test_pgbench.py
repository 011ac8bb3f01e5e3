"""The peer of the booking bench: PostgreSQL alone, with the application's own statements."""

from __future__ import annotations

import re

import pytest

from api.booking.store import locks, writing
from api.database import engine
from loadtests.booking.campaign import Shape, fill, next_monday
from loadtests.booking.hotspots import one_takes_all, tenth_takes_sixty
from loadtests.booking.ledger import Ledger
from loadtests.booking.pgbench import BY_INDEX, SCRIPT, Pgbench
from loadtests.postgres import program
from loadtests.recount import recount
from tests.balance import broken_rules
from tests.campaign import Campaign

HOLD = (
    locks.BEGIN, locks.new_homes(1), locks.LOCK_SLOTS, locks.LOCK_QUOTAS, writing.UPDATE_SLOTS,
    writing.UPDATE_QUOTAS, writing.INSERT_OUTBOX, writing.INSERT_BOOKINGS,
    writing.INSERT_APPOINTMENTS, writing.COMMIT,
)  # fmt: skip
CONFIRM = (
    locks.HOMES, locks.BEGIN, locks.new_guards(2), locks.LOCK_BOOKINGS, writing.UPDATE_BOOKINGS,
    writing.SEAL_APPOINTMENTS, writing.COMMIT,
)  # fmt: skip
SHAPE = Shape(centres=10, departments=3, weeks=2, windows=2, capacity=100_000)


def squeezed(sql):
    """Leave out spaces that mean nothing."""
    return re.sub(r"\s+", "", sql)


def pattern(statement):
    """Match a statement in which any expressions stand for its parameters."""
    parts = re.split(r"\$\d+", statement.sql)
    return ".+?".join(re.escape(squeezed(part)) for part in parts)


def test_pgbench_sends_what_the_application_sends():
    """Statement by statement, in the order of a hold and its confirmation."""
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    sql = "\n".join(line for line in lines if not line.startswith(("\\", "--")))
    sent = [squeezed(statement) for statement in sql.split(";") if statement.strip()]
    for statement, text in zip((*HOLD, *CONFIRM), sent, strict=True):
        assert re.fullmatch(pattern(statement), text), statement.name


def test_pgbench_asks_for_the_plans_of_the_application():
    """Neither is slowed down by a plan the other would not have."""
    assert BY_INDEX == engine.BY_INDEX


@pytest.fixture
def campaign(database_url):
    """Give a campaign nobody has booked in."""
    fill(database_url, SHAPE, next_monday())
    return Campaign(database_url)


@pytest.mark.parametrize("spots", [tenth_takes_sixty(10), one_takes_all(10)])
def test_pgbench_books_whole_pairs_where_it_is_told_to(campaign, spots):
    """What it leaves is what the application would leave, by every rule of the database."""
    pgbench = Pgbench(program("pgbench"), campaign.url, SHAPE, next_monday())
    rate = pgbench.pairs_per_s(spots, clients=4, seconds=1)
    [row] = campaign.rows("SELECT count(*) AS n FROM booking WHERE state = 'booked'")
    assert 0 < 0.5 * rate < row["n"]
    assert recount(campaign.url, Ledger()).holds
    assert broken_rules(campaign) == {}
    centres = campaign.rows("SELECT DISTINCT centre_id FROM booking")
    assert (len(centres) == 1) == (spots.percent == 100)


def test_a_run_that_fails_is_no_figure(campaign):
    """Without its tables, pgbench counts nothing."""
    campaign.rows("DROP TABLE person_guard")
    pgbench = Pgbench(program("pgbench"), campaign.url, SHAPE, next_monday())
    with pytest.raises(RuntimeError, match="person_guard"):
        pgbench.pairs_per_s(one_takes_all(10), clients=1, seconds=1)
