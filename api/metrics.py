"""What is counted: requests by route, the work of workers, queues, and the age of the files.

Every process counts for itself and shows its own page; `creneau serve` gives each a port.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import Scope

from api.clock import Clock
from api.health import files_age_s

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
UNMATCHED = "(none)"
"""Route of what no route took: addresses that people make up must not become labels."""

REQUESTS = Counter("creneau_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "creneau_request_seconds", "Time to the end of the answer.", ["method", "route"],
    buckets=BOUNDS_S,
)  # fmt: skip
RUNNING = Gauge("creneau_requests_running", "Requests being answered.")
BEATS = Counter("creneau_beat_things", "Things a worker's beats have done.", ["beat"])
BEATS_FAILED = Counter("creneau_beats_failed", "Beats that failed, to be tried again.", ["beat"])


def method_of(scope: Scope) -> str:
    """Give the method of a request, one of those there are."""
    method: str = scope["method"]
    return method if method in METHODS else "other"


def route_of(scope: Scope) -> str:
    """Give the template of the route that took a request, never its address."""
    return str(getattr(scope.get("route"), "path", UNMATCHED))


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request."""
    _requests(method, route, status).inc()
    _seconds(method, route).observe(seconds)


@cache
def _requests(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, str(status))


@cache
def _seconds(method: str, route: str) -> Histogram:
    return SECONDS.labels(method, route)


class Now(Collector):
    """Gauges that are looked up when the page is asked for.

    Parameters
    ----------
    places_left
        Operations each booking queue would take now, by queue.
    public_folder
        Where the publisher writes.
    """

    def __init__(
        self, places_left: Callable[[], Mapping[str, int]], public_folder: Path, clock: Clock
    ) -> None:
        self._places_left = places_left
        self._public_folder = public_folder
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        """Look."""
        left = GaugeMetricFamily(
            "creneau_queue_places_left", "Operations a booking queue takes now.", labels=["queue"]
        )
        for name, places in self._places_left().items():
            left.add_metric([name], places)
        yield left
        age = files_age_s(self._public_folder, self._clock())
        if age is not None:
            text = "Since when the public files may not be true any more."
            yield GaugeMetricFamily("creneau_files_age_seconds", text, value=age)
