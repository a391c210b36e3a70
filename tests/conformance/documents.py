"""The documents that tests send: small, complete, approved, and changed where a test says so."""

import datetime as dt
from decimal import Decimal

from xero_python.accounting import (
    Account,
    Allocation,
    Allocations,
    CreditNote,
    CreditNotes,
    Invoice,
    Invoices,
    LineAmountTypes,
    LineItem,
    Payment,
    Payments,
    PurchaseOrder,
    PurchaseOrders,
)

TODAY = dt.date(2026, 11, 20)
DUE = dt.date(2026, 12, 20)
NOBODY = "00000000-0000-4000-8000-000000000000"


def line(**change):
    """100.00 of sales, on which are 20.00 tax."""
    fields = {"description": "Mug", "quantity": Decimal(1), "unit_amount": Decimal(100), "account_code": "200"}
    return LineItem(**(fields | change))


def invoice(contact, **change):
    """120.00 due from a customer, or to a supplier where the type is ACCPAY."""
    account = "300" if change.get("type") == "ACCPAY" else "200"
    fields = {"type": "ACCREC", "status": "AUTHORISED", "date": TODAY, "due_date": DUE}
    fields |= {"line_items": [line(account_code=account)], "line_amount_types": LineAmountTypes.EXCLUSIVE}
    return Invoice(contact=contact, **(fields | change))


def invoices(*each):
    return Invoices(invoices=list(each))


def credit_note(contact, **change):
    """120.00 back to a customer."""
    fields = {"type": "ACCRECCREDIT", "status": "AUTHORISED", "date": TODAY, "line_items": [line()]}
    return CreditNote(contact=contact, **(fields | change))


def credit_notes(*each):
    return CreditNotes(credit_notes=list(each))


def allocation(invoice_id, amount):
    return Allocations(
        allocations=[Allocation(invoice=Invoice(invoice_id=invoice_id), amount=Decimal(amount), date=TODAY)]
    )


def payment(invoice_id, amount, **change):
    """Money into the bank account 090."""
    fields = {"invoice": Invoice(invoice_id=invoice_id), "account": Account(code="090"), "date": TODAY}
    return Payment(amount=Decimal(amount), **(fields | change))


def payments(*each):
    return Payments(payments=list(each))


def order(contact, **change):
    """An order over 100.00 and tax to a supplier."""
    fields = {"status": "AUTHORISED", "date": TODAY, "line_items": [line(account_code="300")]}
    return PurchaseOrder(contact=contact, **(fields | change))


def orders(*each):
    return PurchaseOrders(purchase_orders=list(each))
