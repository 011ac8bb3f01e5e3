"""What a publication would change, told before it is done, and nothing of it left behind."""

from __future__ import annotations

from uuid import uuid4

import pytest

from api.planning.orders import Options
from api.planning.publishing import publish_folders
from api.planning.rehearsal import rehearse_folders
from tests.campaign import NOW, Campaign
from tests.integration.planning.plans import write_week
from tests.planned import planned


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    """Plan a week, and the same week with half of the deliveries' capacity at one centre."""
    root = tmp_path_factory.mktemp("plans")
    capacity = [
        {"centre": code, "week": w, "injections": 24 if code == "paris" else 8}
        for code in ("paris", "bobigny") for w in range(6)
    ]  # fmt: skip
    one = planned(write_week(root / "one"), root / "one-plan")
    other = planned(write_week(root / "other", capacity=capacity), root / "other-plan")
    return one, other


def rehearse(url, plan):
    """Rehearse a plan."""
    return rehearse_folders(url, plan.instance_folder, plan.folder, Options(), NOW)


def publish(url, plan):
    """Publish a plan."""
    return publish_folders(url, plan.instance_folder, plan.folder, Options(), uuid4(), NOW)


def state(campaign):
    """Everything a rehearsal must not touch."""
    tables = ("slot", "quota", "publication", "outbox", "centre", "product")
    return {table: campaign.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}


def test_a_rehearsal_says_what_the_publication_does(database_url, plans):
    """Week by week and centre by centre; afterwards the database is as it was."""
    one, other = plans
    campaign = Campaign(database_url)
    publish(database_url, one)
    before = state(campaign)
    told = rehearse(database_url, other)
    assert state(campaign) == before
    assert told.centres[0].centre == "bobigny"
    assert sum(c.after - c.before for c in told.centres) == sum(
        w.after - w.before for w in told.weeks
    )
    done = publish(database_url, other)
    assert sum(week.after - week.before for week in told.weeks) == done["doses"] < 0
    assert len(told.centres) == done["changed"]
    nothing = rehearse(database_url, other)
    assert (nothing.weeks, nothing.centres, nothing.unchanged) == ((), (), 2)


def test_before_a_first_publication_everything_is_new(database_url, plans):
    """Centres the campaign does not know are counted, not tried."""
    one, _ = plans
    campaign = Campaign(database_url)
    told = rehearse(database_url, one)
    assert (told.new_centres, told.centres) == (2, ())
    assert campaign.rows("SELECT 1 FROM centre") == []
    assert told.new_doses == publish(database_url, one)["doses"]
