"""Whether a process lives, and what it is missing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from api.feeds.names import PUBLISHER
from tests.campaign import NOW, Campaign
from tests.serving import client_of


@pytest.fixture
def campaign(database_url):
    """Give an empty database."""
    return Campaign(database_url)


def files(home, age_s):
    """Write the publisher's own file, so old."""
    path = home / "public" / PUBLISHER
    path.parent.mkdir(parents=True)
    checked_at = (NOW - timedelta(seconds=age_s)).isoformat()
    path.write_text(f'{{"checked_at": "{checked_at}", "stopped": {{}}}}', encoding="utf-8")


def ask(campaign, home, path="/ready"):
    """Ask a process in this test."""

    async def send():
        async with client_of(campaign, home=home) as client:
            return await client.get(path)

    return asyncio.run(send())


def test_a_process_with_everything_is_ready(campaign, tmp_path):
    """Database, schema, fresh files."""
    files(tmp_path, 1)
    answer = ask(campaign, tmp_path)
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True, "database": "ok", "schema": "ok", "files": "ok", "files_age_s": 1.0
    }  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("age_s", "found"), [(None, "missing"), (6, "old")])
def test_files_that_nobody_writes_any_more_are_not_ready(campaign, tmp_path, age_s, found):
    """The publisher is gone, or was never there."""
    if age_s is not None:
        files(tmp_path, age_s)
    answer = ask(campaign, tmp_path)
    assert answer.status_code == 503
    assert (answer.json()["files"], answer.json()["ready"]) == (found, False)


def test_a_file_that_cannot_be_read_is_missing(campaign, tmp_path):
    """Whatever it says."""
    files(tmp_path, 1)
    (tmp_path / "public" / PUBLISHER).write_text("{", encoding="utf-8")
    assert ask(campaign, tmp_path).json()["files"] == "missing"


def test_another_schema_is_not_ready(campaign, tmp_path):
    """A worker of a new version waits for the upgrade."""
    files(tmp_path, 1)
    campaign.rows("UPDATE alembic_version SET version_num = '0000'")
    answer = ask(campaign, tmp_path)
    assert (answer.status_code, answer.json()["schema"]) == (503, "old")


def test_a_database_that_is_away_is_not_waited_for(campaign, tmp_path):
    """A second at most; the process itself is healthy."""
    files(tmp_path, 1)
    nowhere = Campaign(campaign.url.replace("test_", "nowhere_"))
    answer = ask(nowhere, tmp_path)
    assert answer.status_code == 503
    assert (answer.json()["database"], answer.json()["schema"]) == ("unreachable", "unknown")
    assert ask(nowhere, tmp_path, "/health").json() == {"status": "ok"}
