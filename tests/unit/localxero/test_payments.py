from datetime import date
from decimal import Decimal

import pytest

from localxero.books.ledger import trial_balance
from localxero.testing import signed_in

LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
EDITED = "This document cannot be edited as it has a payment or credit note allocated to it."


def messages(answer):
    assert answer.status_code == 400, answer.text
    return [each["Message"] for each in answer.json()["Elements"][0]["ValidationErrors"]]


@pytest.fixture
def invoice(client, customer):
    def made(**change):
        body = {"Type": "ACCREC", "Contact": customer, "DueDate": "2026-12-20", "Status": "AUTHORISED"}
        answer = client.put("/Invoices", json=body | {"LineItems": [LINE]} | change)
        assert answer.status_code == 200, answer.text
        return answer.json()["Invoices"][0]["InvoiceID"]

    return made


@pytest.fixture
def pay(client):
    def send(invoice_id, amount, **change):
        body = {"Invoice": {"InvoiceID": invoice_id}, "Account": {"Code": "090"}, "Date": "2026-11-20"}
        return client.put("/Payments", json={"Payments": [body | {"Amount": amount} | change]})

    return send


@pytest.fixture
def shown(client):
    return lambda key: client.get(f"/Invoices/{key}").json()["Invoices"][0]


class TestPaying:
    def test_lowers_what_is_due(self, invoice, pay, shown):
        key = invoice()
        payment = pay(key, 20, Reference="card").json()["Payments"][0]
        assert (payment["PaymentType"], payment["Status"], payment["Amount"]) == ("ACCRECPAYMENT", "AUTHORISED", 20)
        after = shown(key)
        assert (after["AmountDue"], after["AmountPaid"], after["Status"]) == (100, 20, "AUTHORISED")
        assert [each["Reference"] for each in after["Payments"]] == ["card"]

    def test_the_whole_makes_it_paid(self, invoice, pay, shown, xero, gb):
        key = invoice()
        pay(key, 120)
        after = shown(key)
        assert (after["AmountDue"], after["Status"], after["FullyPaidOnDate"]) == (
            0,
            "PAID",
            "/Date(1795132800000+0000)/",
        )
        found = trial_balance(xero.books(gb))
        assert found["090"] == Decimal("120.00")
        assert "610" not in found

    def test_may_name_the_invoice_and_the_account_by_number(self, client, invoice, shown):
        key = invoice(InvoiceNumber="P-1")
        body = {"InvoiceNumber": "P-1", "Code": "090", "Amount": "1.00"}
        assert client.post("/Payments", json=body).status_code == 200
        assert shown(key)["AmountPaid"] == 1

    def test_a_credit_note_is_a_refund(self, client, customer, pay):
        body = {"Type": "ACCRECCREDIT", "Contact": customer, "Status": "AUTHORISED", "LineItems": [LINE]}
        key = client.put("/CreditNotes", json=body).json()["CreditNotes"][0]["CreditNoteID"]
        payment = pay(key, 120, Invoice=None, CreditNote={"CreditNoteID": key}).json()["Payments"][0]
        assert payment["PaymentType"] == "ARCREDITPAYMENT"
        note = client.get(f"/CreditNotes/{key}").json()["CreditNotes"][0]
        assert (note["Status"], note["RemainingCredit"]) == ("PAID", 0)

    def test_in_another_currency_leaves_a_gain(self, invoice, pay, xero, gb):
        key = invoice(CurrencyCode="EUR", CurrencyRate=1.2)
        pay(key, 120, CurrencyRate=1.0)
        found = trial_balance(xero.books(gb))
        assert (found["090"], found["499"]) == (Decimal("120.00"), Decimal("-20.00"))
        assert sum(found.values()) == 0

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"Amount": 121}, ["Payment amount exceeds the amount outstanding on this document"]),
            ({"Amount": 0}, ["Payment amount must be greater than 0"]),
            ({"Account": {"Code": "200"}}, ["Account type is invalid for making a payment to/from."]),
            ({"Account": {"Code": "999"}}, ["Account could not be found"]),
        ],
    )
    def test_is_refused(self, invoice, pay, change, expected):
        assert messages(pay(invoice(), 1, **change)) == expected

    def test_of_a_draft_is_refused(self, invoice, pay):
        words = "Payments can only be made against Authorised documents"
        assert messages(pay(invoice(Status="DRAFT"), 1)) == [words]

    def test_of_a_paid_one_is_refused_in_both_words(self, invoice, pay):
        key = invoice()
        pay(key, 120)
        assert messages(pay(key, 1)) == [
            "Payments can only be made against Authorised documents",
            "Payment amount exceeds the amount outstanding on this document",
        ]

    def test_in_a_locked_period_is_refused(self, invoice, pay, xero, gb):
        key = invoice()
        xero.configure(gb, period_lock_date=date(2026, 11, 20))
        assert messages(pay(key, 1))[0].startswith("The document date cannot be before the period lock date")


