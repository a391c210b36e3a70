"""A company that has sold, been paid, given back and received files: something to show on every page after the sale."""

from django.urls import reverse

from daybook.companies.models import Person
from daybook.connections import roster
from daybook.feeds import opening
from daybook.intake import file_taking
from daybook.intake.receive import receive
from daybook.orders.models import Delivery, Order
from daybook.outbox.models import Entry
from localxero import LocalXero
from tests.integration.credits.shop import of_line, opened, order, paid, refund, settle
from tests.journeys.test_uploading_a_spreadsheet import SHEET
from tests.world import Cast

OWED = {"name": "Reverse charge", "rate": "0", "amount": "0", "liable": "customer"}


def after_the_sale(xero: LocalXero) -> Cast:
    """Sales with payments, refunds, several countries and rates; some went, some wait, some were refused."""
    cast = opened(xero, payments=True)
    payout = {"fee": "0.90", "payout": {"id": "po_1", "date": "2026-03-06"}}
    receive(cast.company, order("1001", payments=[paid(**payout)]))
    receive(cast.company, order("1002", payments=[paid(payment_id="ch_2")]))
    receive(cast.company, order("1003", payments=[paid(payment_id="PP-3", gateway="PayPal")]))
    settle(cast)
    gives_back = refund(lines=[of_line("m", 1, returned=True)])
    receive(cast.company, order("1001", gives_back, payments=[paid(**payout)]))
    receive(cast.company, order("1002", refund(reason="Broken in the post"), payments=[paid(payment_id="ch_2")]))
    receive(cast.company, order("1004", payments=[paid(payment_id="ch_4")], dispatched=False))
    receive(cast.company, to_france("1005"))
    receive(cast.company, order("1006", refund(lines=[of_line("m", 3), of_line("c", 1)], shipping={"gross": "6.00"})))
    settle(cast)
    return cast


def to_france(ref: str) -> dict[str, object]:
    """Return an order whose tax the customer owes: a line that only a rule decides."""
    line = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "25", "tax_rate": "0"}
    customer = {"name": "Atelier", "vat_number": "FR123"}
    return order(ref) | {
        "lines": [line | {"taxes": [OWED]}],
        "shipping_address": {"country_code": "FR"},
        "customer": customer,
    }


def pages(cast: Cast, by: Person) -> list[str]:
    """Add feeds, an uploaded file, a refused delivery, order files and mail; return the addresses of all new pages."""
    company = cast.company
    sheet = opening.add(company, "table", "webshop", "W-", by)
    shown = file_taking.keep_upload(sheet, "november.csv", lambda: [SHEET], by)
    receive(company, {"source": "shop", "id": "bad", "number": "bad", "currency": "pounds", "lines": []})
    refused = Delivery.objects.filter(company=company, result="refused").latest("pk")
    kornitx = opening.add(company, "kornitx", "wall", "K-", by)
    added = [roster.add(company, by, ledger=ledger).public_id for ledger in ("files", "mail")]
    orders = {each.ref: each.public_id for each in Order.objects.filter(company=company)}
    documents = Entry.objects.filter(company=company)
    named = [
        *(
            (name, [])
            for name in ("payments", "payments-month", "reconciliation", "log", "rules", "rule-new", "filesin")
        ),
        *(("rule-set", [name]) for name in ("uk", "oss", "us", "marketplace")),
        ("filesin-feed", [sheet.public_id]),
        ("filesin-file", [shown.public_id]),
        ("delivery", [refused.pk]),
        ("feed-page", [kornitx.public_id]),
        *(("order", [orders[ref]]) for ref in ("1001", "1002", "1005", "1006")),
        *(("document", [each.public_id]) for each in documents.exclude(kind="invoice")),
    ]
    return [
        *(reverse(f"web:{name}", args=[company.public_id, *more]) for name, more in named),
        f"{reverse('web:order-refund', args=[company.public_id, orders['1002']])}?refund=r1",
        f"{reverse('web:dryrun', args=[company.public_id])}?of=last&count=20",
        f"{reverse('web:rules', args=[company.public_id])}?order={orders['1005']}#try",
        f"{reverse('web:document-cancel', args=[company.public_id, documents.get(cause='gateway_not_mapped').public_id])}",
        *(reverse("web:connection", args=[company.public_id, each]) for each in added),
    ]
