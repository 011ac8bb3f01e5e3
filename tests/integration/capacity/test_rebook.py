"""A supply cut: whoever loses a place gets the nearest one, at once, or is listed."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from api.capacity import service
from api.capacity.publication import QuotaPart
from api.capacity.rebooking.again import place_displaced
from api.capacity.rebooking.people import Outcome
from api.problems import Problem
from tests.balance import broken_rules
from tests.booking import Visitor, opened
from tests.campaign import MONDAY, NOW, Campaign, fill_campaign
from tests.capacity import by_hand, day, offered, plan, publish, run
from tests.postgres import fresh_database

TUESDAY = MONDAY + timedelta(days=1)
SECOND = MONDAY + timedelta(days=30)
NEXT = SECOND + timedelta(days=1)


@pytest.fixture
def campaign(database_url):
    """Give a campaign whose second centre is near the first, the third far, the fourth nearest.

    Whatever the test did, its books must balance.
    """
    campaign = fill_campaign(database_url)
    for centre, lon in ((2, 2.6), (3, 8.7), (4, 2.45)):
        campaign.rows("UPDATE centre SET lon = %s WHERE centre_id = %s", lon, centre)
    yield campaign
    assert broken_rules(campaign) == {}


def slot_on(campaign, on, *, centre=1, rank=1, product=1):
    """Find a slot of a day that has a free place."""
    (row,) = campaign.rows(
        "SELECT slot_id FROM slot WHERE centre_id = %s AND day = %s AND dose_rank = %s AND"
        " product_id = %s AND taken < capacity ORDER BY starts_at LIMIT 1",
        centre, on, rank, product,
    )  # fmt: skip
    return centre, row["slot_id"]


def book(campaign, *names, first=MONDAY, second=SECOND, confirm=True, **who):
    """Book a pair for everybody, one after the other, a minute apart; give the receipts."""

    async def all_of_them():
        visitors = []
        async with opened(campaign) as (context, desk):
            for name in names:
                visitor = Visitor(desk, name)
                await visitor.hold(
                    slot_on(campaign, first), slot_on(campaign, second, rank=2), **who
                )
                context.clock.go_on(minutes=1)
                if confirm:
                    await visitor.confirm()
                visitors.append(visitor)
        return visitors

    return asyncio.run(all_of_them())


def receipt(campaign, visitor):
    """Return what a visitor's page says."""

    async def read():
        async with opened(campaign) as (_, desk):
            return await Visitor(desk, visitor.name, visitor.key, visitor.secret).fetch()

    return asyncio.run(read())


def doses(campaign, visitor):
    """Centre, day and state of each dose on the receipt."""
    return [(d.centre, d.day, d.state, d.to_seal_again) for d in receipt(campaign, visitor).doses]


def publish_pairs(campaign, n=4, centre=1):
    """Offer pairs on one day."""
    publish(campaign, plan(day(n), day(n, SECOND, rank=2), centre=centre))


def by_hand_on(on, *sessions):
    """Give what the first centre offers on one day, by hand."""
    return replace(by_hand(), from_day=on, to_day=on, sessions=sessions)


def test_a_closed_day_moves_its_bookings_to_the_nearest_day_of_the_centre(campaign):
    """The second dose stays, as it is still in its interval."""
    publish(campaign, plan(day(4), day(4, TUESDAY), day(4, SECOND, rank=2)))
    ana, ben = book(campaign, "ana", "ben")
    published = publish(campaign, by_hand(to_day=MONDAY))
    for visitor in (ana, ben):
        assert doses(campaign, visitor) == [
            ("paris", TUESDAY, "booked", False), ("paris", SECOND, "booked", False)
        ]  # fmt: skip
    assert published.changes.rebooked.counts == {
        "moved": 2, "displaced": 0, "released": 0, "other_centre": 0
    }  # fmt: skip
    assert offered(campaign) == [
        (TUESDAY, "pfizer", 1, 4, 2), (SECOND, "pfizer", 2, 4, 2)
    ]  # fmt: skip


