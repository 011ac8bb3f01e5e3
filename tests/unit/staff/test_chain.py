"""The chain of the audit, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.staff.chain import GENESIS, Entry, Head, digest_of, verify
from tests.campaign import NOW

FIELDS = ("at", "actor", "action", "subject", "detail")


def chain_of(*actions):
    """Entries with these actions, one a minute."""
    entries, before = [], GENESIS
    for number, action in enumerate(actions, 1):
        said = (number, NOW + timedelta(minutes=number), "clerk", action, "paris", "{}", before)
        entries.append(Entry(*said, digest_of(*said)))
        before = entries[-1].digest
    return entries


CHAIN = chain_of("open", "read", "change", "read", "close")


def test_an_untouched_chain_holds_to_its_last_entry():
    """The head is what to write down as a witness."""
    verdict = verify(CHAIN)
    assert (verdict.entries, verdict.broken_at) == (5, None)
    assert verdict.head == Head(5, CHAIN[-1].digest)
    assert verify(CHAIN, verdict.head) == verdict


def test_an_empty_chain_holds():
    """Before anything was done there is nothing to break."""
    assert verify([]).broken_at is None
    assert verify([]).head is None


@pytest.mark.parametrize("field", FIELDS)
def test_altering_any_part_of_an_entry_breaks_the_chain_there(field):
    """Whoever did it, what, when, to whom: each is under the digest."""
    other = NOW if field == "at" else "other"
    verdict = verify([*CHAIN[:2], replace(CHAIN[2], **{field: other}), *CHAIN[3:]])
    assert (verdict.entries, verdict.broken_at, verdict.rule) == (2, 3, "is not what was written")


def test_altering_an_entry_with_a_new_digest_breaks_the_chain_at_the_next():
    """The entry after it remembers the old one."""
    forged = replace(CHAIN[2], actor="nobody")
    said = (forged.number, forged.at, forged.actor, forged.action, forged.subject, forged.detail)
    forged = replace(forged, digest=digest_of(*said, forged.previous))
    verdict = verify([*CHAIN[:2], forged, *CHAIN[3:]])
    assert (verdict.broken_at, verdict.rule) == (4, "does not follow the entry before it")


@pytest.mark.parametrize("dropped", range(4))
def test_dropping_an_entry_is_found_where_it_is_missing(dropped):
    """Its number is missing; numbered anew, the next does not follow."""
    left = [*CHAIN[:dropped], *CHAIN[dropped + 1 :]]
    verdict = verify(left)
    assert (verdict.broken_at, verdict.rule) == (dropped + 1, "is missing")
    renumbered = [replace(entry, number=n) for n, entry in enumerate(left, 1)]
    assert verify(renumbered).broken_at == dropped + 1


def test_dropping_the_end_is_found_by_a_witness_alone():
    """What is left is a chain that holds; whoever wrote the head down knows better."""
    head = verify(CHAIN).head
    assert verify(CHAIN[:3]).broken_at is None
    assert verify(CHAIN[:3], head).broken_at == 4


def test_a_chain_written_anew_is_found_by_a_witness_alone():
    """Every digest fits, but not the one that was written down."""
    head = verify(CHAIN[:3]).head
    anew = chain_of("open", "read", "nothing", "read", "close")
    assert verify(anew).broken_at is None
    verdict = verify(anew, head)
    assert (verdict.broken_at, verdict.rule) == (3, "is not the entry that was witnessed")


def test_inserting_an_entry_breaks_the_chain():
    """Nothing fits in between."""
    before = CHAIN[1]
    said = (3, NOW, "clerk", "forged", "paris", "{}", before.digest)
    forged = Entry(*said, digest_of(*said))
    later = [replace(entry, number=entry.number + 1) for entry in CHAIN[2:]]
    assert verify([*CHAIN[:2], forged, *later]).broken_at == 4


@given(st.permutations(range(5)))
def test_in_any_other_order_the_chain_breaks(order):
    """Entries that changed places, with their numbers or under the numbers of the places."""
    moved = [CHAIN[i] for i in order]
    renumbered = [replace(entry, number=n) for n, entry in enumerate(moved, 1)]
    is_same = list(order) == sorted(order)
    assert (verify(moved).broken_at is None) == is_same
    assert (verify(renumbered).broken_at is None) == is_same


def test_parts_do_not_run_into_each_other():
    """The same letters, divided otherwise, have another digest."""
    one = digest_of(1, NOW, "ab", "c", "", "{}", GENESIS)
    other = digest_of(1, NOW, "a", "bc", "", "{}", GENESIS)
    assert one != other
