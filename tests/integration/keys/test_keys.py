"""`creneau keys` as a centre and its authority run it."""

from __future__ import annotations

import json
import re
import stat
import sys
from pathlib import Path

import pytest

from api.cli import main
from api.protocol.authority import verified_campaign, verified_centre_key
from api.protocol.documents import SignedCampaign, SignedKey, public_key_from_json
from api.protocol.encoding import to_base64url
from api.protocol.grant import opened_grant, verified_grant
from api.protocol.key_file import KeyFile
from api.protocol.refusal import Refused
from api.protocol.sealing import open_sealed, seal
from api.protocol.wrapping import unwrap_by_passphrase
from tests.sealed import CAMPAIGN, CENTRE, PASSPHRASE, binding, key_service, pair, somebody

SIGNED_DAYS = ("--first-day", "2021-05-31", "--last-day", "2021-07-04")


@pytest.fixture
def creneau(monkeypatch, capsys):
    """Run the command inside this interpreter; give its exit status and what it said."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["creneau", "keys", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


@pytest.fixture
def done(creneau):
    """Run the command to a good end, and give the JSON it printed."""

    def call(*arguments):
        status, out, err = creneau(*arguments, "--json")
        assert status == 0, err
        return json.loads(out)

    return call


@pytest.fixture
def passphrase(tmp_path):
    """Write the passphrase to a file."""
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n", encoding="utf-8")
    return path


@pytest.fixture
def generate(done, tmp_path, passphrase):
    """Make a key of the centre, or of the authority."""

    def call(*arguments):
        return done("generate", "--campaign", CAMPAIGN, "--out", tmp_path / "keys",
                    "--passphrase-file", passphrase, *arguments)  # fmt: skip

    return call


@pytest.fixture
def centre(generate):
    """Make the centre's key."""
    return generate("--centre", CENTRE, "--holder", "Ana")


@pytest.fixture
def authority(generate):
    """Make the authority's key."""
    return generate("--authority")


def key_file(path):
    """Read a key file."""
    return KeyFile.from_json(Path(path).read_bytes())


def secret_of(path, holder="Ana", passphrase=PASSPHRASE):
    """Open a key file."""
    file = key_file(path)
    return unwrap_by_passphrase(file.wrap_of(holder), file.owner, passphrase)


def code_of(kit):
    """Read the code off a printed kit."""
    return " ".join(re.findall(r"<li>(\w+)</li>", Path(kit).read_text(encoding="utf-8")))


def test_a_new_key_opens_what_is_sealed_to_it(centre):
    """Key, public key and kit fit together; the private ones are their owner's only."""
    owner = public_key_from_json(Path(centre["public"]).read_bytes())
    assert (owner.key_id.hex(), owner.fingerprint) == (centre["key_id"], centre["fingerprint"])
    secret = secret_of(centre["key"])
    bound = binding(pair(), key_id=owner.key_id)
    assert open_sealed(seal(somebody(), owner.public_key, bound), secret, bound) == somebody()
    for file in ("key", "kit"):
        assert stat.S_IMODE(Path(centre[file]).stat().st_mode) == 0o600


def test_the_kit_is_a_page_to_print_that_calls_nobody(centre):
    """In French, with code, QR code and fingerprint, and nothing loaded from anywhere."""
    page = Path(centre["kit"]).read_text(encoding="utf-8")
    assert "Trousse de secours" in page
    assert centre["fingerprint"] in page
    assert "<svg" in page
    assert not re.search(r"(src|href)=|@import|url\(", page)
    assert len(code_of(centre["kit"]).split()) == 13


