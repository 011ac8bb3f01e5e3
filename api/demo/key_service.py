"""The key service beside the demo: a process of its own that ends with it, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from allocator.errors import InputError
from api.demo.client import Client
from api.demo.ring import Ring
from api.keyservice.app import Rules
from api.keyservice.key_file import read_key
from api.keyservice.run import serve

START_S, STOP_S, LOOK_S = 60.0, 20.0, 0.05
HOST = "127.0.0.1"


@contextmanager
def key_service(ring: Ring) -> Iterator[None]:
    """Run the key service meanwhile.

    Raises
    ------
    InputError
        When it does not start.
    """
    port = urlsplit(ring.service.url).port
    process = subprocess.Popen(  # noqa: S603 - this very package, with a file and a port
        [sys.executable, "-m", "api.demo.key_service", str(ring.service_file), str(port)],
        # A group of its own: Ctrl-C is for the demo, which stops it.
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        if port is None or not _answers(port, process):
            raise InputError("key service", f"does not start at {ring.service.url}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until it answers; false when it ends instead, or takes too long."""
    until = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError):
            return Client(port).ask("GET", "/health").status == 200
        time.sleep(LOOK_S)
    return False


def _end_with_parent() -> None:
    """Wait for the end of standard input, which comes when whoever started us is gone.

    Past `sys.stdin`: its lock would be held for ever in a process that is forked meanwhile.
    """
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    file, port = sys.argv[1:]
    Thread(target=_end_with_parent, daemon=True).start()
    serve([read_key(Path(file))], Rules(), HOST, int(port), "ready")
