"""A shop whose orders are paid by gateways, and what it takes to have its money posted."""

from datetime import timedelta

from daybook.catalog import refresh
from daybook.catalog.models import Account
from daybook.connections.models import Connection, Gateway, PostingSettings
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.reconciliation.resolve import Patience, resolve
from localxero import LocalXero
from tests.world import Cast, connected

PATIENCE = Patience(call_timeout=timedelta(seconds=10), look_after=timedelta(seconds=120))
CLEARING = "090"
"""A bank account of the local Xero's chart."""


def opened(xero: LocalXero, name: str = "Acme", *, status: str = "AUTHORISED", untouched: bool = False) -> Cast:
    """Connect a company that posts payments."""
    cast = connected(xero, name, untouched=untouched)
    PostingSettings.objects.filter(connection=cast.connection).update(post_payments=True, document_status=status)
    map_gateway(cast, "stripe")
    return cast


def account_of(cast: Cast, code: str = CLEARING) -> Account:
    return Account.objects.get(organisation=cast.connection.organisation, code=code)


def map_gateway(cast: Cast, name: str, *, currency: str = "GBP", code: str = CLEARING) -> None:
    Gateway.objects.update_or_create(
        connection=cast.connection,
        source="",
        name=name,
        currency=currency,
        defaults={"account_id": account_of(cast, code).account_id},
    )


def order(ref: str, *payments: dict, gross: str = "15.00", **more: object) -> dict:
    """Return a dispatched order of one line that comes to `gross`, at 20 % tax."""
    line = {
        "id": "1",
        "sku": "MUG",
        "description": "Mug",
        "quantity": 1,
        "unit_price_inc_tax": gross,
        "tax_rate": "0.2",
    }
    return {
        "source": "shop", "id": ref, "number": ref, "currency": "GBP", "dispatched": True,
        "ordered_at": "2026-03-01T10:00:00Z", "dispatched_at": "2026-03-02T10:00:00Z", "lines": [line],
        "payments": list(payments), **more,
    }  # fmt: skip


def paid(amount: str = "15.00", payment_id: str = "ch_1", **more: object) -> dict:
    return {"id": payment_id, "at": "2026-03-01T10:00:05Z", "amount": amount, "gateway": "stripe", **more}


def send(cast: Cast, *orders: dict) -> None:
    for each in orders:
        receipt = receive(cast.company, each)
        assert not receipt.problems, receipt.problems


def post(cast: Cast) -> None:
    """Let time pass until everything that may go has gone."""
    Connection.objects.filter(pk=cast.connection.pk).update(paused_until=None)
    ready = Entry.objects.filter(company=cast.company, state="ready")
    ready.update(state_since=clock.now() - timedelta(minutes=10))
    drain.drain(cast.connection.pk, cast.client)


def look(cast: Cast, *, hours: float = 1) -> int:
    """Look, so much later, at what nobody knows the outcome of."""
    Connection.objects.filter(pk=cast.connection.pk).update(paused_until=None)
    return resolve(cast.client, now=clock.now() + timedelta(hours=hours), patience=PATIENCE)


def read_lists(cast: Cast) -> None:
    refresh.refresh(cast.connection, client=cast.client)


def payments(cast: Cast, *, live: bool = True) -> list[dict]:
    """What the books hold, of this company's sales."""
    numbers = {each["InvoiceID"]: each["InvoiceNumber"] for each in cast.invoices()}
    rows = [each for each in cast.books("Payments")["Payments"] if each["Invoice"].get("InvoiceID") in numbers]
    return [each for each in rows if not live or each["Status"] == "AUTHORISED"]


def states(cast: Cast, kind: str = "payment") -> list[tuple[str, str]]:
    return list(Entry.objects.filter(company=cast.company, kind=kind).order_by("pk").values_list("state", "cause"))
