"""Webhooks: who is told what, how it is signed, what is tried again and when it ends (xero-rules.md 7)."""

import base64
import hashlib
import hmac
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx2
import pytest

from localxero.testing import in_process, running, signed_in
from localxero.webhooks import Reply, SubscriptionError
from localxero.webhooks.courier import post_in_time

KEY = "the-key"
URL = "https://hook.example/xero"
LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}


def sign(raw, key=KEY):
    return base64.b64encode(hmac.new(key.encode(), raw, hashlib.sha256).digest()).decode()


def test_the_bodies_are_written_as_xero_writes_them(xero, gb):
    came = []
    xero.courier.send = lambda url, headers, body: came.append((headers["x-xero-signature"], body)) or Reply(200)
    xero.subscribe(URL, key=KEY)
    xero.verify_webhook()
    signature, body = came[0]
    shape = rb'\{"events":\[\],"firstEventSequence": 0,"lastEventSequence": 0, "entropy": "[A-Z]{20}"\}'
    assert re.fullmatch(shape, body)
    wrong = [each for each in came if each[0] != sign(each[1])]
    assert len(wrong) == 2
    for signature, body in wrong:
        assert sum(a != b for a, b in zip(signature, sign(body), strict=True)) == 1


class Receiver:
    """Answers as a well made subscriber does, and keeps what came."""

    def __init__(self):
        self.came, self.answer = [], None

    def __call__(self, url, headers, body):
        good = headers["x-xero-signature"] == sign(body)
        self.came.append((good, json.loads(body)))
        return self.answer or Reply(200 if good else 401)

    @property
    def payloads(self):
        return [payload for _, payload in self.came]

    @property
    def events(self):
        return [event for payload in self.payloads for event in payload["events"]]


@pytest.fixture
def receiver(xero, gb):
    xero.courier.send = made = Receiver()
    xero.subscribe(URL, key=KEY)
    xero.sign_in(gb)
    return made


@pytest.fixture
def active(xero, receiver):
    assert xero.verify_webhook().status == "active"
    receiver.came.clear()
    return receiver


@pytest.fixture
def invoice(client, customer):
    def made(number="A-1", **more):
        body = {"Type": "ACCREC", "Contact": customer, "InvoiceNumber": number, "LineItems": [LINE], **more}
        return client.post("/Invoices", json=body).json()["Invoices"][0]

    return made


class TestIntentToReceive:
    def test_sends_right_and_wrong_signatures_without_events(self, xero, receiver):
        xero.verify_webhook()
        assert sorted(good for good, _ in receiver.came) == [False, False, True, True]
        for payload in receiver.payloads:
            assert payload.keys() == {"events", "firstEventSequence", "lastEventSequence", "entropy"}
            assert (payload["events"], payload["firstEventSequence"], payload["lastEventSequence"]) == ([], 0, 0)
            assert len(payload["entropy"]) == 20

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (Reply(200), "instead of 401"),
            (Reply(401), "instead of 200"),
            (Reply(302), "answered 302"),
            (Reply(None, reason="refused"), "refused"),
            (Reply(200, seconds=5.5), "not within 5"),
        ],
    )
    def test_fails_on_a_wrong_answer(self, xero, receiver, invoice, answer, words):
        receiver.answer = answer
        found = xero.verify_webhook()
        assert found.status == "unverified"
        assert words in found.note
        invoice()
        assert xero.deliver_webhooks() == []

    @pytest.mark.parametrize(("reply", "words"), [({"body": b"ok"}, "body"), ({"cookies": True}, "cookies")])
    def test_wants_neither_body_nor_cookies(self, xero, receiver, reply, words):
        xero.courier.send = lambda _, headers, body: Reply(
            200 if headers["x-xero-signature"] == sign(body) else 401, **reply
        )
        assert words in xero.verify_webhook().note


