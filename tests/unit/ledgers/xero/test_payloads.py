"""Documents in Xero's spelling, compared as whole bytes."""

from datetime import date
from decimal import Decimal

from daybook.documents.document import AmountType, Invoice, Line, PurchaseOrder
from daybook.documents.kinds import Kind
from daybook.kit.money import Totals
from daybook.ledgers.exchange import Sendable, Wanted
from daybook.ledgers.xero import invoices, items, purchase_orders

ACCOUNTS = {"inventory_account": "630", "cogs_account": "310", "sales_account": "200"}
SHARED = {
    "number": "DB-100",
    "contact_id": "11111111-1111-4111-8111-111111111111",
    "date": date(2026, 3, 2),
    "currency": "GBP",
    "reference": "WEB-1 [db:k3x9]",
    "status": "DRAFT",
}


def invoice(*lines: Line) -> Invoice:
    return Invoice(
        **SHARED,
        amount_type=AmountType.EXCLUSIVE,
        lines=lines,
        totals=Totals(Decimal("20.20"), Decimal("4.04"), Decimal("24.24")),
        due_date=date(2026, 4, 1),
        url="http://localhost:8000/c/acme/orders/x",
    )


def sendable(document: Invoice | PurchaseOrder) -> Sendable:
    kind = Kind.INVOICE if isinstance(document, Invoice) else Kind.PURCHASE_ORDER
    return Sendable(mark="k3x9", kind=kind, number=document.number, document=document)


def document_payload(document: Invoice) -> dict:
    return invoices.element(sendable(document))


class TestAnInvoice:
    def test_is_written_to_the_byte_with_exact_decimals_and_the_contacts_id_only(self):
        line = Line(
            description="Mug",
            quantity=Decimal(2),
            unit_amount=Decimal("10.10"),
            account_code="200",
            tax_type="OUTPUT2",
        )
        written = invoices.write([sendable(invoice(line))], frozenset())
        assert list(written.members) == [0]
        assert written.ask.body == (
            b'{"Invoices":[{"Type":"ACCREC","InvoiceNumber":"DB-100",'
            b'"Contact":{"ContactID":"11111111-1111-4111-8111-111111111111"},"Date":"2026-03-02",'
            b'"LineAmountTypes":"Exclusive","Reference":"WEB-1 [db:k3x9]","CurrencyCode":"GBP","Status":"DRAFT",'
            b'"LineItems":[{"Description":"Mug","Quantity":2,"UnitAmount":10.10,"AccountCode":"200","TaxType":"OUTPUT2"}],'
            b'"DueDate":"2026-04-01","Url":"http://localhost:8000/c/acme/orders/x"}]}'
        )

    def test_sends_the_line_amount_only_where_there_is_no_unit_price(self):
        line = Line(
            description="Foil", quantity=Decimal("1.5"), unit_amount=None, line_amount=Decimal("0.03"), tax_type="OUTPUT2",
            tax_amount=Decimal("0.01"),
        )  # fmt: skip
        sent = document_payload(invoice(line))["LineItems"][0]
        assert sent == {
            "Description": "Foil",
            "Quantity": Decimal("1.5"),
            "LineAmount": Decimal("0.03"),
            "TaxType": "OUTPUT2",
            "TaxAmount": Decimal("0.01"),
        }

    def test_keeps_a_tax_amount_of_nothing(self):
        line = Line(
            description="Tip",
            quantity=Decimal(1),
            unit_amount=Decimal(1),
            tax_type="OUTPUT2",
            tax_amount=Decimal("0.00"),
        )
        assert document_payload(invoice(line))["LineItems"][0]["TaxAmount"] == 0


class TestAPurchaseOrder:
    def test_leaves_the_account_to_its_items(self):
        line = Line(
            description="Mug", quantity=Decimal(2), unit_amount=Decimal("3.1250"), tax_type="INPUT2", item_code="MUG"
        )
        order = PurchaseOrder(
            **SHARED,
            amount_type=AmountType.EXCLUSIVE,
            lines=(line,),
            totals=Totals(Decimal("6.25"), Decimal("1.25"), Decimal("7.50")),
        )
        assert purchase_orders.write([sendable(order)], frozenset()).ask.body == (
            b'{"PurchaseOrders":[{"PurchaseOrderNumber":"DB-100",'
            b'"Contact":{"ContactID":"11111111-1111-4111-8111-111111111111"},"Date":"2026-03-02",'
            b'"LineAmountTypes":"Exclusive","Reference":"WEB-1 [db:k3x9]","CurrencyCode":"GBP","Status":"DRAFT",'
            b'"LineItems":[{"Description":"Mug","Quantity":2,"UnitAmount":3.1250,"ItemCode":"MUG","TaxType":"INPUT2"}]}]}'
        )


class TestAnItem:
    def test_becomes_tracked_by_its_two_accounts_and_keeps_xeros_length_of_names(self):
        assert items.element(Wanted("MUG", "M" * 60), ACCOUNTS) == {
            "Code": "MUG",
            "Name": "M" * 50,
            "InventoryAssetAccountCode": "630",
            "IsSold": True,
            "IsPurchased": True,
            "PurchaseDetails": {"COGSAccountCode": "310"},
            "SalesDetails": {"AccountCode": "200"},
        }


class TestTheCall:
    def test_asks_for_each_elements_own_errors_and_four_decimals(self):
        plain = "summarizeErrors=false"
        assert invoices.write([], frozenset()).ask.url == f"/api.xro/2.0/Invoices?{plain}&unitdp=4"
        assert purchase_orders.write([], frozenset()).ask.url == f"/api.xro/2.0/PurchaseOrders?{plain}"
        assert items.write([], ACCOUNTS).ask.url == f"/api.xro/2.0/Items?{plain}&unitdp=4"

    def test_allows_backorders_on_invoices_only(self):
        chosen = frozenset({"allow_backorders"})
        assert invoices.write([], chosen).ask.url.endswith("&allowBackorders=true")
        assert "allowBackorders" not in purchase_orders.write([], chosen).ask.url
