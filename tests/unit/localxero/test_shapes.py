"""The shape of every answer: which fields, in which order, as live answers of April 2026 had them.

One line is one kind of object: its fields in order. `?` stands behind a field that only some of them have.
"""

from collections.abc import Iterator
from typing import Any

import pytest

LINE = (
    "ItemCode? Description UnitAmount TaxType TaxAmount LineAmount AccountCode Item? Tracking Quantity LineItemID "
    "AccountID ValidationErrors"
)
LINE_OF_LIST = LINE.removesuffix(" ValidationErrors")
CONTACT = (
    "ContactID ContactNumber? ContactStatus Name FirstName? LastName? EmailAddress BankAccountDetails TaxNumber? Addresses "
    "Phones UpdatedDateUTC ContactGroups "
)
END_OF_CONTACT = "ContactPersons HasValidationErrors"
TRACKED = "SalesTrackingCategories PurchasesTrackingCategories "
IN_INVOICE = f"{CONTACT}IsSupplier IsCustomer DefaultCurrency? {TRACKED}{END_OF_CONTACT}"
IN_CREDIT_NOTE = f"{CONTACT}DefaultCurrency? {END_OF_CONTACT}"
IN_LIST = "ContactID Name Addresses Phones ContactGroups ContactPersons HasValidationErrors"
IN_ORDER = "ContactID ContactStatus Name FirstName? LastName? Addresses Phones UpdatedDateUTC ContactGroups "
AMOUNTS = "LineItems SubTotal TotalTax Total UpdatedDateUTC CurrencyCode"
DATES = "DateString Date DueDateString? DueDate? BrandingThemeID? Status LineAmountTypes"
INVOICE_START = (
    "Type InvoiceID InvoiceNumber Reference Payments? CreditNotes? Prepayments Overpayments AmountDue AmountPaid"
)
INVOICE_END = f"InvoicePaymentServices Contact {DATES} {AMOUNTS} FullyPaidOnDate?"
WRITTEN_INVOICE = f"{INVOICE_START} AmountCredited? SentToContact SentToEmailAddress? CurrencyRate IsDiscounted HasErrors {INVOICE_END}"
CREDIT_START = "CreditNoteID CreditNoteNumber Payments ID HasErrors CurrencyRate"
CREDIT_END = f"Contact DateString Date DueDateString? DueDate? BrandingThemeID? Status LineAmountTypes {AMOUNTS} FullyPaidOnDate?"
ORDER_START = (
    "PurchaseOrderID PurchaseOrderNumber DateString Date DeliveryDateString? DeliveryDate? DeliveryAddress? AttentionTo? "
    "Telephone? DeliveryInstructions? HasErrors IsDiscounted"
)
ORDER_END = (
    "Reference? Type CurrencyRate CurrencyCode Contact BrandingThemeID? Status LineAmountTypes LineItems SubTotal TotalTax "
    "Total UpdatedDateUTC"
)
ORDER_LINE = (
    "ItemCode? ItemID? Description UnitAmount TaxType? TaxAmount LineAmount AccountCode? Tracking Quantity LineItemID"
)
NAMED_INVOICE = (
    "Type? InvoiceID InvoiceNumber Payments CreditNotes Prepayments Overpayments IsDiscounted InvoiceAddresses HasErrors "
    "InvoicePaymentServices Contact? LineItems CurrencyCode?"
)
ACCOUNT_START = "AccountID Code Name Status Type TaxType Description? Class SystemAccount? EnablePaymentsToAccount ShowInExpenseClaims"
ACCOUNT_LIST = f"{ACCOUNT_START} BankAccountNumber? BankAccountType CurrencyCode? ReportingCode ReportingCodeName"
ITEM = (
    "ItemID Code Description? PurchaseDescription? UpdatedDateUTC PurchaseDetails SalesDetails Name IsTrackedAsInventory "
    "InventoryAssetAccountCode? TotalCostPool? QuantityOnHand? QuantityAvailable? QuantityOnBackOrder? IsSold IsPurchased"
)
PAYMENT = (
    "PaymentID Date BankAmount Amount Reference? CurrencyRate PaymentType Status UpdatedDateUTC HasAccount IsReconciled "
    "Account Invoice HasValidationErrors Warnings?"
)

