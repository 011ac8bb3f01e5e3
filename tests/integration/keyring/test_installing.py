"""`creneau keys install`: what the authority signed, into the booking database, all or none."""

from __future__ import annotations

import json
import sys

import pytest

from api.cli import main
from api.protocol.documents import public_key_to_json
from tests.campaign import fill_campaign
from tests.keys import Authority, key_file
from tests.sealed import pair


@pytest.fixture
def campaign(database_url):
    """Give a campaign without an authority."""
    return fill_campaign(database_url)


@pytest.fixture
def install(campaign, tmp_path, monkeypatch, capsys):
    """Run the command with documents; give its exit status and what it said."""

    def call(*documents, authority=None):
        paths = []
        for nth, document in enumerate(documents):
            path = tmp_path / f"document-{nth}.json"
            path.write_bytes(document if isinstance(document, bytes) else document.to_json())
            paths.append(str(path))
        words = ["--database", campaign.url, "--json"]
        if authority is not None:
            public = tmp_path / "authority.json"
            public.write_bytes(public_key_to_json(authority.owner))
            words += ["--authority", str(public)]
        monkeypatch.setattr(sys, "argv", ["creneau", "keys", "install", *paths, *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, *capsys.readouterr()

    return call


def test_everything_at_once_then_single_keys(campaign, install):
    """The authority is named once; the campaign lies there byte for byte."""
    authority = Authority()
    key, signed = authority.centre("paris")
    document = authority.campaign().to_json() + b"\n"
    status, out, _ = install(key_file(key), signed, document, authority=authority.key)
    assert status == 0
    assert json.loads(out) == {"campaign": "petite-2021", "signed_keys": 1, "key_files": 1}
    assert install(authority.centre("bobigny")[1])[0] == 0
    [row] = campaign.rows("SELECT document, authority FROM signed_campaign")
    assert (row["document"], row["authority"]) == (document, authority.key.public)
    assert campaign.rows("SELECT centre_id, version FROM centre_key ORDER BY centre_id") == [
        {"centre_id": 1, "version": 1}, {"centre_id": 2, "version": 0},
    ]  # fmt: skip
    actions = campaign.rows("SELECT action FROM audit")
    assert actions == [{"action": "keys.install"}] * 2


def test_a_newer_document_of_the_campaign_takes_the_place_of_the_old(campaign, install):
    """Another key service, say; signed by the same authority."""
    authority = Authority()
    install(authority.campaign(), authority=authority.key)
    newer = authority.campaign("https://autre.example.org")
    assert install(newer)[0] == 0
    [row] = campaign.rows("SELECT document FROM signed_campaign")
    assert row["document"] == newer.to_json()


REFUSED = {
    "is needed the first time": lambda a: ([a.campaign()], None),
    "comes before the campaign": lambda a: ([a.centre("paris")[1]], a.key),
    "did not sign this": lambda a: ([Authority().campaign()], a.key),
    "did not sign this key": lambda a: ([a.campaign(), Authority().centre("paris")[1]], a.key),
    "is not in this database": lambda a: ([a.campaign(), a.centre("nowhere")[1]], a.key),
    "is another campaign": lambda a: ([a.campaign(code="autre-2021")], a.key),
    "is no document": lambda a: ([public_key_to_json(a.key.owner)], a.key),
    "not a JSON document": lambda a: ([b"\x00"], a.key),
    "an authority's is needed": lambda a: ([a.campaign()], pair("centre", "petite-2021")),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_does_not_hold_is_named_and_nothing_is_installed(campaign, install, why):
    """Exit 2 with one line."""
    documents, authority = REFUSED[why](Authority())
    status, out, err = install(*documents, authority=authority)
    assert (status, out) == (2, "")
    assert why in err
    assert err.count("\n") == 1
    assert campaign.rows("SELECT 1 FROM signed_campaign") == []
    assert campaign.rows("SELECT 1 FROM centre_key") == []


def test_another_authority_is_refused_once_there_is_one(install):
    """Whoever runs the server cannot exchange it by this command."""
    first, second = Authority(), Authority()
    install(first.campaign(), authority=first.key)
    status, _, err = install(second.campaign(), authority=second.key)
    assert status == 2
    assert "is not the authority that is installed" in err


def test_a_destroyed_key_is_not_installed_again(campaign, install):
    """A copy on a disk does not bring it back."""
    authority = Authority()
    key, signed = authority.centre("paris")
    install(authority.campaign(), signed, authority=authority.key)
    campaign.rows("UPDATE centre_key SET destroyed_at = now()")
    status, _, err = install(key_file(key))
    assert status == 2
    assert "was destroyed" in err
