"""Pro rata: each week the national pool is split over départements by eligible people.

The rule of 2021. What has come and what is announced is split anew every week, in whole vials, by
the people of each département whose class is open to the product and who are not yet served;
a département without a free slot this week is passed over. A centre draws on its own
département's share, for first doses now and for their second doses later, so "a centre takes a
new person only if it has doses for both slots". People ask at home first; then those not served
ask at the centres of other départements that have something left. What a département does not
take is offered once more in the same week, split in the same way; what is left after that stays in
the national pool and is split again the week after.
"""

from __future__ import annotations

import numpy as np

from allocator.baselines.ledger import Ledger, Rules, national_vials, open_ledger, rules_of
from allocator.baselines.nearest import nearest_centres
from allocator.baselines.outcome import decisions_of
from allocator.baselines.queue import Queue, queue_of
from allocator.baselines.split import split_vials
from allocator.baselines.sweep import serve_week
from allocator.decisions import Decisions
from allocator.horizon import horizon_of
from allocator.instance import ANY, Instance, Ints

ROUNDS = 2
"""Splits a week: the share of each département, and once more what was not taken."""


def pro_rata(instance: Instance) -> Decisions:
    """Give doses to départements by eligible people, and people to the nearest centre with room.

    The queue within a week is that of `queue_of`, once for the centres of the person's own
    département and once for all.
    """
    horizon = horizon_of(instance)
    centres, km = nearest_centres(instance, horizon.usable)
    queue = queue_of(instance, km[:, 0])
    ledger = open_ledger(instance, horizon, instance.centres.department, len(instance.departments))
    rules = rules_of(horizon)
    at_home = instance.centres.department[centres] == instance.zones.department[:, None]
    home_centres = np.where(at_home, centres, ANY)
    served = []
    for week in np.repeat(np.arange(horizon.T), ROUNDS).tolist():
        eligible = eligible_people(instance, rules, queue, ledger, week)
        vials = np.maximum(national_vials(ledger, horizon), 0)
        for p in range(len(vials)):
            ledger.free_vials[:, p, week:] = split_vials(vials[p, week:], eligible[:, p])
        served += [
            serve_week(ledger, rules, queue, offer, week) for offer in (home_centres, centres)
        ]
    return decisions_of(instance, horizon, queue, ledger, np.concatenate(served))


def eligible_people(
    instance: Instance, rules: Rules, queue: Queue, ledger: Ledger, week: int
) -> Ints:
    """Count people not yet served whom a product is open to this week.

    Returns
    -------
    D x P; 0 for a département none of whose centres has a free slot.
    """
    department = instance.zones.department[queue.zone]
    left = np.zeros((len(instance.departments), len(instance.classes.ids)), dtype=np.int64)
    np.add.at(left, (department, queue.class_), queue.left)
    served_here = np.zeros(len(instance.departments), dtype=np.int64)
    served_here[instance.centres.department[ledger.room[:, week] > 0]] = 1
    people: Ints = left @ rules.first_allowed[:, :, week].T.astype(np.int64)
    return people * served_here[:, None]
