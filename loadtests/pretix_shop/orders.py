"""Ordering in pretix as its visitors do: through its pages, from the cart to the order."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, build_opener

from loadtests.pretix_shop.shop import Shop

FORM_COOKIE = "pretix_csrftoken"
EMAIL = "somebody@example.org"
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Orders:
    """What a run came to: orders of both doses, and seconds it took."""

    confirmed: int
    seconds: float


def order_for(shop: Shop, *, visitors: int, seconds: float) -> Orders:
    """Let visitors order one after the other, as fast as they are let.

    Raises
    ------
    RuntimeError
        When an order does not end with its page of thanks.
    """
    begin = time.monotonic()

    def visit(_: int) -> int:
        done = 0
        while time.monotonic() < begin + seconds:
            Visitor(shop).order()
            done += 1
        return done

    with ThreadPoolExecutor(visitors) as pool:
        confirmed = sum(pool.map(visit, range(visitors)))
    return Orders(confirmed, time.monotonic() - begin)


class Visitor:
    """A browser of its own: cookies, pages, forms."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._cookies = CookieJar()
        self._browser: OpenerDirector = build_opener(
            ProxyHandler({}), HTTPCookieProcessor(self._cookies)
        )

    def order(self) -> None:
        """Put both doses into the cart, give a mail address, confirm."""
        url = self._shop.url
        self._get(f"{url}/")
        self._post(f"{url}/cart/add", {f"item_{item}": "1" for item in self._shop.items})
        questions = self._get(f"{url}/checkout/start")
        confirm = self._post(questions, {"email": EMAIL, "email_repeat": EMAIL})
        thanks = self._post(confirm, {})
        if "/order/" not in thanks:
            raise RuntimeError(f"pretix: no order, but {thanks}")

    def _get(self, url: str) -> str:
        return self._open(url, None)

    def _post(self, url: str, form: dict[str, str]) -> str:
        token = next(cookie.value for cookie in self._cookies if cookie.name == FORM_COOKIE)
        return self._open(url, urlencode(form | {"csrfmiddlewaretoken": token or ""}).encode())

    def _open(self, url: str, form: bytes | None) -> str:
        """Load a page as a whole, and give the address it turned out to have."""
        page: HTTPResponse
        with self._browser.open(url, form, timeout=PATIENCE_S) as page:
            page.read()
            return page.geturl()
