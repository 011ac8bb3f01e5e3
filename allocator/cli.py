"""Commands that need nothing but an instance and a plan: `check` and `explain`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

InstanceFolder = Annotated[Path, typer.Argument(help="Instance folder.", metavar="INSTANCE")]
PlanFolder = Annotated[Path, typer.Argument(help="Plan folder.", metavar="PLAN")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def check(instance: InstanceFolder, plan: PlanFolder, as_json: AsJson = False) -> None:
    """Recount a plan without the solver; exit 0 when it is feasible and its figures hold."""
    from allocator.check.report import as_json as to_json
    from allocator.check.report import check_folder

    verdict, mismatches = check_folder(instance, plan)
    if as_json:
        typer.echo(json.dumps(to_json(verdict, mismatches), ensure_ascii=False))
    else:
        for violation in verdict.violations:
            typer.echo(f"broken: {violation.rule} at {violation.where}: {violation.amount}")
        for mismatch in mismatches:
            typer.echo(f"does not hold: {mismatch}")
        bound = "none" if verdict.bound is None else f"{verdict.bound:,.2f}"
        gap = "none" if verdict.gap is None else f"{100 * verdict.gap:.4f} %"
        typer.echo(f"feasible: {'yes' if verdict.feasible else 'no'}")
        typer.echo(f"cost {verdict.cost:,.2f}, bound {bound}, gap {gap}")
    if not verdict.feasible or mismatches:
        raise typer.Exit(1)


def explain(
    instance: InstanceFolder,
    plan: PlanFolder,
    top: Annotated[int, typer.Option(min=1, help="How many prices.")] = 20,
    confirm: Annotated[
        int, typer.Option(min=0, help="Solve again with one unit more and less, for the N largest.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Say what is short and what one unit more would be worth, dearest first."""
    from allocator.explain import explain_plan

    rows = explain_plan(instance, plan, top=top, confirm=confirm)
    if as_json:
        typer.echo(json.dumps({"prices": rows}, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(f"{row['value']:>12,.3f}  {row['sentence']}")
        if "one_more" in row:
            typer.echo(
                f"{'':14}solved again: one unit more saves {row['one_more']:,.3f}, "
                f"one less costs {row['one_less']:,.3f}"
            )
