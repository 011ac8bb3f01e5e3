"""What a plan adds up to, in the arrays that figures, charts and maps are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.decisions import Decisions
from allocator.horizon import horizon_of
from allocator.instance import Floats, Instance, Ints
from allocator.travel import km_of_chord2, unit_vectors


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums of a plan; D départements, K classes, J centres, P products, T weeks, W with the tail.

    first
        D x K x T people given a first dose.
    people
        D x K people who want one.
    first_doses, second_doses
        J x P x W doses of the plan, bookings aside.
    vials
        J x P x W vials sent.
    booked, injections
        J x W people already booked and slots, closed weeks at 0.
    zone_people
        Z people sent to a centre.
    zone_km, zone_week
        Z, their mean distance and mean week; NaN where nobody is sent. People of one class and
        département at one centre are exchangeable, so the week is that group's mean.
    flow_km, flow_people, flow_department
        One value a flow.
    """

    first: Ints
    people: Ints
    first_doses: Ints
    second_doses: Ints
    vials: Ints
    booked: Ints
    injections: Ints
    zone_people: Ints
    zone_km: Floats
    zone_week: Floats
    flow_km: Floats
    flow_people: Ints
    flow_department: Ints

    @property
    def department_people(self) -> Ints:
        """People who want a first dose, by département."""
        people: Ints = self.people.sum(axis=1)
        return people

    def coverage(self, through: int | None = None) -> Floats:
        """First doses by person of each département in weeks 0..through-1; NaN without people."""
        given = self.first[:, :, :through].sum(axis=(1, 2))
        return ratio(given, self.department_people)


def ratio(part: Ints | Floats, whole: Ints | Floats) -> Floats:
    """Divide, with NaN where there is nothing to divide by."""
    shares = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=shares, where=np.asarray(whole) > 0)
    return shares


def weighted_quantile(values: Floats, weights: Ints, share: float) -> float | None:
    """Return the smallest value not exceeded by this share of the weight; None without weight."""
    if not weights.any():
        return None
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(reached, share * reached[-1])]])


def tally_of(instance: Instance, decisions: Decisions) -> Tally:
    """Add the decisions of a plan up."""
    horizon = horizon_of(instance)
    D, K, Z = len(instance.departments), len(instance.classes.ids), len(instance.zones.ids)
    by_centre = (len(instance.centres.ids), len(instance.products.ids), horizon.W)
    zone, _, centre, moved = decisions.flows.T
    department, class_, at, product, week, people = decisions.first_doses.T
    second_at, second_product, _, second_week, given = decisions.second_doses.T
    demand = np.zeros((D, K), dtype=np.int64)
    np.add.at(demand, instance.zones.department, instance.demand)
    km = pair_km(instance, zone, centre)
    zone_people = _sums(moved, (Z,), zone)
    return Tally(
        first=_sums(people, (D, K, horizon.T), department, class_, week),
        people=demand,
        first_doses=_sums(people, by_centre, at, product, week),
        second_doses=_sums(given, by_centre, second_at, second_product, second_week),
        vials=_sums(decisions.shipments[:, 3], by_centre, *decisions.shipments[:, :3].T),
        booked=horizon.booked_doses.sum(axis=1),
        injections=horizon.injections,
        zone_people=zone_people,
        zone_km=_means(km, moved, zone, zone_people),
        zone_week=_means(_group_weeks(instance, decisions), moved, zone, zone_people),
        flow_km=km,
        flow_people=moved,
        flow_department=instance.zones.department[zone],
    )


def _sums(counts: Ints, shape: tuple[int, ...], *keys: Ints) -> Ints:
    flat = np.ravel_multi_index(keys, shape)
    size = int(np.prod(shape))
    return np.bincount(flat, weights=counts, minlength=size).reshape(shape).astype(np.int64)


def _means(values: Floats, people: Ints, zone: Ints, zone_people: Ints) -> Floats:
    sums = np.bincount(zone, weights=values * people, minlength=len(zone_people))
    return ratio(sums, zone_people)


def pair_km(instance: Instance, zone: Ints, centre: Ints) -> Floats:
    """Kilometres of (zone, centre) pairs, `travel.csv` first."""
    from_ = unit_vectors(instance.zones.lat, instance.zones.lon)[zone]
    to = unit_vectors(instance.centres.lat, instance.centres.lon)[centre]
    km = km_of_chord2(((from_ - to) ** 2).sum(axis=1))
    listed, J = instance.travel, len(instance.centres.ids)
    pairs = pd.Index(listed.zone * J + listed.centre)
    row = pairs.get_indexer(zone * J + centre)
    chosen: Floats = np.where(row >= 0, np.append(listed.km, np.nan)[row], km)
    return chosen


def _group_weeks(instance: Instance, decisions: Decisions) -> Floats:
    """Mean week of each flow's group: the people of its département and class at its centre."""
    shape = (len(instance.departments), len(instance.classes.ids), len(instance.centres.ids))
    size = int(np.prod(shape))
    department, class_, centre, _, week, people = decisions.first_doses.T
    keys = np.ravel_multi_index((department, class_, centre), shape)
    waited = np.bincount(keys, weights=people * week, minlength=size)
    mean = ratio(waited, np.bincount(keys, weights=people, minlength=size))
    zone, class_, centre, _ = decisions.flows.T
    of_flow = (instance.zones.department[zone], class_, centre)
    group: Floats = np.nan_to_num(mean)[np.ravel_multi_index(of_flow, shape)]
    return group
