"""The identity: one canonical form, one size, nothing by accident."""

from __future__ import annotations

import json

import pytest

from api.protocol.identity import MOST_BYTES, PADDED_BYTES, Identity, pad, unpad
from api.protocol.refusal import Refused
from tests.sealed import nir, somebody


def test_the_form_is_json_in_one_order_with_nothing_empty():
    """What is not given is left out; the rest stands in the order of the form."""
    members = json.loads(somebody().to_bytes())
    assert list(members) == [
        "v", "family_name", "given_name", "birth_date", "kind", "number", "phone"
    ]  # fmt: skip
    assert somebody().to_bytes().startswith('{"v":1,"family_name":"Lefèvre-Dœuf"'.encode())


def test_it_is_read_back_as_it_was():
    """Every field survives, health answers included."""
    identity = somebody(
        email="e@example.org", birth_place="Orléans", health={"b": 'œuf "x" \\', "a": "oui"}
    )
    assert Identity.from_bytes(identity.to_bytes()) == identity
    assert unpad(pad(identity)) == identity


def test_decomposed_letters_become_one():
    """A name typed with combining accents is the same bytes as one typed without."""
    assert somebody(given_name="E\u0301loi\u0308se").to_bytes() == somebody().to_bytes()


def test_the_number_is_kept_in_its_canonical_form():
    """Blanks somebody typed do not make another identity."""
    typed = f"{nir()[0]} {nir()[1:5]} {nir()[5:]}"
    assert somebody(number=typed) == somebody()


@pytest.mark.parametrize(
    "changes",
    [
        {"family_name": ""}, {"given_name": " "}, {"family_name": "x" * 81}, {"phone": "1\n2"},
        {"phone": "\u2028"}, {"email": "\ud800"}, {"number": nir()[:14] + "x"},
        {"kind": "passport"}, {"kind": "person"}, {"kind": "person", "number": ""},
        {"health": {"Allergie": "oui"}}, {"health": {"a": "x" * 121}},
        {"health": {f"q{i}": "non" for i in range(9)}}, {"health": {"a": "x\0"}},
        {"health": {"a": 1}},
    ],
)  # fmt: skip
def test_a_field_that_breaks_a_rule_is_refused_without_being_repeated(changes):
    """The message names the rule; it never holds what somebody typed."""
    with pytest.raises(Refused) as refused:
        somebody(**changes)
    typed = [v for v in changes.values() if isinstance(v, str) and len(v.strip()) > 8]
    assert not any(v in str(refused.value) for v in typed)


def test_too_much_is_refused():
    """What does not fit the padding is refused, not cut."""
    answers = {f"q{i}": "é" * 120 for i in range(4)}
    with pytest.raises(Refused, match="shorten"):
        somebody(health=answers)


def test_somebody_without_a_number_is_known_by_name_and_birth():
    """The kind `person` has names, date and place, and no number."""
    identity = somebody(kind="person", number="", birth_place="Orléans")
    assert identity.person().message("c") == Identity.from_bytes(identity.to_bytes()).person(
    ).message("c")  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m | {"more": 1}, lambda m: m | {"v": 2}, lambda m: m | {"phone": ""},
        lambda m: dict(reversed(m.items())), lambda m: m | {"given_name": 1},
        lambda m: m | {"health": {}}, lambda m: m | {"health": [1]},
        lambda m: m | {"birth_date": "1950-2-28"}, lambda m: m | {"birth_date": "1950-02-30"},
        lambda m: m | {"given_name": "E\u0301loi\u0308se"}, lambda m: m | {"phone": " 1"},
        lambda m: {k: v for k, v in m.items() if k != "kind"},
    ],
)  # fmt: skip
def test_another_form_is_refused(change):
    """Only what is written in the canonical form is read."""
    members = change(json.loads(somebody().to_bytes()))
    data = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
    with pytest.raises(Refused):
        Identity.from_bytes(data)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b'{"v": 1}', b"null"])
def test_what_is_no_identity_is_refused(data):
    """Nor is anything else."""
    with pytest.raises(Refused):
        Identity.from_bytes(data)


def test_the_padding_is_zeros_and_nothing_else():
    """A byte hidden in the padding, another length or another size is refused."""
    padded = pad(somebody())
    assert len(padded) == PADDED_BYTES
    for altered in (
        padded[:-1] + b"\1", padded + b"\0", padded[:-1],
        (MOST_BYTES + 1).to_bytes(2, "big") + padded[2:],
    ):  # fmt: skip
        with pytest.raises(Refused, match="padding"):
            unpad(altered)


def test_it_does_not_show_itself():
    """Printed by accident, in a log or a traceback, it tells nothing."""
    assert repr(somebody()) == str(somebody()) == "Identity()"