def test_a_cut_keeps_those_who_booked_first(campaign):
    """Of three, the day still holds one: the two newest are moved."""
    publish(campaign, plan(day(4), day(4, TUESDAY), day(4, SECOND, rank=2)))
    visitors = book(campaign, "ana", "ben", "cleo")
    publish(campaign, by_hand(day(1), to_day=MONDAY))
    assert [doses(campaign, v)[0][1] for v in visitors] == [MONDAY, TUESDAY, TUESDAY]
    assert offered(campaign)[0] == (MONDAY, "pfizer", 1, 1, 1)


def test_the_nearest_centre_takes_whom_the_own_cannot(campaign):
    """Both doses go to Bastille, before Bobigny, and wait there to be sealed again."""
    publish_pairs(campaign)
    publish_pairs(campaign, centre=2)
    publish_pairs(campaign, 1, centre=4)
    ana, ben = book(campaign, "ana", "ben")
    before = campaign.rows("SELECT sealed, key_id FROM appointment ORDER BY booking_id, dose_rank")
    published = publish(campaign, by_hand(to_day=NEXT))
    assert doses(campaign, ana) == [
        ("bastille", MONDAY, "booked", True), ("bastille", SECOND, "booked", True)
    ]  # fmt: skip
    assert {d[0] for d in doses(campaign, ben)} == {"bobigny"}
    after = campaign.rows("SELECT sealed, key_id FROM appointment ORDER BY booking_id, dose_rank")
    assert after == before
    assert published.changes.rebooked.counts["other_centre"] == 2
    told = campaign.rows("SELECT centre_id, slots FROM outbox ORDER BY changed_at, centre_id")
    assert {(r["centre_id"], bool(r["slots"])) for r in told} >= {(1, False), (2, True), (4, True)}


def test_a_cut_second_dose_goes_elsewhere_alone(campaign):
    """The first stays at its centre, unsealed by nobody."""
    publish_pairs(campaign)
    publish_pairs(campaign, centre=4)
    (ana,) = book(campaign, "ana")
    publish(campaign, by_hand_on(SECOND))
    assert doses(campaign, ana) == [
        ("paris", MONDAY, "booked", False), ("bastille", SECOND, "booked", True)
    ]  # fmt: skip


def test_whoever_finds_no_place_is_listed_and_keeps_the_booking(campaign):
    """A hundred kilometres away is too far; the receipt and the record say displaced."""
    publish_pairs(campaign)
    publish_pairs(campaign, centre=3)
    (ana,) = book(campaign, "ana")
    published = publish(campaign, by_hand(to_day=NEXT))
    found = receipt(campaign, ana)
    assert found.state == "booked"
    assert [d.state for d in found.doses] == ["displaced", "displaced"]
    (listed,) = published.changes.rebooked.bookings
    assert listed == {
        "booking": str(ana.key), "outcome": "displaced",
        "doses": [
            {"dose_rank": 1, "from": {"centre": "paris", "slot": 1}, "to": None},
            {"dose_rank": 2, "from": {"centre": "paris", "slot": 5}, "to": None},
        ],
    }  # fmt: skip
    assert offered(campaign) == []


def test_a_displaced_booking_gets_a_place_as_soon_as_there_is_one(campaign):
    """At its own centre, if that has one: then nothing needs to be sealed again."""
    publish_pairs(campaign)
    (ana,) = book(campaign, "ana")
    publish(campaign, by_hand(to_day=NEXT))
    assert run(campaign.url, again)[0].outcome is Outcome.DISPLACED
    publish(campaign, plan(day(4, TUESDAY), day(4, NEXT, rank=2)))
    assert run(campaign.url, again)[0].outcome is Outcome.MOVED
    assert doses(campaign, ana) == [
        ("paris", TUESDAY, "booked", False), ("paris", NEXT, "booked", False)
    ]  # fmt: skip
    assert run(campaign.url, again) == []


