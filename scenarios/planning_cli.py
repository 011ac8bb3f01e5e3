"""Commands of the planner's day: `plan`, `replan`, `site`, `frontier`, `compare`."""

from __future__ import annotations

import json
import math
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a finite number.")
    return value


class PlanMethod(StrEnum):
    """Ways to make a plan; `lp` gives the relaxation's value only, as a peer."""

    OPTIMAL = "optimal"
    PRO_RATA = "pro-rata"
    FIRST_COME = "first-come"
    LP = "lp"


class Highs(StrEnum):
    """Algorithms of HiGHS; `hipo` needs the package highspy-extras."""

    CHOOSE = "choose"
    SIMPLEX = "simplex"
    IPX = "ipx"
    HIPO = "hipo"


class TableFormat(StrEnum):
    """File format of the plan's tables."""

    CSV = "csv"
    PARQUET = "parquet"


Gap = Annotated[float, typer.Option(min=0.0, callback=_finite, help="Certified gap to stop at.")]
TimeLimit = Annotated[
    float | None,
    typer.Option(min=0.0, callback=_finite, help="Seconds after which the best plan is kept."),
]
Seed = Annotated[int | None, typer.Option(min=0, help="Of random choices.")]
Format = Annotated[TableFormat, typer.Option("--format", help="Of the tables.")]


