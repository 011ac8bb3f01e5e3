"""What is removed from the database, and when."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from api.database.retention import purge
from tests.balance import broken_rules
from tests.booking import Hands, Visitor, opened
from tests.campaign import MONDAY, NOW, fill_campaign
from tests.capacity import by_hand, day, plan, publish

SECOND = MONDAY + timedelta(days=30)
DAY = timedelta(days=1)
PEOPLE = ("booking", "appointment", "booking_home", "person_guard")


@pytest.fixture
def campaign(database_url):
    """Give a campaign with a pair booked by Ana and one cancelled by Ben."""
    campaign = fill_campaign(database_url)
    publish(campaign, plan(day(4), day(4, SECOND, rank=2)))

    async def book():
        async with opened(campaign, clock=Hands(NOW)) as (_, desk):
            firsts, seconds = (
                [(1, r["slot_id"]) for r in campaign.rows(
                    "SELECT slot_id FROM slot WHERE dose_rank = %s ORDER BY slot_id", rank)]
                for rank in (1, 2)
            )  # fmt: skip
            await Visitor(desk, "ana").book(firsts[0], seconds[0])
            ben = Visitor(desk, "ben")
            await ben.book(firsts[1], seconds[1])
            await ben.cancel()

    asyncio.run(book())
    yield campaign
    assert broken_rules(campaign) == {}


def noon(on):
    """Return noon of a day."""
    return NOW.replace(year=on.year, month=on.month, day=on.day, hour=12)


def counts(campaign, *tables):
    """Rows of tables."""
    return [campaign.rows(f"SELECT count(*) AS n FROM {t}")[0]["n"] for t in tables]


def test_a_booking_goes_a_week_after_its_last_dose(campaign):
    """Not a day earlier, and with everything that is known of the person."""
    purge(campaign.url, 7, noon(SECOND + 7 * DAY))
    assert counts(campaign, *PEOPLE) == [1, 2, 1, 2]
    removed = purge(campaign.url, 7, noon(SECOND + 8 * DAY))
    assert counts(campaign, *PEOPLE) == [0, 0, 0, 0]
    assert {name: removed[name] for name in PEOPLE} == {
        "booking": 1, "appointment": 2, "booking_home": 1, "person_guard": 2
    }  # fmt: skip


def test_a_cancelled_booking_goes_a_week_after_that(campaign):
    """Nobody waits for its doses' day."""
    purge(campaign.url, 7, NOW + 7 * DAY)
    assert counts(campaign, "booking") == [2]
    purge(campaign.url, 7, NOW + 8 * DAY)
    assert counts(campaign, "booking", "appointment") == [1, 2]


def test_displaced_people_are_kept_for_three_months(campaign):
    """They still wait for a place; after that nobody is kept."""
    publish(campaign, by_hand(to_day=SECOND))
    purge(campaign.url, 7, noon(SECOND + 90 * DAY))
    assert counts(campaign, "booking") == [1]
    purge(campaign.url, 7, noon(SECOND + 91 * DAY))
    assert counts(campaign, *PEOPLE) == [0, 0, 0, 0]


def test_slots_and_quotas_of_past_days_go_when_nothing_names_them(campaign):
    """Those of bookings go with these."""
    campaign.add_quota("75", "75", 3)
    purge(campaign.url, 90, noon(SECOND + 20 * DAY))
    assert counts(campaign, "slot", "quota") == [8, 1]
    purge(campaign.url, 7, noon(MONDAY + 8 * DAY))
    left = campaign.rows("SELECT dose_rank, count(*) AS n FROM slot GROUP BY 1 ORDER BY 1")
    assert left == [{"dose_rank": 1, "n": 1}, {"dose_rank": 2, "n": 4}]
    purge(campaign.url, 7, noon(SECOND + 8 * DAY))
    assert counts(campaign, "slot", "quota") == [0, 0]


def test_answers_and_news_are_kept_for_a_day_and_publications_for_three_months(campaign):
    """The newest publication of a centre stays: the next is numbered after it."""
    publish(campaign, by_hand(day(5)), now=NOW + DAY)
    campaign.rows("INSERT INTO idempotency VALUES ('k', 'r', '', 200, '{}', %s)", NOW)
    campaign.rows(
        "INSERT INTO offer VALUES (1, %s, %s, NULL, 1, 'ended', 'standby', %s, %s, NULL)",
        uuid4(), uuid4(), NOW, NOW,
    )  # fmt: skip
    ages = "idempotency", "outbox", "offer", "publication"
    before = counts(campaign, *ages)
    purge(campaign.url, 7, NOW + timedelta(hours=23))
    assert counts(campaign, *ages) == before
    purge(campaign.url, 7, NOW + 8 * DAY)
    assert counts(campaign, *ages) == [0, 0, 0, 2]
    purge(campaign.url, 7, NOW + 95 * DAY)
    assert campaign.rows("SELECT number FROM publication") == [{"number": 2}]


@pytest.mark.parametrize("days", [-1, 91])
def test_nothing_is_kept_longer_than_three_months(campaign, days):
    """Not even when somebody asks for it."""
    with pytest.raises(ValueError, match="90"):
        purge(campaign.url, days, NOW)
