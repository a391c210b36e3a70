"""A company as it is after a year: three shops, customers who paid, money given back, what was refused, what waits.

All of it goes through the real code; `filling` makes many of it.
"""

import json
import random
from datetime import timedelta
from typing import Any

from django.db.models import F

from daybook.connections.models import LineAccount, PostingSettings
from daybook.history import sealing
from daybook.intake import prepare
from daybook.kit import clock
from daybook.orders.models import Delivery
from daybook.outbox.models import Entry
from localxero import LocalXero
from tests import outside
from tests.bench.seeding import Seeded, an_order
from tests.integration.payments.shop import map_gateway

ORDERS = 500
SOURCES = ("shop", "market", "trade")
A_LIST = 100


def lived() -> Seeded:
    """Make the company and let a year's sorts of orders go through it."""
    cast = outside.acme(LocalXero(limits="off"))
    PostingSettings.objects.filter(connection=cast.connection).update(
        post_payments=True, post_credit_notes=True, document_status="AUTHORISED"
    )
    map_gateway(cast, "stripe")
    LineAccount.objects.create(connection=cast.connection, kind="goodwill", account="429", tax_type="NONE")
    sender, browser = outside.Sender(cast.company), outside.signed_in_person(cast.company)
    house = Seeded(cast, browser)
    bodies = [_order(serial) for serial in range(ORDERS)]
    _send(sender, bodies)
    outside.settle_down(cast)
    _send(sender, [{**body, "refunds": [_refund(body)]} for serial, body in enumerate(bodies) if serial % 25 == 3])
    _send(sender, bodies[40:60])  # which stand already
    outside.settle_down(cast)
    outside.settle_down(cast)
    _refuse(sender)
    _let_some_need_a_person(house)
    sealing.seal_all()
    return house


def _order(serial: int) -> dict[str, Any]:
    """Of ten one is not dispatched, and four are paid; of a hundred one is cancelled; one of all is free, one by an unknown gateway."""
    body = an_order(serial, random.Random(serial))
    gross = sum(float(line["unit_price_inc_tax"]) * line["quantity"] for line in body["lines"])
    at = "2026-03-01T10:00:05Z"
    if serial % 10 in {1, 4, 5, 8}:
        gateway = "paypal" if serial == 41 else "stripe"
        body["payments"] = [{"id": f"ch_{serial}-", "at": at, "amount": f"{gross:.2f}", "gateway": gateway}]
    if serial % 10 == 9:
        del body["dispatched_at"]
        body["dispatched"] = False
    if serial % 100 == 77:
        body["cancelled"] = True
    if serial == 78:
        body["lines"] = [{**line, "unit_price": "0", "unit_price_inc_tax": "0"} for line in body["lines"]]
        body.pop("payments", None)
    return body | {"source": SOURCES[serial % 7 % 3], "ordered_at": "2026-03-01T10:00:00Z"}


def _refund(body: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"re-{body['id']}", "at": "2026-03-09", "lines": [{"line": body["lines"][0]["id"], "quantity": 1}]}


def _send(sender: outside.Sender, bodies: list[dict[str, Any]]) -> None:
    for first in range(0, len(bodies), A_LIST):
        answer = sender.send(json.dumps(bodies[first : first + A_LIST]))
        assert not answer["refused"], answer


def _refuse(sender: outside.Sender) -> None:
    """Send five that cannot be taken; the last is put right and sent again."""
    for serial in range(5):
        sender.send(json.dumps({**_order(serial), "id": f"R{serial}-", "number": f"BAD-{serial}-", "currency": "GBX"}))
    settled = Delivery.objects.filter(result=Delivery.Result.REFUSED).latest("id")
    Delivery.objects.filter(pk=settled.pk).update(settled_at=clock.now())


def _let_some_need_a_person(house: Seeded) -> None:
    invoices = Entry.objects.filter(company=house.company, state="posted", kind="invoice").order_by("id")
    flagged, rejected, doubtful, given_up = (list(invoices[first : first + 2]) for first in (1, 3, 5, 7))
    Entry.objects.filter(pk__in=_ids(flagged)).update(attention="totals_differ", attention_detail="by 0.01")
    gone = {"their_id": "", "posted_at": None, "state_since": clock.now()}
    Entry.objects.filter(pk__in=_ids(rejected)).update(state="rejected", cause="contact_archived", **gone)
    Entry.objects.filter(pk__in=_ids(doubtful[:1])).update(state="unknown", cause="no_answer", **gone)
    Entry.objects.filter(pk__in=_ids(given_up)).update(state="rejected", cause="contact_archived", **gone)
    person = house.cast.company.memberships.get().person
    for entry in Entry.objects.filter(pk__in=_ids(given_up)):
        assert prepare.cancel(entry, person, "a trial")
    Entry.objects.filter(company=house.company).update(created_at=F("created_at") - timedelta(minutes=1))


def _ids(entries: list[Entry]) -> list[int]:
    return [entry.pk for entry in entries]
