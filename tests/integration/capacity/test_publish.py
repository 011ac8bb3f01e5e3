"""Publishing a centre into a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from api.capacity import service
from api.capacity.publication import QuotaPart, Shares
from api.capacity.service import CapacityChanged
from api.problems import TryAgain
from tests.campaign import MONDAY, NOW, PRODUCTS, fill_campaign
from tests.capacity import by_hand, day, offered, plan, publish

TUESDAY = MONDAY + timedelta(days=1)
LATER = MONDAY + timedelta(days=28)


@pytest.fixture
def campaign(database_url):
    """Give a campaign without slots."""
    return fill_campaign(database_url)


def take(campaign, n, *, on=MONDAY, rank=1):
    """Take places of a day without a booking, from the first slot on."""
    campaign.rows(
        "UPDATE slot SET taken = least(capacity, %s) WHERE (centre_id, slot_id) IN (SELECT"
        " centre_id, slot_id FROM slot WHERE day = %s AND dose_rank = %s AND capacity > 0"
        " ORDER BY starts_at LIMIT 1)",
        n, on, rank,
    )  # fmt: skip


def test_sessions_become_slots_that_sum_to_them(campaign):
    """By day, product and rank, exactly; every slot lies in the opening hours of its day."""
    sessions = [day(30), day(31, rank=2), day(7, TUESDAY, "janssen"), day(12, LATER, rank=2)]
    published = publish(campaign, plan(*sessions))
    assert offered(campaign) == [
        (MONDAY, "pfizer", 1, 30, 0),
        (MONDAY, "pfizer", 2, 31, 0),
        (TUESDAY, "janssen", 1, 7, 0),
        (LATER, "pfizer", 2, 12, 0),
    ]
    rows = campaign.rows(
        "SELECT bool_and((starts_at AT TIME ZONE 'Europe/Paris')::date = day) AS days,"
        " min((starts_at AT TIME ZONE 'Europe/Paris')::time)::text AS first,"
        " max((ends_at AT TIME ZONE 'Europe/Paris')::time)::text AS last,"
        " array_agg(DISTINCT ends_at - starts_at) AS lengths,"
        " bool_and((schedule_id, product_id, dose_rank) IN (SELECT schedule_id, product_id,"
        " dose_rank FROM schedule c WHERE c.centre_id = slot.centre_id)) AS schedules FROM slot"
    )
    assert rows == [
        {"days": True, "first": "09:00:00", "last": "18:00:00", "schedules": True,
         "lengths": [timedelta(minutes=30)]}
    ]  # fmt: skip
    assert published.number == 1
    assert published.changes.slots == {"added": 18 + 18 + 7 + 12}


def test_a_publication_is_recorded_and_the_publisher_told(campaign):
    """With its number, its source and what it changed."""
    publish(campaign, plan(day(30)))
    publish(campaign, plan(day(29), day(4, TUESDAY)), now=NOW + timedelta(hours=1))
    first, second = campaign.rows("SELECT * FROM publication ORDER BY number")
    assert (first["number"], first["source"], first["published_at"]) == (1, "plan", NOW)
    assert second["changes"]["days"] == [
        {"day": "2021-05-31", "product_id": 1, "dose_rank": 1, "before": 30, "after": 29},
        {"day": "2021-06-01", "product_id": 1, "dose_rank": 1, "before": 0, "after": 4},
    ]
    assert second["changes"]["slots"] == {"added": 4, "raised": 4, "lowered": 5}
    outbox = campaign.rows("SELECT centre_id, slots, changed_at FROM outbox ORDER BY changed_at")
    assert outbox == [
        {"centre_id": 1, "slots": [], "changed_at": NOW},
        {"centre_id": 1, "slots": [], "changed_at": NOW + timedelta(hours=1)},
    ]


def test_the_same_plan_again_writes_nothing(campaign):
    """No row, no version, no work for the publisher; bookings or not."""
    quotas = (QuotaPart(1, MONDAY, "75", 1, 30),)
    publish(campaign, plan(day(30), quotas=quotas, shares=Shares()))
    take(campaign, 2)
    before = campaign.rows("SELECT *, xmin FROM slot ORDER BY slot_id")
    again = publish(campaign, plan(day(30), quotas=quotas, shares=Shares()))
    assert (again.number, again.changes) == (1, None)
    assert campaign.rows("SELECT *, xmin FROM slot ORDER BY slot_id") == before
    assert campaign.rows("SELECT count(*) AS n FROM outbox") == [{"n": 1}]


def test_a_slot_is_never_given_another_time(campaign):
    """Somebody may have its number on their screen: an emptied slot keeps it."""
    publish(campaign, plan(day(30)))
    times = {r["slot_id"]: r["starts_at"] for r in campaign.rows("SELECT * FROM slot")}
    publish(campaign, plan(day(30, TUESDAY)))
    publish(campaign, plan(day(30), day(30, TUESDAY)))
    now = {r["slot_id"]: r["starts_at"] for r in campaign.rows("SELECT * FROM slot")}
    assert times.items() <= now.items()
    assert len(now) == 36


def test_what_is_booked_stands_when_the_plan_leaves_the_day(campaign):
    """And is told to be beyond the plan, which has no dose for it in that week."""
    publish(campaign, plan(day(30)))
    take(campaign, 2)
    published = publish(campaign, plan(day(30, MONDAY + timedelta(days=7))))
    assert offered(campaign)[0] == (MONDAY, "pfizer", 1, 2, 2)
    assert sum(published.beyond_plan.values()) == 2
    assert published.changes.slots == {"added": 18, "removed": 17}
    assert published.changes.rebooked.bookings == []


def test_quotas_and_shares_are_published_with_their_release(campaign):
    """At eight in the morning, three days before the slot or the week."""
    publish(campaign, plan(
        day(20, TUESDAY), quotas=(QuotaPart(1, MONDAY, "93", 2, 20),), shares=Shares(0.25, 0.1, 3)
    ))  # fmt: skip
    assert campaign.rows("SELECT department, class_id, slots, taken, open_at FROM quota") == [
        {"department": "93", "class_id": 2, "slots": 20, "taken": 0,
         "open_at": datetime(2021, 5, 28, 6, tzinfo=UTC)}
    ]  # fmt: skip
    assert campaign.rows(
        "SELECT sum(phone_kept)::int AS phone, sum(standby_kept)::int AS standby, max(open_at)"
        " AS open_at FROM slot"
    ) == [{"phone": 5, "standby": 2, "open_at": datetime(2021, 5, 29, 6, tzinfo=UTC)}]


def test_new_shares_of_the_same_plan_are_published(campaign):
    """Slots keep their shares only as long as these are the same."""
    publish(campaign, plan(day(20)))
    published = publish(campaign, plan(day(20), shares=Shares(0.5, 0, 3)))
    assert published.changes.slots == {"shares": 18}
    assert campaign.rows("SELECT sum(phone_kept)::int AS n FROM slot") == [{"n": 10}]


def test_a_publication_that_saw_an_older_version_is_refused(campaign):
    """Nobody's change is overwritten by somebody who has not seen it."""
    publish(campaign, plan(day(30)))
    publish(campaign, by_hand(day(20)), expected=1)
    with pytest.raises(CapacityChanged):
        publish(campaign, by_hand(day(10)), expected=1)
    assert offered(campaign) == [(MONDAY, "pfizer", 1, 20, 0)]


