"""Do the bookings fit? If not: by centre and week, and the least that would make them fit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocator.errors import InputError
from allocator.horizon import Horizon
from allocator.instance import Instance

SHOWN = 20


def refuse_unfit_bookings(instance: Instance, horizon: Horizon) -> None:
    """Raise InputError when booked people alone break capacity or stock (constraints 4 to 6)."""
    problems = [*_over_capacity(instance, horizon), *_over_stock(instance, horizon)]
    if not problems:
        return
    shown = problems[:SHOWN]
    if len(problems) > SHOWN:
        shown.append(f"and {len(problems) - SHOWN} more")
    raise InputError("booked.csv", "the bookings do not fit:\n  " + "\n  ".join(shown))


def _over_capacity(instance: Instance, horizon: Horizon) -> Iterator[str]:
    """Booked people of a centre and week over its injections; the least is what is missing."""
    for j, w in zip(*np.nonzero(horizon.room < 0), strict=True):
        injections, missing = horizon.injections[j, w], -horizon.room[j, w]
        closed = "" if horizon.is_open[j, w] else " (closed)"
        tail = ", in the tail" if w >= horizon.T else ""
        yield (
            f"centre {instance.centres.ids[j]}, week {w}{tail}: {injections + missing} booked for "
            f"{injections} injections{closed}; {missing} more injections would do"
        )


def _over_stock(instance: Instance, horizon: Horizon) -> Iterator[str]:
    """Vials that bookings need by a week over those delivered; whole vials, cumulative."""
    vial = instance.products.doses_per_vial
    drawn = np.cumsum(horizon.booked_doses - horizon.earmarked, axis=2)
    needed = np.maximum.accumulate(np.maximum(-(-drawn // vial[None, :, None]), 0), axis=2)
    supply = np.cumsum(horizon.pool, axis=1)
    national = needed.sum(axis=0)
    reported = np.zeros(len(vial), dtype=np.int64)
    for p, w in zip(*np.nonzero(national > supply // vial[:, None]), strict=True):
        missing = int(national[p, w] * vial[p] - supply[p, w])
        if missing <= reported[p]:
            continue
        reported[p] = missing
        fresh = needed[:, p, w] - (needed[:, p, w - 1] if w else 0)
        centres = [instance.centres.ids[j] for j in np.argsort(-fresh, kind="stable")[:3]
                   if fresh[j] > 0]  # fmt: skip
        yield (
            f"product {instance.products.ids[p]}, week {w}: bookings need {national[p, w]} vials "
            f"of the pool by then, delivered are {supply[p, w]} doses; {missing} more doses by "
            f"week {w} would do (new needs that week: centre {', centre '.join(centres) or 'none'})"
        )
