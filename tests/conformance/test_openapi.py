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
# Sent by Xero in the file's own examples, or in the envelope, and declared nowhere.
UNDECLARED = {
    "": {"Id", "Status", "ProviderName", "DateTimeUTC"},
    "Invoice": {"DateString", "DueDateString"},
    "PurchaseOrder": {
        "DateString",
        "DeliveryDateString",
        "ExpectedArrivalDateString",
        "HasErrors",
        "IsDiscounted",
        "Type",
    },
    "LineItem": {"ValidationErrors"},
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


@pytest.mark.parametrize("kind", ASKS)
def test_answers_keep_to_the_contract(client, schemas, kind):
    method, path, change = ASKS[kind]
    company = client.xero.books(client.xero.tenant_id("GB")).contact_named("Custom Gateway Orders").contact_id
    body = None if change is None else {"Contact": {"ContactID": company}, "LineItems": [LINE], **change}
    answer = client.request(method, path, json=body).json()
    root = {"$ref": f"#/components/schemas/{kind}", "components": {"schemas": schemas}}
    assert [error.message for error in jsonschema_rs.validator_for(root).iter_errors(answer)] == []
    assert sorted(undeclared(answer, kind, schemas)) == []


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