def test_two_publications_with_one_number_exclude_each_other(campaign):
    """The primary key is the last guard."""
    publish(campaign, plan(day(30)))
    with pytest.raises(psycopg.errors.UniqueViolation):
        campaign.rows(
            "INSERT INTO publication SELECT centre_id, number, gen_random_uuid(), published_at,"
            " source, changes FROM publication"
        )


def test_a_centre_is_published_whole_or_not_at_all(campaign):
    """What fails at the end leaves nothing at the beginning."""

    async def fail(_connection, _published):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        publish(campaign, plan(day(30)), then=fail)
    assert offered(campaign) == []
    assert campaign.rows("SELECT FROM publication") == []


def test_a_booking_between_looking_and_locking_is_not_overlooked(campaign, monkeypatch):
    """The slot was free when it was looked at, and taken when it was locked: look again."""
    publish(campaign, plan(day(30)))
    lock, calls = service.rebooking.lock_ground, []

    async def somebody_is_faster(*args):
        if not calls:
            take(campaign, 2)
        calls.append(args)
        return await lock(*args)

    monkeypatch.setattr(service.rebooking, "lock_ground", somebody_is_faster)
    published = publish(campaign, plan(day(30, date(2021, 6, 7))))
    assert len(calls) == 2
    assert offered(campaign)[0] == (MONDAY, "pfizer", 1, 2, 2)
    assert sum(published.beyond_plan.values()) == 2


def test_a_publication_gives_up_when_others_are_always_faster(campaign, monkeypatch):
    """And says so; nothing is done."""
    publish(campaign, plan(day(30)))
    lock = service.rebooking.lock_ground

    async def somebody_is_faster(*args):
        campaign.rows("UPDATE slot SET taken = 1 - taken WHERE slot_id = 1")
        return await lock(*args)

    monkeypatch.setattr(service.rebooking, "lock_ground", somebody_is_faster)
    with pytest.raises(TryAgain):
        publish(campaign, plan(day(30, TUESDAY)))
    assert [row[0] for row in offered(campaign)] == [MONDAY]


def test_millions_of_rows_go_through_the_binary_copy_as_they_are(campaign):
    """Every column of a copied slot is what the merge says."""
    publish(campaign, plan(day(1, date(2024, 2, 29), "moderna", 2), shares=Shares(0, 1, 0)))
    (row,) = campaign.rows("SELECT * FROM slot")
    assert row == {
        "centre_id": 1, "slot_id": 1, "schedule_id": 4, "product_id": PRODUCTS["moderna"][0],
        "dose_rank": 2, "day": date(2024, 2, 29), "capacity": 1, "taken": 0, "phone_kept": 0,
        "standby_kept": 1, "starts_at": datetime(2024, 2, 29, 8, tzinfo=UTC),
        "ends_at": datetime(2024, 2, 29, 8, 30, tzinfo=UTC),
        "open_at": datetime(2024, 2, 29, 7, tzinfo=UTC),
    }  # fmt: skip
