"""The open feeds in French formats: Vite Ma Dose, data.gouv, and the daily record for the State."""

from __future__ import annotations

import csv
import gzip
import json
import os
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest

from api.feeds.datagouv import ALLOCATION_COLUMNS, APPOINTMENT_COLUMNS, REGIONS
from api.feeds.passes import FEEDS_S, Feeds
from api.feeds.record import COLUMNS, missing_days
from tests.campaign import MONDAY
from tests.integration.feeds import public

GOLDEN = Path(__file__).with_name("golden")
SECOND = MONDAY + timedelta(days=35)
BOOKED_ON = datetime(2021, 5, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def feeds(bench, tmp_path):
    """Start the feeds of a campaign of few slots."""
    campaign = bench.campaign
    campaign.add_slot(1, "pfizer", 1, MONDAY, capacity=3)
    campaign.add_slot(1, "pfizer", 1, MONDAY + timedelta(days=8), capacity=4)
    campaign.add_slot(1, "pfizer", 2, SECOND, capacity=2)
    campaign.add_slot(2, "janssen", 1, MONDAY, capacity=2)
    campaign.add_slot(4, "moderna", 1, MONDAY, capacity=5)
    campaign.rows("UPDATE centre SET code = '1001' WHERE centre_id = 2")
    bench.publisher.start()
    return Feeds(bench.publisher, "https://example.org", tmp_path / "state")


def run(steps) -> int:
    """Run a pass to its end; give the number of steps it took."""
    n = 0
    while next(steps):
        n += 1
    return n


def frozen(name: str) -> dict:
    """Read a golden file."""
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["75.json", "75/creneaux-quotidiens.json", "info_centres.json"])
def test_vite_ma_dose_files_are_as_they_were_agreed(bench, feeds, name):
    """Every field of every centre; a reader of theirs must find what it expects."""
    run(feeds.steps())
    assert public.read(bench.folder, f"vitemadose/{name}") == frozen(name.replace("/", "_"))


def test_vite_ma_dose_keeps_its_files_when_nothing_is_free_anywhere(bench, feeds):
    """Zero everywhere is a fault until somebody has looked; it is told, and ends by itself."""
    steps = feeds.steps()
    run(steps)
    before = public.read(bench.folder, "vitemadose/75.json")
    slots = [(1, [1, 2, 3]), (2, [1]), (4, [1])]
    for change in ("taken = capacity", "taken = 0"):
        for centre, numbers in slots:
            statement = f"UPDATE slot SET {change} WHERE centre_id = %s"
            bench.change(centre, numbers, (statement, centre))
        bench.turn(timedelta(seconds=FEEDS_S))
        run(steps)
        bench.turn()
        own = public.read(bench.folder, "availability/publisher.json")
        if change == "taken = capacity":
            assert own["stopped"] == {"vitemadose": "no availability anywhere"}
            assert public.read(bench.folder, "vitemadose/75.json") == before
        else:
            assert own["stopped"] == {}
            after = public.read(bench.folder, "vitemadose/75.json")
            assert after["last_updated"] > before["last_updated"]


def test_feeds_are_written_once_a_minute_at_most(bench, feeds):
    """However much changes in between."""
    steps = feeds.steps()
    assert run(steps) > 4
    bench.book(1, 1)
    bench.turn(timedelta(seconds=FEEDS_S - 1))
    assert run(steps) == 0
    bench.turn()
    assert run(steps) > 4


def test_a_pass_without_changes_writes_nothing(bench, feeds):
    """A minute later, nothing has happened."""
    steps = feeds.steps()
    run(steps)
    bench.turn(timedelta(seconds=FEEDS_S))
    assert run(steps) == 0


def table(bench, name: str) -> list[dict]:
    """Read a CSV file of the open data."""
    return list(csv.DictReader(StringIO((bench.folder / "opendata" / name).read_text("utf-8"))))


def test_allocations_and_appointments_by_week(bench, feeds):
    """Places published, whole vials for them, and what is taken."""
    bench.book(1, 1, 2)
    bench.book(1, 3, 1)
    bench.turn()
    run(feeds.steps())
    rows = table(bench, "allocations-vs-rdv.csv")
    assert tuple(rows[0]) == ALLOCATION_COLUMNS
    assert [tuple(row.values()) for row in rows if row["nom_centre"] == "Centre paris"] == [
        ("paris", "2021-05-31", "11", "IDF", "75", "Paris", "", "Centre paris", "1", "3", "2"),
        ("paris", "2021-06-07", "11", "IDF", "75", "Paris", "", "Centre paris", "1", "4", "0"),
        ("paris", "2021-07-05", "11", "IDF", "75", "Paris", "", "Centre paris", "1", "2", "1"),
    ]
    assert [row["id_centre"] for row in rows if row["code_departement"] == "93"] == ["1001"]


def test_appointments_by_dose_rank_and_week(bench, feeds):
    """Weeks without any are left out, as in the official file."""
    bench.book(1, 1, 2)
    bench.book(1, 3, 1)
    bench.turn()
    run(feeds.steps())
    rows = table(bench, "prise-rdv-par-centre.csv")
    assert tuple(rows[0]) == APPOINTMENT_COLUMNS
    assert [tuple(row.values()) for row in rows] == [
        ("11", "IDF", "75", "paris", "Centre paris", "1", "2021-05-31", "2", "0", "0"),
        ("11", "IDF", "75", "paris", "Centre paris", "2", "2021-07-05", "1", "0", "0"),
    ]


