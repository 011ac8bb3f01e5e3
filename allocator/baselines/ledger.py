"""The books of a plan in the making: slots, doses at centres and vials still to be sent.

All balances look ahead: they hold for every later week, so whatever is taken today can never
leave a reserved second dose or a booked person without a slot or a dose.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from allocator.horizon import Horizon
from allocator.instance import Bools, Instance, Ints
from allocator.jit import kernel


class Ledger(NamedTuple):
    """What is left; J centres, P products, W weeks with the tail, A accounts.

    room
        J x W slots.
    stock
        J x P x W doses at the centre: all that came up to the week less all that is promised.
    free_vials
        A x P x W vials the account may still send, up to the week.
    sent_vials
        J x P x W vials sent in the week.
    account
        J, the account a centre draws on.
    doses_per_vial
        P.
    """

    room: Ints
    stock: Ints
    free_vials: Ints
    sent_vials: Ints
    account: Ints
    doses_per_vial: Ints


class Rules(NamedTuple):
    """When doses are allowed, as in `Horizon`."""

    first_allowed: Bools
    second_allowed: Bools
    two_dose: Bools
    lo: Ints
    hi: Ints


def rules_of(horizon: Horizon) -> Rules:
    """Pick the dated rules out of a horizon."""
    return Rules(
        horizon.first_allowed, horizon.second_allowed, horizon.two_dose, horizon.lo, horizon.hi
    )


def open_ledger(instance: Instance, horizon: Horizon, account: Ints, accounts: int) -> Ledger:
    """Open the books with booked people already served, each vial sent when it is needed."""
    vial = instance.products.doses_per_vial
    promised = horizon.booked_doses.cumsum(axis=2)
    arrived = horizon.earmarked.cumsum(axis=2)
    short = np.maximum(promised - arrived, 0)
    vials = np.maximum.accumulate(-(-short // vial[:, None]), axis=2)
    return Ledger(
        room=horizon.room.copy(),
        stock=arrived + vials * vial[:, None] - promised,
        free_vials=np.zeros((accounts, *horizon.pool.shape), dtype=np.int64),
        sent_vials=np.diff(vials, axis=2, prepend=0),
        account=account,
        doses_per_vial=vial,
    )


def national_vials(ledger: Ledger, horizon: Horizon) -> Ints:
    """P x W vials of the national pool not yet sent, up to each week; negative when oversent."""
    arrived = horizon.pool.cumsum(axis=1) // ledger.doses_per_vial[:, None]
    left: Ints = arrived - ledger.sent_vials.sum(axis=0).cumsum(axis=1)
    return left


@kernel
def most_people(ledger: Ledger, j: int, p: int, week: int, second: int, wanted: int) -> int:
    """Count who can get product p at centre j in a week, second dose in `second` (-1: none)."""
    most = int(min(wanted, ledger.room[j, week]))
    if second == week:
        most = int(min(most, ledger.room[j, week] // 2))
    elif second >= 0:
        most = int(min(most, ledger.room[j, second]))
    if most <= 0 or not _fits(ledger, j, p, week, second, 1):
        return 0
    if _fits(ledger, j, p, week, second, most):
        return most
    enough, too_many = 1, most
    while too_many - enough > 1:
        middle = (enough + too_many) // 2
        if _fits(ledger, j, p, week, second, middle):
            enough = middle
        else:
            too_many = middle
    return enough


@kernel
def _fits(ledger: Ledger, j: int, p: int, week: int, second: int, people: int) -> bool:
    """Whether stock, with whole vials sent just in time, covers the doses in every later week."""
    a, vial = ledger.account[j], ledger.doses_per_vial[p]
    vials = 0
    for w in range(week, ledger.room.shape[1]):
        doses = 2 * people if 0 <= second <= w else people
        short = doses - ledger.stock[j, p, w]
        if short > 0:
            vials = max(vials, (short + vial - 1) // vial)
        if vials > max(0, ledger.free_vials[a, p, w]):
            return False
    return True


@kernel
def give(ledger: Ledger, j: int, p: int, week: int, second: int, people: int) -> None:
    """Enter first and second doses of people who fit, and send the vials they need."""
    a, vial = ledger.account[j], ledger.doses_per_vial[p]
    ledger.room[j, week] -= people
    if second >= 0:
        ledger.room[j, second] -= people
    vials = 0
    for w in range(week, ledger.room.shape[1]):
        doses = 2 * people if 0 <= second <= w else people
        short = doses - ledger.stock[j, p, w]
        if short > 0:
            needed = (short + vial - 1) // vial
            if needed > vials:
                ledger.sent_vials[j, p, w] += needed - vials
                vials = needed
        ledger.stock[j, p, w] += vials * vial - doses
        ledger.free_vials[a, p, w] -= vials
