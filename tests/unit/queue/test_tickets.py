"""Tickets, proofs of work and lots, one by one."""

from __future__ import annotations

import time
from datetime import timedelta
from hashlib import sha256
from secrets import token_bytes

import pytest

from api.queue.lot import PLACES, Lot, commitment, digest_of_list
from api.queue.proof import LEAST_BITS, MOST_BITS, difficulty_for, proves, solve
from api.queue.ticket import Ticket
from tests.campaign import NOW

KEY = bytes(range(32))
TICKET = Ticket(b"t" * 16, NOW + timedelta(microseconds=7), 14, 3)


def test_a_ticket_is_read_as_it_was_signed():
    """To the microsecond, with its opening and difficulty."""
    assert Ticket.read(TICKET.signed(KEY), KEY, NOW) == TICKET
    assert TICKET.early
    assert not Ticket(b"t" * 16, NOW, 12).early


def test_no_bit_of_a_ticket_can_be_changed():
    """Neither the place, nor the difficulty, nor the signature."""
    signed = TICKET.signed(KEY)
    for at in range(len(signed)):
        for other in {"A", "z", "_"} - {signed[at]}:
            changed = signed[:at] + other + signed[at + 1 :]
            read = Ticket.read(changed, KEY, NOW)
            assert read in {None, TICKET}  # bits past the last byte mean nothing
            assert read is None or at == len(signed) - 1


@pytest.mark.parametrize("text", ["", "A", "ticket", "é" * 60, "A" * 10_000, "=" * 8])
def test_what_is_no_ticket_is_none(text):
    """Whatever is sent."""
    assert Ticket.read(text, KEY, NOW) is None


def test_a_ticket_is_of_one_installation_and_one_day():
    """Another key, or the day after, opens nothing."""
    signed = TICKET.signed(KEY)
    assert Ticket.read(signed, bytes(32), NOW) is None
    assert Ticket.read(signed, KEY, NOW + timedelta(hours=24)) == TICKET
    assert Ticket.read(signed, KEY, NOW + timedelta(hours=25)) is None


def test_a_proof_is_of_one_ticket_and_has_its_zeros():
    """Written anew here: SHA-256 of label, ticket and number."""
    number = solve(b"t" * 16, 10)
    digest = sha256(b"creneau/queue/proof" + b"t" * 16 + number.to_bytes(8, "big")).digest()
    assert int.from_bytes(digest[:2], "big") < 1 << 6
    assert proves(b"t" * 16, number, 10)
    assert not proves(b"u" * 16, number, 10)
    assert not any(proves(b"t" * 16, wrong, 10) for wrong in (-1, 1 << 64))


def test_work_doubles_with_the_demand():
    """From what nobody notices to what a phone does in seconds, and no further."""
    assert [difficulty_for(asked, 100) for asked in (0, 100, 101, 200, 201, 400)] == [
        LEAST_BITS, LEAST_BITS, LEAST_BITS + 1, LEAST_BITS + 1, LEAST_BITS + 2, LEAST_BITS + 2,
    ]  # fmt: skip
    assert difficulty_for(1e12, 1) == MOST_BITS


def test_making_and_checking_cost_less_than_a_tenth_of_a_millisecond():
    """Each, in the best of some rounds: a busy machine takes longer, a slow code always."""
    number, rounds, tries = solve(TICKET.ticket_id, 8), 20, 200
    made, checked = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(tries):
            signed = Ticket(token_bytes(16), NOW, 14).signed(KEY)
        made.append((time.perf_counter() - began) / tries)
        began = time.perf_counter()
        for _ in range(tries):
            Ticket.read(signed, KEY, NOW)
            proves(TICKET.ticket_id, number, 8)
        checked.append((time.perf_counter() - began) / tries)
    assert min(made) < 1e-4
    assert min(checked) < 1e-4


def test_a_lot_is_what_its_page_says():
    """Written anew here, so that anybody can check an opening with these lines."""
    secret, tickets = b"s" * 32, [b"b" * 16, b"a" * 16]
    digest = sha256(b"creneau/queue/list" + b"a" * 16 + b"b" * 16).digest()
    drawn = sha256(b"creneau/queue/lot" + secret + digest + b"a" * 16).hexdigest()
    assert digest_of_list(tickets) == digest
    assert Lot(secret, digest).place(b"a" * 16) == int(drawn[:13], 16) < PLACES
    assert commitment(secret) == sha256(b"creneau/queue/secret" + secret).digest()


def test_one_ticket_more_draws_everything_anew():
    """Nobody knows their place before the list is closed."""
    tickets = [n.to_bytes(16, "big") for n in range(200)]
    before = Lot(b"s" * 32, digest_of_list(tickets))
    after = Lot(b"s" * 32, digest_of_list([*tickets, b"x" * 16]))
    orders = [sorted(tickets, key=lot.place) for lot in (before, after)]
    assert sum(a == b for a, b in zip(*orders, strict=True)) < 10