class TestDeleting:
    def test_makes_it_due_again(self, client, invoice, pay, shown):
        key = invoice()
        payment_id = pay(key, 120).json()["Payments"][0]["PaymentID"]
        gone = client.post(f"/Payments/{payment_id}", json={"Payments": [{"Status": "DELETED"}]})
        assert gone.json()["Payments"][0]["Status"] == "DELETED"
        assert (shown(key)["Status"], shown(key)["AmountDue"]) == ("AUTHORISED", 120)
        assert client.post(f"/Payments/{payment_id}", json={"Status": "DELETED"}).status_code == 400

    def test_is_the_only_change(self, client, invoice, pay):
        payment_id = pay(invoice(), 1).json()["Payments"][0]["PaymentID"]
        answer = client.post(f"/Payments/{payment_id}", json={"Amount": 2})
        assert messages(answer) == ["Payments can only be updated to a status of DELETED"]

    def test_keeps_it_in_the_list(self, client, invoice, pay):
        payment_id = pay(invoice(), 1).json()["Payments"][0]["PaymentID"]
        client.post(f"/Payments/{payment_id}", json={"Status": "DELETED"})
        found = client.get("/Payments", params={"where": 'Status=="DELETED"', "page": 1}).json()["Payments"]
        assert [each["PaymentID"] for each in found] == [payment_id]
        assert client.get(f"/Payments/{payment_id}").json()["Payments"][0]["Invoice"]["InvoiceNumber"] == "INV-0001"


class TestASettledInvoice:
    @pytest.fixture(params=[20, 120])
    def paid(self, request, invoice, pay):
        key = invoice(InvoiceNumber="S-1")
        pay(key, request.param)
        return key

    def test_may_change_reference_due_date_number_and_words(self, client, paid, shown):
        line_id = shown(paid)["LineItems"][0]["LineItemID"]
        change = {
            "Reference": "new",
            "DueDate": "2027-01-01",
            "InvoiceNumber": "S-2",
            "LineItems": [{"LineItemID": line_id, "Description": "Cup", "AccountCode": "260"}],
        }
        assert client.post(f"/Invoices/{paid}", json=change).status_code == 200
        after = shown(paid)
        assert (after["Reference"], after["InvoiceNumber"]) == ("new", "S-2")
        assert (after["LineItems"][0]["Description"], after["LineItems"][0]["AccountCode"]) == ("Cup", "260")
        assert after["Total"] == 120

    @pytest.mark.parametrize(("change", "is_stamped"), [({"DueDate": "2027-01-01"}, False), ({"Reference": "n"}, True)])
    def test_is_stamped_anew_but_for_its_due_date(self, client, paid, shown, xero, change, is_stamped):
        before = shown(paid)["UpdatedDateUTC"]
        xero.clock.advance(60)
        client.post(f"/Invoices/{paid}", json=change)
        assert (shown(paid)["UpdatedDateUTC"] != before) is is_stamped

    @pytest.mark.parametrize("change", [{"LineItems": [LINE]}, {"LineAmountTypes": "NoTax"}])
    def test_may_not_change_amounts(self, client, paid, change):
        assert EDITED in messages(client.post(f"/Invoices/{paid}", json=change))

    def test_may_not_change_its_date(self, client, paid, shown):
        words = "Date cannot be changed on an invoice that has payment or credit notes allocated to it."
        said = EDITED if shown(paid)["Status"] == "PAID" else words
        assert said in messages(client.post(f"/Invoices/{paid}", json={"Date": "2026-11-01"}))

    @pytest.mark.parametrize("status", ["VOIDED", "DRAFT"])
    def test_keeps_its_status(self, client, paid, status):
        words = (
            f"The status {status} cannot be applied to the invoice because it has payments or credit notes "
            "allocated to it."
        )
        assert words in messages(client.post(f"/Invoices/{paid}", json={"Status": status}))

    def test_says_two_things_when_paid_in_full(self, client, invoice, pay):
        key = invoice()
        pay(key, 120)
        assert messages(client.post(f"/Invoices/{key}", json={"Date": "2026-11-01"})) == [
            "Invoice not of valid status for modification",
            EDITED,
        ]


@pytest.mark.parametrize(
    ("scope", "read", "written"),
    [
        ("accounting.payments", 200, 400),
        ("accounting.payments.read", 200, 401),
        ("accounting.invoices", 401, 401),
    ],
)
def test_payments_have_a_scope_of_their_own(xero, gb, scope, read, written):
    with signed_in(xero, gb, scope=scope) as client:
        assert client.get("/Payments").status_code == read
        assert client.put("/Payments", json={"Amount": 1}).status_code == written


@pytest.mark.parametrize("books_good", [True, False])
def test_a_summarised_batch_of_payments_books_the_good_by_a_switch(xero, gb, client, invoice, shown, books_good):
    xero.state.switches.summarised_400_books_good = books_good
    key = invoice()
    good = {"Invoice": {"InvoiceID": key}, "Account": {"Code": "090"}, "Amount": 1}
    assert client.put("/Payments", json={"Payments": [good, good | {"Amount": 999}]}).status_code == 400
    assert shown(key)["AmountPaid"] == (1 if books_good else 0)
    assert len(xero.books(gb).payments_of(key)) == (1 if books_good else 0)


@pytest.mark.parametrize(("at_once", "status"), [(True, "PAID"), (False, "AUTHORISED")])
def test_an_invoice_over_nothing_is_paid_at_once_by_a_switch(xero, invoice, shown, at_once, status):
    xero.state.switches.zero_totals_are_paid = at_once
    assert shown(invoice(LineItems=[LINE | {"UnitAmount": 0}]))["Status"] == status


def test_an_invoice_over_nothing_is_voided_but_not_rewritten(client, invoice):
    key = invoice(LineItems=[LINE | {"UnitAmount": 0}])
    assert messages(client.post(f"/Invoices/{key}", json={"LineItems": [LINE]})) == [
        "Invoice not of valid status for modification",
        EDITED,
    ]
    assert client.post(f"/Invoices/{key}", json={"Status": "VOIDED"}).status_code == 200
