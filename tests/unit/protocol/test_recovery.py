"""The recovery kit: typed by tired people, and found out where they err."""

from __future__ import annotations

import pytest

from api.protocol.recovery import (
    GROUPS,
    new_code,
    printed,
    qr_text,
    typed,
    unwrap_by_code,
    wrap_by_code,
)
from api.protocol.refusal import Refused
from api.protocol.wrapping import Wrap, unwrap_by_passphrase, wrap_by_passphrase
from tests.sealed import CHEAP, PASSPHRASE, pair

CODE = bytes(range(7, 39))


@pytest.fixture(scope="module")
def centre():
    return pair()


def test_a_code_is_thirteen_groups_of_five():
    """That is what the kit says, and no letter can be taken for another."""
    groups = printed(CODE).split(" ")
    assert [len(group) for group in groups] == [5] * GROUPS
    assert not set("ILOU") & set("".join(groups))


@pytest.mark.parametrize("code", [CODE, bytes(32), b"\xff" * 32, bytes(range(7, 231, 7))])
def test_what_is_printed_is_read_back(code):
    """In any case, with any blanks, and with the letters that look alike."""
    text = printed(code)
    sloppy = text.lower().replace(" ", "  ").replace("0", "o").replace("1", "l")
    assert typed(text) == typed(sloppy) == typed(text.replace(" ", "-")) == code


def test_the_qr_code_says_whose_it_is_and_is_read_like_the_groups(centre):
    """The text begins with the key id and ends with the code."""
    text = qr_text(centre.owner, CODE)
    assert centre.owner.key_id.hex() in text
    assert typed(text) == CODE


@pytest.mark.parametrize("place", [1, 7, 13])
def test_a_mistyped_group_is_named(place):
    """Any wrong character shows, and where."""
    groups = printed(CODE).split(" ")
    wrong = "Z" if groups[place - 1][0] != "Z" else "Y"
    groups[place - 1] = wrong + groups[place - 1][1:]
    with pytest.raises(Refused, match=rf"group {place} "):
        typed(" ".join(groups))


@pytest.mark.parametrize("text", ["", "A", printed(CODE)[:-1], printed(CODE) + "0", "U" * 65])
def test_what_is_no_code_is_refused(text):
    """Too short, too long, or of other letters."""
    with pytest.raises(Refused):
        typed(text)


def test_groups_in_another_order_are_noticed():
    """Each group's check knows its place."""
    groups = printed(CODE).split(" ")
    groups[2], groups[5] = groups[5], groups[2]
    with pytest.raises(Refused, match="group 3 "):
        typed(" ".join(groups))


def test_the_code_opens_the_key_and_nothing_else_does(centre):
    """The kit's wrap opens by its code, not by another one, and not for another key."""
    wrap = Wrap.from_members(wrap_by_code(centre.secret, centre.owner, CODE).members())
    assert unwrap_by_code(wrap, centre.owner, CODE) == centre.secret
    with pytest.raises(Refused, match="does not open"):
        unwrap_by_code(wrap, centre.owner, new_code())
    with pytest.raises(Refused, match="does not open"):
        unwrap_by_code(wrap, pair().owner, CODE)


def test_the_two_ways_in_are_kept_apart(centre):
    """A passphrase is never tried where a code belongs, nor the other way round."""
    by_code = wrap_by_code(centre.secret, centre.owner, CODE)
    by_passphrase = wrap_by_passphrase(centre.secret, centre.owner, "Ana", PASSPHRASE, CHEAP)
    with pytest.raises(Refused, match="by the recovery code"):
        unwrap_by_passphrase(by_code, centre.owner, PASSPHRASE)
    with pytest.raises(Refused, match="by a passphrase"):
        unwrap_by_code(by_passphrase, centre.owner, CODE)
