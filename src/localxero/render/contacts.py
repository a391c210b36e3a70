"""PURE: contacts -> the JSON Xero answers with; see render."""

from collections.abc import Mapping
from datetime import date

import msgspec

from localkit.json_values import Json, given
from localxero.books import PAYABLE, Books
from localxero.books.arithmetic import ZERO
from localxero.books.records import Contact
from localxero.render.values import moment

PHONE_TYPES = ("DEFAULT", "DDI", "FAX", "MOBILE")
ADDRESS_TYPES = ("STREET", "POBOX")
_ADDRESS = {"City": "", "Region": "", "PostalCode": "", "Country": ""}
_PHONE = {"PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}
# What summaryOnly=true leaves out (Xero's page on contacts).
NOT_IN_SUMMARY = (
    "Addresses",
    "ContactGroups",
    "ContactPersons",
    "Balances",
    "IsCustomer",
    "IsSupplier",
    "PurchasesDefaultAccountCode",
    "PurchasesTrackingCategories",
    "SalesDefaultAccountCode",
    "SalesTrackingCategories",
)


def contact(record: Contact, books: Books, *, today: date, files: Json | None = None) -> Json:
    """Render a contact as /Contacts shows it, with what it owes and is owed; `files` where it is shown alone."""
    return {
        **_start(record),
        **_places(record),
        "UpdatedDateUTC": moment(record.updated_ms),
        "ContactGroups": [],
        **_roles(record, books),
        **_defaults(record),
        **{name: shown for name, shown in _tracking(record).items() if shown},
        **balances(record.contact_id, books, today),
        "ContactPersons": _persons(record),
        "HasAttachments": record.contact_id in books.attachments,
        **(files or {}),
        **given(MergedToContactID=record.merged_to),
        "HasValidationErrors": False,
    }


def contact_in_document(record: Contact, books: Books) -> Json:
    """Render a contact in an invoice, and in the answer to a write of its own."""
    return {
        **_start(record),
        **_places(record),
        "UpdatedDateUTC": moment(record.updated_ms),
        "ContactGroups": [],
        **_roles(record, books),
        **_defaults(record),
        **_tracking(record),
        "ContactPersons": _persons(record),
        **given(MergedToContactID=record.merged_to),
        "HasValidationErrors": False,
    }


def contact_in_credit_note(record: Contact) -> Json:
    """Render a contact in a credit note, which does not say whether it is a customer or a supplier."""
    return {
        **_start(record),
        **_places(record),
        "UpdatedDateUTC": moment(record.updated_ms),
        "ContactGroups": [],
        **_defaults(record),
        "ContactPersons": _persons(record),
        **given(MergedToContactID=record.merged_to),
        "HasValidationErrors": False,
    }


def _start(record: Contact) -> Json:
    return {
        "ContactID": record.contact_id,
        **given(ContactNumber=record.contact_number, AccountNumber=record.account_number),
        "ContactStatus": record.status,
        "Name": record.name,
        **given(FirstName=record.first_name, LastName=record.last_name, CompanyNumber=record.company_number),
        "EmailAddress": record.email_address,
        "BankAccountDetails": record.bank_account_details,
        **given(
            TaxNumber=record.tax_number,
            TaxNumberType=record.tax_number_type,
            AccountsReceivableTaxType=record.accounts_receivable_tax_type,
            AccountsPayableTaxType=record.accounts_payable_tax_type,
        ),
    }


def _places(record: Contact) -> Json:
    addresses = {address.address_type: address for address in record.addresses}
    phones = {phone.phone_type: phone for phone in record.phones}
    return {
        "Addresses": [_row(addresses.get(kind), kind, "AddressType", _ADDRESS) for kind in ADDRESS_TYPES],
        "Phones": [_row(phones.get(kind), kind, "PhoneType", _PHONE) for kind in PHONE_TYPES],
    }


def _roles(record: Contact, books: Books) -> Json:
    return {
        "IsSupplier": record.contact_id in books.suppliers,
        "IsCustomer": record.contact_id in books.customers,
    }


def _persons(record: Contact) -> list[Json]:
    return [msgspec.to_builtins(each) for each in record.persons]


def _defaults(record: Contact) -> Json:
    """Render what a contact's documents would start with."""
    return {
        **given(
            DefaultCurrency=record.default_currency,
            SalesDefaultAccountCode=record.sales_default_account_code,
            PurchasesDefaultAccountCode=record.purchases_default_account_code,
            SalesDefaultLineAmountType=record.sales_default_line_amount_type,
            PurchasesDefaultLineAmountType=record.purchases_default_line_amount_type,
            XeroNetworkKey=record.xero_network_key,
        ),
        **({"PaymentTerms": _given(record.payment_terms)} if record.payment_terms else {}),
        **({"BatchPayments": _given(record.batch_payments)} if record.batch_payments else {}),
    }


def _tracking(record: Contact) -> Json:
    return {
        "SalesTrackingCategories": [_given(each) for each in record.sales_tracking],
        "PurchasesTrackingCategories": [_given(each) for each in record.purchases_tracking],
    }


def _given(record: msgspec.Struct) -> Json:
    """Render a part of a contact without what it does not say."""
    shown = {name: value for name, value in msgspec.to_builtins(record).items() if value is not None}
    return {
        name: {key: each for key, each in value.items() if each is not None} if isinstance(value, dict) else value
        for name, value in shown.items()
    }


def _row(record: msgspec.Struct | None, kind: str, key: str, empty: Mapping[str, str]) -> Json:
    if record is None:
        return {key: kind, **empty}
    told = {name: value for name, value in msgspec.to_builtins(record).items() if value or name in empty}
    return {key: kind, **told}


def contact_in_order(record: Contact, books: Books, *, short: bool) -> Json:
    """Render a contact in a purchase order: no addresses, and only the telephone numbers there are (seen live in 2026)."""
    return {
        "ContactID": record.contact_id,
        "ContactStatus": record.status,
        "Name": record.name,
        **given(FirstName=record.first_name, LastName=record.last_name),
        "Addresses": [],
        "Phones": [_row(each, each.phone_type, "PhoneType", _PHONE) for each in record.phones],
        "UpdatedDateUTC": moment(record.updated_ms),
        "ContactGroups": [],
        **({} if short else _roles(record, books)),
        **given(DefaultCurrency=record.default_currency),
        **({} if short else _tracking(record)),
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def contact_short(record: Contact) -> Json:
    """Render a contact inside a document of a list."""
    return {
        "ContactID": record.contact_id,
        "Name": record.name,
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def contact_named(record: Contact) -> Json:
    """Render a contact in the invoice that a single payment pays."""
    return {
        "ContactID": record.contact_id,
        "Name": record.name,
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def contact_summary(record: Contact, books: Books, *, today: date) -> Json:
    """Render a contact for summaryOnly=true."""
    whole = contact(record, books, today=today)
    return {name: value for name, value in whole.items() if name not in NOT_IN_SUMMARY}


def balances(contact_id: str, books: Books, today: date) -> Json:
    """Say what a contact owes and is owed, all of it and what is overdue; nothing where nothing is (likely)."""
    sums = {kind: {"Outstanding": ZERO, "Overdue": ZERO} for kind in ("AccountsReceivable", "AccountsPayable")}
    for key in books.invoices_of.get(contact_id, ()):
        each = books.invoices[key]
        if each.status == "AUTHORISED":
            row = sums["AccountsPayable" if each.type == PAYABLE else "AccountsReceivable"]
            row["Outstanding"] += each.amount_due
            row["Overdue"] += each.amount_due if each.due_date and each.due_date < today else ZERO
    return {"Balances": sums} if any(row["Outstanding"] for row in sums.values()) else {}