async def again(connection):
    """Look again for everybody displaced."""
    return await place_displaced(connection, NOW)


def test_a_displaced_booking_can_be_cancelled_and_moved_like_any_other(campaign):
    """It takes no place, so it gives none back."""
    publish_pairs(campaign)
    publish_pairs(campaign, centre=3)
    ana, ben = book(campaign, "ana", "ben")
    publish(campaign, by_hand(to_day=NEXT))

    async def change():
        async with opened(campaign) as (_, desk):
            await Visitor(desk, ana.name, ana.key, ana.secret).cancel()
            await Visitor(desk, ben.name, ben.key, ben.secret).move(
                slot_on(campaign, MONDAY, centre=3), slot_on(campaign, SECOND, centre=3, rank=2),
                seal=True,
            )  # fmt: skip

    asyncio.run(change())
    assert [d[0] for d in doses(campaign, ben)] == ["ajaccio", "ajaccio"]
    assert {d[2] for d in doses(campaign, ben)} == {"booked"}
    assert run(campaign.url, again) == []


def test_a_hold_gives_way_before_any_booking(campaign):
    """Whoever is still filling in the form starts again; both its places are free."""
    publish(campaign, plan(day(2), day(2, SECOND, rank=2)))
    book(campaign, "ana", confirm=False)
    (ben,) = book(campaign, "ben")
    published = publish(campaign, by_hand_on(MONDAY, day(1)))
    assert doses(campaign, ben)[0][1] == MONDAY
    assert published.changes.rebooked.counts["released"] == 1
    assert offered(campaign) == [(MONDAY, "pfizer", 1, 1, 1), (SECOND, "pfizer", 2, 2, 1)]
    assert {r["state"] for r in campaign.rows("SELECT state FROM booking")} == {
        "cancelled",
        "booked",
    }


def test_quotas_follow_whoever_moves(campaign):
    """The old week gets its dose back, the new one gives one if it has any."""
    week = MONDAY + timedelta(days=7)
    quotas = tuple(QuotaPart(1, w, "75", 1, n) for w, n in ((MONDAY, 4), (week, 1)))
    publish(campaign, plan(day(4), day(4, week), day(4, week + timedelta(days=28), rank=2),
                           quotas=quotas))  # fmt: skip
    book(campaign, "ana", "ben", second=week + timedelta(days=28))
    publish(campaign, by_hand_on(MONDAY))
    rows = campaign.rows("SELECT week, slots, taken FROM quota ORDER BY week")
    assert rows == [
        {"week": MONDAY, "slots": 4, "taken": 0}, {"week": week, "slots": 1, "taken": 1}
    ]  # fmt: skip
    weeks = campaign.rows("SELECT quota_week FROM booking ORDER BY created_at")
    assert [row["quota_week"] for row in weeks] == [week, None]


def test_a_plan_re_books_only_when_it_is_told_to(campaign):
    """A booking without a dose in the plan stands, or moves to the day the plan has."""
    publish_pairs(campaign)
    (ana,) = book(campaign, "ana")
    week = MONDAY + timedelta(days=7)
    later = plan(day(4, week), day(4, SECOND, rank=2))
    assert sum(publish(campaign, later).beyond_plan.values()) == 1
    assert doses(campaign, ana)[0][1] == MONDAY
    published = publish(campaign, replace(later, rebook=True))
    assert published.changes.rebooked.counts["moved"] == 1
    assert doses(campaign, ana)[0][1] == week


def test_a_new_place_is_never_on_the_same_day_as_the_news(campaign):
    """People have a day to learn of it."""
    publish(campaign, plan(day(4), day(4, TUESDAY), day(4, SECOND, rank=2)))
    (ana,) = book(campaign, "ana", first=TUESDAY)
    sunday_evening = NOW.replace(day=30, hour=20)
    publish(campaign, by_hand_on(TUESDAY), now=sunday_evening)
    assert doses(campaign, ana)[0][2] == "displaced"


