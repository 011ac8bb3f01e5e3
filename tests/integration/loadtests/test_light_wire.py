"""The light wire carries what journeys ask and what is answered, whole."""

from __future__ import annotations

import gzip
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest

from loadtests.address import Address
from loadtests.light_wire import LightWire, plain

BODY = b'{"some": "content"}' * 100


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Give the content in the form that is asked for, or break off."""
        self.server.peers.append(self.client_address)
        if self.path == "/breaks":
            self.close_connection = True
            return
        packed = {"/br": ("br", brotli.compress(BODY)), "/gz": ("gzip", gzip.compress(BODY))}
        encoding, body = packed.get(self.path, ("", BODY))
        self.send_response(304 if self.path == "/same" else 200)
        self.send_header("ETag", '"AbC"')
        if encoding:
            self.send_header("Content-Encoding", encoding)
        if self.path != "/same":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.path != "/same":
            self.wfile.write(body)

    def do_POST(self):
        """Give back what was sent, and one of its headers."""
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Manage-Secret", self.headers["Manage-Secret"])
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def running():
    """Give a service and a wire to it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.peers = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        wire = LightWire(Address(*server.server_address))
        try:
            yield server, wire
        finally:
            wire.close()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("path", ["/br", "/gz", "/plain"])
def test_an_answer_comes_without_its_compression(path):
    """With its headers as they are, named in lower case."""
    with running() as (_, wire):
        answer = wire.ask("GET", path, {}, None)
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, BODY, '"AbC"')


def test_what_is_sent_arrives():
    """Body and headers."""
    with running() as (_, wire):
        answer = wire.ask("POST", "/x", {"Manage-Secret": "S"}, b"body")
    assert (answer.status, answer.body, answer.headers["manage-secret"]) == (201, b"body", "S")


def test_one_connection_serves_many_requests():
    """An answer without a body is one."""
    with running() as (server, wire):
        statuses = [wire.ask("GET", path, {}, None).status for path in ("/same", "/br", "/same")]
        assert statuses == [304, 200, 304]
        assert len(set(server.peers)) == 1


def test_a_broken_connection_is_told_and_replaced():
    """It may have been carried out: whoever asked decides what to do."""
    with running() as (_, wire):
        with pytest.raises(ConnectionError):
            wire.ask("GET", "/breaks", {}, None)
        assert wire.ask("GET", "/br", {}, None).status == 200
    with pytest.raises(ConnectionError):
        LightWire(Address("127.0.0.1", 1)).ask("GET", "/", {}, None)


def test_no_compression_is_left_alone():
    """An empty body, too, whatever its header says."""
    assert plain(b"x", None) == b"x"
    assert plain(b"", "br") == b""
