"""A citizen on a phone: looks, picks, holds, fills in, confirms; some change their mind."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from loadtests.journeys import booking
from loadtests.journeys.booking import GONE, Person, Seal
from loadtests.journeys.choice import Map, Pair, choose, is_whole
from loadtests.journeys.door import LOOK_S, enter
from loadtests.journeys.files import (
    CentreFile,
    DepartmentFile,
    Index,
    T,
    centre_path,
    department_path,
    index_path,
    read,
)
from loadtests.journeys.visitor import Answer, GaveUpError, Headers, Visitor
from loadtests.record import Booked, Hold


@dataclass(frozen=True, slots=True)
class Habits:
    """How people are: assumptions, all of them; shares of those who hold a pair.

    think_s
        Mean time between two steps. Filling in takes people a minute; a run that is compressed
        lets them be quicker, so that they come to an end in it.
    gives_up
        Never confirms: half of them give the hold back, half just leave.
    comes_back, cancels, moves
        Of those who have booked.
    tries
        Pairs somebody tries to hold before they leave.
    """

    think_s: float = 1.5
    gives_up: float = 0.05
    comes_back: float = 0.10
    cancels: float = 0.03
    moves: float = 0.03
    tries: int = 4


@dataclass(slots=True)
class Citizen:
    """One of them, on the way.

    pauses
        Whether they take their time; machines do not.
    let_in
        Headers of the waiting room, once they have been through it.
    """

    visitor: Visitor
    known: Map
    seal: Seal
    habits: Habits = field(default_factory=Habits)
    pauses: bool = True
    let_in: Headers | None = None

    def visit(self) -> None:
        """Come, look, book; whatever happens is in the record."""
        self._see(index_path(), "read-index", Index)
        department, centre = self.known.wish(self.visitor.random)
        person = booking.somebody(self.visitor.random)
        for _ in range(self.habits.tries):
            pair = self.look(department, centre)
            if pair is None:
                department, centre = self.known.wish(self.visitor.random)
                continue
            if self._book(person, pair):
                return
            person = person.again(self.visitor.random)

    def look(self, department: str, centre: str) -> Pair | None:
        """Read the département's file, then the centre's, and pick a pair."""
        shown = self._see(department_path(department), "read-department", DepartmentFile)
        counts = next((c for c in shown.centres if c.centre == centre), None)
        if shown.department != department:
            self.visitor.record.complain(f"département {department}: another one's file")
        self._pause()
        file = self._see(centre_path(centre), "read-centre", CentreFile)
        self.visitor.expect(
            (file.centre, file.department) == (centre, department) and is_whole(file),
            f"centre {centre}: the file is another one's, or not whole",
        )
        self._pause()
        if counts is None:
            return None
        return choose(self.known, counts, file, department, self.visitor.random)

    def _hold(self, person: Person, pair: Pair) -> Answer:
        """Hold a pair, through the waiting room if there is one, also one that has just opened."""
        if self.let_in is None:
            self.let_in = self.visitor.door(self.visitor)
        while True:
            answer = booking.hold(self.visitor, person, pair, self.let_in, staff=False)
            if answer.problem == "waiting-room":
                self.let_in = enter(self.visitor)
            elif answer.problem == "not-your-turn":
                self.visitor.think(LOOK_S)
            else:
                return answer

    def _book(self, person: Person, pair: Pair) -> bool:
        """Hold and confirm; tell whether the visit is over."""
        record, random = self.visitor.record, self.visitor.random
        try:
            answer = self._hold(person, pair)
            gone = answer.status == 409 and answer.problem in GONE
            record.holds.append(Hold(self.visitor.due, pair.centre in self.known.hot, gone))
            if answer.status != 201:
                record.refused[person.booking_id] = answer.problem
                return not gone
            self._pause()
            if random.random() < self.habits.gives_up:
                record.given_back.append(person.booking_id)
                if random.random() < 0.5:
                    booking.release(self.visitor, person)
                return True
            answer = booking.confirm(self.visitor, person, pair, {}, self.seal)
        except GaveUpError:
            record.unknown.append(person.booking_id)
            return True
        if answer.status != 201:
            record.refused[person.booking_id] = answer.problem
            return True
        self._booked(person, pair)
        return True

    def _booked(self, person: Person, pair: Pair) -> None:
        """Read the receipt; a few do something about it."""
        record, random = self.visitor.record, self.visitor.random
        record.confirmed[person.booking_id] = Booked(
            person.booking_id, pair.centre, pair.first, pair.second
        )
        record.confirmed_at.append(self.visitor.due)
        try:
            booking.fetch(self.visitor, person, pair)
            then = random.random()
            if (then := then - self.habits.comes_back) < 0:
                self._pause()
                booking.comes_back(self.visitor, person)
            elif (then := then - self.habits.cancels) < 0:
                self._cancel(person, pair)
            elif (then := then - self.habits.moves) < 0:
                self._move(person, pair)
        except GaveUpError:
            record.complain(f"booking {person.booking_id}: not answered any more")

    def _cancel(self, person: Person, pair: Pair) -> None:
        self._pause()
        record = self.visitor.record
        before = record.confirmed.pop(person.booking_id)
        try:
            is_done = booking.cancel(self.visitor, person, pair)
        except GaveUpError:
            record.unknown.append(person.booking_id)
            return
        if is_done:
            record.given_back.append(person.booking_id)
        else:
            record.confirmed[person.booking_id] = before

    def _move(self, person: Person, pair: Pair) -> None:
        to = self.look(pair.department, pair.centre)
        if to is None:
            return
        record = self.visitor.record
        before = record.confirmed.pop(person.booking_id)
        try:
            answer = booking.move(self.visitor, person, to)
        except GaveUpError:
            record.unknown.append(person.booking_id)
            return
        is_moved = answer.status == 200
        self.visitor.expect(
            is_moved or answer.problem in GONE, f"move {person.booking_id}: {answer.problem}"
        )
        record.confirmed[person.booking_id] = (
            before._replace(first=to.first, second=to.second) if is_moved else before
        )

    def _see(self, path: str, kind: str, form: type[T]) -> T:
        """Read a public file.

        Raises
        ------
        GaveUpError
            When it is not there, or is no such file.
        """
        answer = self.visitor.ask(kind, "GET", path, {"Accept-Encoding": "gzip, br"})
        try:
            if answer.status == 200:
                return read(answer.body, form)
            self.visitor.record.complain(f"{path}: {answer.problem}")
        except msgspec.ValidationError as error:
            self.visitor.record.complain(f"{path}: {error}")
        raise GaveUpError(path)

    def _pause(self) -> None:
        if self.pauses:
            self.visitor.think(self.habits.think_s)
