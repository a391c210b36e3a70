"""An accountant adds invoices by mail, looks at the PDF of a real order, connects, and settles a mail of unclear end."""

import os

import pypdfium2
import pytest
from playwright.sync_api import expect

from daybook.connections.models import Connection
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.wire.http import HttpClient
from tests.journeys.test_adding_order_files import fits, page_of
from tests.journeys.test_from_order_to_invoice import acme as acme  # noqa: PLC0414 - a fixture
from tests.journeys.test_from_order_to_invoice import log_in, order, send
from tests.smtp_server import smtp_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def server():
    with smtp_server() as running:
        yield running


def picture(screen, name: str, width: int) -> None:
    if PICTURES:
        screen.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 390])
def test_an_accountant_adds_invoices_by_mail_and_settles_one_of_unclear_end(
    screen, daybook, acme, server, width, tmp_path
):
    screen.set_viewport_size({"width": width, "height": 844})
    mailed = {**order("10452"), "customer": {"name": "Zoë Müller", "email": "zoe@example.com"}}
    send(daybook, acme, mailed)
    log_in(screen, daybook)
    screen.goto(page_of(daybook, acme, "connection"))
    screen.get_by_role("button", name="Add invoices by mail").click()
    screen.get_by_label("From", exact=True).fill("bills@acme.example")
    screen.get_by_label("Mail server").fill("127.0.0.1")
    screen.get_by_label("Port").fill(str(server.port))
    screen.get_by_label("Your name and address").fill("Acme Ltd\n1 High Street\nLeeds")
    screen.get_by_role("button", name="Save", exact=True).click()
    expect(screen.get_by_text("Saved. Next: Check.")).to_be_visible()
    screen.get_by_role("button", name="Check", exact=True).click()
    expect(screen.get_by_text("could not be reached").or_(screen.get_by_text("says no")).first).to_be_visible()
    screen.get_by_label("Encryption").select_option("none")
    with screen.expect_download() as coming:
        screen.get_by_role("button", name="Preview as PDF").click()
    coming.value.save_as(tmp_path / "preview.pdf")
    assert "Zoë Müller" in pypdfium2.PdfDocument(tmp_path / "preview.pdf")[0].get_textpage().get_text_bounded()
    screen.get_by_role("button", name="Save", exact=True).click()
    screen.get_by_role("button", name="Check", exact=True).click()
    expect(screen.get_by_text("lets Daybook in: connected")).to_be_visible()
    assert fits(screen)
    picture(screen, "mail-settings", width)

    server.drops_after_taking = 1
    send(daybook, acme, {**mailed, "id": "10453", "number": "10453"})
    drain.drain(Connection.objects.get(ledger="mail").pk, HttpClient(10))
    assert len(server.taken) == 1
    entry = Entry.objects.get(kind="invoice_mail")
    screen.goto(f"{page_of(daybook, acme, 'documents')}{entry.public_id}/")
    expect(screen.get_by_text("ask the customer; then say what became of it", exact=False).first).to_be_visible()
    picture(screen, "mail-unclear", width)
    screen.get_by_role("link", name="Say what became of it").click()
    screen.get_by_label("It arrived.").check()
    assert fits(screen)
    screen.get_by_role("button", name="Settle it").click()
    expect(screen.get_by_text("Your word on 10453 counts", exact=False)).to_be_visible()
    picture(screen, "mail-settled", width)
