"""Clusters of zones: a few hundred units that find the prices' large movements cheaply."""

from __future__ import annotations

import numpy as np

from allocator.ascent.lists import Lists, lists_from_entries
from allocator.ascent.model import Model
from allocator.instance import Floats, Ints

PER_DEPARTMENT = 6


def cluster_lists(model: Model) -> Lists:
    """Every cluster with every usable centre, at the population-weighted mean of regrets."""
    label = _labels(model)
    n = int(label.max()) + 1
    demand = model.people.astype(float)
    people = np.zeros((n, demand.shape[1]))
    np.add.at(people, label, demand)
    head = demand.sum(axis=1)
    total = np.zeros(n)
    np.add.at(total, label, head)
    regret = np.zeros((n, len(model.usable)))
    for first in range(0, len(label), 512):
        zones = np.arange(first, min(first + 512, len(label)))
        zones = zones[head[zones] > 0]
        extra = model.distances.rows(zones)[:, model.usable] - model.near[zones, None]
        share = head[zones] / total[label[zones]]
        np.add.at(regret, label[zones], extra * share[:, None])
    department = np.zeros(n, dtype=np.int64)
    department[label] = model.instance.zones.department
    unit = np.repeat(np.arange(n), len(model.usable))
    return lists_from_entries(
        model, people, unit, department[unit], np.tile(model.usable, n),
        model.km_price * regret.ravel(),
    )  # fmt: skip


def _labels(model: Model) -> Ints:
    """Cluster of each zone: départements cut at the population median of the longer side."""
    label = np.empty(len(model.people), dtype=np.int64)
    weight = model.people.sum(axis=1).astype(float)
    n = 0
    for d in range(len(model.instance.departments)):
        zones = np.flatnonzero(model.instance.zones.department == d)
        for part in _cut(zones, model.distances.zones, weight, PER_DEPARTMENT):
            label[part] = n
            n += 1
    return label


def _cut(zones: Ints, points: Floats, weight: Floats, parts: int) -> list[Ints]:
    if len(zones) == 0:
        return []
    if parts == 1 or len(zones) == 1:
        return [zones]
    spread = points[zones].max(axis=0) - points[zones].min(axis=0)
    order = zones[np.argsort(points[zones, int(spread.argmax())], kind="stable")]
    left_parts = parts // 2
    running = np.cumsum(weight[order])
    at = int(np.searchsorted(running, running[-1] * left_parts / parts))
    at = min(max(at, 1), len(order) - 1)
    return [
        *_cut(order[:at], points, weight, left_parts),
        *_cut(order[at:], points, weight, parts - left_parts),
    ]
