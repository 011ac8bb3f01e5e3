"""What a plan adds up to, in the arrays that figures, charts and maps are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.errors import InputError
from allocator.horizon import horizon_of
from allocator.instance import Floats, Instance, Ints
from allocator.plan import Plan
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


def tally_of(instance: Instance, plan: Plan) -> Tally:
    """Add a plan up.

    Raises
    ------
    InputError
        When the plan names an id or a week the instance does not know.
    """
    horizon = horizon_of(instance)
    T, W = horizon.T, horizon.W
    rows = _Rows(instance, plan)
    first, people = rows.positions("first_doses", T)
    seconds, given = rows.positions("second_doses", W)
    shipments, vials = rows.positions("shipments", W)
    flows, moved = rows.positions("flows", W)
    D, K, Z = len(instance.departments), len(instance.classes.ids), len(instance.zones.ids)
    by_centre = (len(instance.centres.ids), len(instance.products.ids), W)
    demand = np.zeros((D, K), dtype=np.int64)
    np.add.at(demand, instance.zones.department, instance.demand)
    km = pair_km(instance, flows["zone"], flows["centre"])
    week = _group_weeks(instance, first, people, flows)
    zone_people = _sums(moved, (Z,), flows["zone"])
    return Tally(
        first=_sums(people, (D, K, T), first["department"], first["class"], first["week"]),
        people=demand,
        first_doses=_sums(people, by_centre, first["centre"], first["product"], first["week"]),
        second_doses=_sums(
            given, by_centre, seconds["centre"], seconds["product"], seconds["week"]
        ),
        vials=_sums(
            vials, by_centre, shipments["centre"], shipments["product"], shipments["week"]
        ),
        booked=horizon.booked_doses.sum(axis=1),
        injections=horizon.injections,
        zone_people=zone_people,
        zone_km=_means(km, moved, flows["zone"], zone_people),
        zone_week=_means(week, moved, flows["zone"], zone_people),
        flow_km=km,
        flow_people=moved,
        flow_department=instance.zones.department[flows["zone"]],
    )


class _Rows:
    """Text ids of a plan's tables as positions in the instance."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self.plan = plan
        self.ids: dict[str, Sequence[str]] = {
            "zone": instance.zones.ids,
            "class": instance.classes.ids,
            "centre": instance.centres.ids,
            "product": instance.products.ids,
            "department": instance.departments,
        }

    def positions(self, table: str, weeks: int) -> tuple[dict[str, Ints], Ints]:
        """Return the keys of a table as positions, and its counts (the last column)."""
        frame = self.plan[table]
        keys: dict[str, Ints] = {}
        for column in frame.columns[:-1]:
            if column in self.ids:
                found = pd.Index(self.ids[column]).get_indexer(frame[column].to_numpy())
                self._refuse(table, column, found < 0)
            else:
                found = frame[column].to_numpy(dtype=np.int64)
                self._refuse(table, column, (found < 0) | (found >= weeks))
            keys[str(column)] = found.astype(np.int64)
        return keys, frame[frame.columns[-1]].to_numpy(dtype=np.int64)

    def _refuse(self, table: str, column: str, wrong: np.ndarray) -> None:
        if wrong.any():
            row = int(np.argmax(wrong))
            cell = self.plan[table][column].iloc[row]
            raise InputError(table, f"{column} is not in the instance: {cell!r}", row + 2)


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
    return np.where(row >= 0, np.append(listed.km, np.nan)[row], km)


def _group_weeks(
    instance: Instance, first: dict[str, Ints], people: Ints, flows: dict[str, Ints]
) -> Floats:
    """Mean week of each flow's group: the people of its département and class at its centre."""
    shape = (len(instance.departments), len(instance.classes.ids), len(instance.centres.ids))
    keys = np.ravel_multi_index((first["department"], first["class"], first["centre"]), shape)
    sums = np.bincount(keys, weights=people * first["week"], minlength=int(np.prod(shape)))
    counts = np.bincount(keys, weights=people, minlength=int(np.prod(shape)))
    mean = ratio(sums, counts)
    department = instance.zones.department[flows["zone"]]
    group = np.ravel_multi_index((department, flows["class"], flows["centre"]), shape)
    return np.nan_to_num(mean)[group]