@pytest.mark.data
def test_the_columns_are_those_of_the_official_file():
    """Names and order of the real file's header; its regions have the same short names."""
    [path] = Path(os.environ["CRENEAU_DATA"]).glob("allocations-vs-rdv_*.csv.gz")
    with gzip.open(path, "rt", encoding="windows-1252", newline="") as text:
        rows = list(csv.DictReader(text))
    assert tuple(rows[0]) == ALLOCATION_COLUMNS
    named = {(row["code_region"].zfill(2), row["nom_region"]) for row in rows}
    assert named <= set(REGIONS.items())
    assert len(named) > 10


HOME, AWAY = UUID(int=1), UUID(int=2)


def add_booking(campaign, id_: UUID, first, second, channel="web") -> None:
    """Write a booking as the booking service does: doses are (centre, slot, state) or None."""
    places = [dose[:2] if dose else (None, None) for dose in (first, second)]
    home = (first or second)[0]
    campaign.rows(
        "INSERT INTO booking (centre_id, booking_id, state, channel, product_id, department,"
        " class_id, first_centre_id, first_slot_id, second_centre_id, second_slot_id, created_at,"
        " changed_at, secret_hash, hold_print, tag, flagged, takes_capacity, version)"
        " VALUES (%s, %s, 'booked', %s, 1, '75', 2, %s, %s, %s, %s, %s, %s, '', '', '', false,"
        " true, 1)",
        home, id_, channel, *places[0], *places[1], BOOKED_ON, BOOKED_ON,
    )  # fmt: skip
    for rank, dose in enumerate((first, second), 1):
        if dose:
            campaign.rows(
                "INSERT INTO appointment (centre_id, booking_id, dose_rank, slot_id,"
                " home_centre_id, state, day, starts_at, ends_at, to_seal_again, takes_capacity)"
                " SELECT centre_id, %s, %s, slot_id, %s, %s, day, starts_at, ends_at, false, true"
                " FROM slot WHERE centre_id = %s AND slot_id = %s",
                id_, rank, home, dose[2], *dose[:2],
            )  # fmt: skip


def test_the_record_of_a_day_has_one_row_an_appointment_and_nobody_s_identity(bench, feeds):
    """The day's doses alone, wherever their booking has its home; what is only held is none."""
    later = bench.campaign.add_slot(4, "pfizer", 2, SECOND, capacity=9)
    add_booking(bench.campaign, HOME, (1, 1, "fulfilled"), (4, later, "booked"))
    add_booking(bench.campaign, AWAY, (1, 1, "cancelled"), (4, later, "noshow"), "phone")
    add_booking(bench.campaign, UUID(int=3), None, (4, later, "fulfilled"), "standby")
    add_booking(bench.campaign, UUID(int=4), (4, 1, "fulfilled"), (4, later, "held"))
    bench.turn(datetime(2021, 7, 6, 6, 1, tzinfo=UTC) - bench.now)
    run(feeds.steps())
    path = feeds.records / "rendez-vous_2021-07-05.csv.gz"
    assert path.stat().st_mode & 0o777 == 0o600
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert tuple(rows[0]) == COLUMNS
    always = ("2021-05-20", "2021-07-05T09:00+02:00", "bastille", "Centre bastille", "75000", "50")
    assert [tuple(row.values()) for row in rows] == [
        (*always, "2", "deux doses", "internet", "", "non", "pfizer"),
        (*always, "2", "deux doses", "téléphone", "non", "non", "pfizer"),
        (*always, "2", "deuxième dose seule", "liste d'attente", "oui", "non", "pfizer"),
    ]


def test_cancelled_doses_are_in_the_record(bench, feeds):
    """Planners count them; whoever was vaccinated is told from whoever was not."""
    add_booking(bench.campaign, HOME, (1, 1, "cancelled"), None)
    bench.turn(datetime(2021, 6, 1, 6, 1, tzinfo=UTC) - bench.now)
    run(feeds.steps())
    with gzip.open(feeds.records / "rendez-vous_2021-05-31.csv.gz", "rt", newline="") as text:
        [row] = csv.DictReader(text)
    assert (row["annule"], row["honore"], row["parcours_rdv"]) == ("oui", "", "dose unique")


def test_records_are_outside_what_everybody_may_read(bench, feeds):
    """The public folder holds none of them."""
    run(feeds.steps())
    assert list(feeds.records.glob("rendez-vous_*.csv.gz"))
    assert not list(bench.folder.rglob("rendez-vous*"))


def test_a_record_is_made_when_its_day_is_over_everywhere(tmp_path):
    """At eight in Paris it is past midnight in Guadeloupe; a week of missed ones is made good."""
    before = missing_days(tmp_path, datetime(2021, 6, 8, 5, 59, tzinfo=UTC))
    after = missing_days(tmp_path, datetime(2021, 6, 8, 6, 0, tzinfo=UTC))
    assert [before[-1], after[-1]] == [date(2021, 6, 6), date(2021, 6, 7)]
    assert len(after) == 7
    (tmp_path / "rendez-vous_2021-06-07.csv.gz").write_bytes(b"")
    assert date(2021, 6, 7) not in missing_days(tmp_path, datetime(2021, 6, 8, 6, tzinfo=UTC))
