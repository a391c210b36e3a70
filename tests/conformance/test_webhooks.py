"""Webhooks to a subscriber on a socket, as an app's own server sees them: raw bytes, signed."""

import base64
import hashlib
import hmac
import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .documents import invoice, invoices

pytestmark = pytest.mark.filterwarnings("ignore")

KEY = "the-key"


def is_signed(headers, body):
    expected = base64.b64encode(hmac.new(KEY.encode(), body, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(headers["x-xero-signature"], expected)


@pytest.fixture
def subscriber(xero):
    """A server that answers as Xero asks of it, and what came to it: whether the signature was right, and the payload."""
    came = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            good = is_signed(self.headers, body)
            came.put((good, json.loads(body)))
            self.send_response(200 if good else 401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        xero.subscribe(f"http://127.0.0.1:{server.server_port}/hook", key=KEY)
        yield came
        server.shutdown()
        thread.join()


class TestWebhooks:
    def test_ask_first_whether_signatures_are_checked(self, xero, subscriber):
        assert xero.verify_webhook().status == "active"
        came = [subscriber.get(timeout=5) for _ in range(4)]
        assert sorted(good for good, _ in came) == [False, False, True, True]
        assert all(payload["events"] == [] for _, payload in came)

    def test_tell_of_an_invoice_that_leads_back_to_it(self, xero, subscriber, accounting, tenant, company, http):
        xero.verify_webhook()
        while not subscriber.empty():
            subscriber.get()
        (made,) = accounting.create_invoices(tenant, invoices(invoice(company))).invoices
        good, payload = subscriber.get(timeout=5)
        event = payload["events"][0]
        assert good
        assert (event["eventCategory"], event["eventType"], event["tenantId"]) == ("INVOICE", "CREATE", tenant)
        assert event["resourceId"] == made.invoice_id
        assert http.get(event["resourceUrl"]).json()["Invoices"][0]["InvoiceID"] == made.invoice_id
