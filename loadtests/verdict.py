"""The verdict on a run: which promises were broken, and what was measured.

What is judged here was counted elsewhere: the requests by the generator, the bookings in SQL, the
files over HTTP. Nothing is asked any more, so that a record can be judged again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from statistics import fmean
from typing import Literal, NamedTuple

from loadtests.quantile import quantile
from loadtests.record import Exchange, Record, Wait
from loadtests.recount import Recount

DYNAMIC = frozenset(
    {"ticket", "hold", "confirm", "receipt", "release", "cancel", "move", "staff-hold"}
)
"""Requests of those who book, that reach the booking service."""
MINUTE_S = 60.0
MOST_SHOWN_BUT_REFUSED = 0.01
"""Outside hot spots; promised: what is shown is bookable."""
OLDEST_S, USUALLY_S = 5.0, 1.0
"""Age of what is shown: at no time older, and in 99 of 100 glimpses no older than promised."""
MOST_WAIT_ERROR = 0.2
TURN_S = 2.0
"""The notice is written once a second, and read by each at another moment."""
GRACE_S = 1.0
"""Around an outage: what was under way when it began, and came back when it ended."""
LATE_S = 0.1
"""A generator later than that is part of what it measures."""
NAMED = 5


class Outage(NamedTuple):
    """From when something was killed until all was well again."""

    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found when it was over, besides the record.

    recount
        Of the database; None when there is no way to it.
    differences
        Between the public files and the tables.
    unopened
        Sealed identities that were acknowledged and do not open with the centre's key.
    outages
        Times in which nothing is promised but that nothing gets lost.
    service_cpu_s
        Processor time of the whole service, database included; 0 when it is not ours to see.
    """

    recount: Recount | None = None
    differences: Sequence[str] = ()
    unopened: int = 0
    outages: Sequence[Outage] = ()
    service_cpu_s: float = 0.0


