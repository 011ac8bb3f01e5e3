"""The availability files say what the tables say."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from api.feeds.publisher import Publisher
from api.feeds.shelf import Shelf
from tests.campaign import DEPARTMENTS, NOW, Campaign, fill_campaign
from tests.integration.feeds import public, recount


class Bench:
    """A publisher over a campaign, under a clock that the test sets."""

    def __init__(self, campaign: Campaign, connection: psycopg.Connection, folder: Path) -> None:
        self.campaign = campaign
        self.folder = folder
        self.now = NOW
        self.publisher = Publisher(connection, Shelf(folder), lambda: self.now)

    def change(self, statement: str, centre: int, *slots: int) -> None:
        """Change something and leave word of it in the outbox, in one transaction."""
        with psycopg.connect(self.campaign.url) as connection:
            connection.execute(statement)
            connection.execute(
                "INSERT INTO outbox VALUES (%s, %s, %s, %s)",
                (centre, uuid4(), list(slots), self.now),
            )

    def check(self) -> None:
        """Compare every file with the tables."""
        tables = recount.read_tables(self.campaign)
        expected = recount.shown(tables, self.now)
        found = public.all_windows(self.folder)
        assert {k: (r[0], r[1], r[2], r[4]) for k, r in found.items()} == {
            k: (s.product, s.dose_rank, s.day, s.free) for k, s in expected.items()
        }
        counted = {}
        for department, _, _ in DEPARTMENTS:
            counted |= public.counts(self.folder, department)
        assert counted == recount.counts(tables, self.now)


@pytest.fixture
def bench(database_url, tmp_path):
    campaign = fill_campaign(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield Bench(campaign, connection, tmp_path)


def test_a_start_writes_what_the_tables_say(bench):
    """Everything that is free is there, with its compressed copies."""
    bench.campaign.fill_week()
    bench.publisher.start()
    assert len(public.all_windows(bench.folder)) > 40
    bench.check()


def test_a_change_is_shown_after_the_next_turn(bench):
    """Only the changed slot is read again, and the files follow."""
    bench.campaign.fill_week()
    bench.publisher.start()
    bench.change("UPDATE slot SET taken = 3 WHERE centre_id = 1 AND slot_id = 1", 1, 1)
    bench.publisher.turn()
    bench.check()
    assert 1 not in public.windows(bench.folder, "paris")
    assert bench.campaign.rows("SELECT * FROM outbox") == []
