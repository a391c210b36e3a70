"""What a person does on the pages: the API's rules, in the person's name."""

from decimal import Decimal

import pytest

from localxero.testing import in_process
from localxero.webhooks import Reply

BASE = "https://hook.example"
MUG = {"Description": "Mug", "Quantity": 3, "UnitAmount": 10, "AccountCode": "200", "TaxType": "OUTPUT2"}
ALONE = {"BILL": {"AccountCode": "300", "TaxType": "INPUT2"}, "ORDER": {"AccountCode": "300", "TaxType": "INPUT2"}}
KINDS = {"INVOICE": ("Invoices", "ACCREC"), "BILL": ("Invoices", "ACCPAY"), "CREDIT": ("CreditNotes", "ACCRECCREDIT")}
IDS = {"Invoices": "InvoiceID", "CreditNotes": "CreditNoteID", "PurchaseOrders": "PurchaseOrderID"}
PLACES = {
    "Invoices": "/app/!bR7cB/invoicing/view/",
    "CreditNotes": "/org/!bR7cB/credit-notes/",
    "PurchaseOrders": "/org/!bR7cB/purchase-orders/",
}


@pytest.fixture
def http(xero):
    with in_process(xero) as made:
        yield made


@pytest.fixture
def make(client, customer):
    """Book a document of a kind and return its page and its id."""

    def send(kind="INVOICE", *lines, **change):
        plural, type_ = KINDS.get(kind, ("PurchaseOrders", None))
        own = [MUG | ALONE.get(kind, {}) | line for line in lines or ({},)]
        body = {"Contact": customer, "Date": "2026-11-18", "DueDate": "2026-12-18", "LineItems": own, "Type": type_}
        answer = client.put(f"/{plural}", params={"unitdp": 4}, json=body | change)
        assert answer.status_code == 200, answer.text
        key = answer.json()[plural][0][IDS[plural]]
        return PLACES[plural] + key, key

    return send


@pytest.fixture
def held(xero, gb):
    """Find a document in the books."""

    def find(key):
        books = xero.books(gb)
        return books.invoices.get(key) or books.credit_notes.get(key) or books.purchase_orders.get(key)

    return find


@pytest.fixture
def edit(http):
    """Fill in the form of a document: what is not named stays as the form shows it."""

    def send(record, do="save", row=0, **typed):
        form = {"contact": "Custom Gateway Orders", "date": record.date, "reference": record.reference}
        form["second_day"] = getattr(record, "due_date", None) or getattr(record, "delivery_date", None) or ""
        columns = {
            "line": [each.line_item_id for each in record.lines],
            "description": [each.description or "" for each in record.lines],
            "quantity": [str(each.quantity or "") for each in record.lines],
            "price": [str(each.unit_amount or "") for each in record.lines],
            "discount": [str(each.discount_rate or "") for each in record.lines],
            "account": [each.account_code or "" for each in record.lines],
            "tax": [each.tax_type or "" for each in record.lines],
        }
        for name, text in typed.items():
            if name in columns:
                columns[name][row] = text
            else:
                form[name] = text
        return http.post(f"/org/!bR7cB/edit/{record.document_id}", data=form | columns | {"do": do})

    return send


