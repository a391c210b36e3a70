"""What must be right before any line of a document is written."""

from collections.abc import Iterable
from datetime import date, timedelta

from daybook.documents.causes import Cause, Held
from daybook.documents.document import Document
from daybook.mapping import numbers
from daybook.mapping.orders import Order
from daybook.mapping.pricing import TOO_LARGE
from daybook.mapping.rules import MappingRules, ProcessMethod
from daybook.mapping.texts import is_writable, writable

_LONGEST_ITEM_CODE = 30


def check_order(order: Order, rules: MappingRules, *, number: str) -> None:
    """Raise Held where the order's number, currency or date cannot be used (xero-rules.md 5.1, 5.3, 5.7)."""
    if not numbers.is_usable(number):
        raise Held(Cause.REF_UNUSABLE, order.ref[:255])
    if order.currency not in rules.currencies:
        raise Held(Cause.CURRENCY_NOT_ENABLED, order.currency)
    if rules.lock_date is not None and order.document_date <= rules.lock_date:
        detail = f"The document would be dated {order.document_date}; the books are locked up to {rules.lock_date}."
        raise Held(Cause.PERIOD_LOCKED, str(order.document_date), detail)
    if rules.latest_date is not None and order.document_date > rules.latest_date:
        raise Held(Cause.DATE_IN_FUTURE, str(order.document_date))


def first_open(day: date, rules: MappingRules) -> date:
    """Return the day, or the first behind it on which the books are open."""
    return day if rules.lock_date is None or day > rules.lock_date else rules.lock_date + timedelta(days=1)


def check_settings(rules: MappingRules, fields: Iterable[str]) -> None:
    """Raise Held, naming the field of MappingRules, where one that this document needs is empty."""
    tracked = ("cogs_account", "inventory_account") if rules.process_method is ProcessMethod.TRACKED else ()
    for field in (*fields, *tracked):
        if not getattr(rules, field):
            raise Held(Cause.SETTINGS_INCOMPLETE, field)


def check_item(sku: str, rules: MappingRules, *, line: str) -> None:
    """Raise Held where a SKU cannot be a tracked item of the organisation (xero-rules.md 5.5); `line` names the line."""
    if not sku:
        raise Held(Cause.SKU_MISSING, line)
    if len(sku) > _LONGEST_ITEM_CODE:
        raise Held(Cause.SKU_TOO_LONG, sku)
    if not is_writable(sku):
        raise Held(Cause.SKU_UNUSABLE, writable(sku))
    facts = rules.items.get(sku)
    if facts is not None and not facts.is_tracked:
        raise Held(Cause.ITEM_NOT_TRACKED, sku)


def check_size(document: Document) -> None:
    """Raise Held where a finished document is beyond what the ledger takes (xero-rules.md 5.1)."""
    if document.totals.gross >= TOO_LARGE:
        raise Held(Cause.AMOUNT_TOO_LARGE, detail=f"The document comes to {document.totals.gross:.2f}.")


def payment_terms(rules: MappingRules) -> timedelta:
    """Return how long after its date an invoice is due."""
    return timedelta(days=rules.payment_terms_days)
