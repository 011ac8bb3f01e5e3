"""Cookies of sign-on, and what proves that a request comes from a page of this installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from api.staff.signon.attempts import LIFETIME
from api.staff.signon.problems import ForeignOrigin

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Cookies:
    """Cookies of one installation, by its address."""

    public_url: str

    @property
    def origin(self) -> str:
        """What browsers call a page of this installation."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def host(self) -> str:
        """Name of the machine as people reach it."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def secure(self) -> bool:
        """Whether people reach it by https, as everywhere but on a developer's machine."""
        return self.origin.startswith("https:")

    @property
    def session(self) -> str:
        """Name of the cookie of a session."""
        return self._name("creneau-session")

    @property
    def attempt(self) -> str:
        """Name of the cookie of a sign-on under way."""
        return self._name("creneau-sign-on")

    def _name(self, name: str) -> str:
        # Browsers take `__Host-` from this very host and by https only: no neighbour can set it.
        return f"__Host-{name}" if self.secure else name

    def keep_session(self, response: Response, secret: str) -> None:
        """Give the browser a session; no other site's page can send it."""
        self._set(response, self.session, secret, "strict", None)

    def keep_attempt(self, response: Response, secret: str) -> None:
        """Give the browser a sign-on under way, which it brings back from the provider's site."""
        self._set(response, self.attempt, secret, "lax", int(LIFETIME.total_seconds()))

    def drop(self, response: Response, name: str) -> None:
        """Take a cookie back."""
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True)

    def _set(
        self, response: Response, name: str, secret: str, same_site: Literal["strict", "lax"],
        seconds: int | None,
    ) -> None:  # fmt: skip
        response.set_cookie(name, secret, max_age=seconds, path="/", secure=self.secure,
                            httponly=True, samesite=same_site)  # fmt: skip

    def check_origin(self, request: Request) -> None:
        """Take a change from a page of this installation only.

        Raises
        ------
        ForeignOrigin
            When the browser says that another page sent it, or does not say which.
        """
        if request.method not in SAFE and request.headers.get("Origin", "").lower() != self.origin:
            raise ForeignOrigin