class TestADocument:
    @pytest.mark.parametrize("kind", ["INVOICE", "BILL", "CREDIT", "ORDER"])
    def test_is_approved_and_ended(self, http, make, held, kind):
        place, key = make(kind)
        assert http.post(place, data={"do": "move", "status": "AUTHORISED"}).headers["location"] == place
        assert held(key).status == "AUTHORISED"
        end = "DELETED" if kind == "ORDER" else "VOIDED"
        assert http.post(place, data={"do": "move", "status": end}).status_code == 302
        assert held(key).status == end

    @pytest.mark.parametrize("kind", ["INVOICE", "BILL", "CREDIT", "ORDER"])
    def test_is_deleted_as_a_draft(self, http, make, held, kind):
        place, key = make(kind)
        http.post(place, data={"do": "move", "status": "DELETED"})
        assert held(key).status == "DELETED"
        page = http.get(place).text
        assert "Edit</a>" not in page

    def test_tells_what_xero_says_where_it_may_not(self, http, make, held):
        place, key = make(DueDate=None)
        answer = http.post(place, data={"do": "move", "status": "AUTHORISED"})
        assert answer.status_code == 400
        assert "Due date cannot be empty." in answer.text
        assert held(key).status == "DRAFT"

    def test_leaves_its_mark_everywhere(self, http, make, client, xero, gb):
        xero.courier.send = lambda _, __, ___: Reply(200)
        xero.subscribe(BASE).status = "active"
        place, key = make()
        xero.deliver_webhooks()
        before = client.get(f"/Invoices/{key}").json()["Invoices"][0]["UpdatedDateUTC"]
        xero.clock.advance(60)
        http.post(place, data={"do": "move", "status": "AUTHORISED"})
        assert client.get(f"/Invoices/{key}").json()["Invoices"][0]["UpdatedDateUTC"] > before
        note = client.get(f"/Invoices/{key}/History").json()["HistoryRecords"][0]
        assert (note["Changes"], note["User"]) == ("Approved", "Ada Birch")
        (delivery,) = xero.deliver_webhooks()
        assert key in delivery.body
        (entry,) = xero.state.journal.entries(lambda each: "by hand" in each.note)
        assert entry.booked[0].changes["Status"] == ("DRAFT", "AUTHORISED")
        assert entry.tenant_id == gb

    def test_keeps_four_decimals_and_the_tax_that_was_sent(self, http, make, held, edit):
        lines = {"UnitAmount": "9.9951", "TaxAmount": "5.98"}, {"Description": "Cup\nwith saucer"}
        _, key = make("INVOICE", *lines)
        before = held(key)
        edit(before, description="Mug, blue")
        line, other = held(key).lines
        assert other == before.lines[1]
        assert (line.description, line.unit_amount, line.tax_amount) == (
            "Mug, blue",
            Decimal("9.9951"),
            Decimal("5.98"),
        )

    @pytest.mark.parametrize("kind", ["INVOICE", "BILL", "CREDIT", "ORDER"])
    def test_is_edited(self, make, held, edit, kind):
        _, key = make(kind)
        account = "310" if kind in ALONE else "260"
        answer = edit(
            held(key), date="2026-11-19", reference="R-2", quantity="4", price="2.5", account=account, tax="NONE"
        )
        assert answer.status_code == 302, answer.text
        after = held(key)
        assert (after.date.isoformat(), after.reference, after.total) == ("2026-11-19", "R-2", Decimal("10.00"))
        assert (after.lines[0].account_code, after.lines[0].tax_type) == (account, "NONE")

    def test_gets_another_contact_and_due_date_and_is_approved_in_one_go(self, make, held, edit, xero, gb):
        _, key = make()
        edit(held(key), do="approve", contact="Print Fulfilment Partners", second_day="2027-01-31")
        after = held(key)
        assert xero.books(gb).contacts[after.contact_id].name == "Print Fulfilment Partners"
        assert (after.due_date.isoformat(), after.status) == ("2027-01-31", "AUTHORISED")

    def test_loses_a_row_that_was_emptied_and_gains_one(self, make, held, edit):
        _, key = make("INVOICE", {}, {"Description": "Cup", "UnitAmount": 5})
        edit(held(key), row=0, description="", quantity="", price="")
        (line,) = held(key).lines
        assert line.description == "Cup"

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"price": "ten"}, "Line 1, price: &#39;ten&#39; is not a number"),
            ({"price": "NaN"}, "is not a number"),
            ({"price": "9" * 30}, "not a number that can be stored"),
            ({"date": "yesterday"}, "is not a date"),
            ({"quantity": "-1"}, "Quantity must not be less than zero"),
            ({"description": "", "quantity": "", "price": ""}, "One or more line items"),
        ],
    )
    def test_keeps_what_was_typed_where_it_cannot_be(self, make, held, edit, typed, words):
        _, key = make()
        before = held(key)
        answer = edit(before, reference="typed before", **typed)
        assert answer.status_code == 400
        assert words in answer.text
        assert "typed before" in answer.text
        assert held(key) == before

    @pytest.mark.parametrize(
        "form", [{}, {"price": "9" * 30}, {"line": "nope"}, {"date": "9999-99-99"}, {"do": "approve"}]
    )
    def test_bears_a_form_that_lacks_fields(self, http, make, form):
        _, key = make()
        assert http.post(f"/org/!bR7cB/edit/{key}", data=form).status_code in {302, 400}

    def test_that_is_settled_lets_its_reference_be_changed_and_no_amount(self, make, held, edit, client):
        _, key = make(Status="AUTHORISED")
        client.put("/Payments", json={"Invoice": {"InvoiceID": key}, "Account": {"Code": "090"}, "Amount": 5})
        assert edit(held(key), reference="new").status_code == 302
        assert "This document cannot be edited" in edit(held(key), price="11").text


