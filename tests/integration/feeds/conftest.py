"""A bench for each test of the publisher."""

from __future__ import annotations

import psycopg
import pytest

from tests.campaign import fill_campaign
from tests.integration.feeds.bench import Bench


@pytest.fixture
def bench(database_url, tmp_path):
    """Make a publisher, not yet started, over a campaign without slots."""
    campaign = fill_campaign(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield Bench(campaign, connection, tmp_path / "public")
