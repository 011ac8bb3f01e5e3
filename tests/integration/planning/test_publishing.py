"""A plan folder published into a database."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import pytest

from allocator.errors import InputError
from allocator.read import sha256_of
from api.capacity.publication import Shares
from api.planning.orders import Options
from api.planning.publishing import publish_folders
from tests.campaign import MONDAY, NOW, Campaign
from tests.integration.planning.plans import session_sums, write_week
from tests.planned import planned


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Plan the first week of the campaign."""
    folder = tmp_path_factory.mktemp("first")
    return planned(write_week(folder / "instance"), folder / "plan")


def publish(url, plan, **options):
    """Publish and give the summary."""
    return publish_folders(url, plan.instance_folder, plan.folder, Options(**options), uuid4(), NOW)


def slot_sums(campaign):
    """Capacity by centre, day, product and dose rank."""
    rows = campaign.rows(
        "SELECT c.code AS centre, day::text, p.code AS product, dose_rank, sum(capacity)::int"
        " FROM slot JOIN centre c USING (centre_id) JOIN product p USING (product_id)"
        " GROUP BY 1, 2, 3, 4"
    )
    return Counter({tuple(row.values())[:4]: row["sum"] for row in rows})


def test_the_slots_are_the_plan_s_sessions_exactly(database_url, first):
    """By centre, day, product and dose rank."""
    summary = publish(database_url, first)
    wanted = session_sums(first.plan)
    assert wanted.total() > 100
    assert +slot_sums(Campaign(database_url)) == wanted
    assert summary["doses"] == wanted.total()
    assert (summary["centres"], summary["changed"]) == (2, 2)
    assert summary["beyond_plan"] == {"booked": 0, "without_dose": 0}


def test_the_reference_tables_say_what_the_instance_says(database_url, first):
    """Places with their time zone, products, classes and dated rules."""
    publish(database_url, first)
    campaign = Campaign(database_url)
    assert campaign.rows("SELECT name, start, weeks FROM campaign") == [
        {"name": "boucle", "start": MONDAY, "weeks": 6}
    ]
    assert campaign.rows(
        "SELECT department, region, timezone FROM department ORDER BY department"
    ) == [
        {"department": "75", "region": "53", "timezone": "Europe/Paris"},
        {"department": "93", "region": "53", "timezone": "Europe/Paris"},
    ]
    assert campaign.rows("SELECT code, open_days, opens_at::text, lines, phone FROM centre") == [
        {"code": code, "open_days": "123456", "opens_at": "09:00:00", "lines": 2, "phone": ""}
        for code in ("paris", "bobigny")
    ]
    assert campaign.rows("SELECT min_days, max_days FROM dose_interval") == [
        {"min_days": 21, "max_days": 28}
    ]
    assert campaign.rows(
        "SELECT count(*) AS n, count(*) FILTER (WHERE class_id = 0) AS pooled FROM eligibility"
    ) == [{"n": 5, "pooled": 1}]


def test_quotas_are_those_of_the_plan(database_url, first):
    """First doses by week, département and class."""
    publish(database_url, first)
    rows = Campaign(database_url).rows(
        "SELECT c.code AS centre, p.code AS product, (week - %s) / 7 AS week, q.department,"
        " k.code AS class, slots FROM quota q JOIN centre c USING (centre_id)"
        " JOIN product p USING (product_id) JOIN priority_class k USING (class_id)",
        MONDAY,
    )
    assert {tuple(row.values()) for row in rows} == {
        tuple(row) for row in first.plan["quotas"].itertuples(index=False)
    }


def test_the_first_weeks_alone_come_with_the_second_doses_they_can_need(database_url, first):
    """Two weeks of first doses, and second doses for four weeks after their last day."""
    publish(database_url, first, weeks=2)
    last = MONDAY + timedelta(weeks=2)
    wanted = Counter({
        key: n for key, n in session_sums(first.plan).items()
        if date.fromisoformat(key[1]) < (last if key[3] == 1 else last + timedelta(days=28))
    })  # fmt: skip
    campaign = Campaign(database_url)
    assert +slot_sums(campaign) == wanted
    assert max(r["week"] for r in campaign.rows("SELECT week FROM quota")) < last