class TestADiscountOfADraft:
    @pytest.mark.parametrize("how", ["save", "approve", "button"])
    def test_becomes_a_percentage_of_two_decimals(self, http, make, held, edit, how):
        # 3 at 33.33 less 7.77: 92.22 as sent; 7.77 % of 99.99 is 7.769...: 7.77 %, and 92.22; 1.23 of 99.99 is 1.23 %.
        place, key = make("INVOICE", {"UnitAmount": "1234.56", "Quantity": 1, "DiscountAmount": "100.00"})
        assert held(key).sub_total == Decimal("1134.56")
        if how == "button":
            http.post(place, data={"do": "move", "status": "AUTHORISED"})
        else:
            edit(held(key), do=how, discount="8.10")
        after = held(key)
        assert (after.lines[0].discount_rate, after.lines[0].discount_amount) == (Decimal("8.10"), None)
        assert (after.sub_total, after.total_tax) == (Decimal("1134.56"), Decimal("226.91"))

    def test_may_so_change_the_cents(self, http, make, held):
        place, key = make("INVOICE", {"UnitAmount": "999.99", "Quantity": 1, "DiscountAmount": "333.33"})
        assert held(key).sub_total == Decimal("666.66")
        http.post(place, data={"do": "move", "status": "AUTHORISED"})
        assert held(key).lines[0].discount_rate == Decimal("33.33")
        assert held(key).sub_total == Decimal("666.69")

    def test_stays_where_the_api_approves_it(self, client, make, held):
        _, key = make("INVOICE", {"UnitAmount": "999.99", "Quantity": 1, "DiscountAmount": "333.33"})
        client.post(f"/Invoices/{key}", json={"Status": "AUTHORISED"})
        assert held(key).sub_total == Decimal("666.66")

    def test_stays_on_what_was_approved(self, make, held, edit):
        line = {"UnitAmount": "999.99", "Quantity": 1, "DiscountAmount": "333.33"}
        _, key = make("INVOICE", line, Status="AUTHORISED")
        assert edit(held(key), reference="new", discount="33.33").status_code == 302
        assert held(key).sub_total == Decimal("666.66")


class TestAPayment:
    @pytest.fixture
    def bank(self, xero, gb):
        return xero.books(gb).account("090").account_id

    @pytest.mark.parametrize("kind", ["INVOICE", "BILL", "CREDIT"])
    def test_is_made_and_removed(self, http, make, held, client, bank, kind):
        place, key = make(kind, Status="AUTHORISED")
        form = {"do": "pay", "amount": "36.00", "date": "2026-11-20", "account": bank, "reference": "P-1"}
        assert http.post(place, data=form).status_code == 302
        assert held(key).status == "PAID"
        (payment,) = client.get("/Payments").json()["Payments"]
        assert http.post(place, data={"do": "unpay", "payment": payment["PaymentID"]}).status_code == 302
        assert held(key).status == "AUTHORISED"
        plural = KINDS[kind][0]
        notes = client.get(f"/{plural}/{key}/History").json()["HistoryRecords"]
        assert {each["User"] for each in notes[:2]} == {"Ada Birch"}

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"amount": "36.01"}, "exceeds the amount outstanding"),
            ({"amount": ""}, "must be greater than 0"),
            ({"amount": "all"}, "is not a number"),
            ({"date": "2026-02-30"}, "is not a date"),
            ({"account": ""}, "You must specify an Account"),
        ],
    )
    def test_that_cannot_be_is_refused_in_words(self, http, make, held, bank, change, words):
        place, key = make(Status="AUTHORISED")
        answer = http.post(place, data={"do": "pay", "amount": "36", "date": "2026-11-20", "account": bank} | change)
        assert answer.status_code == 400
        assert words in answer.text
        assert not held(key).amount_paid

    def test_keeps_an_invoice_from_being_voided(self, http, make, bank):
        place, _ = make(Status="AUTHORISED")
        http.post(place, data={"do": "pay", "amount": "1", "date": "2026-11-20", "account": bank})
        said = http.post(place, data={"do": "move", "status": "VOIDED"}).text
        assert "cannot be applied to the invoice because it has payments" in said


