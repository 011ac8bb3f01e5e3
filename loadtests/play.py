"""Plays a script: people come by the curve, machines beside them, the staff all the while.

It knows nothing of how requests travel nor of how many go on at a time: that is `spawn`'s and the
wire's, which are Locust's in `loadtests.generator`.
"""

from __future__ import annotations

import datetime as dt
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from loadtests.arrivals import Load, compressed
from loadtests.curves import CURVES
from loadtests.journeys import readers, staff
from loadtests.journeys.choice import Map
from loadtests.journeys.citizen import Citizen, Habits
from loadtests.journeys.door import waiting_room
from loadtests.journeys.files import Index, index_path, read
from loadtests.journeys.sealing import Sealer
from loadtests.journeys.visitor import Clock, GaveUpError, Visitor, Wire
from loadtests.record import Record
from loadtests.script import Script

START_S = 0.5
"""Until the first can come: the background is there before."""
OWN_READS = 3.0
"""Of a citizen: the index, the département, the centre."""
Spawn = Callable[[Callable[[], None]], None]


@dataclass(slots=True)
class Play:
    """A run under way.

    spawn, spawn_beside
        Let something go on by itself: those who come, and what goes on all the while.
    """

    script: Script
    wire: Wire
    clock: Clock
    spawn: Spawn
    spawn_beside: Spawn
    record: Record = field(default_factory=Record)
    is_over: bool = False

    def run(self) -> Record:
        """Let everybody come; whoever is under way then still is."""
        random = Random(self.script.seed)  # noqa: S311 - so that a run can be repeated
        load = compressed(
            CURVES[self.script.curve], minutes=self.script.minutes, scale=self.script.scale
        )
        known = self._known(random)
        begin = self.record.began = self.clock.now() + START_S
        for work in self._background(known, random, begin, load.seconds):
            self.spawn_beside(self._caught(work))
        self._let_come(known, load, random, begin)
        self.clock.pause(max(0.0, begin + load.seconds - self.clock.now()))
        self.record.ended = begin + load.seconds
        self.is_over = True
        return self.record

    def _let_come(self, known: Map, load: Load, random: Random, begin: float) -> None:
        crowd, record = self.script.crowd, self.record
        seal = self._sealer(random)
        readers_due, bots_due = 0.0, 0.0
        more = max(0.0, crowd.reads_per_pair - OWN_READS) / readers.ROUNDS
        for at in load.arrivals(random):
            self.clock.pause(max(0.0, begin + at - self.clock.now()))
            record.arrivals.append(begin + at)
            record.lags.append(self.clock.now() - begin - at)
            somebody = self._visitor(random, begin + at)
            self.spawn(
                self._caught(Citizen(somebody, known, seal, habits=self.script.habits).visit)
            )
            readers_due, bots_due = (
                readers_due + more * (1 - crowd.bots),
                bots_due + more * crowd.bots,
            )
            while readers_due >= 1:
                readers_due -= 1
                self.spawn(self._reader(known, random, begin + at))
            while bots_due >= 1:
                bots_due -= 1
                self.spawn(self._bot(known, random, begin + at))

    def _reader(self, known: Map, random: Random, due: float) -> Callable[[], None]:
        visitor, department = self._visitor(random, due), known.wish(random)[0]
        return self._caught(lambda: readers.loop(visitor, department))

    def _bot(self, known: Map, random: Random, due: float) -> Callable[[], None]:
        """Poll a centre, then book there without a thought."""
        visitor, (_, centre) = self._visitor(random, due), known.wish(random)
        bot = Citizen(visitor, known, self._sealer(random), Habits(gives_up=0.0), pauses=False)

        def go() -> None:
            readers.poll(visitor, centre)
            bot.visit()

        return self._caught(go)

    def _background(
        self, known: Map, random: Random, begin: float, seconds: float
    ) -> Iterator[Callable[[], None]]:
        """Give what goes on all the time."""

        def new() -> Visitor:
            return self._visitor(random, begin)

        def wall() -> dt.datetime:
            return dt.datetime.now(dt.UTC)

        yield lambda: readers.watch(new(), wall, self._goes_on)
        for _ in range(self.script.crowd.aggregators):
            department = random.choice(known.places)[0]
            yield lambda department=department: readers.aggregate(new(), department, self._goes_on)  # type: ignore[misc]
        at_work = self.script.staff
        if at_work is None:
            self.record.left_out.append("the staff: there are no tokens for it")
            return
        for _ in range(self.script.crowd.centres):
            yield lambda: staff.refresh_list(
                new(), at_work.clerk, at_work.centre, at_work.day, self._goes_on
            )
        yield lambda: self._publish(new(), begin + seconds / 2)
        yield lambda: self._telephone(known, random, begin, begin + seconds)

    def _publish(self, planner: Visitor, at: float) -> None:
        here = self.script.staff
        assert here is not None
        self.clock.pause(max(0.0, at - self.clock.now()))
        planner.due = self.clock.now()
        staff.publish(planner, here.planner, here.department, here.centre, here.opens)

    def _telephone(self, known: Map, random: Random, begin: float, until: float) -> None:
        """Let the telephone ring in one département, on a clock of its own."""
        here = self.script.staff
        assert here is not None
        centres = [centre for d, centre in known.places if d == here.department]
        seal, due = self._sealer(random), begin
        while (due := due + random.expovariate(self.script.crowd.calls_per_s)) < until:
            self.clock.pause(max(0.0, due - self.clock.now()))
            visitor, centre = self._visitor(random, due), random.choice(centres)
            agent = Citizen(visitor, known, seal, habits=self.script.habits)
            self.spawn(self._caught(lambda agent=agent, centre=centre: self._call(agent, centre)))  # type: ignore[misc]

    def _call(self, agent: Citizen, centre: str) -> None:
        here = self.script.staff
        assert here is not None
        pair = agent.look(here.department, centre)
        if pair is not None:
            staff.telephone(agent.visitor, here.agent, pair, agent.seal)

    def _known(self, random: Random) -> Map:
        answer = self._visitor(random, self.clock.now()).ask("read-index", "GET", index_path())
        return Map.of(read(answer.body, Index))

    def _visitor(self, random: Random, due: float) -> Visitor:
        return Visitor(self.wire, self.clock, self.record, random, due, waiting_room)

    def _sealer(self, random: Random) -> Sealer:
        key = bytes.fromhex(self.script.public_key)
        return Sealer(self.script.campaign, key, self.record, random)

    def _goes_on(self) -> bool:
        return not self.is_over

    def _caught(self, work: Callable[[], None]) -> Callable[[], None]:
        """Put whatever ends somebody's visit into the record."""

        def go() -> None:
            try:
                work()
            except GaveUpError as error:
                self.record.complain(f"gave up: {error}")
            except Exception as error:  # noqa: BLE001 - no visitor may vanish unnoticed
                traceback.print_exc()
                self.record.complain(f"{type(error).__name__}: {error}")

        return go
