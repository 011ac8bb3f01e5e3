"""Debian's Chromium, for the tests that need a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.conftest import CHROMIUM


@contextmanager
def chromium_running() -> Iterator[Browser]:
    """Start it, without the sandbox that root has no use of; its tests run in a loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
