"""A publisher over the small campaign, turned by hand under a clock that the test sets."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg

from api.feeds.publisher import Publisher
from api.feeds.shelf import Shelf
from tests.campaign import DEPARTMENTS, NOW, Campaign
from tests.integration.feeds import public, recount


class Bench:
    """What a test of the publisher needs."""

    def __init__(self, campaign: Campaign, connection: psycopg.Connection, folder: Path) -> None:
        self.campaign = campaign
        self.folder = folder
        self.now = NOW
        self.publisher = Publisher(connection, Shelf(folder), lambda: self.now)

    def change(self, centre: int, slots: list[int], *statements: tuple) -> None:
        """Change something and leave word of it in the outbox, in one transaction."""
        with psycopg.connect(self.campaign.url) as connection:
            for statement, *values in statements:
                connection.execute(statement, values)
            connection.execute(
                "INSERT INTO outbox VALUES (%s, %s, %s, %s)", (centre, uuid4(), slots, self.now)
            )

    def book(self, centre: int, slot: int, places: int = 1) -> None:
        """Take places of a slot."""
        statement = "UPDATE slot SET taken = taken + %s WHERE centre_id = %s AND slot_id = %s"
        self.change(centre, [slot], (statement, places, centre, slot))

    def turn(self, after: timedelta = timedelta(seconds=1)) -> None:
        """Let time pass, and the publisher do its turn."""
        self.now += after
        self.publisher.turn()

    def check(self, at: datetime | None = None) -> None:
        """Compare every file with the tables."""
        tables = recount.read_tables(self.campaign)
        now = at or self.now
        expected = {
            key: (s.product, s.dose_rank, s.day, s.free)
            for key, s in recount.shown(tables, now).items()
        }
        windows = public.all_windows(self.folder)
        assert {key: (*row[:3], row[4]) for key, row in windows.items()} == expected
        counted = {}
        for department, _, _ in DEPARTMENTS:
            counted |= public.counts(self.folder, department)
        assert counted == recount.counts(tables, now)
        public.check_copies(self.folder)