def test_the_authority_signs_a_centre_s_key(done, centre, authority, passphrase, tmp_path):
    """The signed key verifies, and its grant opens for the centre."""
    out = tmp_path / "signed.json"
    said = done("sign", centre["public"], "--authority", authority["key"], "--out", out,
                "--fingerprint", centre["fingerprint"], "--passphrase-file", passphrase,
                *SIGNED_DAYS)  # fmt: skip
    assert (said["centre"], said["first_day"]) == (CENTRE, "2021-05-31")
    signed = SignedKey.from_json(out.read_bytes())
    public = key_file(authority["key"]).owner.public_key
    day = signed.key.validity.last
    assert verified_centre_key(signed.key, signed.signature, public, campaign=CAMPAIGN,
                               centre=CENTRE, on=day) == signed.key.owner.public_key  # fmt: skip
    token = opened_grant(signed.grant, signed.key, secret_of(centre["key"]))
    assert verified_grant(token, public, campaign=CAMPAIGN, on=day).centre == CENTRE


def test_a_key_whose_words_are_others_is_not_signed(
    creneau, centre, authority, passphrase, tmp_path
):
    """Somebody who put another key into the post is found out by telephone."""
    out = tmp_path / "signed.json"
    status, _, err = creneau("sign", centre["public"], "--authority", authority["key"], "--out",
                             out, "--fingerprint", "autre mots que ceux-la",
                             "--passphrase-file", passphrase)  # fmt: skip
    assert (status, out.exists()) == (2, False)
    assert "another fingerprint" in err


def test_the_authority_signs_the_campaign(done, authority, passphrase, tmp_path):
    """With its key services, for its own days."""
    asked, out = tmp_path / "campaign.json", tmp_path / "signed.json"
    service = {"url": "https://cle.example.org", "public_key": to_base64url(
        key_service().public_key)}  # fmt: skip
    asked.write_text(json.dumps({
        "format": "creneau-campaign/1", "campaign": CAMPAIGN, "kind": "nir",
        "services": [service], "first_day": "2021-05-31", "last_day": "2021-12-31",
    }))  # fmt: skip
    done("sign", asked, "--authority", authority["key"], "--out", out,
         "--passphrase-file", passphrase)  # fmt: skip
    signed = SignedCampaign.from_json(out.read_bytes())
    public = key_file(authority["key"]).owner.public_key
    campaign = verified_campaign(signed.campaign, signed.signature, public,
                                 code=CAMPAIGN, on=signed.campaign.validity.first)  # fmt: skip
    assert campaign.services[0].url == service["url"]


def test_the_next_key_leaves_the_old_one_as_it_is(done, centre, passphrase, tmp_path):
    """Both open what was sealed to them: rotation overlaps."""
    before = secret_of(centre["key"])
    new = done("rotate", centre["key"], "--out", tmp_path / "keys", "--holder", "Ana",
               "--passphrase-file", passphrase)  # fmt: skip
    assert new["replaces"] == centre["key_id"] != new["key_id"]
    assert secret_of(centre["key"]) == before != secret_of(new["key"])
    owners = [key_file(one["key"]).owner for one in (centre, new)]
    assert owners[0].centre == owners[1].centre == CENTRE


def test_the_kit_lets_somebody_in_and_so_does_a_holder(done, centre, passphrase, tmp_path):
    """A lost passphrase is replaced; a second member of staff is admitted by the first."""
    code, other = tmp_path / "code", tmp_path / "other"
    code.write_text(code_of(centre["kit"]).lower())
    other.write_text("une tout autre phrase")
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    done("recover", centre["key"], "--out", first, "--holder", "Ana", "--code-file", code,
         "--passphrase-file", other)  # fmt: skip
    secret = secret_of(centre["key"])
    assert secret_of(first, passphrase="une tout autre phrase") == secret
    with pytest.raises(Refused):
        secret_of(first)
    done("recover", first, "--out", second, "--holder", "Léo", "--by", "Ana", "--code-file", other,
         "--passphrase-file", passphrase)  # fmt: skip
    assert secret_of(second, "Léo") == secret
    assert len(key_file(second).wraps) == 3


def test_a_destroyed_key_is_gone_and_nothing_opens(done, creneau, centre):
    """Only who says its key id destroys it; afterwards the file is not there."""
    status, _, err = creneau("destroy", centre["key"], "--key-id", "0" * 32)
    assert (status, "nothing was destroyed" in err) == (2, True)
    secret_of(centre["key"])
    assert done("destroy", centre["key"], "--key-id", centre["key_id"])["destroyed"]
    status, _, err = creneau("destroy", centre["key"], "--key-id", centre["key_id"])
    assert (status, "cannot be read" in err) == (2, True)


