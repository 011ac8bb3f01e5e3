"""What booking carries: pairs a second through the whole service, and pgbench beside it.

Both book the same pairs with the same statements on copies of one campaign, one after the other, on
the same processors. After each run the database is counted again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from random import Random

import uvloop

from loadtests.booking.campaign import Shape, fill, next_monday
from loadtests.booking.closed import run_closed
from loadtests.booking.hotspots import HotSpots, one_takes_all, tenth_takes_sixty
from loadtests.booking.ledger import Ledger
from loadtests.booking.open_model import Open, run_open
from loadtests.booking.pgbench import CLIENTS, Pgbench
from loadtests.booking.wishes import Wish, Wishes
from loadtests.postgres import Postgres, program
from loadtests.pretix_shop.orders import order_for
from loadtests.pretix_shop.shop import opened
from loadtests.processes import cpu_s
from loadtests.quantile import quantile
from loadtests.recount import recount
from loadtests.stack import Stack, served

RATE = 333.0
"""Pairs a second of the national record: 20,000 a minute."""
TEMPLATE = "postgres"
NO_ROOM = {"CRENEAU_QUEUE_RATE": "100000"}
"""What is measured is what stands behind the waiting room."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure.

    seconds
        Of each measured run; the trials are shorter.
    visitors
        Who book at a time in the closed runs.
    workers, clients
        Numbers of workers of the service, and of clients of pgbench, to choose from.
    pretix
        Interpreter that has pretix, to order there, too.
    """

    shape: Shape = field(default_factory=Shape)
    seconds: int = 20
    trial_s: int = 5
    warm_up_s: int = 2
    visitors: int = 64
    workers: tuple[int, ...] = (1, 2)
    clients: tuple[int, ...] = CLIENTS
    rate: float = RATE
    pretix: Path | None = None


SMOKE = Plan(
    Shape(centres=40, departments=4, weeks=1, windows=4), seconds=2, trial_s=1, warm_up_s=1,
    workers=(1,), clients=(8,), rate=50.0,
)  # fmt: skip
"""Shows that everything runs; its figures mean nothing."""


@dataclass(slots=True)
class Rate:
    """One distribution of requests, booked by the service and by pgbench.

    cpu_ms
        Processor time of the service for each pair, database included.
    clients
        Of pgbench: as many as booked most.
    """

    name: str
    pairs_per_s: float = 0.0
    cpu_ms: float = 0.0
    pgbench_tps: float = 0.0
    clients: int = 0

    @property
    def ratio(self) -> float:
        """Part of what pgbench books."""
        return self.pairs_per_s / self.pgbench_tps if self.pgbench_tps else 0.0


@dataclass(frozen=True, slots=True)
class Ordered:
    """What pretix came to.

    cpu_ms
        Processor time of its workers and its database for each order.
    dearer
        How many times that is what a pair costs the service.
    """

    orders: int
    orders_per_s: float
    cpu_ms: float
    dearer: float


@dataclass(slots=True)
class Report:
    """What was measured.

    rate
        Pairs a second that come in the open run; the record's, unless it is a smoke run.
    p50_ms, p99_ms
        From a visitor's arrival to the confirmation of the pair, in the open run.
    late_ms
        By how much, at worst, the generator itself sent somebody off too late in that run.
    refusals
        Of the service, by reason: in a campaign of this size there should be none.
    faults
        Promises that were broken; no figure excuses them.
    """

    rate: float
    rates: list[Rate] = field(default_factory=list)
    workers: int = 0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    late_ms: float = 0.0
    booked: int = 0
    oversold: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    pretix: Ordered | None = None

    def as_json(self) -> dict[str, object]:
        """Give what `--json` prints: the hot-spot run, and everything else beside it."""
        hot = self.rates[0]
        return {
            "pairs_per_s": hot.pairs_per_s, "pgbench_tps": hot.pgbench_tps, "ratio": hot.ratio,
            "p99_ms_at_333": self.p99_ms, "oversold": self.oversold,
            "rates": [asdict(rate) | {"ratio": rate.ratio} for rate in self.rates],
            "p50_ms": self.p50_ms, "late_ms": self.late_ms, "workers": self.workers,
            "booked": self.booked, "refusals": dict(self.refusals), "faults": self.faults,
            "pretix": None if self.pretix is None else asdict(self.pretix),
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """Say it in lines."""
        yield f"{'pairs a second':40}{'service':>10}{'pgbench':>10}{'ratio':>8}{'ms a pair':>11}"
        for rate in self.rates:
            yield (
                f"{rate.name:40}{rate.pairs_per_s:>10,.0f}{rate.pgbench_tps:>10,.0f}"
                f"{rate.ratio:>8.2f}{rate.cpu_ms:>11.2f}"
            )
        yield ""
        yield f"{self.rate:g} pairs a second: p50 {self.p50_ms:.0f} ms, p99 {self.p99_ms:.0f} ms"
        yield f"{self.booked:,} pairs booked by {self.workers} workers, {self.oversold} oversold"
        if self.pretix is not None:
            yield (
                f"pretix: {self.pretix.orders_per_s:.1f} orders a second, "
                f"{self.pretix.cpu_ms:,.0f} ms an order: {self.pretix.dearer:,.0f} times a pair's"
            )
        if self.refusals:
            yield f"refused: {', '.join(f'{n} {why}' for why, n in self.refusals.items())}"

    def judge(self, url: str, ledger: Ledger) -> None:
        """Count a database again that nobody changes now."""
        counted = recount(url, ledger)
        self.oversold += counted.oversold
        self.faults += counted.faults()


@dataclass(frozen=True, slots=True)
class Visitors:
    """Those who book at a running service; the ledger has all of them.

    pids
        Of the service and of its database, for what a pair costs them.
    """

    stack: Stack
    shape: Shape
    pids: tuple[int, ...]
    ledger: Ledger = field(default_factory=Ledger)
    random: Random = field(default_factory=Random)

    def closed(self, hot_spots: HotSpots, visitors: int, warm_up_s: int, seconds: int) -> Rate:
        """Book as fast as it goes."""
        before = self._cpu_s()
        run = uvloop.run(
            run_closed(
                self.stack.address, self._wishes(hot_spots), visitors=visitors,
                warm_up_s=warm_up_s, seconds=seconds,
            )
        )  # fmt: skip
        cpu_ms = 1000 * (self._cpu_s() - before) / max(1, len(run.ledger.confirmed))
        self.ledger.add(run.ledger)
        return Rate(hot_spots.name, run.pairs_per_s, cpu_ms)

    def open(self, hot_spots: HotSpots, rate: float, seconds: int) -> Open:
        """Come at a rate, however long it takes."""
        run = uvloop.run(
            run_open(
                self.stack.address, self._wishes(hot_spots), rate=rate, seconds=seconds,
                random=self.random,
            )
        )  # fmt: skip
        self.ledger.add(run.ledger)
        return run

    def _wishes(self, hot_spots: HotSpots) -> Iterator[Wish]:
        return iter(Wishes(self.shape, hot_spots, self.random))

    def _cpu_s(self) -> float:
        return sum(map(cpu_s, self.pids))


@dataclass(frozen=True, slots=True)
class Bench:
    """The bench on a running PostgreSQL; `tell` is told what is about to run."""

    postgres: Postgres
    scratch: Path
    plan: Plan
    tell: Callable[[str], None]

    def run(self) -> Report:
        """Measure everything."""
        start = next_monday()
        self.tell(f"{self.plan.shape.slots:,} slots: fill")
        fill(self.postgres.url, self.plan.shape, start)
        spots = [tenth_takes_sixty(self.plan.shape.centres), one_takes_all(self.plan.shape.centres)]
        report = Report(self.plan.rate, workers=self._best_workers(spots[0]))
        self._service(report, spots)
        for rate, hot_spots in zip(report.rates, spots, strict=True):
            self._peer(report, rate, hot_spots, start)
        if self.plan.pretix is not None:
            report.pretix = self._pretix(self.plan.pretix, report.rates[0].cpu_ms)
        return report

    def _best_workers(self, hot_spots: HotSpots) -> int:
        """Try numbers of workers, and give the one that books most."""
        if len(self.plan.workers) == 1:
            return self.plan.workers[0]
        rates: dict[int, float] = {}
        for n in self.plan.workers:
            self.tell(f"{n} workers: trial")
            with self._visitors(f"trial_{n}", n) as (_, visitors):
                rate = visitors.closed(hot_spots, self.plan.visitors, 2, self.plan.trial_s)
                rates[n] = rate.pairs_per_s
        return max(rates, key=rates.__getitem__)

    def _service(self, report: Report, spots: Sequence[HotSpots]) -> None:
        plan = self.plan
        with self._visitors("service", report.workers) as (url, visitors):
            for hot_spots in spots:
                self.tell(f"{report.workers} workers: {hot_spots.name}")
                rate = visitors.closed(hot_spots, plan.visitors, plan.warm_up_s, plan.seconds)
                report.rates.append(rate)
                report.judge(url, visitors.ledger)
            self.tell(f"{report.workers} workers: {plan.rate:g} pairs a second come")
            run = visitors.open(spots[0], plan.rate, plan.seconds)
            report.judge(url, visitors.ledger)
        report.booked = len(visitors.ledger.confirmed)
        report.refusals = visitors.ledger.reasons
        report.p50_ms = 1000 * quantile(run.seconds, 0.5)
        report.p99_ms = 1000 * quantile(run.seconds, 0.99)
        report.late_ms = 1000 * run.late_s

    def _peer(self, report: Report, rate: Rate, hot_spots: HotSpots, start: date) -> None:
        self.tell(f"pgbench: {hot_spots.name}")
        url = self.postgres.copy(f"peer_{hot_spots.hot}", TEMPLATE)
        peer = Pgbench(program("pgbench"), url, self.plan.shape, start)
        rate.clients = peer.best_clients(hot_spots, self.plan.clients, seconds=self.plan.trial_s)
        rate.pgbench_tps = peer.pairs_per_s(
            hot_spots, clients=rate.clients, seconds=self.plan.seconds
        )
        report.judge(url, Ledger())

    def _pretix(self, python: Path, pair_ms: float) -> Ordered:
        """Order both doses in pretix, on the same database server."""
        self.tell("pretix: opens its shop, which takes a minute")
        with opened(python, self.postgres, self.scratch / "pretix", workers=2) as shop:
            order_for(shop, visitors=2, seconds=self.plan.warm_up_s)
            pids = (shop.pid, self.postgres.pid)
            before = sum(map(cpu_s, pids))
            run = order_for(shop, visitors=4, seconds=self.plan.seconds)
            cpu_ms = 1000 * (sum(map(cpu_s, pids)) - before) / run.confirmed
        return Ordered(run.confirmed, run.confirmed / run.seconds, cpu_ms, cpu_ms / pair_ms)

    @contextmanager
    def _visitors(self, name: str, workers: int) -> Iterator[tuple[str, Visitors]]:
        """Serve a copy of the campaign."""
        url = self.postgres.copy(name, TEMPLATE)
        home = self.scratch / name
        with served(home, url=url, workers=workers, environment=NO_ROOM) as stack:
            yield url, Visitors(stack, self.plan.shape, (stack.pid, self.postgres.pid))
