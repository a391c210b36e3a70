"""The button beside an explanation: where its action leads."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from daybook.companies.models import Company
from daybook.connections.models import Connection
from daybook.outbox.models import Entry, Kind
from daybook.xero import links

ANCHORS = {
    "settings:connection": "connect",
    "settings:accounts": "accounts",
    "settings:tax": "tax",
    "settings:contact": "contact",
    "settings:numbers": "numbers",
    "settings:stock": "stock",
    "settings:timing": "when",
}


@dataclass(frozen=True, slots=True)
class Button:
    """A link that helps."""

    text: str
    url: str
    leaves: bool = False
    """It opens Xero's own pages, in another tab."""


def button(
    action: str, company: Company, connection: Connection | None, *, entry: Entry | None = None
) -> Button | None:
    """Return the button of an explanation's action; None where the page has it already or there is nothing to press."""
    if action in ANCHORS:
        return Button("Open connection settings", _page("connection", company, f"#{ANCHORS[action]}"))
    if action == "costs":
        return Button("Open item costs", _page("costs", company))
    if action in {"order", "order:date"} and entry is not None:
        anchor = "#date" if action == "order:date" else ""
        return Button("Open the order", reverse("web:order", args=[company.public_id, entry.order.public_id]) + anchor)
    if action.startswith("xero:") and connection is not None and connection.short_code:
        return Button("Open Xero", _in_xero(action, company, connection, entry), leaves=True)
    return None


def document_in_xero(entry: Entry, connection: Connection | None) -> str:
    """Return the document's address in Xero, "" while it is not there or its organisation is not connected."""
    if connection is None or not entry.xero_id or not connection.short_code or connection.tenant_id != entry.tenant_id:
        return ""
    address = links.invoice if entry.kind == Kind.INVOICE else links.purchase_order
    return address(settings.XERO_LINK_BASE, connection.short_code, entry.xero_id)


def _in_xero(action: str, company: Company, connection: Connection, entry: Entry | None) -> str:
    base: str = settings.XERO_LINK_BASE
    contact_id = company.settings.contact_id
    if action == "xero:contact" and contact_id:
        return links.contact(base, connection.short_code, contact_id)
    return (document_in_xero(entry, connection) if entry is not None else "") or base


def _page(name: str, company: Company, anchor: str = "") -> str:
    return reverse(f"web:{name}", args=[company.public_id]) + anchor
