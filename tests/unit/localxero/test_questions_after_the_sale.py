"""Credit notes, payments and numbers where Xero's answer is not known: both positions of each switch."""

from dataclasses import dataclass

import pytest

LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}


@dataclass
class Desk:
    """Sends documents of a customer and says whether they were taken."""

    client: object
    customer: dict

    def put(self, path, **change):
        body = {"Contact": self.customer, "Date": "2026-11-20", "Status": "AUTHORISED", "LineItems": [LINE]} | change
        answer = self.client.put(f"/{path}", json=body)
        return answer.json()[path][0] if answer.status_code == 200 else None

    def invoice(self, **change):
        return self.put("Invoices", **{"Type": "ACCREC", "DueDate": "2026-12-20"} | change)

    def note(self, **change):
        return self.put("CreditNotes", **{"Type": "ACCRECCREDIT"} | change)

    def post(self, path, **body):
        return self.client.post(f"/{path}", json=body).status_code == 200

    def pay(self, **body):
        return self.client.put("/Payments", json={"Code": "090", "Amount": "1.00"} | body).status_code == 200


@pytest.fixture
def desk(client, customer):
    return Desk(client, customer)


@pytest.fixture(params=[True, False])
def position(request):
    return request.param


@pytest.fixture
def switch(xero, position):
    """Put a switch into the position under test."""
    return lambda name: setattr(xero.state.switches, name, position)


class TestNumbers:
    def test_of_before_a_renaming(self, desk, switch, position):
        switch("renamed_numbers_are_free")
        made = desk.invoice(InvoiceNumber="A-1", Status="DRAFT")
        assert desk.post(f"Invoices/{made['InvoiceID']}", InvoiceNumber="A-1-OLD")
        assert desk.post(f"Invoices/{made['InvoiceID']}", InvoiceNumber="A-1")  # its own, it may have back
        assert desk.post(f"Invoices/{made['InvoiceID']}", InvoiceNumber="A-1-OLD")
        assert bool(desk.invoice(InvoiceNumber="a-1")) is position

    def test_of_notes_and_invoices(self, desk, switch, position):
        switch("credit_notes_share_the_invoices_numbers")
        assert desk.invoice(InvoiceNumber="A-1")
        assert desk.note(CreditNoteNumber="A-2")
        assert bool(desk.note(CreditNoteNumber="A-1")) is not position
        assert bool(desk.invoice(InvoiceNumber="A-2")) is not position


