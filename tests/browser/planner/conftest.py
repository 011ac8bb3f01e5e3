"""One office for all tests of the planner's pages; each has a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import ARTEFACTS
from tests.browser.planner.desk import Desk, Office, desk, office
from tests.chromium import chromium_running


@pytest.fixture(scope="package")
def running() -> Iterator[Office]:
    """Run everything, once."""
    with office() as made:
        yield made


@pytest.fixture(scope="package")
def browser(running: Office) -> Iterator[Browser]:
    """Start Debian's Chromium after what it looks at: its tests run in a loop."""
    assert running.url
    with chromium_running() as started:
        yield started


@pytest.fixture
def planner(running: Office, browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    """Sign a planner on, in French."""
    folder = Path(ARTEFACTS) if ARTEFACTS else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    with desk(running, browser, folder) as opened:
        opened.sign_in(running.national)
        yield opened
