"""A whole evening: an installation of its own, the crowd, and the verdict when it has gone.

With the address of another installation the crowd goes there; its database, if it can be reached,
is counted just the same.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from pathlib import Path

from api.protocol.keys import new_secret, public_of
from loadtests.arrivals import Load, compressed
from loadtests.booking.campaign import Shape, fill, next_monday
from loadtests.command import creneau
from loadtests.curves import CURVES
from loadtests.evidence import counted_again, unopened
from loadtests.journeys.citizen import Habits
from loadtests.postgres import FOLDER, own_postgres
from loadtests.processes import cpu_s
from loadtests.record import Record
from loadtests.script import Crowd, Script, Staff
from loadtests.shown_over_http import differences
from loadtests.stack import Stack, served
from loadtests.verdict import Evidence, Outage, Verdict, judge

CAMPAIGN = "bench"
NATION = Shape()
ROOM = 1.2
"""Places at a hot centre for each who will want one there."""
SMALLEST = (20, 4)
"""Centres and départements of the smallest campaign."""
LIGHT_FROM_PER_S = 30.0
"""Arrivals a second from which on Locust's own client would take too much of the machine."""
GENERATOR_S = 400.0
"""How long the generator may take beyond the run, to start and to see everybody to an end."""
Meanwhile = Callable[["Site"], list[Outage]]
"""What is done while people book, such as killing something; gives the outages it made."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to replay, and where.

    url, database
        Of an installation that is there; without, one is started.
    workers, centres
        Of the installation that is started; as many centres as the scale has, if nothing is said.
    """

    curve: str
    minutes: float
    scale: float
    url: str | None = None
    database: str | None = None
    workers: int = 2
    seed: int = 1
    centres: int | None = None
    crowd: Crowd = field(default_factory=Crowd)
    habits: Habits = field(default_factory=Habits)

    @property
    def load(self) -> Load:
        """When people will come."""
        return compressed(CURVES[self.curve], minutes=self.minutes, scale=self.scale)

    def is_light(self, url: str) -> bool:
        """Tell whether the crowd is too large for Locust's client, and can do without it."""
        most = max(knot.per_s for knot in self.load.knots)
        return most > LIGHT_FROM_PER_S and url.startswith("http://")

    def shape(self) -> Shape:
        """Scale the nation, with a little more room than will be wanted where most want it."""
        centres = self.centres or max(SMALLEST[0], round(NATION.centres * min(1.0, self.scale)))
        departments = max(SMALLEST[1], round(NATION.departments * min(1.0, self.scale)))
        hot = 0.6 * self.load.expected / max(1, centres // 10)
        capacity = max(2, ceil(ROOM * hot / NATION.firsts))
        return Shape(centres=centres, departments=departments, capacity=capacity)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the crowd goes.

    stack
        None when it is not ours.
    """

    url: str
    database: str | None
    stack: Stack | None
    home: Path | None

    def cpu_s(self) -> float:
        """Processor time of the service and its database so far."""
        if self.stack is None or self.home is None:
            return 0.0
        return cpu_s(self.stack.pid) + cpu_s(postgres_pid(self.home))


@dataclass(frozen=True, slots=True)
class Evening:
    """What a run left: its verdict, and the record it was judged by."""

    verdict: Verdict
    record: Record
    load: Load


def replay(
    plan: Plan,
    scratch: Path,
    tell: Callable[[str], None],
    meanwhile: Meanwhile | None = None,
) -> Evening:
    """Replay an evening and judge it.

    Raises
    ------
    RuntimeError
        When the installation does not start, or the generator fails.
    """
    secret = new_secret()
    public = public_of("centre", secret)
    with ExitStack() as stack:
        site = stack.enter_context(_site(plan, scratch, tell))
        script = Script(
            site.url, plan.curve, plan.minutes, plan.scale, plan.seed, CAMPAIGN, public.hex(),
            _staff(site), plan.is_light(site.url), plan.crowd, plan.habits,
        )  # fmt: skip
        tell(f"{plan.load.expected:,.0f} people in {plan.load.seconds:.0f} s")
        before = site.cpu_s()
        record, outages = _crowd(script, scratch, site, meanwhile)
        spent = max(0.0, site.cpu_s() - before)
        tell("counting")
        evidence = _evidence(site, record, outages, spent, secret, public)
        return Evening(judge(record, evidence), record, plan.load)


def _evidence(
    site: Site, record: Record, outages: list[Outage], spent: float, secret: bytes, public: bytes
) -> Evidence:
    if site.database is None:
        return Evidence(outages=outages)
    differing = differences(site.url, site.database)
    return Evidence(
        counted_again(site.database, record),
        differing,
        unopened(site.database, record, secret, public, CAMPAIGN),
        outages,
        spent,
    )


def _crowd(
    script: Script, scratch: Path, site: Site, meanwhile: Meanwhile | None
) -> tuple[Record, list[Outage]]:
    """Let the generator play, and something happen meanwhile."""
    asked, played = scratch / "script.json", scratch / "record.json"
    script.save(asked)
    outages: list[Outage] = []
    failures: list[Exception] = []
    with (scratch / "generator.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "loadtests.generator", asked, played],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip

        def go() -> None:
            try:
                outages.extend(meanwhile(site) if meanwhile is not None else [])
            except Exception as error:  # noqa: BLE001 - told below, by the thread that waits
                failures.append(error)

        beside = threading.Thread(target=go)
        beside.start()
        try:
            process.wait(60 * script.minutes + GENERATOR_S)
        finally:
            process.kill()
            process.wait()
            beside.join()
    if failures:
        raise failures[0]
    if process.returncode:
        said = (scratch / "generator.log").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"the generator failed: {said[-2000:]}")
    return Record.load(played), outages


@contextmanager
def _site(plan: Plan, scratch: Path, tell: Callable[[str], None]) -> Iterator[Site]:
    """Find the installation, or start one on a campaign of its own."""
    if plan.url is not None:
        yield Site(plan.url.rstrip("/"), plan.database, None, None)
        return
    shape, home = plan.shape(), scratch / "home"
    tell(f"{shape.slots:,} slots of {shape.centres} centres: fill")
    with own_postgres(home) as postgres:
        fill(postgres.url, shape, next_monday())
    with served(home, workers=plan.workers) as stack:
        url = f"http://{stack.address.host}:{stack.address.port}"
        yield Site(url, database_of(home), stack, home)


def database_of(home: Path) -> str:
    """Give the address of the embedded database of an installation that runs."""
    socket = (home / FOLDER / "postmaster.pid").read_text(encoding="utf-8").splitlines()[4]
    return f"postgresql://postgres:@/postgres?host={socket}"


def postgres_pid(home: Path) -> int:
    """Give the first process of the embedded database."""
    return int((home / FOLDER / "postmaster.pid").read_text(encoding="utf-8").split()[0])


def _staff(site: Site) -> Staff | None:
    """Make tokens for a centre, its département's telephone, and a planner of the campaign's own.

    They need the database and the campaign that was filled here.
    """
    if site.database is None or site.stack is None:
        return None
    start = next_monday()
    tokens = {
        role: _token(site.database, role, scope)
        for role, scope in (("agent", "1"), ("centre", "c1"), ("planner", "national"))
    }
    return Staff("1", "c1", start, _first_sunday(start), tokens["agent"], tokens["centre"],
                 tokens["planner"])  # fmt: skip


def _first_sunday(monday: date) -> date:
    return monday + timedelta(days=6)


def _token(database: str, role: str, scope: str) -> str:
    run = creneau(
        "staff", "token", "--role", role, "--scope", scope, "--days", "1", "--database", database
    )
    if run.exit_status:
        raise RuntimeError(f"creneau staff token failed with {run.exit_status}")
    return str(run.printed["token"])


def wait_until(holds: Callable[[], bool], within_s: float, what: str) -> float:
    """Wait until something holds, and give the second it did.

    Raises
    ------
    TimeoutError
        When it takes too long.
    """
    until = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(what)
        time.sleep(0.1)
    return time.monotonic()
