"""What a centre gives in a week: measured where possible, estimated elsewhere, scaled to France.

The rule and its reasons are written down in docs/data.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocator.errors import InputError
from scenarios.apportion import apportion
from scenarios.facts import LEAST_INJECTIONS
from scenarios.official.catalogue import CENTRES
from scenarios.official.centres import Centre
from scenarios.official.hours import USUAL_WEEK
from scenarios.sites import Site
from scenarios.write import INJECTIONS_PER_LINE_HOUR

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
TOWN_PEOPLE = (2_000, 5_000, 10_000, 20_000, 50_000)
"""Towns are compared with towns of their size; these are the limits between the sizes."""
MAX_LINES = 40
"""Vaccinators side by side beyond which short opening hours are not believed."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Weekly injections before scaling, and how many of them are measured."""

    injections: Floats
    measured: int


def estimate(centres: Sequence[Centre], measured: Mapping[str, float]) -> Estimate:
    """Take the measured week of a centre, else its hours at the rate of towns of its size.

    The rate is the median injections per opening hour of measured centres; large centres are a
    size of their own. Hours that are not known are the median of those that are.

    Raises
    ------
    InputError
        When no centre of the list was measured: the two files do not belong together.
    """
    known = np.array([measured.get(centre.site.id, np.nan) for centre in centres])
    stated = np.array([np.nan if c.hours is None else c.hours for c in centres])
    per_hour = known / stated
    if np.isnan(per_hour).all():
        rule = "no centre with opening hours appears in the allocations (gid, id_centre)"
        raise InputError(CENTRES.pattern, rule)
    hours = np.where(np.isnan(stated), np.nanmedian(stated), stated)
    sizes = np.searchsorted(TOWN_PEOPLE, [centre.town_people for centre in centres], "right")
    sizes[[centre.is_large for centre in centres]] = len(TOWN_PEOPLE) + 1
    rate = np.full(len(TOWN_PEOPLE) + 2, np.nanmedian(per_hour))
    for size in np.unique(sizes[~np.isnan(per_hour)]):
        rate[size] = np.nanmedian(per_hour[sizes == size])
    return Estimate(np.where(np.isnan(known), hours * rate[sizes], known), int((known > 0).sum()))


def scaled(injections: Floats, is_open: Bools, peak: int) -> Ints:
    """Bring estimates to a scale on which the fullest week of all centres gives `peak` doses.

    Parameters
    ----------
    injections
        Weekly estimate of every centre.
    is_open
        Centres x weeks.
    """
    fullest = int(np.argmax(injections @ is_open))
    weights = np.where(is_open[:, fullest], injections, 0.0)
    least = min(LEAST_INJECTIONS, peak // max(1, int(is_open[:, fullest].sum())))
    shared = peak - least * int(is_open[:, fullest].sum())
    later = np.rint(injections * (shared / weights.sum())).astype(np.int64)
    weekly: Ints = least + np.where(is_open[:, fullest], apportion(shared, weights), later)
    return weekly


def with_time_enough(sites: Sequence[Site], injections: Ints) -> tuple[list[Site], int]:
    """Open the usual week where stated hours are too short for what a centre gives.

    Returns
    -------
    The centres, and how many of them changed.
    """
    stated = [USUAL_WEEK.hours if site.hours is None else site.hours for site in sites]
    changed = [
        hours < USUAL_WEEK.hours and weekly > MAX_LINES * INJECTIONS_PER_LINE_HOUR * hours
        for hours, weekly in zip(stated, injections.tolist(), strict=True)
    ]
    usual = asdict(USUAL_WEEK)
    fitted = [replace(s, **usual) if c else s for s, c in zip(sites, changed, strict=True)]
    return fitted, sum(changed)
