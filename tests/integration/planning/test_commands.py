"""The commands `publish`, `booked` and `db`, as a planner calls them."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta

import pytest

from api.cli import main
from api.database.migrate import newest
from tests.booking import Visitor, opened
from tests.campaign import MONDAY, Campaign, fill_campaign
from tests.integration.planning.plans import session_sums, write_week
from tests.planned import planned
from tests.postgres import Server


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Plan the first week of the campaign."""
    folder = tmp_path_factory.mktemp("first")
    return planned(write_week(folder / "instance"), folder / "plan")


@pytest.fixture
def creneau(monkeypatch, capsys):
    """Run a command; give its exit status and what it printed on both streams."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["creneau", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return run


def test_publish_and_booked_print_one_json_object(creneau, database_url, first, tmp_path):
    """What scripts read."""
    status, out, err = creneau(
        "publish", first.instance_folder, first.folder, "--database", database_url, "--json"
    )
    assert (status, err) == (0, "")
    summary = json.loads(out)
    assert summary["doses"] == session_sums(first.plan).total()
    assert summary["slots"]["added"] > 0
    assert set(summary) == {
        "publication", "source", "centres", "changed", "doses", "slots", "quotas", "beyond_plan",
        "rebooked", "bookings", "displaced_before", "other_centres", "seconds",
    }  # fmt: skip
    status, out, err = creneau(
        "booked", "--out", tmp_path / "booked.csv", "--database", database_url, "--json",
        "--start", "2021-06-07",
    )  # fmt: skip
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "file": str(tmp_path / "booked.csv"), "start": "2021-06-07", "weeks": 6, "tail_weeks": 4,
        "rows": 0, "people": 0, "before_start": 0, "after_tail": 0, "displaced": 0,
    }  # fmt: skip


def test_publish_says_in_words_what_changed(creneau, database_url, first):
    """And that nothing did, the second time."""
    words = ("publish", first.instance_folder, first.folder, "--database", database_url)
    assert "2 published, 2 of them changed" in creneau(*words)[1]
    assert "2 published, 0 of them changed" in creneau(*words)[1]


def test_the_shares_of_the_command_line_are_published(creneau, database_url, first):
    """A third of the doses for the telephone, and none for the waiting list."""
    creneau(
        "publish", first.instance_folder, first.folder, "--database", database_url,
        "--phone-share", "0.5", "--standby-share", "0", "--release-days", "1", "--weeks", "1",
    )  # fmt: skip
    (row,) = Campaign(database_url).rows(
        "SELECT sum(capacity)::int AS n, sum(phone_kept)::int AS phone, sum(standby_kept)::int AS"
        " standby, min(day - (open_at AT TIME ZONE 'Europe/Paris')::date) AS days FROM slot"
    )
    assert abs(row["phone"] - row["n"] / 2) <= 4
    assert (row["standby"], row["days"]) == (0, 1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--phone-share", "0.9", "--standby-share", "0.2"), "over 1 together"),
        (("--phone-share", "1.5"), "--phone-share"),
        (("--weeks", "0"), "--weeks"),
    ],
)
def test_shares_and_weeks_that_make_no_sense_are_refused(
    creneau, database_url, first, words, message
):
    """Before anything is written."""
    status, _, err = creneau(
        "publish", first.instance_folder, first.folder, "--database", database_url, *words
    )
    assert status == 2
    assert message in err
    assert Campaign(database_url).rows("SELECT FROM slot") == []


def test_a_plan_of_another_instance_ends_with_one_message(creneau, database_url, first, tmp_path):
    """Exit status 2 and no traceback."""
    other = write_week(tmp_path / "other", 1)
    status, out, err = creneau("publish", other, first.folder, "--database", database_url)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith(f"creneau: {first.folder}/result.json: input_sha256 is not that of ")


@pytest.mark.parametrize("words", [("db", "status"), ("db", "upgrade"), ("db", "purge"),
                                   ("booked", "--out", "b.csv")])  # fmt: skip
def test_a_database_that_does_not_answer_ends_with_one_message(creneau, words):
    """Without its password in it."""
    address = "postgresql://ana:hunter2@127.0.0.1:1/creneau"
    status, _, err = creneau(*words, "--database", address)
    assert status == 2
    assert err.startswith("creneau: database: no database answers there: ")
    assert err.count("\n") == 1
    assert "hunter2" not in err


def test_upgrade_brings_an_empty_database_to_the_newest_schema(creneau, server: Server):
    """Which is what the other commands ask for."""
    server.execute("CREATE DATABASE {}", "empty")
    url = server.url_of("empty")
    try:
        assert json.loads(creneau("db", "status", "--database", url, "--json")[1]) | {
            "size_mb": 0,
            "server": "",
        } == {"schema": None, "newest": newest(), "size_mb": 0, "server": "", "rows": {}}
        status, _, err = creneau("db", "purge", "--database", url)
        assert (status, err) == (
            2, "creneau: database: is empty; run `creneau db upgrade` first\n"
        )  # fmt: skip
        out = creneau("db", "upgrade", "--database", url, "--json")[1]
        assert json.loads(out) == {"before": None, "schema": newest()}
        state = json.loads(creneau("db", "status", "--database", url, "--json")[1])
        assert (state["schema"], state["rows"]["slot"]) == (newest(), 0)
        assert creneau("db", "upgrade", "--database", url)[1] == f"schema {newest()}\n"
    finally:
        server.execute("DROP DATABASE {} WITH (FORCE)", "empty")


def test_purge_ends_holds_and_removes_what_is_past(creneau, database_url):
    """A campaign of 2021 is past altogether."""
    campaign = fill_campaign(database_url)
    campaign.fill_week()
    first, second = (1, 1), (1, campaign.add_slot(rank=2, day=MONDAY + timedelta(days=30)))

    async def hold_and_book():
        async with opened(campaign) as (_, desk):
            await Visitor(desk, "ana").book(first, second)
            await Visitor(desk, "ben").hold((1, 2), (1, campaign.add_slot(
                rank=2, day=MONDAY + timedelta(days=31))))  # fmt: skip

    asyncio.run(hold_and_book())
    told = json.loads(creneau("db", "purge", "--database", database_url, "--json")[1])
    assert told["holds_ended"] == 1
    assert (told["removed"]["booking"], told["removed"]["appointment"]) == (2, 4)
    for table in ("booking", "appointment", "slot", "outbox", "person_guard", "booking_home"):
        assert campaign.rows(f"SELECT FROM {table}") == []


@pytest.mark.parametrize("days", ["91", "-1"])
def test_purge_keeps_nothing_longer_than_three_months(creneau, database_url, days):
    """However it is asked."""
    status, _, err = creneau("db", "purge", "--days", days, "--database", database_url)
    assert status == 2
    assert "--days" in err
