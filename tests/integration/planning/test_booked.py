"""Bookings exported as booked.csv."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from allocator.errors import InputError
from api.planning.booked import export_booked
from tests.booking import Visitor, opened
from tests.campaign import MONDAY, fill_campaign
from tests.capacity import by_hand, day, plan, publish

SECOND = MONDAY + timedelta(days=30)
HEADER = "centre,week,product,dose_rank,department,class,people"


@pytest.fixture
def campaign(database_url):
    """Give a campaign with pairs at its first centre and second doses at its second."""
    campaign = fill_campaign(database_url)
    publish(campaign, plan(day(9), day(9, product="janssen"), day(9, SECOND, rank=2)))
    publish(campaign, plan(day(9, SECOND, rank=2), centre=2))
    return campaign


def slot(campaign, centre, product, rank):
    """Find a free slot."""
    (row,) = campaign.rows(
        "SELECT slot_id FROM slot WHERE centre_id = %s AND product_id = %s AND dose_rank = %s"
        " AND taken < capacity ORDER BY slot_id LIMIT 1", centre, product, rank,
    )  # fmt: skip
    return centre, row["slot_id"]


def book(campaign, *bookings):
    """Book (département, class, second dose's centre or None) each, and cancel the last."""

    async def all_of_them():
        async with opened(campaign) as (_, desk):
            for n, (department, class_, second) in enumerate(bookings):
                visitor = Visitor(desk, f"person {n}")
                doses = [slot(campaign, 1, 1 if second else 3, 1)]
                if second:
                    doses.append(slot(campaign, second, 1, 2))
                await visitor.hold(*doses, department=department, class_=class_)
                await visitor.confirm(ranks=(1, 2)[: len(doses)])
            await visitor.cancel()

    asyncio.run(all_of_them())


def export(campaign, tmp_path, start=None, weeks=None):
    """Export; give the lines of the file and the summary."""
    out = tmp_path / "booked.csv"
    summary = export_booked(campaign.url, out, start, weeks)
    return out.read_text(encoding="utf-8").splitlines(), summary


def test_a_first_dose_and_its_second_are_both_rows(campaign, tmp_path):
    """By week, département and class; what was cancelled is not there."""
    book(campaign, ("75", "75", 1), ("75", "75", 1), ("93", "50", 2), ("2A", "75", None),
         ("93", "75", 1))  # fmt: skip
    lines, summary = export(campaign, tmp_path)
    assert lines == [
        HEADER,
        "bobigny,4,pfizer,2,93,50,1",
        "paris,0,janssen,1,2A,75,1",
        "paris,0,pfizer,1,75,75,2",
        "paris,0,pfizer,1,93,50,1",
        "paris,4,pfizer,2,75,75,2",
    ]
    assert (summary["rows"], summary["people"]) == (5, 7)


def test_weeks_count_from_the_start_of_the_next_instance(campaign, tmp_path):
    """What is over by then is left out, and counted."""
    book(campaign, ("75", "75", 1), ("75", "75", 1))
    lines, summary = export(campaign, tmp_path, MONDAY + timedelta(weeks=1))
    assert lines == [HEADER, "paris,3,pfizer,2,75,75,1"]
    assert (summary["before_start"], summary["after_tail"]) == (1, 0)


def test_what_lies_after_the_tail_is_left_out(campaign, tmp_path):
    """Seven weeks of tail after one planned week, counted from two months before."""
    book(campaign, ("75", "75", 1), ("75", "75", 1))
    lines, summary = export(campaign, tmp_path, MONDAY - timedelta(weeks=8), 1)
    assert lines == [HEADER]
    assert (summary["tail_weeks"], summary["after_tail"]) == (7, 2)


def test_displaced_doses_are_counted_and_in_no_week(campaign, tmp_path):
    """They wait for a place; they are not people of the plan's right-hand side."""
    book(campaign, ("75", "75", 1), ("75", "75", 1))
    publish(campaign, by_hand())
    lines, summary = export(campaign, tmp_path)
    assert lines == [HEADER]
    assert summary["displaced"] == 2


def test_holds_are_no_bookings(campaign, tmp_path):
    """They end within minutes."""

    async def hold():
        async with opened(campaign) as (_, desk):
            await Visitor(desk).hold(slot(campaign, 1, 3, 1))

    asyncio.run(hold())
    assert export(campaign, tmp_path)[0] == [HEADER]


def test_an_earlier_file_is_replaced_whole(campaign, tmp_path):
    """And nothing else is left in the folder."""
    (tmp_path / "booked.csv").write_text("old")
    assert export(campaign, tmp_path)[0] == [HEADER]
    assert [path.name for path in tmp_path.iterdir()] == ["booked.csv"]


def test_what_cannot_be_exported_is_refused(database_url, tmp_path):
    """A start that is no Monday, a database without a campaign, a folder that is not there."""
    with pytest.raises(InputError, match="is not a Monday"):
        export_booked(database_url, tmp_path / "b.csv", date(2021, 6, 1), None)
    with pytest.raises(InputError, match="nothing was published"):
        export_booked(database_url, tmp_path / "b.csv", None, None)
    fill_campaign(database_url)
    with pytest.raises(InputError, match="cannot be written"):
        export_booked(database_url, tmp_path / "nowhere" / "b.csv", None, None)
    assert list(tmp_path.iterdir()) == []
