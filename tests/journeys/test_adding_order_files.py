"""An accountant adds order files beside Xero: the key, the check, the server's own key, the first file, and a second one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from daybook.connections.models import Connection
from daybook.posting import drain
from daybook.wire.http import HttpClient
from tests.journeys.test_from_order_to_invoice import acme as acme  # noqa: PLC0414 - a fixture
from tests.journeys.test_from_order_to_invoice import log_in, order, send
from tests.sftp_server import USER, SftpServer, sftp_server
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpServer]:
    with sftp_server(tmp_path) as served:
        yield served


def page_of(daybook: str, cast: Cast, name: str) -> str:
    return f"{daybook}{reverse(f'web:{name}', args=[cast.company.public_id])}"


def say_where(screen: Page, server: SftpServer) -> None:
    screen.get_by_label("Where to").select_option("server")
    screen.get_by_label("Server", exact=True).fill("127.0.0.1")
    screen.get_by_label("Port").fill(str(server.port))
    screen.get_by_label("User", exact=True).fill(USER)
    screen.get_by_label("Folder", exact=True).fill("/")
    screen.get_by_role("button", name="Save", exact=True).click()


def fits(screen: Page) -> bool:
    """Nothing makes the page wider than the window."""
    return bool(screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def send_what_waits() -> None:
    """As a worker does."""
    drain.drain(Connection.objects.get(ledger="files").pk, HttpClient(10))


@pytest.mark.parametrize("width", [1280, 390])
def test_an_accountant_adds_order_files_beside_xero_and_sees_one_sent(screen, daybook, acme: Cast, server, width):
    screen.set_viewport_size({"width": width, "height": 844})
    log_in(screen, daybook)
    screen.goto(page_of(daybook, acme, "connection"))
    screen.get_by_role("button", name="Add order files").click()
    say_where(screen, server)
    expect(screen.get_by_text("Saved. Next: Check.")).to_be_visible()

    key = screen.get_by_label("Public key").input_value()
    assert key.startswith("ssh-ed25519 ")
    screen.get_by_role("button", name="Check", exact=True).click()
    expect(screen.get_by_text("Is this your server?")).to_be_visible()
    assert fits(screen)
    screen.get_by_role("button", name="This is our server").click()
    expect(screen.get_by_text(re.compile("does not let Daybook in"))).to_be_visible()

    server.authorized.append(key.split()[1])
    screen.get_by_role("button", name="Check", exact=True).click()
    expect(screen.get_by_text("can be listed: connected")).to_be_visible()
    assert fits(screen)

    send(daybook, acme, order("10452"))
    send_what_waits()
    assert [path.name for path in server.root.iterdir()] == ["10452.xml"]
    screen.goto(page_of(daybook, acme, "documents"))
    screen.get_by_role("row").filter(has_text="Order file").get_by_role("link").first.click()
    expect(screen.get_by_role("button", name="Send again")).to_be_visible()
    assert fits(screen)

    (server.root / "10452.xml").unlink()  # collected
    screen.get_by_role("button", name="Send again").click()
    send_what_waits()
    assert [path.name for path in server.root.iterdir()] == ["10452.xml"]


def test_an_accountant_sees_why_files_wait_and_trusts_a_server_that_has_a_new_key(screen, daybook, acme: Cast, server):
    log_in(screen, daybook)
    screen.goto(page_of(daybook, acme, "connection"))
    screen.get_by_role("button", name="Add order files").click()
    say_where(screen, server)
    server.authorized.append(screen.get_by_label("Public key").input_value().split()[1])
    screen.get_by_role("button", name="Check", exact=True).click()
    screen.get_by_role("button", name="This is our server").click()
    expect(screen.get_by_text("can be listed: connected")).to_be_visible()
    settings = screen.url
    old = screen.locator("#check dd").inner_text()

    server.change_host_key()
    send(daybook, acme, order("10453"))
    send_what_waits()
    screen.goto(page_of(daybook, acme, "overview"))
    expect(screen.get_by_text(re.compile("shows another key than the confirmed one"))).to_be_visible()

    screen.goto(settings)
    screen.get_by_role("button", name="Check", exact=True).click()
    note = screen.locator("#check .db-note")
    expect(note).to_contain_text("Another server answers")
    expect(note).to_contain_text(old)
    assert list(server.root.iterdir()) == []
    screen.get_by_role("button", name="This is our server").click()
    expect(screen.get_by_text("can be listed: connected")).to_be_visible()
    send_what_waits()
    assert [path.name for path in server.root.iterdir()] == ["10453.xml"]