def test_ids_of_centres_stay_when_others_come_and_go(database_url, first, tmp_path):
    """Bookings and links name them; a centre that is not in the plan is left alone."""
    publish(database_url, first)
    campaign = Campaign(database_url)
    before = {
        r["code"]: r["centre_id"] for r in campaign.rows("SELECT code, centre_id FROM centre")
    }
    only = {"centre": "alès", "name": "Alès", "department": "30", "lat": 0, "lon": 0,
            "opens_on": "2021-01-18", "closes_on": ""}  # fmt: skip
    other = planned(
        write_week(tmp_path / "i", centres=[only], capacity=[
            {"centre": "alès", "week": w, "injections": 30} for w in range(6)]),
        tmp_path / "p",
    )  # fmt: skip
    summary = publish(database_url, other)
    after = {r["code"]: r["centre_id"] for r in campaign.rows("SELECT code, centre_id FROM centre")}
    assert before.items() < after.items()
    assert summary["other_centres"] == 2
    sums = slot_sums(campaign)
    assert Counter({k: n for k, n in sums.items() if k[0] != "alès" and n}) == session_sums(
        first.plan
    )


def test_a_changed_interval_holds_from_the_new_plan_on(database_url, first, tmp_path):
    """First doses of before keep the rule of their day."""
    publish(database_url, first)
    changed = write_week(tmp_path / "i", 1)
    products = (changed / "products.csv").read_text().replace("21,28", "21,49")
    (changed / "products.csv").write_text(products)
    publish(database_url, planned(changed, tmp_path / "p"))
    rows = Campaign(database_url).rows("SELECT * FROM dose_interval ORDER BY from_date")
    assert [(r["from_date"], r["max_days"]) for r in rows] == [
        (date(2000, 1, 1), 28), (MONDAY + timedelta(weeks=1), 49)
    ]  # fmt: skip


@pytest.fixture
def copied(first, tmp_path):
    """Give copies of both folders that a test may spoil."""
    shutil.copytree(first.instance_folder, tmp_path / "instance")
    shutil.copytree(first.folder, tmp_path / "plan")
    return tmp_path


def spoil(path, old, new):
    """Replace a text in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refused(url, folder, **options):
    """Publish spoilt folders, and give the one message."""
    with pytest.raises(InputError) as error:
        publish_folders(url, folder / "instance", folder / "plan", Options(**options), uuid4(), NOW)
    campaign = Campaign(url)
    assert campaign.rows("SELECT FROM slot") == campaign.rows("SELECT FROM centre") == []
    return str(error.value)


def test_a_plan_of_another_instance_is_refused(database_url, copied):
    """One changed number makes it another."""
    spoil(copied / "instance" / "capacity.csv", ",24", ",23")
    assert "input_sha256 is not that of" in refused(database_url, copied)


def test_a_plan_folder_without_its_sessions_is_refused(database_url, copied):
    """The file is named."""
    (copied / "plan" / "sessions.csv").unlink()
    assert "sessions.csv: file is missing" in refused(database_url, copied)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("sessions", "dose_rank", "rank", "column 'dose_rank' is missing"),
        ("sessions", "\nparis,", "\nlyon,", "centre 'lyon' is not in the instance"),
        ("sessions", "\nparis,2021-", "\nparis,21-", "day is not a date"),
        (
            "sessions",
            "\nparis,2021-05-31",
            "\nparis,2021-05-30",
            "day 2021-05-30 is before the instance's 2021-05-31",
        ),
        ("sessions", ",1,", ",3,", "dose_rank '3' is not in the instance"),
        ("quotas", "\nparis,pfizer", "\nparis,sputnik", "product 'sputnik'"),
    ],
)
def test_a_spoilt_table_is_refused(database_url, copied, file, old, new, message):
    """Before anything is written, with one message."""
    spoil(copied / "plan" / f"{file}.csv", old, new)
    assert message in refused(database_url, copied)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("09:00,12:00", "9 Uhr,12:00", "opens_at is not a time"),
        ("09:00,12:00", "12:00,09:00", "closes_at 09:00 is not after opens_at 12:00"),
        ("12:00,2", "12:00,zwei", "lines is not a whole number"),
    ],
)
def test_opening_hours_that_are_none_are_refused_with_their_line(
    database_url, copied, old, new, message
):
    """Planning does not read them, publishing does: the plan still belongs to the instance."""
    spoil(copied / "instance" / "centres.csv", old, new)
    result = json.loads((copied / "plan" / "result.json").read_text())
    result["input_sha256"] = sha256_of(copied / "instance")
    (copied / "plan" / "result.json").write_text(json.dumps(result))
    found = refused(database_url, copied)
    assert found.startswith("centres.csv:2: ")
    assert message in found


def test_progress_is_told_up_to_the_end(database_url, first):
    """As shares of the centres."""
    told = []
    publish_folders(
        database_url, first.instance_folder, first.folder, Options(Shares(0, 0, 0)), uuid4(), NOW,
        told.append,
    )  # fmt: skip
    assert told == [0.5, 1.0]
