"""Ordering in a shop that asks what pretix asks, and nothing but what a browser would send."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest

from loadtests.pretix_shop.orders import order_for
from loadtests.pretix_shop.shop import Shop

FORM = "pretix_csrftoken=secret; Path=/"


class Counter(BaseHTTPRequestHandler):
    """A shop: `sold_out` decides where a confirmed cart leads to."""

    sold_out = False
    carts: list[dict[str, list[str]]] = []  # noqa: RUF012 - emptied by the fixture

    def do_GET(self) -> None:
        """Show a page."""
        if self.path.endswith("/checkout/start"):
            self._redirect("/shop/checkout/questions/")
            return
        self.send_response(200)
        self.send_header("Set-Cookie", FORM)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        """Take a form."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert form.pop("csrfmiddlewaretoken") == ["secret"]
        assert "pretix_csrftoken=secret" in self.headers["Cookie"]
        if self.path.endswith("/cart/add"):
            self.carts.append(form)
            self._redirect("/shop/")
        elif self.path.endswith("/questions/"):
            self._redirect("/shop/checkout/confirm/")
        else:
            self._redirect("/shop/" if self.sold_out else "/shop/order/1/?thanks=1")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _redirect(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def shop() -> Iterator[Shop]:
    Counter.sold_out, Counter.carts = False, []
    with ThreadingHTTPServer(("127.0.0.1", 0), Counter) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Shop(f"http://127.0.0.1:{server.server_address[1]}/shop", (7, 9), 0)
        server.shutdown()


def test_an_order_is_one_of_each_dose(shop):
    run = order_for(shop, visitors=2, seconds=0.05)
    assert run.confirmed >= 2
    assert Counter.carts == [{"item_7": ["1"], "item_9": ["1"]}] * run.confirmed


def test_what_is_no_order_is_not_counted(shop):
    Counter.sold_out = True
    with pytest.raises(RuntimeError, match="no order"):
        order_for(shop, visitors=1, seconds=0.05)
