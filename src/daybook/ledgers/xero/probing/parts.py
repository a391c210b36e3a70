"""PURE: what probes write, in Xero's spelling: small documents over 10, without tax unless that is the question."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from daybook.ledgers.probing import Facts

Element = Mapping[str, Any]
TEN = Decimal(10)
INVOICES_SCOPE = frozenset({"accounting.invoices"})
PAYMENTS_SCOPE = INVOICES_SCOPE | {"accounting.payments"}
CONTACTS_SCOPE = INVOICES_SCOPE | {"accounting.contacts"}


def line(account: str, amount: Decimal = TEN, **change: Any) -> dict[str, Any]:
    """Return one line: a piece at `amount`."""
    found = {"Description": "Daybook probe", "Quantity": 1, "UnitAmount": amount, "AccountCode": account} | change
    return {name: value for name, value in found.items() if value is not None}


def sale(facts: Facts, number: str, **change: Any) -> dict[str, Any]:
    """Return a draft sales invoice over 10."""
    return {
        "Type": "ACCREC",
        "InvoiceNumber": number,
        "Contact": {"ContactID": facts["contact"]},
        "Date": facts["today"],
        "DueDate": facts["today"],
        "LineAmountTypes": "NoTax",
        "Status": "DRAFT",
        "LineItems": [line(facts["sales"])],
    } | change


def approved(facts: Facts, number: str, **change: Any) -> dict[str, Any]:
    """Return an approved sales invoice over 10."""
    return sale(facts, number, Status="AUTHORISED", **change)


def bill(facts: Facts, number: str, **change: Any) -> dict[str, Any]:
    """Return a draft bill over 10."""
    return sale(facts, number, Type="ACCPAY", **{"LineItems": [line(facts["expenses"])]} | change)


def note(facts: Facts, number: str, **change: Any) -> dict[str, Any]:
    """Return a draft credit note for a customer over 10."""
    made = sale(facts, number, **{"Type": "ACCRECCREDIT"} | change)
    del made["InvoiceNumber"], made["DueDate"]
    return made | {"CreditNoteNumber": number}


def order(facts: Facts, number: str, **change: Any) -> dict[str, Any]:
    """Return a draft purchase order over 10."""
    made = sale(facts, number, **{"LineItems": [line(facts["expenses"])]} | change)
    del made["InvoiceNumber"], made["DueDate"], made["Type"]
    return made | {"PurchaseOrderNumber": number}


def item(facts: Facts, code: str) -> dict[str, Any]:
    """Return an item that Xero keeps stock of, at 3 apiece."""
    return {
        "Code": code,
        "Name": "Daybook probe",
        "InventoryAssetAccountCode": facts["stock"],
        "PurchaseDetails": {"UnitPrice": 3, "COGSAccountCode": facts["costs"]},
        "SalesDetails": {"UnitPrice": 10, "AccountCode": facts["sales"]},
    }


def payment(account_id: str, day: str, amount: Decimal, **target: Any) -> dict[str, Any]:
    """Return a payment into an account."""
    return {"Account": {"AccountID": account_id}, "Date": day, "Amount": amount, "Reference": "Daybook probe"} | target


def before(facts: Facts, days: int) -> str:
    """Return the day so many days before today, there."""
    return (date.fromisoformat(facts["today"]) - timedelta(days)).isoformat()
