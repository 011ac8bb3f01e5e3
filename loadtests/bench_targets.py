"""What the planning bench plans, and what is asked of the plans."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Target:
    """An instance and what is asked of its plans.

    what
        Name of a scenario, or an instance folder.
    gap
        Certified gap to stop at.
    limit_s
        Seconds after which `optimal` gives its best plan so far.
    nearest
        Centres offered to each commune in the relaxation for HiGHS; None for all.
    always_lp
        Whether HiGHS runs without being asked for.
    optional
        Whether it may be left out when it cannot be built (its official files are not there).
    """

    what: str
    gap: float = 1e-3
    limit_s: float = 300
    nearest: int | None = None
    always_lp: bool = False
    optional: bool = False


REGION = Target("bretagne", always_lp=True)
FRANCE = Target("france-builtin", gap=3e-3, limit_s=600, nearest=10)
OFFICIAL = replace(FRANCE, what="france-2021-05-31", optional=True)
GROUPS = {"region": (REGION,), "france": (FRANCE, OFFICIAL)}
SMOKE = replace(REGION, gap=1e-2, limit_s=60, always_lp=False)


def targets_of(names: str) -> list[Target]:
    """Targets of a list such as `region,france`, in its order."""
    listed = [name.strip() for name in names.split(",") if name.strip()]
    return [target for name in listed for target in GROUPS.get(name, (Target(name),))]