class TestEvents:
    def test_tell_what_was_made_and_changed(self, xero, active, invoice, gb):
        made = invoice()
        invoice(Reference="x")
        xero.deliver_webhooks()
        (payload,) = active.payloads
        assert active.came[0][0]
        assert [event["eventType"] for event in payload["events"]] == ["CREATE", "UPDATE"]
        assert payload["events"][0] == {
            "resourceUrl": f"http://localhost/api.xro/2.0/Invoices/{made['InvoiceID']}",
            "resourceId": made["InvoiceID"],
            "tenantId": gb,
            "tenantType": "ORGANISATION",
            "eventCategory": "INVOICE",
            "eventType": "CREATE",
            "eventDateUtc": "2026-11-20T12:00:00.000",
        }
        assert (payload["firstEventSequence"], payload["lastEventSequence"]) == (1, 2)

    def test_tell_of_contacts_but_not_of_purchase_orders_and_items(self, xero, active, client, customer):
        client.put("/Contacts", json={"Name": "New one"})
        client.put("/Items", json={"Code": "I-1"})
        client.put("/PurchaseOrders", json={"Contact": customer, "LineItems": [LINE]})
        xero.deliver_webhooks()
        assert [event["eventCategory"] for event in active.events] == ["CONTACT"]

    def test_say_type_and_status_of_a_credit_note(self, xero, active, client, customer):
        body = {"Type": "ACCRECCREDIT", "Contact": customer, "LineItems": [LINE]}
        client.put("/CreditNotes", json=body)
        xero.deliver_webhooks()
        assert active.events[0]["eventCategory"] == "CREDITNOTE"
        assert active.events[0]["data"] == {"Type": "ACCRECCREDIT", "Status": "DRAFT"}

    def test_keep_to_the_categories_wanted(self, xero, active, client, invoice):
        xero.subscribe(URL, categories=("CONTACT",))
        invoice()
        client.put("/Contacts", json={"Name": "New one"})
        xero.deliver_webhooks()
        assert [event["eventCategory"] for event in active.events] == ["CONTACT"]

    def test_do_not_tell_what_was_refused_or_replayed(self, xero, active, client, customer, invoice):
        body = {"Type": "ACCREC", "Contact": customer, "InvoiceNumber": "K-1", "LineItems": [LINE]}
        for _ in range(2):
            client.put("/Invoices", json=body, headers={"Idempotency-Key": "k"})
        client.put("/Invoices", json={"Type": "NOPE", "Contact": customer, "LineItems": [LINE]})
        xero.deliver_webhooks()
        assert len(active.events) == 1

    def test_do_not_tell_what_was_undone(self, xero, active, client, customer):
        xero.state.switches.summarised_400_books_good = False
        good = {"Type": "ACCREC", "Contact": customer, "LineItems": [LINE]}
        assert client.put("/Invoices", json={"Invoices": [good, good | {"Type": "NOPE"}]}).status_code == 400
        assert xero.deliver_webhooks() == []

    def test_go_only_to_apps_connected_to_the_organisation(self, xero, active, customer):
        with signed_in(xero, xero.tenant_id("AU")) as client:
            client.put("/Contacts", json={"Name": "Down under"})
        xero.deliver_webhooks()
        xero.disconnect(xero.tenant_id("AU"))
        assert len(active.events) == 1

    def test_come_in_batches(self, xero, active, invoice):
        xero.subscribe(URL, batch_size=2)
        for number in range(5):
            invoice(f"B-{number}")
        xero.deliver_webhooks()
        spans = [(each["firstEventSequence"], each["lastEventSequence"]) for each in active.payloads]
        assert spans == [(1, 2), (3, 4), (5, 5)]


class TestMisbehaving:
    def test_late(self, xero, active, invoice):
        xero.subscribe(URL, delay_seconds=600)
        invoice()
        assert xero.deliver_webhooks() == []
        xero.clock.advance(600)
        assert len(xero.deliver_webhooks()) == 1

    def test_repeated(self, xero, active, invoice):
        xero.subscribe(URL, copies=2)
        invoice()
        first, _ = xero.deliver_webhooks()
        xero.state.webhooks.repeat(first.id)
        xero.deliver_webhooks()
        assert [each["firstEventSequence"] for each in active.payloads] == [1, 1, 1]

    def test_out_of_order(self, xero, active, invoice):
        xero.subscribe(URL, shuffled=True, batch_size=1)
        for number in range(12):
            invoice(f"S-{number}")
        xero.deliver_webhooks()
        came = [each["firstEventSequence"] for each in active.payloads]
        assert sorted(came) == list(range(1, 13))
        assert came != sorted(came)