SHAPES = {
    "list invoices": {
        "Invoices": f"{INVOICE_START} AmountCredited SentToContact? CurrencyRate? IsDiscounted HasAttachments "
        f"InvoiceAddresses HasErrors {INVOICE_END}",
        "Invoices.Contact": IN_LIST,
        "Invoices.LineItems": LINE_OF_LIST,
        "Invoices.LineItems.Tracking": "Name Option TrackingCategoryID Options",
        "Invoices.LineItems.Item": "ItemID Name Code",
        "Invoices.Payments": "PaymentID Date Amount Reference? CurrencyRate? HasAccount HasValidationErrors",
        "Invoices.CreditNotes": "CreditNoteID CreditNoteNumber ID HasErrors InvoiceAddresses AppliedAmount DateString "
        "Date LineItems Total",
    },
    "get an invoice": {
        "Invoices": f"{INVOICE_START} AmountCredited? SentToContact SentToEmailAddress? CurrencyRate? IsDiscounted "
        f"HasAttachments HasErrors Attachments {INVOICE_END}",
        "Invoices.Contact": IN_INVOICE,
        "Invoices.LineItems": LINE,
        "Invoices.LineItems.Tracking": "Name Option TrackingCategoryID TrackingOptionID",
    },
    "make an invoice": {"Invoices": WRITTEN_INVOICE, "Invoices.Contact": IN_INVOICE, "Invoices.LineItems": LINE},
    "change an invoice, each on its own": {"Invoices": f"{WRITTEN_INVOICE} StatusAttributeString"},
    "list credit notes": {
        "CreditNotes": f"{CREDIT_START} InvoiceAddresses Type Reference RemainingCredit Allocations HasAttachments {CREDIT_END}",
        "CreditNotes.Contact": IN_LIST,
        "CreditNotes.LineItems": LINE_OF_LIST,
        "CreditNotes.Allocations": "AllocationID Amount Date Invoice",
        "CreditNotes.Allocations.Invoice": NAMED_INVOICE,
    },
    "get a credit note": {
        "CreditNotes": f"{CREDIT_START} Type Reference RemainingCredit Allocations HasAttachments Attachments {CREDIT_END}",
        "CreditNotes.Contact": IN_CREDIT_NOTE,
        "CreditNotes.LineItems": LINE,
    },
    "make a credit note": {
        "CreditNotes": f"{CREDIT_START} Type Reference RemainingCredit Allocations {CREDIT_END}",
        "CreditNotes.Contact": IN_CREDIT_NOTE,
        "CreditNotes.LineItems": LINE,
    },
    "list purchase orders": {
        "PurchaseOrders": f"{ORDER_START} {ORDER_END} HasAttachments",
        "PurchaseOrders.Contact": f"{IN_ORDER}DefaultCurrency? {END_OF_CONTACT}",
        "PurchaseOrders.LineItems": ORDER_LINE.replace(" ItemID?", ""),
    },
    "get a purchase order": {
        "PurchaseOrders": f"{ORDER_START} SentToContact {ORDER_END} HasAttachments Attachments",
        "PurchaseOrders.Contact": f"{IN_ORDER}IsSupplier IsCustomer DefaultCurrency? {TRACKED}{END_OF_CONTACT}",
        "PurchaseOrders.LineItems": f"{ORDER_LINE} AccountID?",
    },
    "make a purchase order": {
        "PurchaseOrders": f"{ORDER_START} TotalDiscount SentToContact {ORDER_END}",
        "PurchaseOrders.LineItems": f"{ORDER_LINE} AccountID?",
    },
    "list payments": {
        "Payments": PAYMENT,
        "Payments.Account": "AccountID Code",
        "Payments.Invoice": NAMED_INVOICE,
        "Payments.Invoice.Contact": IN_LIST,
    },
    "get a payment": {
        "Payments": PAYMENT,
        "Payments.Account": "AccountID Code Name",
        "Payments.Invoice": WRITTEN_INVOICE,
        "Payments.Invoice.Contact": "ContactID Name ContactPersons HasValidationErrors",
        "Payments.Invoice.LineItems": LINE,
    },
    "make a payment": {"Payments": PAYMENT, "Payments.Invoice": WRITTEN_INVOICE, "Payments.Warnings": "Message"},
    "list contacts": {
        "Contacts": f"{CONTACT}IsSupplier IsCustomer DefaultCurrency? Balances? ContactPersons HasAttachments HasValidationErrors",
        "Contacts.Balances": "AccountsReceivable AccountsPayable",
        "Contacts.Balances.AccountsPayable": "Outstanding Overdue",
    },
    "get a contact": {
        "Contacts": f"{CONTACT}IsSupplier IsCustomer DefaultCurrency? Balances? ContactPersons HasAttachments Attachments "
        "HasValidationErrors",
    },
    "make a contact": {
        "Contacts": IN_INVOICE,
        "Contacts.Addresses": "AddressType City Region PostalCode Country",
        "Contacts.Phones": "PhoneType PhoneNumber PhoneAreaCode PhoneCountryCode",
    },
    "list items": {"Items": ITEM, "Items.SalesDetails": "UnitPrice? AccountCode? TaxType?"},
    "get an item": {"Items": f"{ITEM} ValidationErrors"},
    "make an item": {"Items": f"{ITEM} ValidationErrors"},
    "list accounts": {"Accounts": f"{ACCOUNT_LIST} HasAttachments UpdatedDateUTC AddToWatchlist"},
    "get a bank account": {"Accounts": f"{ACCOUNT_LIST} HasAttachments Attachments UpdatedDateUTC AddToWatchlist"},
    "make an account": {
        "Accounts": f"{ACCOUNT_START} ReportingCode ReportingCodeName UpdatedDateUTC AddToWatchlist",
    },
    "get the organisation": {
        "Organisations": "Name LegalName PaysTax Version OrganisationType BaseCurrency CountryCode IsDemoCompany "
        "OrganisationStatus RegistrationNumber? TaxNumber FinancialYearEndDay FinancialYearEndMonth SalesTaxBasis "
        "SalesTaxPeriod DefaultSalesTax DefaultPurchasesTax PeriodLockDate? EndOfYearLockDate? CreatedDateUTC "
        "OrganisationEntityType Timezone ShortCode OrganisationID Edition Class Addresses Phones ExternalLinks PaymentTerms",
    },
}
# What live answers to a write leave out, and what no answer has.
NEVER = {"UpdatedDateUTCString", "APIKey"}


