"""The availability files say what the tables say, whatever happens between two turns."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import psycopg
import pytest

from api.feeds.shelf import Shelf
from tests.campaign import CENTRES, MONDAY
from tests.integration.feeds import public

SECOND = MONDAY + timedelta(days=35)


def test_a_start_writes_what_the_tables_say(bench):
    """Everything that can be booked is there, with its compressed copies."""
    bench.campaign.fill_week()
    bench.publisher.start()
    assert len(public.all_windows(bench.folder)) > 40
    bench.check()


def test_a_change_is_shown_after_the_next_turn(bench):
    """The slot is read again, the files follow, and the outbox is empty."""
    bench.campaign.fill_week()
    bench.publisher.start()
    bench.book(1, 1, 3)
    bench.turn()
    bench.check()
    assert 1 not in public.windows(bench.folder, "paris")
    assert bench.campaign.rows("SELECT * FROM outbox") == []


def test_a_change_that_was_not_followed_is_noticed(bench):
    """The control of this whole file: files that are behind do not equal the recount."""
    bench.campaign.fill_week()
    bench.publisher.start()
    bench.book(1, 1)
    with pytest.raises(AssertionError):
        bench.check()


def test_a_turn_that_fails_forgets_nothing(bench, monkeypatch):
    """The outbox keeps its rows until the files are written; the next turn writes them."""
    bench.campaign.fill_week()
    bench.publisher.start()
    bench.book(1, 1, 3)
    with monkeypatch.context() as broken:
        broken.setattr(Shelf, "put", _full_disk)
        with pytest.raises(OSError, match="full"):
            bench.turn()
    assert len(bench.campaign.rows("SELECT * FROM outbox")) == 1
    bench.turn()
    bench.check()
    assert bench.campaign.rows("SELECT * FROM outbox") == []


def _full_disk(*_args, **_names):
    raise OSError("the disk is full")


def test_a_change_that_is_committed_later_is_not_missed(bench):
    """Transactions commit out of order: the one that began first may end last."""
    bench.campaign.fill_week()
    bench.publisher.start()
    with psycopg.connect(bench.campaign.url) as slow:
        slow.execute("UPDATE slot SET taken = 3 WHERE centre_id = 1 AND slot_id = 1")
        slow.execute("INSERT INTO outbox VALUES (1, %s, %s, %s)", (uuid4(), [1], bench.now))
        bench.book(1, 2, 3)
        bench.turn()
        assert 1 in public.windows(bench.folder, "paris")
        assert 2 not in public.windows(bench.folder, "paris")
    bench.turn()
    assert 1 not in public.windows(bench.folder, "paris")
    bench.check()


def test_a_first_dose_without_a_second_one_is_not_shown(bench):
    """The last second dose takes the first doses of the département with it, and back."""
    first = bench.campaign.add_slot(1, rank=1, capacity=2)
    second = bench.campaign.add_slot(4, rank=2, day=SECOND)
    other = bench.campaign.add_slot(2, rank=1)
    bench.publisher.start()
    assert set(public.all_windows(bench.folder)) == {("paris", first), ("bastille", second)}
    bench.book(4, second)
    bench.turn()
    assert public.all_windows(bench.folder) == {}
    bench.book(4, second, -1)
    bench.turn()
    assert set(public.all_windows(bench.folder)) == {("paris", first), ("bastille", second)}
    assert ("bobigny", other) not in public.all_windows(bench.folder)


def test_a_second_dose_outside_the_interval_makes_no_pair(bench):
    """Twenty-one to forty-nine days for this product, both included."""
    for days in (20, 21, 49, 50):
        bench.campaign.add_slot(1, rank=2, day=MONDAY + timedelta(days=days))
    bench.campaign.add_slot(1, rank=1)
    bench.publisher.start()
    shown = {row[2] for row in public.windows(bench.folder, "paris").values() if row[1] == 2}
    alone = {MONDAY + timedelta(days=20)}
    assert shown == {MONDAY + timedelta(days=d) for d in (21, 49)} | alone
    bench.check()


def test_second_doses_that_can_be_booked_alone_say_so(bench):
    """Until the longest interval after today; later ones need a first dose here."""
    for days in (30, 46, 47):
        bench.campaign.add_slot(1, rank=2, day=MONDAY + timedelta(days=days))
    bench.campaign.add_slot(1, rank=1)
    bench.publisher.start()
    rows = public.read(bench.folder, "availability/departments/75.json")["centres"][0]["counts"]
    told = {row["first_day"]: row["alone"] for row in rows if row["dose_rank"] == 2}
    assert told == {"2021-06-30": True, "2021-07-17": False}


def test_the_classes_that_may_book_are_named(bench):
    """Class 18 opens on 7 June; Janssen is for the two older ones alone."""
    for offset in (0, 7):
        bench.campaign.add_slot(1, "janssen", 1, MONDAY + timedelta(days=offset))
        bench.campaign.add_slot(1, "pfizer", 1, MONDAY + timedelta(days=offset))
    bench.campaign.add_slot(1, "pfizer", 2, SECOND)
    bench.publisher.start()
    rows = public.read(bench.folder, "availability/departments/75.json")["centres"][0]["counts"]
    told = {
        (row["product"], row["first_day"]): row["classes"] for row in rows if row["dose_rank"] == 1
    }
    assert told == {
        ("janssen", "2021-05-31"): ["75", "50"],
        ("pfizer", "2021-05-31"): ["75", "50"],
        ("pfizer", "2021-06-07"): ["75", "50", "18"],
    }


def test_quotas_bound_what_is_counted_and_say_for_whom(bench):
    """Five places, but two kept doses left: two are counted, and the file says whose they are."""
    bench.campaign.add_slot(1, capacity=5)
    bench.campaign.add_slot(1, rank=2, day=SECOND, capacity=5)
    bench.campaign.add_quota("75", "75", 1)
    bench.campaign.add_quota("93", "50", 1)
    bench.campaign.add_quota("93", "18", 9)  # not open in that week
    bench.publisher.start()
    [centre] = [
        c for c in public.read(bench.folder, "availability/departments/75.json")["centres"]
        if c["centre"] == "paris"
    ]  # fmt: skip
    assert [row["free"] for row in centre["counts"] if row["dose_rank"] == 1] == [[2]]
    assert centre["quotas"] == [
        {
            "product": "pfizer", "week": "2021-05-31", "open_at": "2021-08-01T00:00:00Z",
            "rooms": [["75", "75", 1], ["93", "50", 1], ["93", "18", 9]],
        }
    ]  # fmt: skip
    bench.check()


def test_sold_quotas_hide_the_week(bench):
    """What nobody may book is not shown, though there are places."""
    bench.campaign.add_slot(1, capacity=5)
    bench.campaign.add_slot(1, rank=2, day=SECOND, capacity=5)
    bench.campaign.add_quota("75", "75", 1)
    bench.publisher.start()
    assert 1 in public.windows(bench.folder, "paris")
    bench.change(
        1, [1],
        ("UPDATE slot SET taken = 1 WHERE centre_id = 1 AND slot_id = 1",),
        ("UPDATE quota SET taken = 1 WHERE centre_id = 1",),
    )  # fmt: skip
    bench.turn()
    assert 1 not in public.windows(bench.folder, "paris")
    bench.check()


def test_kept_shares_open_when_their_time_comes(bench):
    """No booking and no word in the outbox: the clock alone changes what is shown."""
    opens = bench.now + timedelta(hours=1)
    bench.campaign.add_slot(1, capacity=5, phone_kept=2, standby_kept=1, open_at=opens)
    bench.campaign.add_slot(1, rank=2, day=SECOND, capacity=5)
    bench.publisher.start()
    assert public.windows(bench.folder, "paris")[1][4] == 2
    [centre] = [
        c for c in public.read(bench.folder, "availability/departments/75.json")["centres"]
        if c["centre"] == "paris"
    ]  # fmt: skip
    release = {"at": "2021-05-28T09:00:00Z", "product": "pfizer", "dose_rank": 1, "doses": 3}
    assert centre["releases"] == [release]
    bench.turn(timedelta(minutes=59, seconds=59))
    assert public.windows(bench.folder, "paris")[1][4] == 2
    bench.turn(timedelta(seconds=1))
    assert public.windows(bench.folder, "paris")[1][4] == 5
    bench.check()


def test_a_slot_is_taken_off_in_the_minute_before_it_begins(bench):
    """Never after, so that nothing that has begun is ever shown."""
    begins = datetime(2021, 5, 31, 7, 0, tzinfo=UTC)
    for centre in CENTRES:
        bench.campaign.add_slot(centre, "janssen", 1, MONDAY, time(9))
    bench.publisher.start()
    for before, shown in ((timedelta(seconds=61), 4), (timedelta(0), 0)):
        bench.turn(begins - before - bench.now)
        assert len(public.all_windows(bench.folder)) == shown


def test_a_new_day_lets_later_second_doses_be_booked_alone(bench):
    """Somebody may have had a first dose today."""
    bench.campaign.add_slot(1, rank=2, day=bench.now.date() + timedelta(days=50))
    bench.publisher.start()
    assert public.all_windows(bench.folder) == {}
    bench.turn(timedelta(days=1))
    assert len(public.all_windows(bench.folder)) == 1
    bench.check()


def test_new_rules_are_followed(bench):
    """A change of the law is a dated row; nobody has to start anything again."""
    bench.campaign.fill_week()
    bench.publisher.start()
    bench.campaign.rows("UPDATE eligibility SET to_date = %s WHERE product_id = 3", MONDAY)
    bench.campaign.rows("UPDATE dose_interval SET min_days = 36 WHERE product_id = 1")
    bench.turn(timedelta(seconds=5))
    bench.check()


def test_new_places_appear_with_what_they_publish(bench):
    """A centre, then its slots; the index follows."""
    bench.campaign.fill_week()
    bench.publisher.start()
    bench.campaign.rows(
        "INSERT INTO centre SELECT 5, 'vanves', name, '93', lat, lon, address, postcode, city,"
        " phone, opens_on, closes_on, open_days, opens_at, closes_at, lines FROM centre"
        " WHERE centre_id = 1"
    )
    bench.campaign.rows("INSERT INTO schedule VALUES (5, 5, 3, 1)")
    slot = bench.campaign.add_slot(5, "janssen", 1)
    bench.change(5, [])
    bench.turn()
    assert set(public.windows(bench.folder, "vanves")) == {slot}
    index = public.read(bench.folder, "availability/index.json")
    centres = {d["department"]: d["centres"] for d in index["departments"]}
    assert centres["93"] == ["bobigny", "vanves"]
    places = public.read(bench.folder, "availability/centres.json")["centres"]
    assert [place["centre"] for place in places][-1] == "vanves"


def test_slots_far_ahead_do_not_surprise(bench):
    """A day after the calendar that was laid at the start."""
    bench.campaign.add_slot(1, "janssen", 1, MONDAY)
    bench.publisher.start()
    bench.campaign.add_slot(1, "janssen", 1, MONDAY + timedelta(days=400))
    bench.change(1, [])
    bench.turn()
    bench.check()
    assert len(public.windows(bench.folder, "paris")) == 2


def test_every_file_tells_its_age(bench):
    """When it was written, when it changed; and the publisher's own, until when all was true."""
    bench.campaign.fill_week()
    bench.publisher.start()
    bench.turn(timedelta(seconds=30))
    bench.book(1, 1)
    bench.turn(timedelta(seconds=60))
    changed = public.read(bench.folder, "availability/centres/paris.json")
    same = public.read(bench.folder, "availability/centres/ajaccio.json")
    own = public.read(bench.folder, "availability/publisher.json")
    assert changed["generated_at"] == "2021-05-28T08:01:30.000Z"
    assert own["checked_at"] == "2021-05-28T08:01:30Z"
    assert same["generated_at"] == "2021-05-28T08:00:00.000Z"
    assert changed["changed_at"] == "2021-05-28T08:00:30.000Z"
