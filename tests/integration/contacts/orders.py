"""Orders of customers, and who the books say they are of."""

from datetime import timedelta
from typing import Any

from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.posting import drain
from tests.world import Cast

LINE = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2"}
JO = {"id": "1001", "name": "Jo Bloggs", "email": "jo@example.com"}


def an_order(number: str, customer: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A dispatched order of one mug."""
    order = {
        "source": "shop",
        "id": number,
        "number": number,
        "currency": "GBP",
        "dispatched": True,
        "dispatched_at": "2026-03-02T10:00:00Z",
        "customer": JO if customer is None else customer,
        "lines": [LINE],
    }
    return order | more


def post(cast: Cast) -> None:
    """Post what waits, as a worker does once the linger is over."""
    Entry.objects.filter(state="ready").update(state_since=clock.now() - timedelta(minutes=30))
    cast.connection.__class__.objects.filter(pk=cast.connection.pk).update(paused_until=None, post_at=None)
    drain.drain(cast.connection.pk, cast.client)


def contacts(cast: Cast, **told: str) -> list[dict[str, Any]]:
    """The contacts in the books of which this holds."""
    return [
        each
        for each in cast.books("Contacts")["Contacts"]
        if all(each.get(name) == said for name, said in told.items())
    ]


def made(cast: Cast) -> list[dict[str, Any]]:
    """The contacts that Daybook made."""
    return [each for each in cast.books("Contacts")["Contacts"] if (each.get("ContactNumber") or "").startswith("db-")]


def names_of(cast: Cast) -> dict[str, str]:
    """By number of an invoice of ours, who it is for."""
    return {invoice["InvoiceNumber"]: invoice["Contact"]["Name"] for invoice in cast.invoices()}


def stands(number: str) -> tuple[str, str]:
    """State and cause of a document."""
    return Entry.objects.values_list("state", "cause").get(number=number)
