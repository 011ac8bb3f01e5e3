"""What became of everybody, for the record of a publication: booking ids and places, no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.capacity.rebooking.people import Outcome, Verdict
from api.capacity.rebooking.writes import Leaving, leaving


@dataclass(frozen=True, slots=True)
class Rebooked:
    """How many bookings met which outcome, how many go to another centre, and each one."""

    counts: Mapping[str, int] = field(default_factory=dict)
    bookings: Sequence[Mapping[str, object]] = ()


def rebooked(verdicts: Sequence[Verdict], codes: Mapping[int, str]) -> Rebooked:
    """Report on verdicts.

    Parameters
    ----------
    codes
        Of centres, by id.
    """
    counts = Counter({outcome.value: 0 for outcome in Outcome})
    counts["other_centre"] = sum(map(_changes_centre, verdicts))
    counts.update(verdict.outcome.value for verdict in verdicts)
    return Rebooked(
        dict(counts),
        [
            {
                "booking": str(verdict.booking.booking_id),
                "outcome": verdict.outcome.value,
                "doses": [_dose(one, codes) for one in leaving([verdict])],
            }
            for verdict in verdicts
        ],
    )


def _changes_centre(verdict: Verdict) -> bool:
    return any(
        one.place is not None and one.place.centre_id != one.dose.centre_id
        for one in leaving([verdict])
    )


def _dose(one: Leaving, codes: Mapping[int, str]) -> dict[str, object]:
    new = None
    if one.place is not None:
        new = {"centre": codes[one.place.centre_id], "slot": one.place.slot_id}
    old = {"centre": codes[one.dose.centre_id], "slot": one.dose.slot_id}
    return {"dose_rank": one.dose.dose_rank, "from": old, "to": new}
