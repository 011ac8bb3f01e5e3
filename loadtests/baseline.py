"""Comparison with a run before: what became worse by more than it may.

A baseline is what `creneau loadtest --json` printed. Only runs of the same curve, scale and length
can be compared; times and rates only on the same machine, which is why they may vary by more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from loadtests.verdict import Verdict


class Limit(NamedTuple):
    """How much worse a figure may become, as a part of what it was, until it warns and fails.

    better
        1 when more is better, -1 when less is.
    """

    name: str
    better: int
    warn: float
    fail: float


LIMITS = (
    Limit("pairs_per_s", 1, 0.10, 0.25),
    Limit("p50_ms", -1, 0.50, 4.0),
    Limit("p99_ms", -1, 0.50, 9.0),
    Limit("requests_per_pair", -1, 0.05, 0.20),
    Limit("service_ms_per_pair", -1, 0.20, 1.0),
)
SAME = ("curve", "scale", "minutes")


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a run before came to."""

    said: Mapping[str, Any]

    @staticmethod
    def read(path: Path) -> Baseline:
        """Read what `--json` printed.

        Raises
        ------
        ValueError
            When it is something else.
        """
        said = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(said, dict) or not {*SAME, "figures", "pairs_per_s"} <= said.keys():
            raise ValueError("it is not what `creneau loadtest --json` prints")
        return Baseline(said)

    def compare(self, verdict: Verdict, now: Mapping[str, object]) -> None:
        """Let the verdict warn of what became worse, and fail where it became much worse.

        Parameters
        ----------
        now
            Curve, scale and minutes of the run that is judged.
        """
        others = [key for key in SAME if self.said[key] != now[key]]
        if others:
            verdict.warnings.append(f"not compared: the baseline has another {', '.join(others)}")
            return
        figures = {**verdict.figures, **verdict.as_json()}
        for limit, before, after, worse in self._worse(figures):
            said = f"{limit.name} was {before:.3g}, is {after:.3g}: {worse:.0%} worse"
            if worse > limit.fail:
                verdict.broken.append(said)
            elif worse > limit.warn:
                verdict.warnings.append(said)

    def _worse(self, figures: Mapping[str, Any]) -> Iterator[tuple[Limit, float, float, float]]:
        for limit in LIMITS:
            before = self.said.get(limit.name, self.said["figures"].get(limit.name))
            after = figures.get(limit.name)
            if before and after is not None:
                yield limit, before, after, limit.better * (before - after) / before
