"""The load generator: plays a script in Locust, in a process of its own, and writes the record.

`python -m loadtests.generator SCRIPT RECORD`. Locust gives its HTTP client, its greenlets and its
statistics; the arrivals are ours, because its users wait for their own answers before they ask
again: with them, a slow server would get less to do.
"""

# isort: skip_file
from locust.contrib.fasthttp import FastHttpUser  # first: it patches what is imported after it
from locust.env import Environment
from locust.stats import print_stats

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import gevent
from gevent.pool import Group
from geventhttpclient.client import HTTPClientPool

from loadtests.address import Address
from loadtests.journeys.visitor import Answer, Headers, Wire
from loadtests.light_wire import TIMEOUT_S, LightWire
from loadtests.play import Play
from loadtests.script import Script

MOST_CONNECTIONS = 600
LAST_S = 180.0
"""How long those under way may take after the last has come."""


class Monotonic:
    """The machine's clock, on which others go on meanwhile."""

    def now(self) -> float:
        """Seconds since some beginning that all processes share."""
        return time.monotonic()

    def pause(self, seconds: float) -> None:
        """Let others go on; for no time at all, too."""
        gevent.sleep(seconds)


@dataclass(slots=True)
class LocustWire:
    """Locust's quick client, as journeys see it."""

    user: FastHttpUser

    def ask(self, method: str, path: str, headers: Headers, body: bytes | None) -> Answer:
        """Send one request.

        Raises
        ------
        ConnectionError
            When it was not answered.
        """
        name = path.rsplit("/", 1)[0]
        answer = self.user.client.request(
            method, path, name=name, data=body, headers=dict(headers), allow_redirects=True
        )
        if not answer.status_code:
            raise ConnectionError(str(answer.error))
        found = {key.lower(): value for key, value in answer.headers.items()}
        return Answer(answer.status_code, found, answer.content or b"")


def main(script_path: Path, record_path: Path) -> None:
    """Play, wait for those under way, and write the record."""
    script = Script.load(script_path)

    class Everybody(FastHttpUser):  # type: ignore[misc] # Locust is not typed
        """All visitors: they share a pool of connections, not their pace."""

        abstract = True
        host = script.url
        network_timeout = connection_timeout = TIMEOUT_S
        client_pool = HTTPClientPool(
            concurrency=MOST_CONNECTIONS, insecure=True,
            network_timeout=TIMEOUT_S, connection_timeout=TIMEOUT_S,
        )  # fmt: skip

    environment = Environment(user_classes=[Everybody])
    environment.create_local_runner()
    visitors, beside = Group(), Group()

    def spawn(work: Callable[[], None]) -> None:
        visitors.spawn(work)

    def spawn_beside(work: Callable[[], None]) -> None:
        beside.spawn(work)

    url = urlsplit(script.url)
    wire: Wire = LocustWire(Everybody(environment))
    if script.light:
        wire = LightWire(Address(url.hostname or "", url.port or 80))
    play = Play(script, wire, Monotonic(), spawn, spawn_beside)
    spent_before = time.process_time()
    record = play.run()
    visitors.join(timeout=LAST_S)
    if len(visitors):
        record.complain(f"{len(visitors)} visitors were not served within {LAST_S:.0f} s")
    beside.kill()
    record.cpu_s = time.process_time() - spent_before
    record.save(record_path)
    print_stats(environment.stats, current=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
