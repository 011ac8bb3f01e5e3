"""What a solver decides, as whole-number tables of positions (MODEL.md, Decisions)."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.instance import Ints


@dataclass(frozen=True, slots=True)
class Decisions:
    """Four tables, one row each decision above zero; ids are positions in the instance.

    flows
        n x 4: zone, class, centre, people.
    first_doses
        n x 6: department, class, centre, product, week, people.
    second_doses
        n x 5: centre, product, first week, week, people.
    shipments
        n x 4: centre, product, week, vials.
    """

    flows: Ints
    first_doses: Ints
    second_doses: Ints
    shipments: Ints

    def __post_init__(self) -> None:
        for name, width in (
            ("flows", 4),
            ("first_doses", 6),
            ("second_doses", 5),
            ("shipments", 4),
        ):
            shape = getattr(self, name).shape
            if len(shape) != 2 or shape[1] != width:
                raise ValueError(f"{name} must have {width} columns, not shape {shape}.")
