"""Windows of a day, in any place and on any day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from api.capacity.windows import Opening, release, windows_of
from api.planning.timezones import timezone_of

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2021, 5, 31)


def local_times(opening, day):
    """Beginnings of a day's windows, as a clock at the centre shows them."""
    windows = windows_of(opening, [day])
    return [datetime.fromtimestamp(s, opening.zone).strftime("%H:%M") for s in windows.starts_at]


def test_a_day_is_cut_into_half_hours():
    """From opening to closing, local time."""
    opening = Opening(time(9), time(11), PARIS)
    assert local_times(opening, MONDAY) == ["09:00", "09:30", "10:00", "10:30"]
    first = windows_of(opening, [MONDAY])
    assert datetime.fromtimestamp(first.starts_at[0], UTC) == datetime(2021, 5, 31, 7, tzinfo=UTC)
    assert set((first.ends_at - first.starts_at).tolist()) == {1800}


def test_a_rest_shorter_than_half_an_hour_is_not_offered():
    """But a centre open for no longer than that has its one window."""
    assert local_times(Opening(time(9), time(10, 20), PARIS), MONDAY) == ["09:00", "09:30"]
    short = windows_of(Opening(time(9), time(9, 20), PARIS), [MONDAY])
    assert (short.ends_at - short.starts_at).tolist() == [1200]


@pytest.mark.parametrize(
    ("day", "windows"),
    [(date(2021, 3, 27), 48), (date(2021, 3, 28), 46), (date(2021, 10, 31), 50)],
)
def test_a_day_on_which_the_clocks_change_is_shorter_or_longer(day, windows):
    """Open around the clock, it has one hour less in March and one more in October."""
    around_the_clock = windows_of(Opening(time(0), time(0), PARIS), [day])
    assert len(around_the_clock.day) == windows
    assert (around_the_clock.starts_at[1:] == around_the_clock.ends_at[:-1]).all()


def test_clocks_that_change_at_night_leave_opening_hours_where_they_are():
    """Nine o'clock is nine o'clock on both sides of the change."""
    opening = Opening(time(9), time(10), PARIS)
    for day in (date(2021, 3, 27), date(2021, 3, 28), date(2021, 10, 31)):
        assert local_times(opening, day) == ["09:00", "09:30"]


@pytest.mark.parametrize(
    ("department", "utc_hour"), [("75", 7), ("974", 5), ("972", 13), ("988", 22), ("2A", 7)]
)
def test_every_departement_has_its_own_nine_o_clock(department, utc_hour):
    """From New Caledonia to Martinique."""
    opening = Opening(time(9), time(10), ZoneInfo(timezone_of(department)))
    starts_at = windows_of(opening, [MONDAY]).starts_at[0]
    assert datetime.fromtimestamp(starts_at, UTC).hour == utc_hour


def test_a_centre_may_close_at_midnight():
    """Which is 00:00 of the next day."""
    assert local_times(Opening(time(23), time(0), PARIS), MONDAY) == ["23:00", "23:30"]


def test_hours_that_run_backwards_are_refused():
    """Opening comes first."""
    with pytest.raises(ValueError, match="opens_at before closes_at"):
        Opening(time(18), time(9), PARIS)


def test_the_rest_opens_in_the_morning_some_days_before():
    """At eight, local time, whatever the clocks did in between."""
    opens = datetime.fromtimestamp(release(date(2021, 3, 29), 3, PARIS), PARIS)
    assert opens == datetime(2021, 3, 26, 8, tzinfo=PARIS)