def test_re_booking_is_the_same_every_time(campaign, server):
    """The same cut of the same bookings moves the same people to the same places."""
    publish(campaign, plan(day(9), day(5, TUESDAY), day(9, SECOND, rank=2)))
    publish_pairs(campaign, 3, centre=4)
    book(campaign, *"abcdefghi")
    name = campaign.url.partition("?")[0].rpartition("/")[2]

    def cut(url):
        copy = Campaign(url)
        publish(copy, by_hand_on(MONDAY, day(2)))
        assert broken_rules(copy) == {}
        return copy.rows(
            "SELECT booking_id, dose_rank, centre_id, slot_id, state FROM appointment ORDER BY 1, 2"
        )

    with fresh_database(server, template=name) as other:
        assert cut(other) == cut(campaign.url)


def test_somebody_who_cancels_meanwhile_is_not_moved(campaign, monkeypatch):
    """The booking was live when it was looked at, and cancelled when it was to be locked."""
    publish(campaign, plan(day(4), day(4, TUESDAY), day(4, SECOND, rank=2)))
    ana, ben = book(campaign, "ana", "ben")
    lock, calls = service.rebooking.lock_ground, []

    async def cancel_first(*args):
        if not calls:
            async with opened(campaign) as (_, desk):
                await Visitor(desk, ana.name, ana.key, ana.secret).cancel()
        calls.append(args)
        return await lock(*args)

    monkeypatch.setattr(service.rebooking, "lock_ground", cancel_first)
    published = publish(campaign, by_hand_on(MONDAY))
    assert len(calls) == 2
    assert published.changes.rebooked.counts["moved"] == 1
    assert receipt(campaign, ana).state == "cancelled"
    assert doses(campaign, ben)[0][1] == TUESDAY


@pytest.mark.parametrize("seed", range(3))
def test_a_cut_under_load_neither_oversells_nor_loses_anybody(campaign, seed):
    """Bookings, cancellations and cuts at the same time: every count is right in the end."""
    for centre in (1, 2, 4):
        publish(campaign, plan(day(60), day(60, TUESDAY), day(90, SECOND, rank=2), centre=centre))
    before = book(campaign, *(f"old{n}" for n in range(12)))
    firsts, seconds = (
        [r["slot_id"] for r in campaign.rows(
            "SELECT slot_id FROM slot WHERE centre_id = 1 AND day = %s AND dose_rank = %s", *which)]
        for which in ((MONDAY, 1), (SECOND, 2))
    )  # fmt: skip
    rng = random.Random(seed)
    milestones = {n: asyncio.Event() for n in (10, 20, 30)}
    gone_by: list[int] = []

    async def visit(desk, n):
        visitor = Visitor(desk, f"new{n}")
        await asyncio.sleep(rng.random() / 2)
        try:
            await visitor.book((1, rng.choice(firsts)), (1, rng.choice(seconds)))
            if n % 3 == 0:
                await visitor.cancel()
        except Problem:
            return None
        finally:
            gone_by.append(n)
            if len(gone_by) in milestones:
                milestones[len(gone_by)].set()
        return None if n % 3 == 0 else visitor

    async def cut(after, n):
        await milestones[after].wait()
        await asyncio.to_thread(publish, campaign, by_hand_on(MONDAY, day(n)))

    async def crowd():
        async with opened(campaign) as (_, desk):
            cuts = [cut(10, 40), cut(20, 20), cut(30, 6)]
            return await asyncio.gather(*cuts, *(visit(desk, n) for n in range(60)))

    booked = [v for v in asyncio.run(crowd())[3:] if v is not None]
    publish(campaign, by_hand_on(MONDAY, day(6)))
    assert len(booked) >= 3
    for visitor in (*before, *booked):
        found = receipt(campaign, visitor)
        assert (found.state, {d.state for d in found.doses}) == ("booked", {"booked"})
    assert offered(campaign)[0][3] == 6
