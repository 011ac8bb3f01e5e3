"""A campaign for each test; whatever the test did, its books must balance afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.balance import broken_rules
from tests.booking import Place
from tests.campaign import MONDAY, Campaign, fill_campaign

FIRST: Place = (1, 1)
SECOND: Place = (1, 2)
"""The slots of `pair`."""


@pytest.fixture
def campaign(database_url: str) -> Iterator[Campaign]:
    """Give a campaign without slots, and balance its books in the end."""
    campaign = fill_campaign(database_url)
    yield campaign
    assert broken_rules(campaign) == {}


@pytest.fixture
def pair(campaign: Campaign) -> tuple[Place, Place]:
    """Add one place for a first dose at centre 1 and one for its second, thirty days later."""
    return (1, campaign.add_slot()), (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(30)))
