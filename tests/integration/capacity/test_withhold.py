"""Doses for bookings the plan has none for: withheld where they are still free."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from api.capacity.publication import Shares
from api.capacity.withhold import Missing, Withholding
from tests.campaign import MONDAY, NOW, fill_campaign
from tests.capacity import day, offered, plan, publish, run

WEEK = timedelta(weeks=1)


@pytest.fixture
def campaign(database_url):
    """Give a campaign whose centres stand in a row, the fourth nearest to the first."""
    campaign = fill_campaign(database_url)
    for centre, lon in ((2, 2.6), (3, 8.7), (4, 2.45)):
        campaign.rows("UPDATE centre SET lon = %s WHERE centre_id = %s", lon, centre)
    return campaign


def make_up(campaign, *missing, after=NOW):
    """Withhold doses of the first product; give how many were found nowhere."""

    async def work(connection):
        search = Withholding(connection, MONDAY, uuid4(), "plan", after)
        return await search.make_up([Missing(1, 1, week, n) for week, n in missing])

    return run(campaign.url, work)


def doses(campaign, centre):
    """Day and capacity of a centre's days."""
    return [(row[0], row[3]) for row in offered(campaign, centre)]


def test_the_nearest_centre_gives_first_and_the_week_before_the_one_before_it(campaign):
    """Bastille's week, Bastille's week before, then Bobigny; never a week after."""
    for centre in (2, 4):
        sessions = [day(3, MONDAY + n * WEEK) for n in range(3)]
        publish(campaign, plan(*sessions, centre=centre))
    assert make_up(campaign, (MONDAY + WEEK, 5)) == 0
    assert doses(campaign, 4) == [(MONDAY, 1), (MONDAY + 2 * WEEK, 3)]
    assert make_up(campaign, (MONDAY + WEEK, 2)) == 0
    assert doses(campaign, 4) == [(MONDAY + 2 * WEEK, 3)]
    assert doses(campaign, 2) == [(MONDAY, 3), (MONDAY + WEEK, 2), (MONDAY + 2 * WEEK, 3)]


def test_what_is_booked_or_of_another_product_is_not_withheld(campaign):
    """Only free places of the product are; what is found nowhere is told."""
    publish(campaign, plan(day(3), day(9, product="moderna"), centre=4))
    campaign.rows("UPDATE slot SET taken = capacity WHERE slot_id = 1")
    assert make_up(campaign, (MONDAY, 4)) == 4 - (3 - 1)
    assert [row[1:] for row in offered(campaign, 4)] == [
        ("moderna", 1, 9, 0), ("pfizer", 1, 1, 1)
    ]  # fmt: skip


def test_what_has_begun_is_not_withheld(campaign):
    """It is too late to send it anywhere."""
    publish(campaign, plan(day(3), centre=4))
    assert make_up(campaign, (MONDAY, 1), after=NOW + WEEK) == 1


def test_kept_shares_give_way_and_the_centre_is_told(campaign):
    """Its version goes on, with what was withheld and for whom."""
    publish(campaign, plan(day(1), centre=4, shares=Shares(1, 0, 3)))
    assert make_up(campaign, (MONDAY, 1)) == 0
    assert campaign.rows("SELECT capacity, phone_kept FROM slot") == [
        {"capacity": 0, "phone_kept": 0}
    ]
    (row,) = campaign.rows("SELECT changes FROM publication WHERE number = 2")
    assert row["changes"]["withheld"] == {
        "doses": 1, "product_id": 1, "week": "2021-05-31", "for_centre_id": 1
    }  # fmt: skip
    told = campaign.rows("SELECT slots FROM outbox WHERE slots <> '{}'")
    assert told == [{"slots": [1]}]