class TestCreditNotes:
    def test_approved_are_edited(self, desk, switch, position):
        switch("approved_credit_notes_may_be_edited")
        path = f"CreditNotes/{desk.note()['CreditNoteID']}"
        assert desk.post(path, LineItems=[LINE | {"UnitAmount": 5}]) is position
        assert desk.post(path, Reference="goods came back")
        assert desk.post(path, Status="VOIDED")

    def test_are_allocated_to_another_contact(self, desk, client, switch, position):
        switch("credits_cross_contacts")
        note, invoice = desk.note(), desk.invoice(Contact={"Name": "Somebody else"})
        body = {"Amount": "1.00", "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
        answer = client.put(f"/CreditNotes/{note['CreditNoteID']}/Allocations", json=body)
        assert (answer.status_code == 200) is position

    def test_allocations_have_a_date(self, desk, client, switch, position):
        switch("allocations_may_be_dated")
        note, invoice = desk.note(Date="2026-11-10"), desk.invoice(Date="2026-11-12")
        body = {"Amount": "1.00", "Date": "2026-11-15", "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
        client.put(f"/CreditNotes/{note['CreditNoteID']}/Allocations", json=body)
        shown = client.get(f"/CreditNotes/{note['CreditNoteID']}").json()["CreditNotes"][0]["Allocations"][0]
        assert shown["Date"] == ("/Date(1794700800000+0000)/" if position else "/Date(1794441600000+0000)/")

    def test_bring_stock_back_at_a_cost(self, desk, client, xero, gb, switch, position):
        switch("returns_come_back_at_average_cost")
        item = {
            "Code": "T-1",
            "InventoryAssetAccountCode": "630",
            "PurchaseDetails": {"UnitPrice": 3, "COGSAccountCode": "310"},
        }
        assert client.put("/Items", json=item).status_code == 200
        line = {"ItemCode": "T-1", "Description": "T", "Quantity": 2, "UnitAmount": 10}
        assert desk.invoice(Type="ACCPAY", LineItems=[line])
        sold = line | {"Quantity": 1, "AccountCode": "200"}
        assert desk.invoice(LineItems=[sold])
        assert desk.note(LineItems=[sold])
        assert xero.books(gb).item_coded("T-1").total_cost_pool == (20 if position else 13)

    def test_of_suppliers_take_more_than_is_there(self, desk, client, switch, position):
        switch("supplier_credits_may_take_stock_below_zero")
        item = {
            "Code": "T-1",
            "InventoryAssetAccountCode": "630",
            "PurchaseDetails": {"UnitPrice": 3, "COGSAccountCode": "310"},
        }
        assert client.put("/Items", json=item).status_code == 200
        line = {"ItemCode": "T-1", "Description": "T", "Quantity": 1, "UnitAmount": 3}
        assert bool(desk.note(Type="ACCPAYCREDIT", LineItems=[line])) is position


class TestPayments:
    def test_before_their_invoice(self, desk, switch, position):
        switch("payments_may_precede_their_invoice")
        key = desk.invoice()["InvoiceID"]
        assert desk.pay(Invoice={"InvoiceID": key}, Date="2026-11-19") is position
        assert desk.pay(Invoice={"InvoiceID": key}, Date="2026-11-20")

    def test_before_their_note(self, desk, switch, position):
        switch("refunds_may_precede_their_note")
        key = desk.note()["CreditNoteID"]
        assert desk.pay(CreditNote={"CreditNoteID": key}, Date="2026-11-19") is position
        assert desk.pay(CreditNote={"CreditNoteID": key}, Date="2026-11-20")

    def test_in_another_currency(self, desk, client, switch, position):
        switch("foreign_documents_paid_into_base_accounts")
        clearing = {"Code": "612", "Name": "Clearing", "Type": "CURRENT", "EnablePaymentsToAccount": True}
        assert client.put("/Accounts", json=clearing).status_code == 200
        key = desk.invoice(CurrencyCode="EUR")["InvoiceID"]
        assert desk.pay(Invoice={"InvoiceID": key}, Code="612") is position
        assert desk.pay(Invoice={"InvoiceID": desk.invoice()["InvoiceID"]}, Code="612")

    def test_beside_a_bad_one(self, desk, client, switch, position):
        switch("bad_payment_spares_its_batch")
        key = desk.invoice()["InvoiceID"]
        good = {"Invoice": {"InvoiceID": key}, "Code": "090", "Amount": "1.00"}
        body = {"Payments": [good, good | {"Amount": "999.00"}]}
        assert client.put("/Payments", json=body, params={"summarizeErrors": "false"}).status_code == 200
        paid = client.get(f"/Invoices/{key}").json()["Invoices"][0]["AmountPaid"]
        assert paid == (1 if position else 0)


class TestTaxAmounts:
    def test_far_off(self, desk, switch, position):
        switch("tax_amounts_are_taken_as_sent")
        line = LINE | {"TaxType": "OUTPUT2"}
        assert desk.invoice(LineItems=[line | {"TaxAmount": "5.00"}])["TotalTax"] == (5 if position else 2)
        assert desk.invoice(LineItems=[line | {"TaxAmount": "2.01"}])["TotalTax"] == 2.01


def test_a_bill_over_nothing_is_paid_by_a_switch_of_its_own(desk, switch, position):
    switch("zero_total_bills_are_paid")
    line = LINE | {"UnitAmount": 0, "AccountCode": "300"}
    assert desk.invoice(Type="ACCPAY", LineItems=[line])["Status"] == ("PAID" if position else "AUTHORISED")
    assert desk.invoice(LineItems=[LINE | {"UnitAmount": 0}])["Status"] == "PAID"
