"""A planner's desk: an installation with a plan on it, a page before it, interactions counted."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route

from api.planning.orders import PlanFolders
from api.planning.scenario_folders import build_instance, write_text
from api.settings import Settings
from loadtests.booking.campaign import next_monday
from scenarios.planning import Order, run_plan
from tests.conftest import CHECKOUT
from tests.installed import Installation, installed
from tests.staff import token_of

AXE = CHECKOUT / "api" / "web" / "node_modules" / "axe-core" / "axe.min.js"
PLAN = "bretagne"
WIDTHS = ((360, 740), (768, 1024), (1440, 900))
PATIENCE_MS = 120_000
"""Of a page that waits for a plan."""


@dataclass(frozen=True)
class Office:
    """An installation with one plan, and tokens that were made beforehand."""

    installation: Installation
    national: str
    regional: str
    centre: str

    @property
    def url(self) -> str:
        """Where the pages are."""
        return str(self.installation.said["address"])


@contextmanager
def office() -> Iterator[Office]:
    """Run everything, with a plan of Bretagne that begins next week."""
    with installed("--with-worker") as made:
        folders = PlanFolders.called(Settings(home=made.home), PLAN)
        text = 'extends = "bretagne"\npurpose = "La Bretagne et ses 80 centres."\n'
        write_text(folders, f"{text}start = {next_monday().isoformat()}\n")
        build_instance(folders)
        run_plan(Order(folders.instance, folders.plan))
        made.campaign.rows(
            "INSERT INTO department VALUES ('35', 'Ille-et-Vilaine', '53', 'Europe/Paris')"
        )
        made.campaign.rows(
            "INSERT INTO centre SELECT 1, 'c1', 'Centre', '35', 48.1, -1.7, '', '', '', '',"
            " '2021-01-01', NULL, '123456', '09:00', '18:00', 1"
        )
        now = dt.datetime.now(dt.UTC)
        tokens = [
            asyncio.run(token_of(made.campaign, role, scope, now=now))["Authorization"].split()[1]
            for role, scope in (("planner", "national"), ("planner", "53"), ("centre", "c1"))
        ]
        yield Office(made, *tokens)


@dataclass
class Desk:
    """A page, what went wrong in it, and how often somebody had to do something."""

    page: Page
    office: Office
    artefacts: Path
    interactions: int = 0
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a page of the planner's; it must be there."""
        response = self.page.goto(f"{self.office.url}/pilotage{path}")
        assert response is not None
        assert response.status == 200, path

    def sign_in(self, token: str) -> None:
        """Exchange a token for a session."""
        self.go("/connexion")
        self.page.fill("#token", token)
        self.page.get_by_role("button", name="Entrer").click()

    def click(self, what: Locator) -> None:
        """Do one thing."""
        self.interactions += 1
        what.click()

    def choose(self, selector: str, value: str) -> None:
        """Do one thing: choose from a list."""
        self.interactions += 1
        self.page.select_option(selector, value)

    def button(self, name: str) -> Locator:
        """Find a button of exactly this name, the first of several."""
        return self.page.get_by_role("button", name=name, exact=True).first

    def accessible(self, name: str) -> None:
        """Look for what keeps people out, with axe, on a telephone and on a screen."""
        for width, height in (WIDTHS[0], WIDTHS[2]):
            self.page.set_viewport_size({"width": width, "height": height})
            found = self.page.evaluate(_RUN_AXE)
            told = [f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:120]})" for v in found]
            assert not told, f"{name} at {width}: {told}"

    def picture(self, name: str) -> None:
        """Keep pictures of what is shown, on a telephone, a tablet and a screen."""
        for width, height in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_timeout(150)  # a canvas is drawn anew
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} wide on a screen of {width}"
            self.page.screenshot(
                path=self.artefacts / f"planner-{name}-{width}.png", full_page=True
            )


_RUN_AXE = """async () => (await window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
})).violations"""


@contextmanager
def desk(
    office: Office, browser: Browser, artefacts: Path, locale: str = "fr-FR"
) -> Iterator[Desk]:
    """Open a page of its own; in the end nothing may have gone wrong in it."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale=locale, accept_downloads=True
    )
    # As a debugger would, not as a page could: the policy of the pages stays what it is.
    context.add_init_script(path=AXE)
    opened = Desk(context.new_page(), office, artefacts)
    _watch(context, opened)
    yield opened
    context.close()
    assert opened.complaints == []


def _watch(context: BrowserContext, opened: Desk) -> None:
    own = urlsplit(opened.office.url).netloc

    def route(route: Route) -> None:
        asked = urlsplit(route.request.url)
        if asked.scheme in ("http", "https") and asked.netloc != own:
            opened.complaints.append(f"asked {asked.netloc}")
            route.abort()
        else:
            route.continue_()

    context.route("**/*", route)
    page = opened.page
    page.on("console", lambda said: opened.complaints.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: opened.complaints.append(f"error: {error}"))
    page.set_default_timeout(60_000)
