"""Somebody under way: asks, waits as told, asks again, and notes it all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import NamedTuple, Protocol, TypeAlias

from loadtests.record import Exchange, Record

Headers: TypeAlias = Mapping[str, str]
AGAIN = frozenset({"try-again", "too-many-requests", "service-unavailable"})
"""Refusals that are none: the same request may be sent again."""
GATEWAY = frozenset({502, 503, 504})
"""What a server in front says when the one behind does not answer: nor are these."""
PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0


class Answer(NamedTuple):
    """What came back; names of headers in lower case, the body as it is without compression."""

    status: int
    headers: Headers
    body: bytes

    @property
    def problem(self) -> str:
        """Name a refusal by its problem, or by its status."""
        with suppress(ValueError, KeyError, TypeError):
            return str(json.loads(self.body)["type"]).rpartition("/")[2]
        return f"status {self.status}"


class Wire(Protocol):
    """How requests travel. A broken connection is a ConnectionError."""

    def ask(self, method: str, path: str, headers: Headers, body: bytes | None) -> Answer:
        """Send one request, and wait for its answer."""
        ...


class Clock(Protocol):
    """Time, and waiting for it."""

    def now(self) -> float:
        """Seconds."""
        ...

    def pause(self, seconds: float) -> None:
        """Let others go on meanwhile."""
        ...


class GaveUpError(Exception):
    """Nothing was answered for good within somebody's patience."""


@dataclass(slots=True)
class Visitor:
    """Anybody who asks.

    due
        When the next request is wanted: an arrival, or the end of a pause.
    door
        What is gone through before anything that is not a file; gives the headers that let in.
    patience_s
        How long one request is sent again.
    """

    wire: Wire
    clock: Clock
    record: Record
    random: Random
    due: float
    door: Callable[[Visitor], Headers]
    patience_s: float = 60.0

    def think(self, mean_s: float) -> None:
        """Take some time, on average so long."""
        self.due = self.clock.now() + self.random.expovariate(1 / mean_s)
        self.clock.pause(max(0.0, self.due - self.clock.now()))

    def ask(
        self, kind: str, method: str, path: str, headers: Headers | None = None, body: object = None
    ) -> Answer:
        """Ask until it is answered for good.

        Raises
        ------
        GaveUpError
            When that took too long.
        """
        sent = None if body is None else json.dumps(body).encode()
        all_headers = {**(headers or {})}
        if sent is not None:
            all_headers["Content-Type"] = "application/json"
        until = self.due + self.patience_s
        while self.due < until:
            answer = self._once(kind, method, path, all_headers, sent)
            if answer is not None and not _is_to_be_sent_again(answer):
                self.due = self.clock.now()
                return answer
            self._wait(answer)
        raise GaveUpError(kind)

    def expect(self, holds: bool, what: str) -> None:
        """Note that an answer did not say what it should."""
        if not holds:
            self.record.complain(what)

    def _once(
        self, kind: str, method: str, path: str, headers: Headers, body: bytes | None
    ) -> Answer | None:
        sent = self.clock.now()
        try:
            answer = self.wire.ask(method, path, headers, body)
        except ConnectionError:
            answer = None
        status = 0 if answer is None else answer.status
        self.record.exchanges.append(Exchange(kind, self.due, sent, self.clock.now(), status))
        return answer

    def _wait(self, answer: Answer | None) -> None:
        """Wait as long as told, or for a moment, and never longer than anybody would."""
        told = "" if answer is None else answer.headers.get("retry-after", "")
        seconds = min(float(told), LONGEST_PAUSE_S) if told.isdigit() else PAUSE_S
        self.due = self.clock.now() + seconds * (0.5 + self.random.random())
        self.clock.pause(max(0.0, self.due - self.clock.now()))


def _is_to_be_sent_again(answer: Answer) -> bool:
    return answer.status in GATEWAY or (answer.status >= 400 and answer.problem in AGAIN)