@dataclass(slots=True)
class Verdict:
    """What it comes to.

    pairs_per_s
        Confirmed pairs a second in the best whole minute.
    p50_ms, p99_ms
        Of requests of those who book, from when they were wanted.
    shown_but_refused
        Part of the holds outside hot spots whose pair was gone.
    queue_wait_error
        Mean difference between the wait that was shown and the one it was, as a part of the
        latter; None where nobody waited.
    figures
        More of what was measured.
    """

    pairs: int = 0
    pairs_per_s: float = 0.0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    errors_5xx: int = 0
    oversold: int = 0
    lost: int = 0
    shown_but_refused: float = 0.0
    queue_wait_error: float | None = None
    broken: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)

    @property
    def verdict(self) -> Literal["pass", "fail"]:
        """Pass when nothing is broken."""
        return "fail" if self.broken else "pass"

    def as_json(self) -> dict[str, object]:
        """Give what `--json` prints."""
        return {
            "verdict": self.verdict, "broken": self.broken, "pairs": self.pairs,
            "pairs_per_s": self.pairs_per_s, "p50_ms": self.p50_ms, "p99_ms": self.p99_ms,
            "errors_5xx": self.errors_5xx, "oversold": self.oversold, "lost": self.lost,
            "shown_but_refused": self.shown_but_refused,
            "queue_wait_error": self.queue_wait_error, "warnings": self.warnings,
            "figures": self.figures, "refusals": self.refusals,
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """Say it in lines."""
        yield f"verdict: {self.verdict}"
        yield from (f"broken: {what}" for what in self.broken)
        yield from (f"note: {what}" for what in self.warnings)
        yield (
            f"{self.pairs:,} pairs, {self.pairs_per_s:.1f} a second in the best minute; "
            f"p50 {self.p50_ms:.0f} ms, p99 {self.p99_ms:.0f} ms; {self.errors_5xx} answers 5xx"
        )
        hot = self.figures["shown_but_refused_hot"]
        yield (
            f"{self.oversold} oversold, {self.lost} lost; shown but refused: "
            f"{self.shown_but_refused:.2%}, {hot:.2%} in hot spots"
        )
        yield ", ".join(f"{name} {value:.4g}" for name, value in self.figures.items())


def judge(record: Record, evidence: Evidence) -> Verdict:
    """Judge a run."""
    verdict = Verdict(pairs=len(record.confirmed_at), refusals=_refusals(record))
    verdict.pairs_per_s = best_minute(record.confirmed_at, record.ended - record.began)
    _measure(verdict, record, evidence)
    verdict.broken += _answers(verdict, record, evidence.outages)
    verdict.broken += _database(verdict, evidence)
    verdict.broken += _shown(verdict, record, evidence)
    verdict.broken += _queue(verdict, record)
    verdict.warnings += _generator(verdict, record)
    return verdict


def best_minute(times: Sequence[float], run_s: float) -> float:
    """Give the most a second in any minute; in a shorter run, in all of it."""
    ordered = sorted(times)
    if run_s < MINUTE_S:
        return len(ordered) / run_s if run_s > 0 else 0.0
    most = max(
        (i + 1 - bisect_left(ordered, t - MINUTE_S) for i, t in enumerate(ordered)), default=0
    )
    return most / MINUTE_S


def wait_error(waits: Sequence[Wait]) -> float | None:
    """Give the mean difference between waits shown and lived, as a part of those lived."""
    lived = fmean(wait.lived_s for wait in waits) if waits else 0.0
    if not lived:
        return None
    return fmean(abs(wait.shown_s - wait.lived_s) for wait in waits) / lived


def out_of_order(waits: Iterable[Wait]) -> int:
    """Count those who were told to wait more than a turn after somebody behind them was let in."""
    ordered = sorted(waits, key=lambda wait: wait.admitted)
    last = list(accumulate((wait.rank for wait in ordered), max))
    admitted = [wait.admitted for wait in ordered]
    overtaken = 0
    for wait in ordered:
        before = bisect_left(admitted, wait.told_to_wait - TURN_S)
        overtaken += before > 0 and last[before - 1] > wait.rank
    return overtaken


def _measure(verdict: Verdict, record: Record, evidence: Evidence) -> None:
    run_s = max(1e-9, record.ended - record.began)
    asked = [x for x in record.exchanges if x.kind in DYNAMIC]
    reads = sum(x.kind.startswith("read-") for x in record.exchanges)
    seconds = [x.ended - x.due for x in asked if x.status and not _in(x, evidence.outages)]
    if seconds:
        verdict.p50_ms, verdict.p99_ms = (1000 * quantile(seconds, q) for q in (0.5, 0.99))
    pairs = max(1, verdict.pairs)
    verdict.figures |= {
        "seconds": run_s,
        "offered": len(record.arrivals),
        "offered_per_s": best_minute(record.arrivals, run_s),
        "requests_per_pair": len(asked) / pairs,
        "reads_per_pair": reads / pairs,
        "reads_per_s": reads / run_s,
        "generator_cores": record.cpu_s / run_s,
        "service_cores": evidence.service_cpu_s / run_s,
        "service_ms_per_pair": 1000 * evidence.service_cpu_s / pairs,
        "unknown": len(record.unknown),
    }
    if record.published_s:
        verdict.figures["published_until_shown_s"] = max(record.published_s)


def _answers(verdict: Verdict, record: Record, outages: Sequence[Outage]) -> Iterator[str]:
    """Check: no 5xx, no connection lost, nothing that says something else than it should."""
    outside = [x for x in record.exchanges if not _in(x, outages)]
    failed = [x for x in outside if x.status >= 500]
    verdict.errors_5xx = len(failed)
    if failed:
        yield f"{len(failed)} answers were 5xx: {_kinds(failed)}"
    if broken := [x for x in outside if not x.status]:
        yield f"{len(broken)} requests were not answered: {_kinds(broken)}"
    if record.complaints:
        said = "; ".join(record.complaints[:NAMED])
        yield f"{len(record.complaints)} answers did not say what they should: {said}"
    if not verdict.pairs:
        yield "nobody booked"


def _database(verdict: Verdict, evidence: Evidence) -> Iterator[str]:
    """Check: no slot oversold, no half pair; acknowledged is there, refused is not."""
    if evidence.recount is None:
        verdict.warnings.append("the database was not counted: there is no way to it (--database)")
        return
    verdict.oversold, verdict.lost = evidence.recount.oversold, len(evidence.recount.lost)
    yield from evidence.recount.faults()
    if evidence.unopened:
        yield f"{evidence.unopened} sealed identities do not open with the centre's key"


def _shown(verdict: Verdict, record: Record, evidence: Evidence) -> Iterator[str]:
    """Check that what is shown is bookable, and what the tables say."""
    outside = [hold for hold in record.holds if not hold.hot]
    inside = [hold for hold in record.holds if hold.hot]
    refused = [sum(h.refused for h in holds) / max(1, len(holds)) for holds in (outside, inside)]
    verdict.shown_but_refused, verdict.figures["shown_but_refused_hot"] = refused
    if verdict.shown_but_refused > MOST_SHOWN_BUT_REFUSED:
        yield f"{verdict.shown_but_refused:.1%} of the pairs shown outside hot spots were gone"
    if evidence.differences:
        said = "; ".join(evidence.differences[:NAMED])
        yield f"files and tables differ at {len(evidence.differences)} centres: {said}"
    if not record.published_s and any(x.kind == "publish" for x in record.exchanges):
        yield "what the planner published was not shown to the end"
    ages = [g.age_s for g in record.glimpses if not _at(g.at, evidence.outages)]
    if not ages:
        yield "nobody saw how old the files are"
        return
    usually = verdict.figures["age_p99_s"] = quantile(ages, 0.99)
    oldest = verdict.figures["age_max_s"] = max(ages)
    if oldest > OLDEST_S:
        yield f"what was shown was up to {oldest:.1f} s old"
    elif usually > USUALLY_S:
        verdict.warnings.append(f"what was shown was {usually:.1f} s old at the 99th percentile")


def _queue(verdict: Verdict, record: Record) -> Iterator[str]:
    """Check that waits were as shown, and the order as promised."""
    verdict.queue_wait_error = wait_error(record.waits)
    if record.waits:
        verdict.figures["waited"] = len(record.waits)
        verdict.figures["difficulty_bits"] = max(wait.difficulty for wait in record.waits)
    if verdict.queue_wait_error is not None and verdict.queue_wait_error > MOST_WAIT_ERROR:
        yield f"waits were {verdict.queue_wait_error:.0%} off what was shown"
    if overtaken := out_of_order(record.waits):
        yield f"{overtaken} were kept waiting after somebody behind them was let in"


def _generator(verdict: Verdict, record: Record) -> Iterator[str]:
    """Warn when the load was not the one it should be."""
    if record.lags:
        verdict.figures["late_p99_ms"] = 1000 * quantile(record.lags, 0.99)
        verdict.figures["late_max_ms"] = 1000 * max(record.lags)
        if quantile(record.lags, 0.99) > LATE_S:
            late = verdict.figures["late_p99_ms"]
            yield f"the generator itself was late: {late:.0f} ms at the 99th percentile"
    yield from (f"left out: {what}" for what in record.left_out)


def _in(exchange: Exchange, outages: Sequence[Outage]) -> bool:
    return any(
        exchange.ended >= outage.began - GRACE_S and exchange.due <= outage.ended + GRACE_S
        for outage in outages
    )


def _at(second: float, outages: Sequence[Outage]) -> bool:
    return any(o.began - GRACE_S <= second <= o.ended + GRACE_S for o in outages)


def _kinds(exchanges: Iterable[Exchange]) -> str:
    counts = Counter((x.kind, x.status) for x in exchanges)
    return ", ".join(f"{n} {kind} {status}" for (kind, status), n in counts.most_common(NAMED))


def _refusals(record: Record) -> dict[str, int]:
    return dict(Counter(record.refused.values()).most_common())
