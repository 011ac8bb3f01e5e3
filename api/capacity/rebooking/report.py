"""What became of everybody, for the record of a publication: booking ids and places, no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from api.capacity.rebooking.people import Outcome, Verdict
from api.capacity.rebooking.writes import Leaving, leaving


def report(verdicts: Sequence[Verdict], codes: Mapping[int, str]) -> dict[str, object]:
    """Count the outcomes and list them.

    Parameters
    ----------
    codes
        Of centres, by id.
    """
    counts = Counter(verdict.outcome for verdict in verdicts)
    return {
        **{outcome.value: counts[outcome] for outcome in Outcome},
        "other_centre": sum(map(_changes_centre, verdicts)),
        "bookings": [
            {
                "booking": str(verdict.booking.booking_id),
                "outcome": verdict.outcome.value,
                "doses": [_dose(one, codes) for one in leaving([verdict])],
            }
            for verdict in verdicts
        ],
    }


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
