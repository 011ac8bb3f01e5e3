"""The file of a key: its holders, and its form."""

from __future__ import annotations

import pytest

from api.protocol.key_file import KeyFile
from api.protocol.recovery import new_code, unwrap_by_code, wrap_by_code
from api.protocol.refusal import Refused
from api.protocol.wrapping import unwrap_by_passphrase, wrap_by_passphrase
from tests.sealed import CHEAP, PASSPHRASE, pair


@pytest.fixture(scope="module")
def centre():
    return pair()


def wrap_for(centre, holder, passphrase=PASSPHRASE):
    return wrap_by_passphrase(centre.secret, centre.owner, holder, passphrase, CHEAP)


def test_several_people_and_the_kit_open_one_key(centre):
    """Each by what they know, from one file that is read back as it was."""
    code = new_code()
    file = KeyFile(centre.owner, (wrap_by_code(centre.secret, centre.owner, code),))
    for holder in ("Ana", "Léo, poste 2"):
        file = file.with_wrap(wrap_for(centre, holder, PASSPHRASE + holder))
    read = KeyFile.from_json(file.to_json())
    assert read == file
    assert unwrap_by_code(read.recovery_wrap, read.owner, code) == centre.secret
    for holder in ("Ana", "Léo, poste 2"):
        opened = unwrap_by_passphrase(read.wrap_of(holder), read.owner, PASSPHRASE + holder)
        assert opened == centre.secret


def test_a_new_passphrase_takes_the_place_of_the_old_one(centre):
    """One wrap a holder."""
    file = KeyFile(centre.owner, (wrap_for(centre, "Ana"),))
    changed = file.with_wrap(wrap_for(centre, "Ana", "une autre phrase de passe"))
    assert len(changed.wraps) == 1
    with pytest.raises(Refused):
        unwrap_by_passphrase(changed.wrap_of("Ana"), centre.owner, PASSPHRASE)


def test_who_does_not_hold_it_is_told(centre):
    """A name that is not there and a kit that was never made."""
    file = KeyFile(centre.owner, (wrap_for(centre, "Ana"),))
    with pytest.raises(Refused, match="nobody of that name"):
        file.wrap_of("Eve")
    with pytest.raises(Refused, match="no recovery kit"):
        assert file.recovery_wrap


def test_a_file_without_holders_or_with_one_twice_is_refused(centre):
    """There is always a way in, and one of each name."""
    wrap = wrap_for(centre, "Ana")
    for wraps in ((), (wrap, wrap)):
        with pytest.raises(Refused, match="one a holder"):
            KeyFile(centre.owner, wraps)


@pytest.mark.parametrize(
    ("old", "new"), [(b'"wraps":[', b'"wraps":[1,'), (b"creneau-key/1", b"creneau-key/2"),
                     (b'"role":"centre"', b'"role":"other"'), (b"{", b"["), (b'"wraps"', b'"wrap"')]
)  # fmt: skip
def test_another_form_is_refused(centre, old, new):
    """A key file has its form and no other."""
    data = KeyFile(centre.owner, (wrap_for(centre, "Ana"),)).to_json()
    with pytest.raises(Refused):
        KeyFile.from_json(data.replace(old, new, 1))
