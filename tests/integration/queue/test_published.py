"""The notice as the publisher writes it and workers serve it; the command that announces."""

from __future__ import annotations

import asyncio
import json
import threading
import time

import pytest

from api.cli import main
from api.feeds.run import run_publisher
from api.queue.notice import Notice
from api.settings import Settings
from tests.campaign import fill_campaign
from tests.serving import client_of

PATIENCE_S = 60.0


@pytest.fixture
def campaign(database_url):
    """Give a campaign without slots."""
    return fill_campaign(database_url)


def written_anew(path, before):
    """Wait until a file says something else than before; give what it says."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if path.is_file() and (said := json.loads(path.read_bytes())) != before:
            return said
        time.sleep(0.05)
    raise AssertionError("the notice is not written")


def test_the_notice_is_written_when_it_says_something_new_and_served(campaign, tmp_path):
    """One file for everybody, with nothing of anybody."""
    settings, stop = Settings(database_url=campaign.url, public=tmp_path), threading.Event()
    publisher = threading.Thread(target=run_publisher, args=(settings, stop))
    publisher.start()
    try:
        first = written_anew(tmp_path / "queue" / "state.json", None)
        campaign.rows("UPDATE queue_room SET is_open = true")
        second = written_anew(tmp_path / "queue" / "state.json", first)
    finally:
        stop.set()
        publisher.join()
    assert second["generated_at"] > first["generated_at"]
    assert set(second) == {"generated_at", "changed_at", *Notice.__struct_fields__}
    assert (first["open"], second["open"], second["marks"]) == (False, True, [])

    async def read():
        async with client_of(campaign, public=tmp_path) as client:
            answer = await client.get("/queue/state.json")
            again = {"If-None-Match": answer.headers["ETag"]}
            return answer, await client.get("/queue/state.json", headers=again)

    answer, again = asyncio.run(read())
    assert answer.json().keys() == second.keys()
    assert again.status_code == 304


@pytest.fixture
def announce(campaign, monkeypatch, capsys):
    """Run the command; give its exit status, what it prints, and its messages."""

    def run(*words):
        command = ["creneau", "queue", "announce", *words, "--database", campaign.url]
        monkeypatch.setattr("sys.argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return run


def test_an_opening_is_announced_once_and_in_the_audit(announce, campaign):
    """With the commitment everybody reads; the secret is printed nowhere."""
    status, out, _ = announce("2999-07-13T08:00+02:00", "--json")
    said = json.loads(out)
    assert (status, said["opening"]) == (0, 1)
    [row] = campaign.rows("SELECT secret FROM queue_opening")
    [deed] = campaign.rows("SELECT action, detail FROM audit")
    assert (deed["action"], deed["detail"]["commitment"]) == ("queue.announce", said["commitment"])
    assert row["secret"].hex() not in out + str(deed)
    assert announce("2999-07-14T08:00+02:00")[0] == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("tomorrow", "is no instant"),
        ("2999-07-13T08:00", "does not say its offset"),
        ("2021-07-13T08:00+02:00", "announced for a time to come"),
    ],
)
def test_mistakes_are_one_line(announce, words, message):
    """And exit status 2."""
    status, _, said = announce(words)
    assert (status, said.count("\n")) == (2, 1)
    assert message in said