class TestFailing:
    def test_is_tried_again_every_quarter_of_an_hour(self, xero, active, invoice):
        active.answer = Reply(500)
        invoice()
        assert len(xero.deliver_webhooks()) == 1
        assert xero.deliver_webhooks() == []
        active.answer = None
        xero.clock.advance(15 * 60)
        (delivery,) = xero.deliver_webhooks()
        assert delivery.state == "delivered"
        assert [attempt.status for attempt in delivery.attempts] == [500, 200]

    def test_for_a_day_disables_until_verified_anew(self, xero, active, invoice):
        active.answer = Reply(None, reason="connection refused")
        invoice()
        for _ in range(24 * 4 + 1):
            xero.deliver_webhooks()
            xero.clock.advance(15 * 60)
        subscription = xero.state.webhooks.subscriptions["client"]
        assert subscription.status == "disabled"
        assert "connection refused" in subscription.note
        active.answer = None
        active.came.clear()
        assert xero.deliver_webhooks() == []
        xero.verify_webhook()
        xero.deliver_webhooks()
        assert [event["eventType"] for event in active.events] == ["CREATE"]

    def test_events_of_a_disabled_webhook_wait_for_31_days(self, xero, active, invoice):
        office = xero.state.webhooks
        office.subscriptions["client"].status = "disabled"
        invoice("old")
        xero.clock.advance(31 * 86_400 + 1)
        with signed_in(xero, xero.tenant_id("GB")) as client:
            client.put("/Contacts", json={"Name": "New one"})
        xero.verify_webhook()
        active.came.clear()
        xero.deliver_webhooks()
        assert [event["eventCategory"] for event in active.events] == ["CONTACT"]


class TestSnapshots:
    def test_hold_subscriptions_and_what_waits(self, xero, active, invoice):
        invoice()
        snapshot = xero.snapshot()
        xero.deliver_webhooks()
        xero.restore(snapshot)
        xero.deliver_webhooks()
        assert [each["firstEventSequence"] for each in active.payloads] == [1, 1]


class TestControls:
    @pytest.fixture
    def http(self, xero):
        with in_process(xero) as made:
            yield made

    def test_set_up_verify_and_deliver(self, http, xero, gb):
        xero.courier.send = Receiver()
        made = http.post("/_local/webhooks", json={"url": URL, "key": KEY}).json()
        assert made["status"] == "unverified"
        assert http.post("/_local/webhooks/client/intent").json()["status"] == "active"
        with signed_in(xero, gb) as client:
            client.put("/Contacts", json={"Name": "New one"})
        assert http.get("/_local/webhooks").json()[0]["waiting"] == 1
        (delivery,) = http.post("/_local/webhook-deliveries", json={"release": True}).json()
        assert delivery["state"] == "delivered"
        assert http.post(f"/_local/webhook-deliveries/{delivery['id']}").json()["state"] == "waiting"
        assert len(http.get("/_local/webhook-deliveries").json()) == 6
        assert http.delete("/_local/webhooks/client").json() == []

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("webhooks", {"url": "ftp://x"}),
            ("webhooks", {"url": URL, "client_id": "nobody"}),
            ("webhooks", {"url": URL, "categories": ["ITEM"]}),
            ("webhooks", {"url": URL, "copies": 0}),
            ("webhooks/client/intent", {}),
            ("webhook-deliveries/99", {}),
        ],
    )
    def test_refuse_nonsense(self, http, path, body):
        assert http.post(f"/_local/{path}", json=body).status_code == 400

    def test_raise_in_process(self, xero):
        with pytest.raises(SubscriptionError):
            xero.subscribe("nowhere")


class TestTheWire:
    @pytest.fixture
    def hook(self):
        came = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                good = self.headers["x-xero-signature"] == sign(body)
                came.append((good, json.loads(body)))
                self.send_response(200 if good else 401)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook?a=b", came
        server.shutdown()
        server.server_close()
        thread.join()

    def test_is_served_in_the_background(self, hook):
        url, came = hook
        with running() as server, httpx2.Client(base_url=server.url) as http:
            gb = server.xero.tenant_id("GB")
            server.xero.subscribe(url, key=KEY)
            assert http.post("/_local/webhooks/client/intent").json()["status"] == "active"
            with signed_in(server.xero, gb) as client:
                client.put("/Contacts", json={"Name": "New one"})
            for _ in range(100):
                if len(came) == 5:
                    break
                threading.Event().wait(0.05)
            assert came[-1][1]["events"][0]["resourceUrl"].startswith(server.url)

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://[", "https://no.invalid/"])
    def test_says_what_failed(self, url):
        reply = post_in_time(url, {}, b"{}")
        assert reply.status is None
        assert reply.reason
