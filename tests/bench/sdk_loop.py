"""Run as a program: what anybody would write first, a plain loop with Xero's own SDK, one invoice a call.

    python -m tests.bench.sdk_loop URL TENANT FIRST COUNT

The orders are those that Daybook is sent. Prints one line of JSON: seconds, and the CPU that this process spent.
"""

import json
import sys
import time
from datetime import date
from decimal import Decimal
from typing import Any

from xero_python.accounting import AccountingApi, Contact, CurrencyCode, Invoice, Invoices, LineAmountTypes, LineItem
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi

from tests.bench.bench_house import an_order
from tests.chaos import world

TAX = {"0.2": "OUTPUT2", "0": "ZERORATEDOUTPUT"}


def main() -> None:
    url, tenant, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    accounting, contact = connected(url, tenant)
    orders = [an_order(serial) for serial in range(first, first + count)]
    begun, spent = time.perf_counter(), time.process_time()
    for order in orders:
        made = accounting.create_invoices(tenant, Invoices(invoices=[invoice(order, contact)]), unitdp=4)
        assert made.invoices[0].invoice_id
    print(json.dumps({"seconds": time.perf_counter() - begun, "cpu": time.process_time() - spent}))


def connected(url: str, tenant: str) -> tuple[AccountingApi, str]:
    """Return the SDK, signed in, and the contact that the invoices go to."""
    TokenApi.refresh_token_url = f"{url}/connect/token"
    kept = world.asked(f"{url}/_local/sign-in", {"tenant_ids": [tenant]})
    kept["scope"] = kept["scope"].split()
    configuration = Configuration(oauth2_token=OAuth2Token(client_id="client", client_secret="secret"))
    client = ApiClient(configuration, oauth2_token_saver=kept.update, oauth2_token_getter=lambda: kept)
    contacts = world.asked(f"{url}/_local/books/{tenant}")["Contacts"]
    customer = next(each["ContactID"] for each in contacts if each["Name"] == "Custom Gateway Orders")
    return AccountingApi(client, base_url=f"{url}/api.xro/2.0"), customer


def invoice(order: dict[str, Any], contact: str) -> Invoice:
    """Write an order as an invoice, net amounts, its carriage as a line."""
    day = date.fromisoformat(order["dispatched_at"][:10])
    carriage = {**order["shipping"], "description": "Shipping", "quantity": 1, "unit_price": order["shipping"]["price"]}
    return Invoice(
        type="ACCREC",
        contact=Contact(contact_id=contact),
        invoice_number=f"LOOP-{order['number']}",
        reference=order["external_ref"],
        date=day,
        due_date=day,
        currency_code=CurrencyCode(order["currency"]),
        status="AUTHORISED",
        line_amount_types=LineAmountTypes.EXCLUSIVE,
        line_items=[_line(each) for each in [*order["lines"], carriage]],
    )


def _line(line: dict[str, Any]) -> LineItem:
    return LineItem(
        description=line["description"],
        quantity=Decimal(line["quantity"]),
        unit_amount=Decimal(line["unit_price"]),
        account_code="200",
        tax_type=TAX[line["tax_rate"]],
    )


if __name__ == "__main__":
    main()