def test_nothing_is_written_over(creneau, centre, authority, passphrase, tmp_path):
    """A file that is there stays as it is, and nothing else is left behind."""
    out = tmp_path / "there.json"
    out.write_text("mine")
    code = tmp_path / "code"
    code.write_text(code_of(centre["kit"]))
    for arguments in (
        ("sign", centre["public"], "--authority", authority["key"], "--fingerprint",
         centre["fingerprint"]),
        ("recover", centre["key"], "--code-file", code),
    ):  # fmt: skip
        status, _, err = creneau(*arguments, "--out", out, "--passphrase-file", passphrase)
        assert (status, "exists already" in err) == (2, True)
    assert out.read_text() == "mine"


def test_a_user_s_mistakes_are_one_line_with_the_file(
    creneau, centre, authority, passphrase, tmp_path
):
    """Wrong passphrase, wrong file, wrong role, mistyped code: exit status 2 and the reason."""
    wrong, code, binary = tmp_path / "wrong", tmp_path / "code", tmp_path / "binary"
    wrong.write_text("pas la bonne phrase")
    code.write_text("X" + code_of(centre["kit"])[1:])
    binary.write_bytes(b"\xff\xfe")
    out = tmp_path / "out.json"
    signing = ("sign", centre["public"], "--fingerprint", centre["fingerprint"], "--out", out)
    new = ("generate", "--campaign", CAMPAIGN, "--out", tmp_path / "new")
    for arguments, said in (
        (("rotate", centre["key"], "--out", tmp_path, "--holder", "Ana", "--passphrase-file",
          wrong), "does not open"),
        (("rotate", centre["key"], "--out", tmp_path, "--holder", "Eve", "--passphrase-file",
          passphrase), "nobody of that name"),
        (("rotate", centre["public"], "--out", tmp_path, "--passphrase-file", passphrase),
         "not a document"),
        (("recover", centre["key"], "--out", out, "--code-file", code), "group 1 "),
        (("recover", centre["key"], "--out", out, "--code-file", binary), "no UTF-8"),
        ((*signing, "--authority", centre["key"], "--passphrase-file", passphrase),
         "key of a centre"),
        ((*signing, "--authority", authority["key"], "--passphrase-file", passphrase,
          "--first-day", "2021-05-31", "--last-day", "2021-05-30"), "before the first"),
        (("sign", centre["key"], "--authority", authority["key"], "--out", out), "neither"),
        ((*new, "--centre", " x", "--passphrase-file", passphrase), "blanks"),
        ((*new, "--centre", "x", "--passphrase-file", tmp_path / "none"), "cannot be read"),
    ):  # fmt: skip
        status, _, err = creneau(*arguments)
        assert (status, said in err) == (2, True), err
        assert len(err.splitlines()) == 1
        assert PASSPHRASE not in err
    assert not out.exists()
    assert not (tmp_path / "new").exists()


def test_a_centre_or_the_authority_and_not_both(creneau, passphrase, tmp_path):
    """The command asks for one of the two."""
    for choice in ((), ("--centre", CENTRE, "--authority")):
        status, _, err = creneau("generate", "--campaign", CAMPAIGN, "--out", tmp_path,
                                 "--passphrase-file", passphrase, *choice)  # fmt: skip
        assert (status, "--authority" in err) == (2, True)


def test_what_people_read_says_what_to_do(creneau, passphrase, tmp_path):
    """Without --json: the files, and what each is for."""
    status, out, _ = creneau("generate", "--campaign", CAMPAIGN, "--centre", CENTRE, "--out",
                             tmp_path, "--passphrase-file", passphrase)  # fmt: skip
    assert status == 0
    assert "fingerprint: " in out
    assert "put it into the safe" in out
