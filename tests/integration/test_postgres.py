"""The database that tests run on: the package's own PostgreSQL, migrated, one for each test."""

from __future__ import annotations

from api.database.migrate import current, newest
from tests.campaign import fill_campaign


def test_a_new_database_stands_at_the_newest_schema(database_url):
    """What is copied was made by the migrations."""
    assert current(database_url) == newest()


def test_a_campaign_fills_the_database_and_counts_slots_inside_their_centre(database_url):
    """The numbers of slots begin with one in every centre."""
    campaign = fill_campaign(database_url)
    assert [campaign.add_slot(1), campaign.add_slot(1, rank=2), campaign.add_slot(2)] == [1, 2, 1]
    assert campaign.rows("SELECT count(*) AS n FROM schedule WHERE centre_id = 1") == [{"n": 5}]
