"""`creneau staff allow|disallow|rules|sessions|sign-out` as they are run."""

from __future__ import annotations

import asyncio
import json

import pytest

from api.cli import main
from api.clock import now
from tests.integration.signon.browser import browser


@pytest.fixture
def creneau(campaign, monkeypatch, capsys):
    """Run the command on a campaign; give its exit status, what it prints, and its messages."""
    config = {"name": "psc", "title": "PSC", "issuer": "https://sso.example.fr",
              "client_id": "c", "client_secret": "s"}  # fmt: skip
    monkeypatch.setenv("CRENEAU_IDENTITY_PROVIDERS", json.dumps([config]))

    def run(*words):
        monkeypatch.setattr("sys.argv", ["creneau", "staff", *words, "--database", campaign.url])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return run


ALICE = ("allow", "--provider", "psc", "--claim", "sub", "--value", "alice", "--role", "centre",
         "--scope", "paris")  # fmt: skip


def test_a_rule_made_here_lets_in_until_it_is_revoked(creneau, campaign, issuer):
    """Allow, sign on, see the session, send it away, disallow."""
    made = json.loads(creneau(*ALICE, "--days", "7", "--json")[1])
    assert json.loads(creneau("rules", "--json")[1]) == {"rules": [made]}

    async def scene(at_work):
        async with browser(campaign, issuer, clock=now) as alice:
            assert (await alice.sign_on("alice")).status_code == 303
            assert (await alice.here.get("/api/staff/me")).status_code == 200
            await asyncio.to_thread(at_work)
            return (await alice.here.get("/api/staff/me")).status_code

    def send_away():
        [session] = json.loads(creneau("sessions", "--json")[1])["sessions"]
        assert (session["role"], session["scope"], session["way"]) == (
            "centre",
            "paris",
            "provider",
        )
        assert creneau("sign-out", session["id"])[1] == f"{session['id']} is closed\n"
        assert creneau("sessions")[1] == "nobody is signed on\n"
        assert creneau("sign-out", session["id"])[0] == 2

    assert asyncio.run(scene(send_away)) == 404
    assert asyncio.run(scene(lambda: creneau("disallow", made["id"]))) == 404
    assert "revoked" in creneau("rules")[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((*ALICE[:2], "other", *ALICE[3:]), "--provider: is one of CRENEAU_IDENTITY_PROVIDERS"),
        ((*ALICE[:-1], "nowhere"), "--scope: scope of centre is"),
        ((*ALICE[:6], "", *ALICE[7:]), "--claim: and --value are not empty"),
        (("disallow", "0" * 32), "there is no rule"),
    ],
)
def test_mistakes_are_one_line(creneau, words, message):
    """And exit status 2."""
    status, _, said = creneau(*words)
    assert status == 2
    assert message in said
    assert said.count("\n") == 1
