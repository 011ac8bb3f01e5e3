"""What `creneau site` proposes, as JSON and as lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allocator.instance import Instance
from allocator.site import Siting


def siting_json(instance: Instance, found: Siting) -> dict[str, Any]:
    """Return lines in their order, the gain and the bounds it lies between, people and km."""
    verdict = found.result.verdict
    return {
        "lines": [
            {"place": line.place.id, "name": line.place.name,
             "department": instance.departments[line.place.department],
             "is_new": line.place.centre is None,
             "lat": line.place.lat, "lon": line.place.lon,
             "worth": line.worth, "gain": line.gain}
            for line in found.lines
        ],
        "gain": found.gain, "gain_at_least": found.least, "gain_at_most": found.most,
        "people": found.people, "km": found.km,
        "cost": None if verdict is None else verdict.cost,
        "bound": None if verdict is None else verdict.bound,
        "gap": None if verdict is None else verdict.gap,
    }  # fmt: skip


def siting_lines(instance: Instance, found: Siting) -> Iterator[str]:
    """Tell the same, a line each."""
    for number, line in enumerate(found.lines, 1):
        kind = "new centre" if line.place.centre is None else "one line more"
        code = instance.departments[line.place.department]
        yield (
            f"{number:>3}  {line.place.name} ({code}, {line.place.id}): {kind}, "
            f"gains {line.gain:,.0f} (its slots at the plan's prices: {line.worth:,.0f})"
        )
    if not found.lines:
        yield "no line anywhere would bring anything"
    yield f"all together gain {found.gain:,.0f} between this plan and the one with the lines,"
    yield f"{found.least:,.0f} to {found.most:,.0f} between the best plans, proven by the bounds;"
    yield f"{found.people:,} people more served, {found.km:,.0f} km less travelled"