def plan(
    instance: Annotated[Path, typer.Argument(help="Instance folder.", metavar="INSTANCE")],
    out: Annotated[Path, typer.Option("--out", help="Plan folder to write.", metavar="PLAN")],
    method: Annotated[PlanMethod, typer.Option(help="How.")] = PlanMethod.OPTIMAL,
    gap: Gap = 0.001,
    time_limit: TimeLimit = None,
    seed: Seed = None,
    format_: Format = TableFormat.CSV,
    xlsx: Annotated[
        Path | None, typer.Option(help="Also write a workbook.", metavar="FILE")
    ] = None,
    highs: Annotated[Highs, typer.Option(help="Algorithm of method lp.")] = Highs.CHOOSE,
    nearest: Annotated[
        int | None, typer.Option(min=1, help="Centres method lp offers each commune.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Solve an instance; Ctrl-C keeps the best plan so far."""
    from scenarios.official.place import data_folder
    from scenarios.planning import Order, run_plan
    from scenarios.screen import plan_summary, progress_bar

    order = Order(
        instance, out, method.value, gap, time_limit, seed, format_.value, xlsx,
        highs.value, nearest, data_folder(),
    )  # fmt: skip
    with progress_bar() as watchers:
        result = run_plan(order, *watchers)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        plan_summary(result)


def replan(
    instance: Annotated[
        Path, typer.Argument(help="Instance the plan was made for.", metavar="INSTANCE")
    ],
    plan_folder: Annotated[Path, typer.Argument(help="Plan so far.", metavar="PLAN")],
    event: Annotated[
        list[Path],
        typer.Option("--event", help="Folder with the files that change; may be repeated.",
                     metavar="EVENT"),
    ],
    out: Annotated[Path, typer.Option("--out", help="Plan folder to write.", metavar="PLAN2")],
    known: Annotated[
        int, typer.Option(min=0, help="How many of the events PLAN already takes into account.")
    ] = 0,
    gap: Gap = 0.001,
    time_limit: TimeLimit = None,
    seed: Seed = None,
    format_: Format = TableFormat.CSV,
    instance_out: Annotated[
        Path | None, typer.Option(help="Also write the changed instance.", metavar="INSTANCE2")
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Plan again after a change, keeping to the earlier plan; nobody booked is moved."""
    from scenarios.official.place import data_folder
    from scenarios.planning import Order
    from scenarios.replanning import ReplanOrder, run_replan
    from scenarios.screen import progress_bar, replan_summary

    order = ReplanOrder(
        Order(instance, out, gap=gap, time_limit_s=time_limit, seed=seed, format_=format_.value,
              data=data_folder()),
        plan_folder, tuple(event), known, instance_out,
    )  # fmt: skip
    with progress_bar() as watchers:
        result = run_replan(order, *watchers)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        replan_summary(result)


def site(
    instance: Annotated[Path, typer.Argument(help="Instance folder.", metavar="INSTANCE")],
    plan_folder: Annotated[Path, typer.Argument(help="Its plan.", metavar="PLAN")],
    lines: Annotated[int, typer.Option(min=1, help="How many lines to open.")],
    injections: Annotated[
        int, typer.Option(min=1, help="Injections a week of one line.")
    ] = 300,
    candidates: Annotated[
        Path | None,
        typer.Option(help="Places they may be at: place, name, department, lat, lon.",
                     metavar="FILE"),
    ] = None,
    gap: Annotated[
        float, typer.Option(min=0.0, callback=_finite, help="Certified gap of the new plan.")
    ] = 0.001,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Propose where to open the next lines, and what they bring, certified."""
    from allocator.carry import Earlier
    from allocator.places import read_places
    from allocator.plan import read_plan
    from allocator.read import read_instance
    from allocator.site import site as propose
    from scenarios.screen import progress_bar
    from scenarios.siting import siting_json, siting_lines

    problem = read_instance(instance)
    earlier = Earlier(problem, read_plan(plan_folder))
    places = None if candidates is None else read_places(problem, candidates)
    with progress_bar() as (listen, interrupted):
        found = propose(
            earlier, lines=lines, injections=injections, places=places, gap=gap,
            progress=listen, interrupted=interrupted,
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(siting_json(problem, found), ensure_ascii=False))
    else:
        typer.echo("\n".join(siting_lines(problem, found)))


def frontier(
    instance: Annotated[Path, typer.Argument(help="Instance folder.", metavar="INSTANCE")],
    floor: Annotated[
        list[float] | None,
        typer.Option("--floor", min=0.0, help="Share of the national coverage; may be repeated."),
    ] = None,
    price: Annotated[
        float | None,
        typer.Option(min=0.0, callback=_finite, help="Per person missing; else the instance's."),
    ] = None,
    spread: Annotated[
        float, typer.Option(min=1.0, callback=_finite, help="Highest over lowest coverage wanted.")
    ] = 1.05,
    gap: Annotated[
        float, typer.Option(min=0.0, callback=_finite, help="Certified gap of each plan.")
    ] = 0.001,
    as_json: AsJson = False,
) -> None:
    """Draw the price of fairness: people served and kilometres against the floor of coverage."""
    from dataclasses import asdict

    from allocator.frontier import FLOORS
    from allocator.frontier import frontier as draw
    from allocator.read import read_instance
    from scenarios.screen import frontier_lines, progress_bar

    problem = read_instance(instance)
    with progress_bar() as (listen, interrupted):
        drawn = draw(
            problem, floors=FLOORS if floor is None else [_finite(f) or 0.0 for f in floor],
            price=price, spread=spread, gap=gap, progress=listen, interrupted=interrupted,
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(asdict(drawn), ensure_ascii=False))
    else:
        typer.echo("\n".join(frontier_lines(drawn)))


def compare(
    plans: Annotated[list[Path], typer.Argument(help="Plan folders.", metavar="PLAN...")],
    html: Annotated[Path | None, typer.Option(help="Also write a page.", metavar="FILE")] = None,
    as_json: AsJson = False,
) -> None:
    """Put plans side by side."""
    from scenarios.output import refuse_bad_file, write_whole
    from scenarios.report.comparison import (
        compare_plans,
        comparison_html,
        comparison_table,
        share_an_instance,
    )
    from scenarios.screen import show

    if html is not None:
        refuse_bad_file(html)
    rows = compare_plans(plans)
    if html is not None:
        write_whole(html, comparison_html(plans).encode())
    if not share_an_instance(plans):
        typer.echo(
            "creneau: these plans are of different instances; costs do not compare", err=True
        )
    if as_json:
        typer.echo(json.dumps({"plans": rows}, ensure_ascii=False))
    else:
        show(comparison_table(rows))
