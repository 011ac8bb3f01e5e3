"""Stands between people and a server, and keeps every request and answer that passes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

CALLER = "127.91.83.147"
"""Address from which everybody calls: it is searched for as well."""
PATIENCE_S = 60
HOPS = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass(frozen=True)
class Message:
    """A request or an answer: its first line and headers, its body, how that is packed."""

    what: str
    head: bytes
    body: bytes
    packing: str


@dataclass
class Recorder:
    """What passed, as requests and answers in turn."""

    url: str
    messages: list[Message] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, *messages: Message) -> None:
        """Keep an exchange."""
        with self._lock:
            self.messages += messages


@contextmanager
def recording(target: str) -> Iterator[Recorder]:
    """Relay to a server of this machine, on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Relay)
    server.daemon_threads = True
    server.target = urlsplit(target).netloc
    server.recorder = Recorder(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.recorder
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Relay(BaseHTTPRequestHandler):
    """Passes one exchange on, from an address that can be told from all others."""

    protocol_version = "HTTP/1.1"

    def _relay(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server = HTTPConnection(
            self.server.target, timeout=PATIENCE_S, source_address=(CALLER, 0)
        )  # fmt: skip
        try:
            kept = {name: value for name, value in self.headers.items() if name.lower() not in HOPS}
            server.request(self.command, self.path, body or None, kept | {"Connection": "close"})
            answer = server.getresponse()
            content, headers = answer.read(), answer.getheaders()
        finally:
            server.close()
        self._keep("request", self.requestline, list(self.headers.items()), body)
        self._keep("answer", f"{answer.status} to {self.command}", headers, content)
        self.send_response_only(answer.status)
        for name, value in headers:
            if name.lower() not in HOPS:
                self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = _relay  # noqa: N815

    def _keep(self, what: str, first: str, headers: list[tuple[str, str]], body: bytes) -> None:
        lines = [first, *(f"{name}: {value}" for name, value in headers)]
        packing = {name.lower(): value for name, value in headers}.get("content-encoding", "")
        head = "\r\n".join(lines).encode("latin-1", "backslashreplace")
        self.server.recorder.keep(Message(what, head, body, packing))

    def log_message(self, *_: object) -> None:
        """Print nothing."""
