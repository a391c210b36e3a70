"""Xero's own Python SDK against the local Xero: unchanged but for its base URLs (and without silent retries)."""

import datetime as dt
from decimal import Decimal

import pytest
from xero_python.accounting import (
    Contact,
    Contacts,
    CurrencyCode,
    Invoice,
    Invoices,
    Item,
    Items,
    LineAmountTypes,
    LineItem,
    Purchase,
    PurchaseOrder,
    PurchaseOrders,
)
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.exceptions import AccountingBadRequestException
from xero_python.exceptions.http_status_exceptions import HTTPStatusException
from xero_python.identity import IdentityApi

pytestmark = pytest.mark.filterwarnings("ignore")

TODAY = dt.date(2026, 11, 20)
DUE = dt.date(2026, 12, 20)


def invoice(contact, number, **change):
    lines = [LineItem(description="Mug", quantity=Decimal(2), unit_amount=Decimal("9.995"), account_code="200")]
    fields = {"line_items": lines, "status": "AUTHORISED", "line_amount_types": LineAmountTypes.EXCLUSIVE}
    return Invoice(type="ACCREC", contact=contact, invoice_number=number, date=TODAY, due_date=DUE, **(fields | change))


class TestIdentity:
    def test_lists_the_connection(self, sdk, server, tenant):
        (only,) = IdentityApi(sdk, base_url=server.url).get_connections()
        assert (only.tenant_id, only.tenant_type, only.tenant_name) == (tenant, "ORGANISATION", "Birch & Bell Ltd")

    def test_deletes_the_connection(self, sdk, server, accounting, tenant):
        identity = IdentityApi(sdk, base_url=server.url)
        identity.delete_connection(identity.get_connections()[0].id)
        with pytest.raises(HTTPStatusException) as refused:
            accounting.get_organisations(tenant)
        assert refused.value.status == 403

    def test_refreshes_by_itself(self, sdk, accounting, tenant):
        before = sdk.kept["access_token"]
        sdk.kept["expires_at"] = 1
        assert accounting.get_organisations(tenant).organisations
        assert sdk.kept["access_token"] != before

    def test_revokes(self, sdk, server):
        token = OAuth2Token(client_id="client", client_secret="secret")
        token.update_token(**{key: sdk.kept[key] for key in ("access_token", "scope", "expires_in", "token_type")})
        token.refresh_token = sdk.kept["refresh_token"]
        assert token.revoke_access_token(sdk)


class TestSettings:
    def test_organisation(self, accounting, tenant):
        (own,) = accounting.get_organisations(tenant).organisations
        assert (own.name, own.base_currency, own.short_code) == ("Birch & Bell Ltd", CurrencyCode.GBP, "!bR7cB")
        assert own.country_code.value == "GB"

    def test_actions_accounts_rates_currencies(self, accounting, tenant):
        actions = accounting.get_organisation_actions(tenant).actions
        assert {a.status for a in actions} == {"ALLOWED"}
        accounts = {a.code: a for a in accounting.get_accounts(tenant, where='Status=="ACTIVE"').accounts}
        assert accounts["630"].type.value == "INVENTORY"
        rates = {t.tax_type: t for t in accounting.get_tax_rates(tenant).tax_rates}
        assert rates["OUTPUT2"].effective_rate == 20
        assert [c.code.value for c in accounting.get_currencies(tenant).currencies] == ["GBP", "EUR", "USD"]


class TestContacts:
    def test_are_created_found_and_changed(self, accounting, tenant):
        made = accounting.create_contacts(tenant, Contacts(contacts=[Contact(name="Zebra"), Contact(name="Zulu")]))
        assert [c.name for c in made.contacts] == ["Zebra", "Zulu"]
        key = made.contacts[0].contact_id
        accounting.update_contact(tenant, key, Contacts(contacts=[Contact(email_address="z@zebra.example")]))
        assert accounting.get_contact(tenant, key).contacts[0].email_address == "z@zebra.example"

    def test_are_refused_by_exception(self, accounting, tenant):
        with pytest.raises(AccountingBadRequestException) as refused:
            accounting.create_contacts(tenant, Contacts(contacts=[Contact(name="Custom Gateway Orders")]))
        assert "is already assigned to another contact" in str(refused.value)