class TestTheRest:
    def test_contacts_are_archived_and_restored(self, http, client, customer):
        place = f"/app/!bR7cB/contacts/contact/{customer['ContactID']}"
        for do, status, told in (("archive", "ARCHIVED", "Archived"), ("restore", "ACTIVE", "Restored")):
            assert http.post(place, data={"do": do}).status_code == 302
            path = f"/Contacts/{customer['ContactID']}"
            assert client.get(path).json()["Contacts"][0]["ContactStatus"] == status
            assert client.get(f"{path}/History").json()["HistoryRecords"][0]["Changes"] == told

    def test_a_contact_is_not_restored_beside_another_of_its_name(self, http, client, customer):
        place = f"/app/!bR7cB/contacts/contact/{customer['ContactID']}"
        http.post(place, data={"do": "archive"})
        client.put("/Contacts", json={"Name": "Custom Gateway Orders"})
        answer = http.post(place, data={"do": "restore"})
        assert answer.status_code == 400
        assert "is already assigned to another contact" in answer.text

    def test_accounts_are_archived_and_restored(self, http, xero, gb):
        account = xero.books(gb).account("260").account_id
        for do, status in (("archive", "ARCHIVED"), ("restore", "ACTIVE")):
            assert http.post("/org/!bR7cB/accounts", data={"do": do, "account": account}).status_code == 302
            assert xero.books(gb).accounts[account].status == status

    def test_system_accounts_stay(self, http, xero, gb):
        account = xero.books(gb).system_account("DEBTORS")
        answer = http.post("/org/!bR7cB/accounts", data={"do": "archive", "account": account.account_id})
        assert answer.status_code == 400
        assert "System accounts cannot be archived" in answer.text

    def test_lock_dates_are_set_and_lifted(self, http, make, xero, gb):
        place, _ = make(Status="AUTHORISED")
        form = {"period_lock_date": "2026-11-19", "end_of_year_lock_date": ""}
        assert http.post("/org/!bR7cB/", data=form).status_code == 302
        assert xero.books(gb).organisation.period_lock_date.isoformat() == "2026-11-19"
        assert "period lock date" in http.post(place, data={"do": "move", "status": "VOIDED"}).text
        assert http.post("/org/!bR7cB/", data={"period_lock_date": "soon"}).status_code == 400
        http.post("/org/!bR7cB/", data={"period_lock_date": ""})
        assert http.post(place, data={"do": "move", "status": "VOIDED"}).status_code == 302

    @pytest.mark.parametrize(
        "path",
        ["/app/!bR7cB/invoicing/view/nope", "/org/!bR7cB/edit/nope", "/app/!bR7cB/contacts/contact/nope", "/org/x/"],
    )
    def test_what_is_not_there_is_said(self, http, path):
        assert http.post(path, data={"do": "archive"}).status_code == 404

    def test_buttons_that_are_none_do_nothing(self, http, make, held, xero, gb):
        place, key = make()
        before = held(key)
        account = xero.books(gb).account("260").account_id
        assert http.post(place, data={"do": "explode"}).status_code == 404
        assert http.post(place, data={"do": "unpay", "payment": "nope"}).status_code == 400
        assert http.post("/org/!bR7cB/accounts", data={"do": "explode", "account": account}).status_code == 404
        assert held(key) == before

    def test_other_sites_press_no_buttons(self, http, make, held):
        place, key = make()
        form = {"do": "move", "status": "AUTHORISED"}
        assert http.post(place, data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert held(key).status == "DRAFT"
