"""The key service's key: made once, read by its owner alone."""

from __future__ import annotations

import stat

import pytest

from allocator.errors import InputError
from api.keyservice.key_file import CampaignKey, make_key, read_key, write_key
from api.protocol.documents import public_key_to_json
from tests.sealed import CAMPAIGN, pair


@pytest.fixture
def path(tmp_path):
    return tmp_path / "key.json"


def test_a_key_is_made_for_its_owner_only(path):
    """Nobody else may read it, whatever the umask, and it is read back as it was."""
    made = make_key(path, CAMPAIGN, None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key(path) == made
    assert made.authority == b""
    assert len({make_key(path.with_name(f"{i}"), CAMPAIGN, None).seed for i in range(3)}) == 3


def test_a_key_is_never_written_over(path):
    """A second key would end the tags of the campaign."""
    made = make_key(path, CAMPAIGN, None)
    with pytest.raises(InputError, match="never written over"):
        make_key(path, CAMPAIGN, None)
    assert read_key(path) == made


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(path, mode):
    """The service does not start with a key that somebody else may have copied."""
    make_key(path, CAMPAIGN, None)
    path.chmod(mode)
    with pytest.raises(InputError, match="chmod 600"):
        read_key(path)


def test_it_knows_the_authority_whose_grants_it_takes(path, tmp_path):
    """The authority of the campaign, and of no other."""
    for campaign in (CAMPAIGN, "grippe"):
        owner = pair("authority", campaign=campaign).owner
        (tmp_path / f"{campaign}.pub.json").write_bytes(public_key_to_json(owner))
    (tmp_path / "centre.pub.json").write_bytes(public_key_to_json(pair().owner))
    for wrong in ("grippe", "centre"):
        with pytest.raises(InputError, match="authority"):
            make_key(path, CAMPAIGN, tmp_path / f"{wrong}.pub.json")
    assert not path.exists()
    with pytest.raises(InputError, match="cannot be read"):
        make_key(path, CAMPAIGN, tmp_path / "missing")
    assert len(make_key(path, CAMPAIGN, tmp_path / f"{CAMPAIGN}.pub.json").authority) == 32


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format":"x"}'])
def test_what_is_no_key_is_refused(path, content):
    """One message with the file and the rule; what the file holds is not repeated."""
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(InputError, match=r"key\.json: "):
        read_key(path)


def test_another_format_is_refused(path):
    """A key of another version is none."""
    write_key(path, CampaignKey(CAMPAIGN, b"s" * 32))
    path.write_bytes(path.read_bytes().replace(b"tag-key/1", b"tag-key/2"))
    with pytest.raises(InputError, match="not a document"):
        read_key(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_key(path.with_name("missing"))


def test_a_bad_campaign_code_makes_no_file(path):
    """Nothing is written for a key that cannot be."""
    with pytest.raises(InputError, match="campaign"):
        make_key(path, "", None)
    assert not path.exists()


def test_a_key_does_not_show_itself():
    """Printed by accident, it tells its campaign only."""
    assert repr(CampaignKey(CAMPAIGN, b"s" * 32)) == f"CampaignKey(campaign='{CAMPAIGN}')"
