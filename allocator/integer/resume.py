"""An earlier plan entered into new books: what still fits stays where it is."""

from __future__ import annotations

import numpy as np

from allocator.ascent.lists import Lists
from allocator.instance import Ints
from allocator.integer.ledger import NO_SECOND, Ledger, admit, fits
from allocator.jit import kernel


def place_flows(books: Ledger, lists: Lists, flows: Ints) -> None:
    """Put the people of earlier flows on the entries of their zone, as far as there is demand.

    Where a zone wants fewer than before, the farthest are left out first.
    """
    J = len(books.room)
    zone_of = np.repeat(np.arange(len(books.unserved)), np.diff(lists.start))
    key = zone_of * J + lists.pair_centre[lists.pair]
    order = np.argsort(key, kind="stable")
    wanted = flows[:, 0] * J + flows[:, 2]
    at = np.minimum(np.searchsorted(key[order], wanted), max(len(order) - 1, 0))
    listed = key[order][at] == wanted if len(order) else np.zeros(len(flows), dtype=bool)
    entry, k, people = order[at[listed]], flows[listed, 1], flows[listed, 3]
    zone = flows[listed, 0]
    nearest_first = np.lexsort((lists.cost[entry], k, zone))
    place_in_turn(books, entry[nearest_first], zone[nearest_first], k[nearest_first],
                  people[nearest_first])  # fmt: skip


@kernel
def place_in_turn(books: Ledger, entries: Ints, zones: Ints, classes: Ints, people: Ints) -> None:
    """Place people row by row while their zone and class has any left."""
    for i in range(len(entries)):
        z, k = zones[i], classes[i]
        n = min(people[i], books.unserved[z, k])
        books.placed[entries[i], k] += n
        books.unserved[z, k] -= n


def first_rows(books: Ledger, lists: Lists, first_doses: Ints) -> Ints:
    """Earlier first doses of listed pairs, n x 5: pair, class, product, week, people."""
    D = len(books.floor_share)
    key = lists.pair_centre * D + lists.pair_department
    wanted = first_doses[:, 2] * D + first_doses[:, 0]
    at = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
    listed = key[at] == wanted if len(key) else np.zeros(len(first_doses), dtype=bool)
    listed &= first_doses[:, 4] < books.first.shape[3]
    rows = first_doses[listed]
    return np.column_stack([at[listed], rows[:, 1], rows[:, 3], rows[:, 4], rows[:, 5]])


def second_offers(books: Ledger, second_doses: Ints) -> Ints:
    """Earlier second doses by how long after the earliest allowed week, as in the ledger."""
    offers = np.zeros_like(books.second)
    j, p, t, u, people = second_doses.T
    late = u - t - books.lo[p]
    held = (t < offers.shape[2]) & (u < books.room.shape[1])
    held &= (late >= 0) & (late <= books.hi[p] - books.lo[p])
    np.add.at(offers, (j[held], p[held], t[held], late[held]), people[held])
    return offers


@kernel
def resume(books: Ledger, rows: Ints, offers: Ints, load: Ints) -> None:
    """Enter earlier first doses row by row, with the second weeks they had, while they fit.

    `load` (Q x K) are the people at each pair; on return, those still without a week.
    """
    for i in range(len(rows)):
        q, k, p, t = rows[i, 0], rows[i, 1], rows[i, 2], rows[i, 3]
        if not books.first_allowed[p, k, t]:
            continue
        j, left = books.pair_centre[q], min(rows[i, 4], load[q, k])
        if not books.two_dose[p]:
            n = fits(books, j, p, t, NO_SECOND, left)
            if n > 0:
                admit(books, q, k, p, t, NO_SECOND, n)
                load[q, k] -= n
            continue
        for late in range(offers.shape[3]):
            u = t + books.lo[p] + late
            n = min(left, offers[j, p, t, late])
            if n > 0 and books.second_allowed[p, u]:
                n = fits(books, j, p, t, u, n)
                if n > 0:
                    admit(books, q, k, p, t, u, n)
                    offers[j, p, t, late] -= n
                    load[q, k] -= n
                    left -= n
