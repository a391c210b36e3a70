"""PURE: what every document shares in Xero's spelling, to the byte. Decimals are exact JSON numbers, never floats.

Sources: xero-rules.md 2.2 (limits of one call), 4.2 (ContactID only), 5.1 and 5.4 (lines).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from daybook.documents.document import Document, Line
from daybook.ledgers.exchange import Written
from daybook.ledgers.xero import protocol

MAX_BYTES = 3_000_000
"""Of one body (xero-rules.md 2.2)."""
MAX_ELEMENTS = 50
"""In one call (xero-rules.md 2.2)."""

encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Resource:
    """One of Xero's lists, and how its elements are told apart."""

    name: str
    id_field: str
    number_field: str
    query: tuple[tuple[str, str], ...]
    """Of a creating call."""


def batch(
    resource: Resource,
    elements: Sequence[Mapping[str, Any]],
    extra: Mapping[str, str] | None = None,
    *,
    method: str = "PUT",
) -> Written:
    """Return the call that creates the first `elements`, as many as fit; `extra` goes into its query.

    `method`: POST changes those that are there.
    """
    written = [encoder.encode(element) for element in elements]
    taken = fitting([len(element) for element in written])
    body = b'{"%s":[%s]}' % (resource.name.encode(), b",".join(written[:taken]))
    ask = protocol.ask(f"/{resource.name}", dict(resource.query) | dict(extra or {}), method=method, body=body)
    return Written(ask, range(taken), range(taken, len(elements)))


def fitting(sizes: Sequence[int], most: int = MAX_BYTES) -> int:
    """Return how many of the first bodies, of these sizes in bytes, fit into one call; at least one."""
    total = 0
    for index, size in enumerate(sizes):
        total += size + 1  # the comma
        if total > most and index:
            return index
    return len(sizes)


def shared(document: Document, codes: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields that every document has; `codes` gives item codes in the organisation's own spelling.

    Only the ContactID is sent: more fields would change the contact (xero-rules.md 4.2).
    """
    return {
        "Contact": {"ContactID": document.contact_id},
        "Date": document.date.isoformat(),
        "LineAmountTypes": document.amount_type.value,
        "Reference": document.reference,
        "CurrencyCode": document.currency,
        "Status": document.status,
        "LineItems": [_line(line, codes) for line in document.lines],
    }


def _line(line: Line, codes: Mapping[str, str]) -> dict[str, Any]:
    """Absent is not null: a field that we do not decide is left to Xero's own default."""
    fields = {
        "Description": line.description,
        "Quantity": line.quantity,
        "UnitAmount": line.unit_amount,
        "LineAmount": line.line_amount if line.unit_amount is None else None,
        "DiscountAmount": line.discount_amount,
        "ItemCode": codes.get(line.item_code, line.item_code) or None,
        "AccountCode": line.account_code or None,
        "TaxType": line.tax_type,
        "TaxAmount": line.tax_amount,
        "Tracking": [{"Name": each.category, "Option": each.option} for each in line.tracking] or None,
    }
    return {name: value for name, value in fields.items() if value is not None}
