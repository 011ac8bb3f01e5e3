"""`creneau staff` and `creneau audit verify` as they are run."""

from __future__ import annotations

import asyncio
import json

import pytest

from api.cli import main
from api.clock import now
from tests.campaign import MONDAY, Campaign, fill_campaign
from tests.serving import client_of


@pytest.fixture
def creneau(database_url, monkeypatch, capsys):
    """Run the command on a campaign; give its exit status, what it prints, and its messages."""
    fill_campaign(database_url)

    def run(*words):
        monkeypatch.setattr("sys.argv", ["creneau", *words, "--database", database_url])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return run


def test_a_token_is_made_listed_and_revoked(creneau):
    """What is printed says everything; the list never the token."""
    made = json.loads(creneau("staff", "token", "--role", "centre", "--scope", "paris", "--days",
                              "7", "--label", "front desk", "--json")[1])  # fmt: skip
    [listed] = json.loads(creneau("staff", "list", "--json")[1])["tokens"]
    assert made == {"token": made["token"], **listed}
    assert (listed["role"], listed["scope"], listed["label"]) == ("centre", "paris", "front desk")
    revoked = json.loads(creneau("staff", "revoke", made["id"], "--json")[1])
    assert revoked["revoked_at"]
    assert creneau("staff", "list")[1].count("revoked") == 1


def test_a_token_made_here_opens_the_day(creneau, database_url):
    """With the clock of now: the command and the application agree."""
    _, out, _ = creneau("staff", "token", "--role", "centre", "--scope", "paris")
    headers = {"Authorization": f"Bearer {out.splitlines()[0]}"}

    async def ask():
        async with client_of(Campaign(database_url), clock=now) as client:
            return await client.get(f"/api/centres/paris/days/{MONDAY}", headers=headers)

    assert asyncio.run(ask()).status_code == 200


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("token", "--role", "king", "--scope", "paris"), "--role: is one of planner, centre"),
        (("token", "--role", "centre", "--scope", "national"), "--scope: scope of centre is"),
        (("token", "--role", "centre", "--scope", "nowhere"), "there is none with the code"),
        (("revoke", "00000000-0000-0000-0000-000000000000"), "there is no token"),
    ],
)
def test_a_mistake_is_one_message(creneau, words, message):
    """And nothing is done."""
    status, out, err = creneau("staff", *words)
    assert (status, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1
    assert creneau("staff", "list")[1] == "no tokens\n"


def test_the_audit_is_verified_and_tells_where_it_breaks(creneau, database_url):
    """Exit 1 when it does; the head printed before is a witness later."""
    for scope in ("paris", "bobigny", "ajaccio"):
        creneau("staff", "token", "--role", "centre", "--scope", scope)
    status, out, _ = creneau("audit", "verify", "--json")
    head = json.loads(out)["head"]
    assert (status, json.loads(out)) == (
        0, {"ok": True, "entries": 3, "head": head, "broken_at": None, "rule": ""},
    )  # fmt: skip
    assert creneau("audit", "verify", "--witness", head)[0] == 0
    Campaign(database_url).rows("DELETE FROM audit WHERE entry = 3")
    assert creneau("audit", "verify")[0] == 0
    status, out, _ = creneau("audit", "verify", "--witness", head)
    assert (status, out) == (
        1,
        "entry 3 is missing, though entry 3 was witnessed; 2 before it hold\n",
    )
    assert creneau("audit", "verify", "--witness", "x")[0] == 2
    Campaign(database_url).rows("UPDATE audit SET subject = 'x' WHERE entry = 2")
    status, out, _ = creneau("audit", "verify", "--json")
    found = json.loads(out)
    assert (status, found["ok"], found["entries"], found["broken_at"]) == (1, False, 1, 2)
