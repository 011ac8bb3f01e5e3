"""A browser without a window: cookies here and at the provider, redirects step by step."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
import psycopg

from api.clock import Clock
from api.staff.grants import Grant, Role
from api.staff.signon.rule import Rule
from api.staff.signon.rules import allow
from tests.campaign import NOW, Campaign
from tests.provider.run import configured
from tests.serving import client_of

HERE = "http://creneau.test"
DEPART = "/api/staff/sign-on/psc"
OWN_PAGE = {"Origin": HERE}


class Browser:
    """Somebody at a computer of a centre."""

    def __init__(self, here: httpx.AsyncClient, there: httpx.AsyncClient) -> None:
        self.here = here
        self._there = there

    async def depart(self) -> str:
        """Go to the address the provider is at."""
        answer = await self.here.get(DEPART)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    async def at_provider(self, url: str, who: str, level: str = "") -> str:
        """Sign on at the provider; give the address it sends people back to."""
        self._there.cookies.set("who", who)
        if level:
            self._there.cookies.set("level", level)
        for _ in range(6):
            answer = await self._there.get(url)
            assert answer.status_code in {302, 303}, answer.text
            url = str(httpx.URL(url).join(answer.headers["Location"]))
            if url.startswith(HERE):
                return url
        raise AssertionError("the provider goes round in circles")

    async def sign_on(self, who: str, level: str = "") -> httpx.Response:
        """Do all of it, honestly; give the last answer."""
        return await self.here.get(await self.at_provider(await self.depart(), who, level))

    def forget(self) -> None:
        """Be somebody else's browser."""
        self.here.cookies.clear()
        self._there.cookies.clear()


@asynccontextmanager
async def browser(
    campaign: Campaign, issuer: str, *, clock: Clock | None = None, **more: object
) -> AsyncIterator[Browser]:
    """Give a browser of the application, which knows the provider."""
    config = {name: more.pop(name) for name in ("acr_values",) if name in more}
    more = {"identity_providers": (configured(issuer, **config),), "public_url": HERE} | more
    async with (
        client_of(campaign, clock=clock, **more) as here,
        httpx.AsyncClient() as there,
    ):
        yield Browser(here, there)


async def let_in(
    campaign: Campaign, role: Role, scope: str, *, claim: str = "sub", value: str = "alice",
    days: int = 30,
) -> Rule:  # fmt: skip
    """Make a rule."""
    async with await psycopg.AsyncConnection.connect(campaign.url, autocommit=True) as connection:
        return await allow(
            connection, provider="psc", claim=claim, value=value, grant=Grant(role, scope),
            label="", days=days, now=NOW,
        )  # fmt: skip


def altered(url: str, change: Callable[[dict[str, str]], object]) -> str:
    """Change the parameters of an address, as somebody between would."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    change(query)
    return urlunsplit(parts._replace(query=urlencode(query)))
