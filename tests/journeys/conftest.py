"""A browser that a person could sit at: Chromium through Playwright, against live servers on free ports.

Without a Chromium the journeys are skipped, and the summary says so. `CHROMIUM` names one that is not found by itself.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from localxero.testing import Running, running

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first draws pages alone, and no window around them that nobody looks at: half of the work of the others."""
NONE_FOUND = (
    "no Chromium was found: install one (Debian: apt-get install -y --no-install-recommends chromium) "
    "or name it in CHROMIUM"
)
PATIENCE_MS = 10_000
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in this thread


def find_chromium() -> str | None:
    """The browser of the machine, or the one that Playwright downloaded for itself."""
    if named := os.environ.get("CHROMIUM"):
        return named
    if found := next(filter(None, map(shutil.which, NAMES)), None):
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.skip(NONE_FOUND)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def faults() -> list[str]:
    """What went wrong inside the pages: scripts that failed, files that were refused."""
    return []


def _is_refused_evaluation(said: str) -> bool:
    """By the browser, or by htmx before it comes to that."""
    return "Content Security Policy" in said or "evalDisallowed" in said


@pytest.fixture
def screen(chromium, faults) -> Iterator[Page]:
    """A fresh browser window. The journey fails where a page's script did."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if _is_refused_evaluation(said.text) else None)
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def xero() -> Iterator[Running]:
    """A local Xero on a real socket, limits off."""
    with running() as served:
        yield served


@pytest.fixture
def daybook(live_server, xero, settings) -> str:
    """The address of Daybook's pages, wired to the local Xero, whose app knows the redirect URI."""
    url = live_server.url.replace("127.0.0.1", "localhost")
    settings.PUBLIC_URL = url
    settings.XERO_API_BASE = settings.XERO_IDENTITY_BASE = settings.XERO_LOGIN_BASE = xero.url
    settings.XERO_LINK_BASE = xero.url
    app = {
        "client_id": "client",
        "client_secret": "secret",
        "name": "Daybook",
        "redirect_uris": [f"{url}/xero/callback"],
    }
    httpx2.post(f"{xero.url}/_local/apps", json=app).raise_for_status()
    return url
