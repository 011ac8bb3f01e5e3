"""What planning costs: every method on the same instances, one after the other, in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from loadtests.bench_targets import Target
from loadtests.command import Run, creneau

BASELINES = ("pro-rata", "first-come")
FIRST_RUN = "optimal, first run"
HIGHS = "hipo" if find_spec("highspy_extras") else "ipx"
"""The quickest algorithm of HiGHS that is installed: HiPO comes in a package of its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """One method on one instance.

    columns
        Columns of the split model it looked at.
    seconds
        Wall time of the whole command.
    gap
        Of a plan with a certificate, the gap `plan` printed. Of all else, (value - bound) / value
        against the best bound proven on this instance in this run, where value is the cost of the
        plan or, for a relaxation, what HiGHS had reached; None when that was nothing.
    peak_rss_mb
        Peak memory of the command.
    integer
        Whether it is a plan in whole people and vials, not a relaxation.
    status
        Why it ended.
    """

    instance: str
    method: str
    columns: int | None
    seconds: float
    gap: float | None
    peak_rss_mb: float | None
    integer: bool
    status: str


@dataclass(slots=True)
class Bench:
    """Runs the methods on target after target, in one scratch folder with its own kernel cache.

    scratch
        Empty folder: the first run on the first target finds no compiled kernel.
    peers
        Whether HiGHS runs on every target.
    peer_limit_s
        Seconds HiGHS may take.
    tell
        Told what is about to run.
    """

    scratch: Path
    peers: bool
    peer_limit_s: float
    tell: Callable[[str], None]
    rows: list[Row] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def run(self, targets: Sequence[Target]) -> None:
        """Fill `rows`; what could not be built or did not end well is named."""
        for target in targets:
            folder = self._instance(target)
            if folder is not None:
                runs = dict(self._runs(target, folder))
                self.rows += rows_of(target.what, runs)

    @property
    def compilation_s(self) -> float | None:
        """Seconds the first run took more than the same run with its kernels in the cache."""
        seconds = {row.method: row.seconds for row in self.rows[:2]}
        if FIRST_RUN not in seconds or "optimal" not in seconds:
            return None
        return seconds[FIRST_RUN] - seconds["optimal"]

    def _instance(self, target: Target) -> Path | None:
        if Path(target.what).is_dir():
            return Path(target.what)
        folder = self.scratch / target.what / "instance"
        self.tell(f"{target.what}: build")
        if creneau("scenario", "build", target.what, "--out", folder).exit_status == 0:
            return folder
        (self.skipped if target.optional else self.failed).append(target.what)
        return None

    def _runs(self, target: Target, instance: Path) -> Iterator[tuple[str, Run]]:
        optimal = ("--gap", str(target.gap), "--time-limit", str(target.limit_s))
        if not self.rows:
            yield FIRST_RUN, self._plan(target, instance, FIRST_RUN, "optimal", *optimal)
        yield "optimal", self._plan(target, instance, "optimal", "optimal", *optimal)
        for method in BASELINES:
            yield method, self._plan(target, instance, method, method)
        if self.peers or target.always_lp:
            lists = () if target.nearest is None else ("--nearest", str(target.nearest))
            name = f"lp by {HIGHS}" + (f", {target.nearest} nearest" if lists else "")
            limit = ("--time-limit", str(self.peer_limit_s))
            yield name, self._plan(target, instance, name, "lp", "--highs", HIGHS, *limit, *lists)

    def _plan(self, target: Target, instance: Path, name: str, method: str, *options: str) -> Run:
        self.tell(f"{target.what}: {name}")
        out = self.scratch / "plans" / Path(target.what).name / name.replace(" ", "-")
        run = creneau(
            "plan", instance, "--out", out, "--method", method, *options,
            environment={"NUMBA_CACHE_DIR": str(self.scratch / "kernels")},
        )  # fmt: skip
        if run.exit_status != 0:
            self.failed.append(f"{target.what}: {name}")
        return run


def rows_of(instance: str, runs: dict[str, Run]) -> list[Row]:
    """Turn the runs on one instance into rows, gaps against the best bound among them."""
    bounds = [run.printed.get("bound") for run in runs.values()]
    best = max((bound for bound in bounds if bound is not None), default=None)
    return [_row(instance, method, run, best) for method, run in runs.items()]


def _row(instance: str, method: str, run: Run, best: float | None) -> Row:
    printed = run.printed
    gap, value = printed.get("gap"), printed.get("cost")
    if value is None:
        value = printed.get("relaxation")
    if gap is None and best is not None and value:
        gap = (value - best) / abs(value)
    return Row(
        instance=instance,
        method=method,
        columns=printed.get("columns"),
        seconds=round(run.seconds, 2),
        gap=gap,
        peak_rss_mb=printed.get("peak_rss_mb"),
        integer=printed.get("plan") is not None,
        status=printed.get("status", f"failed with exit status {run.exit_status}"),
    )
