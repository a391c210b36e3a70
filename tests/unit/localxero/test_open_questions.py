"""Arithmetic, currencies, locked periods, plans, contacts and stock where Xero's answer is rare or not known for sure."""

from datetime import date
from decimal import Decimal

import pytest

from localxero.books.ledger import trial_balance

LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
BILL = LINE | {"AccountCode": "300"}


def messages(answer):
    assert answer.status_code == 400, answer.text
    return [each["Message"] for each in answer.json()["Elements"][0]["ValidationErrors"]]


@pytest.fixture
def put(client, customer):
    def send(path="Invoices", **change):
        params = change.pop("params", {})
        body = {"Type": "ACCREC", "Contact": customer, "Date": "2026-11-20", "DueDate": "2026-12-20"}
        if path == "PurchaseOrders":
            del body["Type"], body["DueDate"]
        return client.put(f"/{path}", json=body | {"LineItems": [LINE]} | change, params=params)

    return send


class TestRoundingAmount:
    SENT = {"Status": "AUTHORISED", "SubTotal": 10, "TotalTax": 2, "Total": 12.03, "RoundingAmount": 0.03}

    def test_is_part_of_the_total(self, put, xero, gb):
        invoice = put(**self.SENT).json()["Invoices"][0]
        assert (invoice["SubTotal"], invoice["Total"], invoice["RoundingAmount"]) == (10, 12.03, 0.03)
        assert trial_balance(xero.books(gb))["860"] == Decimal("-0.03")

    def test_stays_when_only_the_status_changes(self, put, client):
        key = put(**self.SENT | {"Status": "SUBMITTED"}).json()["Invoices"][0]["InvoiceID"]
        after = client.post(f"/Invoices/{key}", json={"Status": "AUTHORISED"}).json()["Invoices"][0]
        assert after["Total"] == 12.03

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"RoundingAmount": 0.11, "Total": 12.11}, "RoundingAmount must be between -0.10 and 0.10"),
            ({"Status": "DRAFT"}, "RoundingAmount may only be used on SUBMITTED and AUTHORISED invoices"),
            ({"SubTotal": None}, "SubTotal, TotalTax and Total must be supplied with RoundingAmount"),
            ({"Total": 12}, "SubTotal, TotalTax and Total do not agree with the line items and RoundingAmount"),
        ],
    )
    def test_is_refused(self, put, change, message):
        assert messages(put(**self.SENT | change)) == [message]

    def test_is_ignored_by_a_switch(self, put, xero):
        xero.state.switches.rounding_amount_is_read = False
        invoice = put(**self.SENT).json()["Invoices"][0]
        assert invoice["Total"] == 12
        assert "RoundingAmount" not in invoice


@pytest.mark.parametrize(("away", "amount"), [(True, -2.17), (False, -2.16)])
def test_negative_halves_round_by_a_switch(put, xero, away, amount):
    xero.state.switches.negative_halves_round_away = away
    lines = [LINE, LINE | {"Quantity": 0.5, "UnitAmount": -4.33}]
    invoice = put(LineItems=lines).json()["Invoices"][0]
    assert invoice["LineItems"][1]["LineAmount"] == amount


class TestLongNumbers:
    @pytest.mark.parametrize("refused", [True, False])
    def test_prices_are_refused_in_misleading_words_by_a_switch(self, put, xero, refused):
        xero.state.switches.too_exact_prices_are_refused = refused
        answer = put(LineItems=[LINE | {"UnitAmount": "0.000149611361"}])
        if refused:
            assert messages(answer) == ["Account must be valid.", "Tax rate must be valid."]
        else:
            assert answer.status_code == 200
        assert put(LineItems=[LINE | {"UnitAmount": "0.0000291"}]).status_code == 200

    def test_quantities_have_thirteen_characters(self, put):
        assert put(LineItems=[LINE | {"Quantity": "99999999.9999", "UnitAmount": 1}]).status_code == 200
        assert messages(put(LineItems=[LINE | {"Quantity": "100000000", "UnitAmount": 1}])) == [
            "The quantity value '100000000.0000' is too long"
        ]


