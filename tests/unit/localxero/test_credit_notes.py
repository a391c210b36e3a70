from decimal import Decimal

import pytest

from localxero.books.ledger import trial_balance

LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}


def messages(answer):
    assert answer.status_code == 400, answer.text
    return [each["Message"] for each in answer.json()["Elements"][0]["ValidationErrors"]]


@pytest.fixture
def credit(client, customer):
    """Send one credit note and return the answer."""

    def send(**change):
        body = {"Type": "ACCRECCREDIT", "Contact": customer, "Date": "2026-11-20", "LineItems": [LINE]}
        return client.put("/CreditNotes", json={"CreditNotes": [body | {"Status": "AUTHORISED"} | change]})

    return send


@pytest.fixture
def invoice_id(client, customer):
    body = {
        "Type": "ACCREC",
        "Contact": customer,
        "DueDate": "2026-12-20",
        "Status": "AUTHORISED",
        "LineItems": [LINE | {"UnitAmount": 100}],
    }
    return client.put("/Invoices", json=body).json()["Invoices"][0]["InvoiceID"]


@pytest.fixture
def credit_id(credit):
    return credit().json()["CreditNotes"][0]["CreditNoteID"]


@pytest.fixture
def allocate(client, credit_id):
    def send(invoice_id, amount):
        body = {"Invoice": {"InvoiceID": invoice_id}, "Amount": amount, "Date": "2026-11-20"}
        return client.put(f"/CreditNotes/{credit_id}/Allocations", json=body)

    return send


class TestCreating:
    def test_books_and_answers(self, credit, xero, gb):
        note = credit(CreditNoteNumber="CN-7", Reference="back").json()["CreditNotes"][0]
        assert (note["CreditNoteNumber"], note["RemainingCredit"], note["Total"]) == ("CN-7", 12, 12)
        assert note["Allocations"] == note["Payments"] == []
        assert trial_balance(xero.books(gb))["610"] == Decimal("-12.00")

    def test_numbers_one_without_number(self, credit):
        assert credit().json()["CreditNotes"][0]["CreditNoteNumber"] == "CN-0001"

    def test_leaves_a_suppliers_number_empty(self, credit):
        lines = [LINE | {"AccountCode": "300"}]
        note = credit(Type="ACCPAYCREDIT", LineItems=lines).json()["CreditNotes"][0]
        assert "CreditNoteNumber" not in note
        assert note["LineItems"][0]["TaxType"] == "INPUT2"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"Type": "ACCREC"}, "Credit Note not of valid type for creation"),
            ({"Status": "VOIDED"}, "Credit Note not of valid status for creation"),
            ({"Contact": {}}, "A Contact must be specified for this type of transaction"),
            ({"LineItems": []}, "One or more line items must be specified"),
            ({"LineItems": [LINE | {"DiscountRate": 10}]}, "Discounts are not supported on credit notes"),
        ],
    )
    def test_is_refused(self, credit, change, message):
        assert messages(credit(**change)) == [message]

    def test_refuses_a_number_in_use(self, credit):
        credit(CreditNoteNumber="X")
        assert messages(credit(CreditNoteNumber="x")) == ["Credit Note # must be unique."]

    def test_names_an_id_that_is_not_there(self, client):
        answer = client.post("/CreditNotes", json={"CreditNoteID": "0" * 8})
        assert messages(answer) == ["An existing Credit Note with the specified CreditNoteID could not be found"]

    def test_is_voided_and_not_changed_afterwards(self, client, credit_id):
        url = f"/CreditNotes/{credit_id}"
        assert client.post(url, json={"Status": "VOIDED"}).json()["CreditNotes"][0]["RemainingCredit"] == 0
        assert messages(client.post(url, json={"Status": "DRAFT"}))

    def test_brings_stock_back_at_average_cost(self, credit, xero, gb):
        credit(LineItems=[{"ItemCode": "STOCK-MUG", "Quantity": 10}])
        item = xero.books(gb).item_coded("STOCK-MUG")
        assert (item.quantity_on_hand, item.total_cost_pool) == (Decimal(110), Decimal("236.50"))

    def test_is_listed_and_found(self, client, credit):
        credit(CreditNoteNumber="A")
        credit(CreditNoteNumber="B", Status="DRAFT")
        found = client.get("/CreditNotes", params={"where": 'Status=="DRAFT"', "page": 1}).json()
        assert [each["CreditNoteNumber"] for each in found["CreditNotes"]] == ["B"]
        assert found["pagination"]["itemCount"] == 1
        assert client.get("/CreditNotes/a").json()["CreditNotes"][0]["LineItems"]


class TestAllocating:
    def test_credits_the_invoice(self, allocate, client, credit_id, invoice_id):
        assert allocate(invoice_id, 5).status_code == 200
        invoice = client.get(f"/Invoices/{invoice_id}").json()["Invoices"][0]
        assert (invoice["AmountDue"], invoice["AmountCredited"], invoice["AmountPaid"]) == (115, 5, 0)
        assert [each["AppliedAmount"] for each in invoice["CreditNotes"]] == [5]
        note = client.get(f"/CreditNotes/{credit_id}").json()["CreditNotes"][0]
        assert (note["RemainingCredit"], note["Status"]) == (7, "AUTHORISED")
        assert note["Allocations"][0]["Invoice"]["InvoiceID"] == invoice_id

    def test_uses_the_whole_of_it_up(self, allocate, client, credit_id, invoice_id):
        allocate(invoice_id, 12)
        note = client.get(f"/CreditNotes/{credit_id}").json()["CreditNotes"][0]
        assert (note["RemainingCredit"], note["Status"]) == (0, "PAID")

    def test_refuses_more_than_is_left(self, allocate, invoice_id):
        words = "Credit Note cannot be allocated as amount is greater than amount outstanding"
        assert messages(allocate(invoice_id, 12.01)) == [words]

    def test_refuses_a_bill(self, allocate, client, customer):
        lines = [LINE | {"AccountCode": "300"}]
        bill = {"Type": "ACCPAY", "Contact": customer, "DueDate": "2026-12-20", "Status": "AUTHORISED"}
        key = client.put("/Invoices", json=bill | {"LineItems": lines}).json()["Invoices"][0]["InvoiceID"]
        assert messages(allocate(key, 1)) == ["Credit Note cannot be allocated to an incorrect invoice type"]

    @pytest.mark.parametrize("amount", [0, -1, None])
    def test_refuses_nothing(self, allocate, invoice_id, amount):
        assert messages(allocate(invoice_id, amount)) == ["Allocation amount must be greater than 0"]

    def test_is_taken_back(self, allocate, client, credit_id, invoice_id):
        key = allocate(invoice_id, 12).json()["Allocations"][0]["AllocationID"]
        gone = client.delete(f"/CreditNotes/{credit_id}/Allocations/{key}")
        assert (gone.status_code, gone.json()["IsDeleted"]) == (200, True)
        note = client.get(f"/CreditNotes/{credit_id}").json()["CreditNotes"][0]
        assert (note["RemainingCredit"], note["Status"]) == (12, "AUTHORISED")
        assert client.delete(f"/CreditNotes/{credit_id}/Allocations/{key}").status_code == 404

    def test_holds_the_credit_note_as_it_is(self, allocate, client, credit_id, invoice_id):
        allocate(invoice_id, 5)
        assert messages(client.post(f"/CreditNotes/{credit_id}", json={"Status": "VOIDED"})) == [
            "This document cannot be edited as it has a payment or credit note allocated to it."
        ]
