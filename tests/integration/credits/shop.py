"""A shop that gives money back, and what the local Xero's books hold of it."""

import json
from decimal import Decimal

from django.db import connection as database

from daybook.connections.models import LineAccount, PostingSettings
from daybook.intake import prepare
from daybook.orders.models import Order
from daybook.outbox import wake
from daybook.outbox.models import Entry
from localxero import LocalXero
from tests.integration.payments.shop import look, map_gateway, post, send
from tests.world import Cast, connected

__all__ = ["look", "post", "send"]
MUG = {"id": "m", "sku": "MUG", "description": "Mug", "quantity": 3, "unit_price": "10", "tax_rate": "0.2"}
CAP = {"id": "c", "sku": "CAP", "description": "Cap", "quantity": 1, "unit_price": "20", "tax_rate": "0"}
CARRIAGE = {"price": "5", "tax_rate": "0.2"}
WHOLE = Decimal("62.00")
"""What the order comes to: 36.00 for the mugs, 20.00 for the cap, 6.00 for carriage."""


def opened(
    xero: LocalXero,
    name: str = "Acme",
    *,
    status: str = "AUTHORISED",
    tracked: bool = False,
    payments: bool = False,
    untouched: bool = False,
) -> Cast:
    """Connect a company that posts credit notes, and where it says so payments."""
    cast = connected(xero, name, tracked=tracked, untouched=untouched)
    settings = PostingSettings.objects.filter(connection=cast.connection)
    settings.update(post_credit_notes=True, post_payments=payments, document_status=status)
    if payments:
        map_gateway(cast, "stripe")
    for kind, account in (("goodwill", "429"), ("excess", "429")):
        LineAccount.objects.create(connection=cast.connection, kind=kind, account=account, tax_type="NONE")
    return cast


def order(ref: str, *refunds: dict, **more: object) -> dict:
    return {
        "source": "shop", "id": ref, "number": ref, "currency": "GBP", "dispatched": True,
        "ordered_at": "2026-03-01T10:00:00Z", "dispatched_at": "2026-03-02T10:00:00Z",
        "lines": [MUG, CAP], "shipping": CARRIAGE, "refunds": list(refunds), **more,
    }  # fmt: skip


def refund(refund_id: str = "r1", **more: object) -> dict:
    return {"id": refund_id, "at": "2026-03-05T10:00:00Z", "reason": "Broken", **more}


def of_line(line: str, quantity: object, **more: object) -> dict:
    return {"line": line, "quantity": quantity, **more}


def paid(amount: str = "62.00", payment_id: str = "ch_1", **more: object) -> dict:
    return {"id": payment_id, "at": "2026-03-01T10:00:05Z", "amount": amount, "gateway": "stripe", **more}


def notes(cast: Cast) -> list[dict]:
    """The credit notes of ours in the books."""
    return [each for each in cast.books("CreditNotes")["CreditNotes"] if "[db:" in (each.get("Reference") or "")]


def entry(cast: Cast, kind: str, key: str | None = None) -> Entry:
    mine = Entry.objects.filter(company=cast.company, kind=kind)
    return (mine if key is None else mine.filter(key=key)).order_by("-pk")[:1].get()


def order_of(cast: Cast, ref: str) -> Order:
    return Order.objects.get(company=cast.company, source_id=ref)


def owed(cast: Cast) -> Decimal:
    """What customers owe, over all invoices and credit notes of ours."""
    due = sum((Decimal(str(each["AmountDue"])) for each in cast.invoices()), Decimal(0))
    return due - sum((Decimal(str(each["RemainingCredit"])) for each in notes(cast)), Decimal(0))


def settle(cast: Cast, times: int = 3) -> None:
    """Post until nothing waits any more: invoices, then notes, then what settles them; look at orders again that were woken."""
    for _ in range(times):
        post(cast)
        with database.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s RETURNING args", [wake.PREPARE_ORDER])
            woken = [json.loads(args) if isinstance(args, str) else args for (args,) in cursor.fetchall()]
        if not woken and not Entry.objects.filter(company=cast.company, state="ready").exists():
            return
        for args in woken:
            prepare.prepare(args["order_id"])