class TestCurrencies:
    def test_far_from_the_days_rate_get_a_warning(self, put):
        assert "Warnings" not in put(CurrencyCode="EUR", CurrencyRate=1.2).json()["Invoices"][0]
        invoice = put(CurrencyCode="EUR", CurrencyRate=12).json()["Invoices"][0]
        assert "differs widely" in invoice["Warnings"][0]["Message"]
        assert invoice["CurrencyRate"] == 12

    @pytest.mark.parametrize("rate", [-1, 0.0000001])
    def test_have_a_rate_above_nothing(self, put, rate):
        assert messages(put(CurrencyCode="EUR", CurrencyRate=rate)) == ["CurrencyRate must be greater than 0"]

    def test_need_a_plan_that_has_them(self, put, xero, gb):
        xero.configure(gb, not_allowed=("UseMulticurrency",))
        assert messages(put(CurrencyCode="EUR")) == ["Organisation is not subscribed to currency EUR"]
        assert put().status_code == 200


class TestLockedPeriods:
    @pytest.fixture(autouse=True)
    def locked(self, xero, gb):
        xero.configure(gb, period_lock_date=date(2026, 10, 31))

    def test_hold_for_bills_and_credit_notes(self, put):
        for path, change in (
            ("Invoices", {"Type": "ACCPAY", "LineItems": [BILL]}),
            ("CreditNotes", {"Type": "ACCRECCREDIT"}),
        ):
            assert "period lock date" in messages(put(path, Date="2026-10-31", **change))[0]

    @pytest.mark.parametrize(("respected", "status"), [(True, 400), (False, 200)])
    def test_hold_for_purchase_orders_by_a_switch(self, put, xero, respected, status):
        xero.state.switches.purchase_orders_respect_lock_dates = respected
        assert put("PurchaseOrders", Date="2026-10-31").status_code == status

    def test_keep_a_draft_that_lies_there_from_being_approved(self, put, client, xero):
        xero.state.switches.drafts_respect_lock_dates = False
        key = put(Date="2026-10-01").json()["Invoices"][0]["InvoiceID"]
        assert "period lock date" in messages(client.post(f"/Invoices/{key}", json={"Status": "AUTHORISED"}))[0]
        assert client.post(f"/Invoices/{key}", json={"Status": "DELETED"}).status_code == 200

    def test_keep_what_was_approved_as_it_is(self, put, client, xero, gb):
        key = put(Status="AUTHORISED").json()["Invoices"][0]["InvoiceID"]
        xero.configure(gb, period_lock_date=date(2026, 11, 20))
        words = "The document cannot be edited as it is currently dated before the period lock date"
        assert messages(client.post(f"/Invoices/{key}", json={"Status": "VOIDED"})) == [words]


class TestPlans:
    def test_cap_what_may_be_approved_in_a_month(self, put, xero, gb):
        xero.configure(gb, plan="STARTER", invoice_cap=2)
        answers = [put(Status="AUTHORISED") for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 400]
        assert messages(answers[2]) == ["You have reached the limit of invoices you can approve"]
        assert put(Status="DRAFT").status_code == 200
        assert put(Status="AUTHORISED", Date="2026-12-01").status_code == 200

    def test_cap_bills_apart(self, put, xero, gb):
        xero.configure(gb, plan="STARTER")
        bill = {"Type": "ACCPAY", "Status": "AUTHORISED", "LineItems": [BILL]}
        answers = [put(**bill) for _ in range(6)]
        assert [each.status_code for each in answers] == [200] * 5 + [400]
        assert messages(answers[5]) == ["You have reached the limit of bills you can approve"]


