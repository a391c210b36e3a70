"""Run as a program on the trial's own database: makes the companies and connects them, as consent and settings do.

Reads nothing; prints one line of JSON: the companies with their API keys. `XERO` is the local Xero's own address: what
is set up goes past the proxy.
"""

import json
import os
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.request import Request, urlopen

import django

from tests.chaos.cast import BILLED, NO_TAX, OWED

SOON = timedelta(minutes=8)
"""When tokens are taken to end, so that a short trial sees them renewed; afterwards they live as long as they do."""


def main() -> None:
    django.setup()
    xero, cast = os.environ["XERO"], json.loads(sys.argv[1])
    tenants = {each["name"]: each["tenant_id"] for each in _asked(f"{xero}/_local/health")["organisations"]}
    print(json.dumps([_company(xero, tenants[role["organisation"]], role) for role in cast]))


def _asked(url: str, body: object = None, headers: Mapping[str, str] | None = None, method: str | None = None) -> Any:
    sent = None if body is None else json.dumps(body).encode()
    told = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
    request = Request(url, sent, told, method=method)  # noqa: S310 - the trial's own address
    with urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.load(answer)


def _company(xero: str, tenant: str, role: dict[str, Any]) -> dict[str, Any]:
    from daybook.catalog import refresh
    from daybook.companies import keys
    from daybook.companies.models import Company
    from daybook.connections import endpoints
    from daybook.connections.models import Connection
    from tests import world

    company = Company.objects.create(name=role["name"])
    connection = Connection.objects.create(company=company, client_id="client")
    connection.client_secret = "secret"
    world.reach(connection, tenant)
    granted = _asked(f"{xero}/_local/sign-in", {"tenant_ids": [tenant]})
    _grant(connection, granted)
    _open_account(xero, tenant, granted["access_token"])
    books = _asked(f"{xero}/_local/books/{tenant}")
    _decide(connection, role, books)
    _decide_on_money(connection, role, books)
    refresh.refresh(connection, client=endpoints.client())
    return {
        "letter": role["letter"],
        "country": role["country"],
        "tenant": tenant,
        "key": keys.create_api_key(company, "trial")[1],
    }


def _open_account(xero: str, tenant: str, token: str) -> None:
    """Let the organisation have an account of what is owed on gift cards, on which payments may be booked."""
    wanted = {"Code": OWED, "Name": "Gift cards", "Type": "CURRLIAB", "EnablePaymentsToAccount": True}
    headers = {"Authorization": f"Bearer {token}", "xero-tenant-id": tenant}
    _asked(f"{xero}/api.xro/2.0/Accounts", wanted, headers, "PUT")


def _decide_on_money(connection: Any, role: dict[str, Any], books: dict[str, Any]) -> None:
    from daybook.connections.models import Gateway, LineAccount

    accounts = {each.get("Code"): each["AccountID"] for each in books["Accounts"]}
    for name, code in role["clearing"].items():
        currency = role["currency"]
        fees = _fees(role, books) if name == BILLED and role["fees"] else {}
        Gateway.objects.create(connection=connection, name=name, currency=currency, account_id=accounts[code], **fees)
    tax_type = NO_TAX[role["country"]]
    LineAccount.objects.create(connection=connection, kind="goodwill", account=role["goodwill"], tax_type=tax_type)


def _fees(role: dict[str, Any], books: dict[str, Any]) -> dict[str, Any]:
    """Say that what the gateway keeps becomes a bill for each payout."""
    supplier = next(each for each in books["Contacts"] if each["Name"] == "Print Fulfilment Partners")
    return {
        "fees_since": date(2026, 1, 1),
        "fees_contact_id": supplier["ContactID"],
        "fees_contact_name": supplier["Name"],
        "fees_account": role["fees"],
        "fees_tax_type": "NONE",
    }


def _grant(connection: Any, granted: dict[str, Any]) -> None:
    from django.db import transaction

    from daybook.connections import tokens
    from daybook.kit import clock
    from daybook.ledgers.consent import Tokens

    given = Tokens(
        access_token=granted["access_token"],
        refresh_token=granted["refresh_token"],
        expires_at=clock.now() + SOON,
        scope=granted["scope"],
    )
    with transaction.atomic():
        tokens.store(connection, given, now=clock.now())


def _decide(connection: Any, role: dict[str, Any], books: dict[str, Any]) -> None:
    from decimal import Decimal

    from daybook.companies.models import CompanySettings
    from daybook.connections.models import PostingSettings, TaxMapping

    contacts = {each["Name"]: each["ContactID"] for each in books["Contacts"]}
    customer, supplier = "Custom Gateway Orders", "Print Fulfilment Partners"
    country = role["country"]
    CompanySettings.objects.create(company=connection.company)
    PostingSettings.objects.create(
        connection=connection,
        process_method="tracked" if role["is_tracked"] else "",
        contact_name=customer,
        contact_id=contacts[customer],
        supplier_contact_name=supplier,
        supplier_contact_id=contacts[supplier],
        sales_account=role["sales"],
        cogs_account="310",
        inventory_account="630",
        purchase_tax_type={"GB": "INPUT2", "AU": "INPUT", "US": "INPUT"}[country],
        allow_backorders=True,
        document_status=role["status"],
        post_credit_notes=True,
        post_payments=True,
    )
    TaxMapping.objects.bulk_create(
        TaxMapping(connection=connection, rate=Decimal(rate), tax_type=tax_type)
        for rate, tax_type in role["taxes"].items()
    )


if __name__ == "__main__":
    main()
