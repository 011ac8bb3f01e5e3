"""`creneau loadtest`: an evening of 2021, and the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from loadtests.baseline import Baseline
    from loadtests.evening import Plan


def loadtest(
    curve: Annotated[str, typer.Argument(help="A day, such as peak-2021-07-12.")],
    scale: Annotated[float, typer.Option(help="Part of the country that comes.")] = 1.0,
    minutes: Annotated[float, typer.Option(help="Length; one minute is plateau only.")] = 10.0,
    url: Annotated[
        str | None, typer.Option(help="Of an installation that is there; without, one is started.")
    ] = None,
    database: Annotated[str | None, typer.Option(help="Its database, to be counted again.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Of the installation started.")] = 2,
    seed: Annotated[int, typer.Option(help="Repeats the same arrivals.")] = 1,
    baseline: Annotated[
        Path | None, typer.Option(help="What --json printed before, to compare with.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report, an HTML page.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Replay an evening and judge it; exit 1 when a promise was broken."""
    import json
    import tempfile

    from loadtests.evening import Plan, replay

    plan = Plan(curve, minutes, scale, url, database, workers, seed)
    _check(plan)
    before = None if baseline is None else _read(baseline)
    with tempfile.TemporaryDirectory(prefix="creneau-loadtest-") as scratch:
        evening = replay(plan, Path(scratch), lambda what: typer.echo(what, err=True))
    verdict = evening.verdict
    about: dict[str, object] = {"curve": curve, "scale": scale, "minutes": minutes}
    if before is not None:
        before.compare(verdict, about)
    if report is not None:
        from loadtests.evening_page import page

        title = f"{curve}, échelle {scale:g}, {minutes:g} min"
        report.write_text(page(evening, title), encoding="utf-8")
    said = {**about, **verdict.as_json()}
    typer.echo(json.dumps(said, ensure_ascii=False) if as_json else "\n".join(verdict.lines()))
    if verdict.broken:
        raise typer.Exit(1)


def _check(plan: Plan) -> None:
    """Refuse what cannot be replayed, before anything is started."""
    from importlib.util import find_spec

    from loadtests.curves import CURVES

    if plan.curve not in CURVES:
        raise typer.BadParameter(f"there is none of this name, but {', '.join(CURVES)}",
                                 param_hint="CURVE")  # fmt: skip
    try:
        _ = plan.load
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--minutes, --scale") from None
    if plan.url is not None and not plan.url.startswith(("http://", "https://")):
        raise typer.BadParameter("it begins with http:// or https://", param_hint="--url")
    if find_spec("locust") is None:
        raise typer.BadParameter("Locust is needed: pip install 'creneau[loadtest]'")


def _read(path: Path) -> Baseline:
    from loadtests.baseline import Baseline

    try:
        return Baseline.read(path)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path}: {error}", param_hint="--baseline") from None
