"""Wrapped keys: who opens them, and that nobody can make them weaker."""

from __future__ import annotations

import dataclasses

import pytest

from api.protocol.refusal import Refused
from api.protocol.wrapping import Cost, Wrap, unwrap_by_passphrase, wrap_by_passphrase
from tests.sealed import CHEAP, PASSPHRASE, pair


@pytest.fixture(scope="module")
def centre():
    return pair()


@pytest.fixture(scope="module")
def wrap(centre):
    return wrap_by_passphrase(centre.secret, centre.owner, "Ana", PASSPHRASE, CHEAP)


def test_the_holder_opens_it(centre, wrap):
    """The passphrase gives the private key back, also typed with other combining marks."""
    assert unwrap_by_passphrase(wrap, centre.owner, PASSPHRASE) == centre.secret
    accented = wrap_by_passphrase(centre.secret, centre.owner, "Ana", "é" * 12, CHEAP)
    assert unwrap_by_passphrase(accented, centre.owner, "e\u0301" * 12) == centre.secret


def test_its_json_form_is_read_back(wrap):
    """What is written is what is read."""
    assert Wrap.from_members(wrap.members()) == wrap


def test_another_passphrase_does_not_open_it(centre, wrap):
    """One letter is enough."""
    with pytest.raises(Refused, match="does not open"):
        unwrap_by_passphrase(wrap, centre.owner, PASSPHRASE + " ")


def test_the_default_protection_is_above_the_floor():
    """64 MiB, three passes, one lane."""
    assert Cost() == Cost(64 * 1024, 3, 1)


@pytest.mark.parametrize("cost", [(19 * 1024 - 1, 3, 1), (65536, 1, 1), (8, 1, 1), (65536, 3, 0)])
def test_a_lowered_protection_is_refused_before_anything_is_derived(wrap, cost):
    """A server that hands out a weaker wrap, to have the passphrase tried out, gets nothing."""
    members = wrap.members() | dict(zip(("memory_kib", "passes", "lanes"), cost, strict=True))
    with pytest.raises(Refused, match="lowered"):
        Wrap.from_members(members)


@pytest.mark.parametrize("cost", [(2**20 + 1, 3, 1), (65536, 17, 1), (65536, 3, 5)])
def test_a_protection_that_would_halt_the_browser_is_refused(wrap, cost):
    """Nor can a server make the page work for ever."""
    with pytest.raises(Refused, match="more than a browser"):
        Wrap.from_members(wrap.members() | dict(zip(("memory_kib", "passes", "lanes"), cost,
                                                    strict=True)))  # fmt: skip


@pytest.mark.parametrize("value", ["65536", 65536.0, None, True])
def test_a_protection_is_whole_numbers(wrap, value):
    """Other types are refused."""
    with pytest.raises(Refused):
        Wrap.from_members(wrap.members() | {"memory_kib": value})


def other_bytes(data):
    return bytes([data[0] ^ 1]) + data[1:]


@pytest.mark.parametrize("field", ["holder", "cost", "salt", "nonce", "wrapped"])
def test_every_part_of_a_wrap_is_bound(centre, wrap, field):
    """Changed after it was made, even within what is admitted, it does not open."""
    value = getattr(wrap, field)
    changed = {"holder": "Eve", "cost": Cost(19 * 1024 + 8, 2, 1)}.get(field) or other_bytes(value)
    altered = dataclasses.replace(wrap, **{field: changed})
    with pytest.raises(Refused, match="does not open"):
        unwrap_by_passphrase(altered, centre.owner, PASSPHRASE)


@pytest.mark.parametrize("field", ["campaign", "centre", "public_key"])
def test_a_wrap_opens_for_its_owner_only(centre, wrap, field):
    """Put beside another centre's, campaign's or key's name, it does not open."""
    value = pair().public if field == "public_key" else "other"
    with pytest.raises(Refused, match="does not open"):
        unwrap_by_passphrase(wrap, dataclasses.replace(centre.owner, **{field: value}), PASSPHRASE)


def test_the_private_key_of_another_is_noticed(centre):
    """A wrap that holds a key which does not belong to the public key beside it is refused."""
    wrong = wrap_by_passphrase(pair().secret, centre.owner, "Ana", PASSPHRASE, CHEAP)
    with pytest.raises(Refused, match="another public key"):
        unwrap_by_passphrase(wrong, centre.owner, PASSPHRASE)


def test_a_short_passphrase_is_refused(centre):
    """Eleven characters are too few."""
    with pytest.raises(Refused, match="12 characters"):
        wrap_by_passphrase(centre.secret, centre.owner, "Ana", "x" * 11, CHEAP)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m | {"more": 1}, lambda m: m | {"method": "code"}, lambda m: m | {"method": 1},
        lambda m: m | {"holder": ""}, lambda m: m | {"salt": "AA"}, lambda m: m | {"salt": 1},
        lambda m: {k: v for k, v in m.items() if k != "passes"},
    ],
)  # fmt: skip
def test_another_form_is_refused(wrap, change):
    """A wrap has its members and no others."""
    with pytest.raises(Refused):
        Wrap.from_members(change(wrap.members()))