class TestContacts:
    def test_are_changed_by_what_a_document_says_of_them(self, put, client, customer, xero, gb):
        client.post("/Contacts", json=customer | {"ContactPersons": [{"FirstName": "Ann"}]})
        put(Contact=customer | {"EmailAddress": "new@shop.example", "Name": "Another name"})
        contact = xero.books(gb).contacts[customer["ContactID"]]
        assert (contact.email_address, contact.name) == ("new@shop.example", "Custom Gateway Orders")
        assert contact.persons == ()
        assert contact.phones

    def test_are_left_alone_by_a_switch(self, put, customer, xero, gb):
        xero.state.switches.documents_change_their_contact = False
        before = xero.books(gb).contacts[customer["ContactID"]]
        put(Contact=customer | {"EmailAddress": "new@shop.example"})
        assert xero.books(gb).contacts[customer["ContactID"]] == before

    def test_are_not_changed_by_a_document_that_is_refused(self, put, customer, xero, gb):
        before = xero.books(gb).contacts[customer["ContactID"]]
        assert messages(put(Contact=customer | {"EmailAddress": "nope"})) == ["Email address must be valid."]
        assert xero.books(gb).contacts[customer["ContactID"]] == before

    @pytest.mark.parametrize(("by_name", "status"), [(True, 200), (False, 400)])
    def test_are_posted_by_name_by_a_switch(self, client, xero, by_name, status):
        xero.state.switches.post_updates_contact_by_name = by_name
        assert client.post("/Contacts", json={"Name": "Custom Gateway Orders"}).status_code == status

    @pytest.mark.parametrize(("by_name", "status"), [(True, 400), (False, 200)])
    def test_that_are_archived_match_by_name_by_a_switch(self, put, xero, by_name, status):
        xero.state.switches.archived_contacts_match_by_name = by_name
        assert put(Contact={"Name": "Old Customer Ltd"}).status_code == status

    def test_that_were_merged_say_where_to(self, put, client, customer, xero, gb):
        other = xero.books(gb).contact_named("Print Fulfilment Partners").contact_id
        key = put().json()["Invoices"][0]["InvoiceID"]
        xero.merge_contacts(gb, customer["ContactID"], into=other)
        assert client.get(f"/Invoices/{key}").json()["Invoices"][0]["Contact"]["ContactID"] == other
        assert messages(put())[0].startswith("The contact with the specified contact details has been archived.")
        shown = client.get(f"/Contacts/{customer['ContactID']}").json()["Contacts"][0]
        assert (shown["ContactStatus"], shown["MergedToContactID"]) == ("ARCHIVED", other)
        ids = {"IDs": customer["ContactID"]}
        assert "MergedToContactID" not in client.get("/Contacts", params=ids).json()["Contacts"][0]
        assert "MergedToContactID" in client.get("/Contacts", params=ids | {"page": 1}).json()["Contacts"][0]

    def test_know_what_they_owe(self, put, client, customer, xero):
        put(Status="AUTHORISED", DueDate="2026-11-01")
        put(Status="AUTHORISED")
        put(Status="DRAFT")
        shown = client.get(f"/Contacts/{customer['ContactID']}").json()["Contacts"][0]
        assert (shown["IsCustomer"], shown["IsSupplier"]) == (True, False)
        assert shown["Balances"]["AccountsReceivable"] == {"Outstanding": 24, "Overdue": 12}

    def test_of_an_archived_name_do_not_hide_the_new_one(self, client, xero, gb):
        old = xero.books(gb).contact_named("Old Customer Ltd") or next(
            each for each in xero.books(gb).contacts.values() if each.status == "ARCHIVED"
        )
        client.put("/Contacts", json={"Name": "Old Customer Ltd"})
        client.post(f"/Contacts/{old.contact_id}", json={"FirstName": "x"})
        assert xero.books(gb).contact_named("Old Customer Ltd").status == "ACTIVE"


