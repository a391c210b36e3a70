"""`make pictures`: remake the pictures of the documentation from a demo that is started for it.

A picture shows what a person sees in the first minutes; whoever changes a page takes them again and looks at them.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

from tests.journeys.conftest import NONE_FOUND, find_chromium

IMAGES = Path(__file__).parents[1] / "docs/images"
SETTLED = "Orders, day book and Xero"
WINDOW = {"width": 1280, "height": 860}


class Demo(NamedTuple):
    """Where the pages are, and who may see them."""

    url: str
    email: str
    password: str


@contextmanager
def demo() -> Iterator[Demo]:
    """Run the demo until its orders are in the books, and end it afterwards."""
    command = [sys.executable, "-m", "daybook", "demo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said = ""
        try:
            for line in process.stdout or ():
                said += line
                if SETTLED in line:
                    break
            found = [re.search(rf"^ +{name} +(\S+)", said, re.MULTILINE) for name in ("Daybook", "e-mail", "password")]
            if not all(found):
                raise SystemExit(said)
            yield Demo(*(each[1] for each in found if each))
        finally:
            process.terminate()


def log_in(page: Page, shown: Demo) -> None:
    page.goto(f"{shown.url}/accounts/login/")
    page.locator("input[type=email]").fill(shown.email)
    page.locator("input[type=password]").fill(shown.password)
    page.locator("input[type=password]").press("Enter")
    page.wait_for_url(lambda url: "login" not in url)


def take(page: Page, name: str) -> None:
    """Photograph what stands in the window, when its last script has drawn."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")
    print(IMAGES / f"{name}.png")


def walk(page: Page, shown: Demo) -> None:
    """Go where the guide goes, from the overview to one document."""
    log_in(page, shown)
    page.goto(shown.url)
    page.get_by_role("link", name=re.compile("Tracked")).first.click()
    page.wait_for_url("**/c/*/")
    company = page.url
    take(page, "overview")
    for room, one in (("orders", "order"), ("documents", "document")):
        page.goto(f"{company}{room}/")
        page.locator(f"main tbody a[href*='/{room}/']").nth(1 if room == "orders" else 0).click()
        page.wait_for_url(f"**/{room}/*/")
        take(page, one)
    page.goto(f"{company}connection/rooms/connect/")
    take(page, "settings")


def main() -> None:
    path = find_chromium()
    if path is None:
        raise SystemExit(NONE_FOUND)
    with demo() as shown, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        walk(browser.new_page(viewport=WINDOW), shown)  # type: ignore[arg-type]  # a plain dict is what it takes
        browser.close()


if __name__ == "__main__":
    main()