class TestItems:
    def test_are_created_tracked_and_found_by_code(self, accounting, tenant):
        item = Item(
            code="T-1",
            name="Tracked",
            inventory_asset_account_code="630",
            purchase_details=Purchase(unit_price=Decimal("1.2345"), cogs_account_code="310"),
            sales_details=Purchase(unit_price=Decimal("9.99"), account_code="200"),
        )
        (made,) = accounting.create_items(tenant, Items(items=[item]), summarize_errors="false", unitdp=4).items
        assert made.is_tracked_as_inventory
        (found,) = accounting.get_item(tenant, "T-1", unitdp=4).items
        assert found.purchase_details.unit_price == Decimal("1.2345")

    def test_existing_codes_are_told_per_element(self, accounting, tenant):
        items = Items(items=[Item(code="STOCK-MUG"), Item(code="NEW-1")])
        first, second = accounting.create_items(tenant, items, summarize_errors="false").items
        assert first.validation_errors[0].message == "Price List Item with Code 'STOCK-MUG' already exists"
        assert second.status_attribute_string == "OK"


class TestInvoices:
    def test_are_created_in_a_batch(self, accounting, tenant, company, xero):
        batch = Invoices(
            invoices=[
                invoice(company, "S-1"),
                invoice(company, "S-2", currency_code=CurrencyCode.JPY),
                invoice(company, "S-3"),
            ]
        )
        answer = accounting.create_invoices(tenant, batch, summarize_errors="false", unitdp=4).invoices
        assert [i.status_attribute_string for i in answer] == ["OK", "ERROR", "OK"]
        assert [e.message for e in answer[1].validation_errors] == ["Organisation is not subscribed to currency JPY"]
        assert [(i["InvoiceNumber"], i["Total"]) for i in xero.export(tenant)["Invoices"]] == [
            ("S-1", Decimal("23.99")),
            ("S-3", Decimal("23.99")),
        ]

    def test_raise_when_summarised(self, accounting, tenant, company):
        accounting.create_invoices(tenant, Invoices(invoices=[invoice(company, "S-1")]))
        with pytest.raises(AccountingBadRequestException) as refused:
            accounting.create_invoices(tenant, Invoices(invoices=[invoice(company, "S-1")]))
        assert "Invoice # must be unique." in str(refused.value)

    def test_are_replayed_under_a_key(self, accounting, tenant, company, xero):
        answers = [
            accounting.create_invoices(
                tenant, Invoices(invoices=[invoice(company, "S-1")]), idempotency_key="k"
            ).invoices
            for _ in range(2)
        ]
        assert answers[0][0].invoice_id == answers[1][0].invoice_id
        assert len(xero.export(tenant)["Invoices"]) == 1

    def test_are_found_again(self, accounting, tenant, company):
        accounting.create_invoices(tenant, Invoices(invoices=[invoice(company, f"S-{n}") for n in range(5)]))
        found = accounting.get_invoices(tenant, invoice_numbers=["S-1", "S-4"], page=1, page_size=50)
        assert [i.invoice_number for i in found.invoices] == ["S-1", "S-4"]
        assert found.pagination.item_count == 2
        assert found.invoices[0].date == TODAY
        assert found.invoices[0].line_items[0].line_amount == Decimal("20.00")
        changed = accounting.get_invoices(tenant, if_modified_since=dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        assert changed.invoices == []

    def test_change_and_end(self, accounting, tenant, company):
        (made,) = accounting.create_invoices(
            tenant, Invoices(invoices=[invoice(company, "S-1", status="DRAFT")])
        ).invoices
        for status in ("SUBMITTED", "AUTHORISED", "VOIDED"):
            (after,) = accounting.update_invoice(
                tenant, made.invoice_id, Invoices(invoices=[Invoice(status=status)])
            ).invoices
            assert after.status == status
        (again,) = accounting.get_invoice(tenant, made.invoice_id).invoices
        assert (again.status, again.amount_due) == ("VOIDED", 0)


class TestPurchaseOrders:
    def test_are_created_and_found_by_number(self, accounting, tenant, company):
        lines = [LineItem(item_code="STOCK-MUG", quantity=Decimal(3), unit_amount=Decimal("2.1234"))]
        order = PurchaseOrder(contact=company, purchase_order_number="P-1", date=TODAY, line_items=lines)
        batch = PurchaseOrders(purchase_orders=[order, order])
        first, second = accounting.create_purchase_orders(tenant, batch, summarize_errors="false").purchase_orders
        assert first.status_attribute_string == "OK"
        assert second.validation_errors[0].message == "Order number must be unique"
        (found,) = accounting.get_purchase_order_by_number(tenant, "P-1").purchase_orders
        assert (found.line_items[0].unit_amount, found.total) == (Decimal("2.1234"), Decimal("7.64"))
        listed = accounting.get_purchase_orders(tenant, date_from="2026-11-20", order="PurchaseOrderNumber ASC")
        assert len(listed.purchase_orders) == 1


class TestLimits:
    def test_reach_the_caller_as_429(self, accounting, tenant, xero):
        xero.state.limits.set("starter", minute=0)
        with pytest.raises(HTTPStatusException) as refused:
            accounting.get_organisations(tenant)
        assert refused.value.status == 429
