"""Every kind of answer against Xero's own OpenAPI file, where XERO_OPENAPI names it (github.com/XeroAPI/Xero-OpenAPI).

Known faults of that file: booleans have text as default, and nothing forbids unknown fields, so unknown ones are looked
for here, but for those that Xero sends and the file lacks.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from localxero import LocalXero
from localxero.testing import signed_in

FILE = os.environ.get("XERO_OPENAPI", "")
pytestmark = pytest.mark.skipif(not FILE, reason="XERO_OPENAPI does not name Xero's xero_accounting.yaml")

LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
TRACKED = {"Name": "Region", "Option": "North"}
# Sent by Xero in the file's own examples, or in the envelope, and declared nowhere.
UNDECLARED = {
    "": {"Id", "Status", "ProviderName", "DateTimeUTC"},
    "Invoice": {"DateString", "DueDateString", "RoundingAmount", "InvoicePaymentServices"},  # the last two seen live
    "PurchaseOrder": {
        "DateString",
        "DeliveryDateString",
        "ExpectedArrivalDateString",
        "HasErrors",
        "IsDiscounted",
        "Type",
    },
    "LineItem": {"ValidationErrors"},
    "CreditNote": {"DateString", "DueDateString", "ID"},
    "HistoryRecord": {"DateUTCString", "ValidationErrors"},
    "TrackingOption": {"HasValidationErrors", "IsDeleted", "IsArchived", "IsActive"},
    "Contact": {"HasValidationErrors", "HasAttachments"},
    "Error": set(),
}
ASKS = {
    "Organisations": ("GET", "/Organisation", None),
    "Actions": ("GET", "/Organisation/Actions", None),
    "Accounts": ("GET", "/Accounts", None),
    "TaxRates": ("GET", "/TaxRates", None),
    "Currencies": ("GET", "/Currencies", None),
    "Contacts": ("GET", "/Contacts?page=1", None),
    "Items": ("GET", "/Items", None),
    "Invoices": (
        "PUT",
        "/Invoices?summarizeErrors=false",
        {"Type": "ACCREC", "SentToContact": True, "DueDate": "2026-12-01"},
    ),
    "PurchaseOrders": ("PUT", "/PurchaseOrders", {"DeliveryDate": "2026-12-01", "ExpectedArrivalDate": "2026-12-01"}),
    "Error": ("PUT", "/Invoices", {"Type": "NOPE"}),
}


@pytest.fixture(scope="module")
def schemas():
    loader = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
    loader.yaml_implicit_resolvers = {
        key: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for key, resolvers in loader.yaml_implicit_resolvers.items()
    }
    return yaml.load(Path(FILE).read_text(), Loader=loader)["components"]["schemas"]  # noqa: S506 - a safe loader


@pytest.fixture(scope="module")
def client():
    xero = LocalXero(limits="off", start=datetime(2026, 11, 20, 12, tzinfo=UTC))
    with signed_in(xero, xero.tenant_id("GB")) as made:
        made.xero = xero
        yield made


@pytest.fixture(scope="module")
def company(client):
    return {
        "ContactID": client.xero.books(client.xero.tenant_id("GB")).contact_named("Custom Gateway Orders").contact_id
    }


@pytest.fixture
def approved(client, company):
    """Approve a document of that kind and return its id."""

    def send(plural, kind, id_field, **change):
        body = {"Type": kind, "Contact": company, "LineItems": [LINE], "DueDate": "2026-12-01", "Status": "AUTHORISED"}
        return client.put(f"/{plural}", json=body | change).json()[plural][0][id_field]

    return send


def check(answer, kind, schemas):
    assert answer.status_code in {200, 400}, answer.text
    root = {"$ref": f"#/components/schemas/{kind}", "components": {"schemas": schemas}}
    assert [error.message for error in jsonschema_rs.validator_for(root).iter_errors(answer.json())] == []
    assert sorted(undeclared(answer.json(), kind, schemas)) == []


@pytest.mark.parametrize("kind", ASKS)
def test_answers_keep_to_the_contract(client, schemas, company, kind):
    method, path, change = ASKS[kind]
    body = None if change is None else {"Contact": company, "LineItems": [LINE], **change}
    check(client.request(method, path, json=body), kind, schemas)


def test_settled_documents_keep_to_the_contract(client, schemas, approved):
    invoice_id = approved("Invoices", "ACCREC", "InvoiceID", LineItems=[LINE | {"Tracking": [TRACKED]}])
    credit_id = approved("CreditNotes", "ACCRECCREDIT", "CreditNoteID")
    named = {"Invoice": {"InvoiceID": invoice_id}, "Amount": 1, "Date": "2026-11-20"}
    check(client.put(f"/CreditNotes/{credit_id}/Allocations", json={"Allocations": [named]}), "Allocations", schemas)
    for amount in (2, 1000):
        body = named | {"Amount": amount, "Account": {"Code": "090"}}
        params = {"summarizeErrors": "false"}
        check(client.put("/Payments", json={"Payments": [body]}, params=params), "Payments", schemas)
    assert client.put(f"/Invoices/{invoice_id}/Attachments/a.txt", content=b"x").status_code == 200
    for path, kind in ((f"Invoices/{invoice_id}", "Invoices"), (f"CreditNotes/{credit_id}", "CreditNotes")):
        check(client.get(f"/{path}"), kind, schemas)
        check(client.get(f"/{path}/Attachments"), "Attachments", schemas)
        check(client.put(f"/{path}/History", json={"Details": "x"}), "HistoryRecords", schemas)
        check(client.get(f"/{path}/History"), "HistoryRecords", schemas)
    check(client.get(f"/Invoices/{invoice_id}/OnlineInvoice"), "OnlineInvoices", schemas)
    check(client.get("/Payments?page=1"), "Payments", schemas)
    check(client.get("/CreditNotes?page=1"), "CreditNotes", schemas)
    (made,) = client.get(f"/CreditNotes/{credit_id}").json()["CreditNotes"][0]["Allocations"]
    gone = client.delete(f"/CreditNotes/{credit_id}/Allocations/{made['AllocationID']}")
    check(gone, "Allocation", schemas)


def test_a_chart_keeps_to_the_contract(client, schemas):
    key = client.get("/TrackingCategories").json()["TrackingCategories"][0]["TrackingCategoryID"]
    rate = {"Name": "City", "ReportTaxType": "OUTPUT", "TaxComponents": [{"Name": "City", "Rate": 1}]}
    for answer, kind in (
        (client.put("/Accounts", json={"Code": "299", "Name": "More", "Type": "SALES"}), "Accounts"),
        (client.put("/TaxRates", json=rate), "TaxRates"),
        (client.get("/TrackingCategories"), "TrackingCategories"),
        (client.put(f"/TrackingCategories/{key}/Options", json={"Name": "Mars"}), "TrackingOptions"),
        (client.get("/BrandingThemes"), "BrandingThemes"),
        (client.get("/Contacts/C0001"), "Contacts"),
    ):
        check(answer, kind, schemas)


def undeclared(value, kind, schemas):
    """Find fields that the contract does not know, by walking answer and schema side by side."""
    found = set()
    properties = schemas[kind].get("properties", {})
    for name, inner in value.items():
        if name not in properties:
            if name not in UNDECLARED.get(kind, set()) | UNDECLARED[""] and kind != "Element":
                found.add(f"{kind}.{name}")
            continue
        schema = properties[name]
        target = (schema.get("items") or schema).get("$ref", "").rpartition("/")[2]
        if target:
            rows = inner if isinstance(inner, list) else [inner]
            for row in rows:
                if isinstance(row, dict):
                    found |= undeclared(row, target, schemas)
    return found