class TestStock:
    def on_hand(self, xero, gb, code="STOCK-EMPTY"):
        item = xero.books(gb).item_coded(code)
        return item.quantity_on_hand, item.total_cost_pool

    def buy(self, put, quantity, price, **change):
        line = {"ItemCode": "STOCK-EMPTY", "Quantity": quantity, "UnitAmount": price}
        return put(Type="ACCPAY", Status="AUTHORISED", LineItems=[line], **change)

    def sell(self, put, quantity, **change):
        return put(Status="AUTHORISED", LineItems=[{"ItemCode": "STOCK-EMPTY", "Quantity": quantity}], **change)

    def test_is_told_again_when_an_early_bill_is_voided(self, put, client, xero, gb):
        first = self.buy(put, 10, 2).json()["Invoices"][0]["InvoiceID"]
        self.buy(put, 10, 4)
        self.sell(put, 10)
        assert self.on_hand(xero, gb) == (Decimal(10), Decimal("30.00"))
        assert client.post(f"/Invoices/{first}", json={"Status": "VOIDED"}).status_code == 200
        assert self.on_hand(xero, gb) == (Decimal(0), Decimal("0.00"))

    @pytest.mark.parametrize(("may", "status"), [(False, 400), (True, 200)])
    def test_that_was_sold_keeps_its_bill_by_a_switch(self, put, client, xero, may, status):
        xero.state.switches.stock_may_be_taken_back_below_zero = may
        key = self.buy(put, 10, 2).json()["Invoices"][0]["InvoiceID"]
        self.sell(put, 1)
        assert client.post(f"/Invoices/{key}", json={"Status": "VOIDED"}).status_code == status

    def test_sold_before_it_came_is_paid_by_the_next_bill(self, put, xero, gb):
        self.sell(put, 4, params={"allowBackorders": "true"})
        assert self.on_hand(xero, gb) == (Decimal(-4), Decimal("0.00"))
        self.buy(put, 10, 2)
        assert self.on_hand(xero, gb) == (Decimal(6), Decimal("12.00"))
        assert trial_balance(xero.books(gb))["310"] == Decimal("8.00")

    def test_goes_back_to_a_supplier_at_average_cost(self, put, xero, gb):
        self.buy(put, 10, 2)
        line = {"ItemCode": "STOCK-EMPTY", "Quantity": 4, "UnitAmount": 3}
        assert put("CreditNotes", Type="ACCPAYCREDIT", Status="AUTHORISED", LineItems=[line]).status_code == 200
        assert self.on_hand(xero, gb) == (Decimal(6), Decimal("12.00"))

    def test_does_not_move_twice_when_a_word_changes(self, put, client, xero, gb):
        self.buy(put, 10, 2)
        key = self.sell(put, 5).json()["Invoices"][0]["InvoiceID"]
        self.buy(put, 5, 10)
        client.post(f"/Invoices/{key}", json={"Reference": "new"})
        assert self.on_hand(xero, gb) == (Decimal(10), Decimal("60.00"))

    def test_costs_what_was_paid_without_tax_in_the_base_currency(self, put, xero, gb):
        change = {"LineAmountTypes": "Inclusive", "CurrencyCode": "EUR", "CurrencyRate": 1.25}
        self.buy(put, 10, 12, **change)
        assert self.on_hand(xero, gb) == (Decimal(10), Decimal("80.00"))


def test_a_list_of_more_than_a_hundred_thousand_is_refused_unpaged():
    from localxero.queries.lists import QueryParseError, paged

    with pytest.raises(QueryParseError):
        paged(range(100_001), {})
    assert len(paged(range(100_001), {"page": "1"}).records) == 100


def test_the_journal_names_the_invoice_that_a_payment_settles(put, client, xero):
    key = put(Status="AUTHORISED").json()["Invoices"][0]["InvoiceID"]
    client.put("/Payments", json={"Invoice": {"InvoiceID": key}, "Account": {"Code": "090"}, "Amount": 12})
    booked = xero.state.journal.entries()[-1].booked
    assert [(each.kind, each.status) for each in booked] == [("payment", "AUTHORISED"), ("invoice", "PAID")]
