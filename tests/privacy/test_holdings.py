"""`creneau privacy what-we-hold` tells of every column there is, and of none that is not."""

from __future__ import annotations

import json
import sys

import pytest

from api.cli import main
from api.database.migrate import newest
from api.privacy.holdings import READS, holdings_of
from tests.campaign import Campaign

FORBIDDEN = {
    "name", "family_name", "given_name", "email", "phone", "birth_date", "nir", "number", "ip",
    "address", "postcode", "user_agent",
}  # fmt: skip
"""Names of columns that no table about people has."""


@pytest.fixture
def told(monkeypatch, capsys, database_url):
    """Run the command on a database; give its exit status and what it printed."""

    def call(*words):
        command = ["creneau", "privacy", "what-we-hold", "--database", database_url, *words]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, capsys.readouterr().out

    return call


def test_every_column_of_the_schema_is_described_and_no_other(database_url):
    """Whoever adds a column says what it holds, who can read it and how long it is kept."""
    held = holdings_of(database_url)
    assert (held.unknown, held.missing) == ((), ()), newest()
    assert len(held.described) > 150
    assert {holding.read for holding in held.described} == set(READS)
    assert all(h.says and h.kept and h.about for h in held.described)


def test_a_new_column_is_told_and_the_command_fails(database_url, told):
    """A planted column with somebody's name does not go unnoticed, nor does a planted table."""
    campaign = Campaign(database_url)
    campaign.rows("ALTER TABLE booking ADD COLUMN name text")
    campaign.rows("CREATE TABLE person (email text)")
    status, printed = told()
    assert status == 1
    assert "NOT DESCRIBED: public.booking.name" in printed
    assert "NOT DESCRIBED: public.person.email" in printed


def test_it_prints_a_line_a_column(told):
    """With who can read it, and everything beside the tables."""
    status, printed = told()
    assert status == 0
    assert "public.appointment: about people" in printed
    assert any(line.split()[:2] == ["sealed", "sealed"] for line in printed.splitlines())
    assert "state/" in printed


def test_it_prints_json(told, database_url):
    """The same, for programs."""
    status, printed = told("--json")
    assert status == 0
    said = json.loads(printed)
    assert len(said["described"]) == len(holdings_of(database_url).described)
    assert set(said["described"][0]) == {"table", "column", "about", "says", "read", "kept"}


def test_what_tells_who_somebody_is_is_in_one_column_only(database_url):
    """And that one is sealed."""
    held = holdings_of(database_url)
    sealed = [(h.table, h.column) for h in held.described if h.read == "sealed"]
    assert sealed == [("public.appointment", "sealed")]
    named = {h.column for h in held.described if h.about == "people"}
    assert named & FORBIDDEN == set()
