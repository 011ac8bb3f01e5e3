"""What runs in the processes of an installation: `python -m api.serve.run KIND ...`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable

import uvloop
from prometheus_client import start_http_server

from api.feeds.run import run_publisher
from api.logs import configure_logs
from api.processes import die_with_parent
from api.settings import Settings
from api.worker.run import run_worker

LOOPBACK = "127.0.0.1"


def main(arguments: list[str]) -> None:
    """Run one process until it is told to stop."""
    options = _parser().parse_args(arguments)
    settings = Settings()
    configure_logs(settings.log_level, options.name)
    die_with_parent()
    works = {"api": _api, "publisher": _publisher, "worker": _worker}
    works[options.kind](settings, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="api.serve.run")
    parser.add_argument("kind", choices=["api", "publisher", "worker"])
    parser.add_argument("--name", required=True)
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--metrics-port", type=int)
    return parser


def _api(settings: Settings, options: argparse.Namespace) -> None:
    from api.serve.api_worker import serve_api  # noqa: PLC0415 - only here

    def ready() -> None:
        _say_ready(options.metrics_port)

    _run(lambda stop: serve_api(settings, options.host, options.port, stop, ready))


def _worker(settings: Settings, options: argparse.Namespace) -> None:
    def ready() -> None:
        _say_ready(options.metrics_port)

    _run(lambda stop: run_worker(settings, stop, ready=ready))


def _publisher(settings: Settings, _options: argparse.Namespace) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _say_ready(None)
    run_publisher(settings, stop)


def _run(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    async def until_told() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await work(stop)

    uvloop.run(until_told())


def _say_ready(metrics_port: int | None) -> None:
    """Tell the parent, and show the metrics if they are wanted; then print nothing any more."""
    facts: dict[str, object] = {"pid": os.getpid()}
    if metrics_port is not None:
        server, _ = start_http_server(metrics_port, LOOPBACK)
        facts["metrics_port"] = server.server_port
    print(json.dumps(facts), flush=True)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


if __name__ == "__main__":
    main(sys.argv[1:])
