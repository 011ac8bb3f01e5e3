"""A stack, and Chromium in front of it, which nothing gets past unseen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from api.web.bundle import DIST
from tests.chromium import chromium_running
from tests.conftest import refuse_or_skip
from tests.stack import Stack, stack

AXE = DIST.parent / "node_modules" / "axe-core" / "axe.min.js"
ARTEFACTS = os.environ.get("CRENEAU_ARTEFACTS")
"""Folder for screenshots; where it is not set, they go into the test's own."""


@dataclass
class Watched:
    """A page, and what went wrong in it.

    strangers
        Origins that the page asked and must not have.
    complaints
        Violations of the policy, errors, and whatever the page wrote to the console.
    """

    page: Page
    stack: Stack
    artefacts: Path
    strangers: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def go(self, path: str) -> None:
        """Open a page of the installation."""
        self.page.goto(self.stack.url + path)

    def picture(self, name: str) -> None:
        """Keep pictures of what is shown, and see that everybody can use it.

        On a telephone, a tablet and a screen; 320 pixels are a screen of 640 at twice its size.
        """
        for width, height in ((320, 700), (768, 1024), (1440, 900), (360, 740)):
            self.page.set_viewport_size({"width": width, "height": height})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} wide on a screen of {width}"
            self.page.screenshot(path=self.artefacts / f"{name}-{width}.png", full_page=True)
        assert self.barriers() == [], name

    def barriers(self) -> list[str]:
        """Ask axe what stands in somebody's way."""
        if not AXE.is_file():
            refuse_or_skip("needs axe-core (uv sync --reinstall-package creneau)")
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document)")
        assert len(found["passes"]) > 10
        return [f"{rule['id']}: {rule['nodes'][0]['html'][:80]}" for rule in found["violations"]]

    def clean(self) -> None:
        """See that nobody else was asked and nothing was complained of."""
        assert self.strangers == set()
        left = [c for c in self.complaints if not any(known in c for known in self.expected)]
        assert left == []


@pytest.fixture(scope="session")
def running() -> Iterator[Stack]:
    """Run everything, once."""
    with stack() as made:
        yield made


@pytest.fixture(scope="package")
def browser(running: Stack) -> Iterator[Browser]:
    """Start Debian's Chromium, once, and after what it looks at: its tests run in a loop."""
    assert running.url
    with chromium_running() as started:
        yield started


@pytest.fixture
def watched(running: Stack, browser: Browser, tmp_path: Path) -> Iterator[Watched]:
    """Open a page of its own; in the end, nothing may have gone wrong in it."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="fr-FR", accept_downloads=True
    )
    folder = Path(ARTEFACTS) if ARTEFACTS else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    watched = Watched(context.new_page(), running, folder)
    _watch(context, watched)
    yield watched
    context.close()
    watched.clean()


def _watch(context: BrowserContext, watched: Watched) -> None:
    allowed = {urlsplit(url).netloc for url in (watched.stack.url, watched.stack.service.url)}

    def route(route: Route) -> None:
        origin = urlsplit(route.request.url)
        if origin.scheme in ("http", "https") and origin.netloc not in allowed:
            watched.strangers.add(origin.netloc)
            route.abort()
        else:
            route.continue_()

    context.route("**/*", route)
    page = watched.page
    page.on("console", lambda said: watched.complaints.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: watched.complaints.append(f"error: {error}"))
    page.set_default_timeout(60_000)  # the machine may be busy
