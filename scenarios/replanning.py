"""The planner's next job: what has changed in; the plan that keeps most of the earlier one out."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allocator.carry import Earlier
from allocator.plan import CHANGES, read_plan
from allocator.read import instance_files, read_instance
from allocator.replan import Replanned, replan
from allocator.watch import Progress
from scenarios.folder import replacing
from scenarios.planning import Order, write_result

LISTED = 20
"""Changes told one by one: the largest; all of them are in the plan folder."""


@dataclass(frozen=True, slots=True)
class ReplanOrder:
    """What `creneau replan` was asked for.

    Parameters
    ----------
    plan
        Where the next plan goes, and how long it may take; its `instance` is the one as it was.
    earlier
        Plan folder so far.
    events
        Folders with what has changed, each laid over those before.
    known
        How many of them the earlier plan already takes into account.
    instance_out
        Where to write the changed instance, if anywhere.
    """

    plan: Order
    earlier: Path
    events: tuple[Path, ...]
    known: int = 0
    instance_out: Path | None = None


def run_replan(
    order: ReplanOrder,
    progress: Callable[[Progress], None] = lambda _: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Plan again, check, write; return what `--json` prints."""
    started = time.monotonic()
    order.plan.refuse_bad_targets()
    before = read_instance(order.plan.instance, order.events[: order.known])
    instance = read_instance(order.plan.instance, order.events)
    earlier = Earlier(before, read_plan(order.earlier))
    replanned = replan(
        instance, earlier, gap=order.plan.gap, time_limit=order.plan.time_limit_s,
        seed=order.plan.seed, progress=progress, interrupted=interrupted,
    )  # fmt: skip
    summary = write_result(
        order.plan, instance, replanned.result, started, progress,
        further={"moved_slots": replanned.moved_slots},
        extra={CHANGES: replanned.changes.to_csv(index=False, lineterminator="\n").encode()},
    )  # fmt: skip
    if order.instance_out is not None:
        _write_instance(order)
    return {**summary, "plan": str(order.plan.out), "changes": _largest(replanned)}


def _largest(replanned: Replanned) -> list[dict[str, Any]]:
    """Return the changes that touch most slots, as rows of the table."""
    table = replanned.changes
    size = (table["after"] + table["booked"] - table["before"]).abs()
    rows = table.loc[size.sort_values(ascending=False, kind="stable").index[:LISTED]]
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]


def _write_instance(order: ReplanOrder) -> None:
    assert order.instance_out is not None
    with replacing(order.instance_out) as folder:
        for name, path in instance_files(order.plan.instance, order.events).items():
            if path.is_file():
                shutil.copyfile(path, folder / name)
