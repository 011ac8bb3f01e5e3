"""What every test shares: no sockets in the quick tiers, and one rule for what may be missing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_socket import disable_socket, enable_socket

from loadtests.nginx import NGINX
from loadtests.reading import WRK

pytest_plugins = ("tests.postgres",)

CHECKOUT = Path(__file__).resolve().parents[1]
OFFLINE_TIERS = ("unit", "property")

DATA = CHECKOUT.parent / "shared" / "data"
if "CRENEAU_DATA" not in os.environ and DATA.is_dir():
    os.environ["CRENEAU_DATA"] = str(DATA)


def missing_data() -> str | None:
    """Name the missing folder of official files, if it is missing."""
    folder = os.environ.get("CRENEAU_DATA")
    if not folder:
        return "the folder of official files (set CRENEAU_DATA to it)"
    return None if Path(folder).is_dir() else f"the folder CRENEAU_DATA names, {folder}"


CHROMIUM = Path("/usr/bin/chromium")


def missing_browser() -> str | None:
    """Name the missing browser, if it is missing."""
    return None if CHROMIUM.is_file() else "Debian's chromium (apt-get install chromium)"


def missing_server() -> str | None:
    """Name the web server and what reads from it, if one of them is missing."""
    return None if NGINX and WRK else "Debian's nginx and wrk (apt-get install nginx wrk)"


MISSING: dict[str, Callable[[], str | None]] = {
    "browser": missing_browser, "data": missing_data, "server": missing_server,
}  # fmt: skip
"""What a marker needs and this machine may lack, with the question to ask."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--national", action="store_true", help="also run the tests of some minutes")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("national") and not item.config.getoption("--national"):
        pytest.skip("takes minutes: runs with --national")
    for marker, missing in MISSING.items():
        if item.get_closest_marker(marker) and (what := missing()):
            refuse_or_skip(f"needs {what}")
    if tier(item) in OFFLINE_TIERS:
        disable_socket(allow_unix_socket=True)


def pytest_runtest_teardown() -> None:
    enable_socket()


def refuse_or_skip(reason: str) -> None:
    """Skip a test, or fail it where everything must be there (CRENEAU_REQUIRE_ALL=1)."""
    if os.environ.get("CRENEAU_REQUIRE_ALL") == "1":
        pytest.fail(f"{reason}, and CRENEAU_REQUIRE_ALL=1 allows no skip", pytrace=False)
    pytest.skip(reason)


def tier(item: pytest.Item) -> str:
    """Folder of `tests` the test lies in: unit, property, integration..."""
    parts = item.path.relative_to(Path(__file__).parent).parts
    return parts[0]