@pytest.fixture
def answers(client, customer, xero, gb) -> dict[str, Any]:
    """Ask everything once, of books that hold something of each kind."""
    item = next(each.code for each in xero.books(gb).items.values() if not each.is_tracked and each.sales.unit_price)
    category = next(iter(xero.books(gb).tracking_categories.values()))
    tracking = [{"TrackingCategoryID": category.category_id, "TrackingOptionID": category.options[0].option_id}]
    line = {"Description": "Mug", "Quantity": 2, "UnitAmount": 10, "AccountCode": "200", "Tracking": tracking}
    sale = {"Contact": customer, "Date": "2026-11-18", "DueDate": "2026-12-18", "Status": "AUTHORISED"}
    said: dict[str, Any] = {}

    def ask(what, method, path, body=None):
        answer = client.request(method, path, json=body)
        assert answer.status_code == 200, (what, answer.text)
        said[what] = answer.json()
        return next(value for name, value in said[what].items() if isinstance(value, list))[0]

    lines = [line, {"ItemCode": item, "Quantity": 1}]
    made = ask("make an invoice", "PUT", "/Invoices", sale | {"Type": "ACCREC", "LineItems": lines})
    invoice = f"/Invoices/{made['InvoiceID']}"
    changed = {"Invoices": [{"InvoiceID": made["InvoiceID"], "Reference": "r", "SentToContact": True}]}
    ask("change an invoice, each on its own", "POST", "/Invoices?summarizeErrors=false", changed)
    paid = {"Invoice": {"InvoiceID": made["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": 1, "Date": "2026-11-17"}
    payment = ask("make a payment", "PUT", "/Payments", {"Payments": [paid]})
    note = ask("make a credit note", "PUT", "/CreditNotes", sale | {"Type": "ACCRECCREDIT", "LineItems": lines})
    credit = f"/CreditNotes/{note['CreditNoteID']}"
    ask("-", "PUT", f"{credit}/Allocations", {"Amount": 3, "Invoice": {"InvoiceID": made["InvoiceID"]}})
    bought = [line | {"AccountCode": "300"}, {"ItemCode": item, "Quantity": 1, "UnitAmount": 2}]
    order = ask("make a purchase order", "PUT", "/PurchaseOrders", {"Contact": customer, "LineItems": bought})
    contact = ask("make a contact", "PUT", "/Contacts", {"Name": "Plain Ltd"})
    made_item = ask("make an item", "PUT", "/Items", {"Code": "NEW-1", "Name": "New"})
    ask("make an account", "PUT", "/Accounts", {"Code": "9901", "Name": "Extra", "Type": "REVENUE"})
    for what, path in {
        "list invoices": "/Invoices?page=1",
        "get an invoice": invoice,
        "list credit notes": "/CreditNotes?page=1",
        "get a credit note": credit,
        "list purchase orders": "/PurchaseOrders",
        "get a purchase order": f"/PurchaseOrders/{order['PurchaseOrderID']}",
        "list payments": "/Payments",
        "get a payment": f"/Payments/{payment['PaymentID']}",
        "list contacts": "/Contacts?page=1",
        "get a contact": f"/Contacts/{contact['ContactID']}",
        "list items": "/Items",
        "get an item": f"/Items/{made_item['ItemID']}",
        "list accounts": "/Accounts",
        "get a bank account": "/Accounts/090",
        "get the organisation": "/Organisations",
    }.items():
        ask(what, "GET", path)
    return said


def objects(value: Any, path: str) -> Iterator[dict[str, Any]]:
    """Find the objects at a path such as Invoices.LineItems."""
    if isinstance(value, list):
        for each in value:
            yield from objects(each, path)
    elif not path:
        yield value
    else:
        name, _, rest = path.partition(".")
        if name in value:
            yield from objects(value[name], rest)


def differs(fields: list[str], shape: str) -> str:
    """Say how fields differ from a shape: missing, too many, in another order."""
    wanted = [each.rstrip("?") for each in shape.split()]
    missing = [each for each in shape.split() if not each.endswith("?") and each not in fields]
    extra = [each for each in fields if each not in wanted]
    order = [each for each in wanted if each in fields]
    words = [f"lacks {', '.join(missing)}"] if missing else []
    words += [f"has {', '.join(extra)}"] if extra else []
    return "; ".join(words) or ("" if fields == order else f"has them in another order: {' '.join(fields)}")


def test_every_answer_has_its_live_shape(answers):
    found = {}
    for what, shapes in SHAPES.items():
        for path, shape in shapes.items():
            seen = list(objects(answers[what], path))
            assert seen, f"{what}: nothing at {path}, so that nothing was compared"
            if wrong := sorted({differs(list(each), shape) for each in seen} - {""}):
                found[f"{what}: {path}"] = wrong
    assert found == {}


def test_what_no_live_answer_had_is_not_there(answers):
    for what, answer in answers.items():
        for plural in answer:
            names = {name for each in objects(answer, plural) if isinstance(each, dict) for name in each}
            assert not names & NEVER, what


def test_a_difference_is_seen():
    assert differs(["A", "B"], "A B C?") == ""
    assert differs(["B", "A"], "A B") == "has them in another order: B A"
    assert differs(["A", "X"], "A B") == "lacks B; has X"


def test_the_values_that_are_fixed(answers):
    (written,) = answers["make an invoice"]["Invoices"]
    assert "StatusAttributeString" not in written
    (each,) = answers["change an invoice, each on its own"]["Invoices"]
    assert (each["StatusAttributeString"], each["SentToEmailAddress"]) == ("OK", "")
    (payment,) = answers["make a payment"]["Payments"]
    assert payment["Warnings"] == [{"Message": "The payment date is prior to the invoice date."}]
    (item,) = answers["make an item"]["Items"]
    assert "+0000" not in item["UpdatedDateUTC"]
    (alone,) = answers["get an invoice"]["Invoices"]
    assert alone["Attachments"] == []
    owing = [each for each in answers["list contacts"]["Contacts"] if "Balances" in each]
    assert [each["Name"] for each in owing] == ["Custom Gateway Orders"]


def test_new_sales_have_the_default_theme_and_others_none(answers, client, customer, xero, gb):
    theme = min(xero.books(gb).branding_themes.values(), key=lambda each: each.sort_order).theme_id
    assert answers["make an invoice"]["Invoices"][0]["BrandingThemeID"] == theme
    assert answers["make a credit note"]["CreditNotes"][0]["BrandingThemeID"] == theme
    assert "BrandingThemeID" not in answers["make a purchase order"]["PurchaseOrders"][0]
    line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "300"}
    bill = client.put("/Invoices", json={"Type": "ACCPAY", "Contact": customer, "LineItems": [line]})
    assert "BrandingThemeID" not in bill.json()["Invoices"][0]


def test_an_account_is_changed_by_its_id_in_the_body(client, answers):
    (made,) = answers["make an account"]["Accounts"]
    body = {"Accounts": [{"AccountID": made["AccountID"], "Description": "told"}]}
    (changed,) = client.post("/Accounts", json=body).json()["Accounts"]
    assert (changed["AccountID"], changed["Description"], changed["Name"]) == (made["AccountID"], "told", "Extra")
    nobody = {"Accounts": [{"AccountID": "00000000-0000-4000-8000-000000000000", "Name": "x"}]}
    assert client.post("/Accounts", json=nobody).status_code == 404
