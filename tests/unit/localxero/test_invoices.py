from datetime import date
from decimal import Decimal

import msgspec
import pytest

from localxero.testing import signed_in

LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}


def exact(response):
    """The JSON with every number as Decimal."""
    return msgspec.json.Decoder(float_hook=Decimal).decode(response.content)


@pytest.fixture
def put(client, customer):
    def send(*changes, **params):
        invoices = [
            {
                "Type": "ACCREC",
                "Contact": customer,
                "Date": "2026-11-20",
                "DueDate": "2026-12-20",
                "LineItems": [LINE],
                **each,
            }
            for each in changes
        ]
        return client.put("/Invoices", params=params, json={"Invoices": invoices})

    return send


@pytest.fixture
def refusal(put):
    """Send one invoice and return the messages it was refused with."""

    def send(change, **params):
        element = put(change, summarizeErrors="false", **params).json()["Invoices"][0]
        return [each["Message"] for each in element.get("ValidationErrors", [])]

    return send


class TestCreating:
    def test_books_what_was_sent(self, put, xero, gb):
        answer = put({"InvoiceNumber": "A-1", "Reference": "order 7", "Url": "https://shop.example/7"})
        assert answer.status_code == 200
        (booked,) = xero.books(gb).invoices.values()
        assert (booked.number, booked.reference, booked.url) == ("A-1", "order 7", "https://shop.example/7")
        assert (booked.sub_total, booked.total_tax, booked.total) == (
            Decimal("10.00"),
            Decimal("2.00"),
            Decimal("12.00"),
        )
        assert (booked.date, booked.due_date) == (date(2026, 11, 20), date(2026, 12, 20))
        assert booked.status == "DRAFT"

    def test_answers_in_xeros_form(self, put):
        element = exact(put({"InvoiceNumber": "A-1"}))["Invoices"][0]
        assert element["DateString"] == "2026-11-20T00:00:00"
        assert element["Date"] == "/Date(1795132800000+0000)/"
        assert "StatusAttributeString" not in element
        assert element["HasErrors"] is False
        assert element["LineItems"][0]["TaxType"] == "OUTPUT2"

    def test_writes_numbers_exactly(self, put):
        body = put({"LineItems": [LINE | {"UnitAmount": 10.10}]}).text
        assert '"UnitAmount":10.10' in body
        assert '"Quantity":1.0000' in body
        assert '"Total":12.12' in body

    @pytest.mark.parametrize(("unitdp", "price", "total"), [(2, "10.00", "24.00"), (4, "9.9950", "23.99")])
    def test_keeps_prices_to_unitdp_decimals(self, put, unitdp, price, total):
        element = exact(put({"LineItems": [LINE | {"Quantity": 2, "UnitAmount": 9.995}]}, unitdp=unitdp))["Invoices"][0]
        assert element["LineItems"][0]["UnitAmount"] == Decimal(price)
        assert element["Total"] == Decimal(total)

    def test_takes_tax_out_of_inclusive_amounts(self, put):
        element = exact(put({"LineAmountTypes": "Inclusive", "LineItems": [LINE | {"UnitAmount": 12}]}))["Invoices"][0]
        assert (element["SubTotal"], element["TotalTax"], element["Total"]) == (
            Decimal("10.00"),
            Decimal("2.00"),
            Decimal("12.00"),
        )

    def test_lets_tax_amount_be_overridden(self, put):
        element = exact(put({"LineItems": [LINE | {"TaxAmount": 2.01}]}))["Invoices"][0]
        assert element["Total"] == Decimal("12.01")

    def test_counts_discounts(self, put):
        lines = [LINE | {"UnitAmount": 100, "DiscountRate": 10}, LINE | {"DiscountAmount": 1}]
        element = exact(put({"LineItems": lines}))["Invoices"][0]
        assert (element["SubTotal"], element["TotalDiscount"], element["IsDiscounted"]) == (
            Decimal(99),
            Decimal(11),
            True,
        )

    def test_finds_the_price_of_a_line_that_has_only_an_amount(self, put):
        line = {"Description": "x", "LineAmount": 10, "Quantity": 3, "AccountCode": "200"}
        booked = exact(put({"LineItems": [line]}, unitdp=4))["Invoices"][0]["LineItems"][0]
        assert (booked["LineAmount"], booked["UnitAmount"]) == (Decimal("10.00"), Decimal("3.3333"))

    def test_uses_what_the_item_has(self, put):
        line = exact(put({"LineItems": [{"ItemCode": "MUG-11OZ", "Quantity": 1}]}))["Invoices"][0]["LineItems"][0]
        assert (line["UnitAmount"], line["AccountCode"], line["TaxType"]) == (Decimal("9.99"), "200", "OUTPUT2")
        assert line["Description"] == "Ceramic mug 11oz"

    def test_numbers_an_invoice_that_has_no_number(self, put):
        assert put({}).json()["Invoices"][0]["InvoiceNumber"] == "INV-0001"

    def test_makes_a_contact_of_an_unknown_name(self, put, xero, gb):
        put({"Contact": {"Name": "Brand New"}})
        assert xero.books(gb).contact_named("brand new")

    def test_gives_foreign_documents_the_rate_of_the_day(self, put):
        assert exact(put({"CurrencyCode": "EUR"}))["Invoices"][0]["CurrencyRate"] == Decimal("1.184200")

    @pytest.mark.parametrize("sent", ["2026-11-19", "2026-11-19T23:59:59", "/Date(1795046400000+0000)/"])
    def test_reads_dates_in_every_form(self, put, sent):
        assert put({"Date": sent}).json()["Invoices"][0]["DateString"] == "2026-11-19T00:00:00"

    def test_dates_an_undated_one_today_in_the_organisations_zone(self, xero, customer):
        au = xero.tenant_id("AU")
        xero.clock.freeze(xero.clock.now().replace(hour=20))
        contact = xero.books(au).contact_named("Custom Gateway Orders")
        with signed_in(xero, au) as client:
            body = {"Type": "ACCREC", "Contact": {"ContactID": contact.contact_id}, "LineItems": [LINE]}
            assert client.put("/Invoices", json=body).json()["Invoices"][0]["DateString"] == "2026-11-21T00:00:00"

    def test_accepts_one_object_a_list_and_an_envelope(self, client, customer):
        one = {"Type": "ACCREC", "Contact": customer, "LineItems": [LINE]}
        for body in (one, [one], {"Invoices": [one]}):
            assert len(client.put("/Invoices", json=body).json()["Invoices"]) == 1


class TestRefusing:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"Type": "ACCRECCREDIT"}, "Invoice not of valid type for creation"),
            ({"Status": "PAID"}, "Invoice not of valid status for creation"),
            ({"Contact": {}}, "A Contact must be specified for this type of transaction"),
            ({"Contact": None}, "A Contact must be specified for this type of transaction"),
            ({"CurrencyCode": "JPY"}, "Organisation is not subscribed to currency JPY"),
            ({"LineItems": []}, "One or more line items must be specified"),
            ({"Status": "AUTHORISED", "DueDate": None}, "Due date cannot be empty."),
            (
                {"LineItems": [LINE | {"UnitAmount": -1}]},
                "The Total for this document must be greater than or equal to zero.",
            ),
            ({"Url": "ftp://x"}, "Url must be a valid absolute url"),
        ],
    )
    def test_says_what_is_wrong_with_the_document(self, refusal, change, message):
        assert refusal(change) == [message]

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"AccountCode": "999"}, "Account code '999' is not a valid code for this document."),
            ({"AccountCode": "090"}, "Account code '090' is not a valid code for this document."),
            ({"AccountCode": "610"}, "Account code '610' is not a valid code for this document."),
            (
                {"AccountCode": "280"},
                (
                    "Account code '280' has been archived, or has been deleted. "
                    "Each line item must reference a valid account."
                ),
            ),
            ({"AccountCode": "630"}, "You cannot save this transaction using an inventory account type"),
            ({"AccountCode": None}, "Account code or ID must be specified"),
            ({"Description": " "}, "The description field is mandatory for each line item."),
            (
                {"TaxType": "NOPE"},
                "The TaxType code NOPE does not exist or cannot be used for this type of transaction.",
            ),
            ({"TaxType": "INPUT2"}, "The TaxType code 'INPUT2' cannot be used with account code '200'."),
            ({"LineAmount": 11}, "The line total 11.00 does not match the expected line total 10.00"),
            ({"Quantity": -1}, "The quantity value '-1.0000' is invalid. Quantity must not be less than zero."),
            ({"ItemCode": "GONE"}, "Item code 'GONE' is not valid"),
        ],
    )
    def test_says_what_is_wrong_with_a_line(self, refusal, change, message):
        assert message in refusal({"Status": "AUTHORISED", "LineItems": [LINE | change]})

    def test_lets_a_rounding_line_pass(self, refusal):
        assert refusal({"LineItems": [LINE, LINE | {"AccountCode": "860", "UnitAmount": -0.01}]}) == []

    def test_lets_a_draft_be_incomplete(self, refusal):
        assert refusal({"DueDate": None, "LineItems": [{"Description": "only words"}]}) == []

    def test_refuses_an_archived_contact(self, refusal, xero, gb):
        archived = next(c for c in xero.books(gb).contacts.values() if c.status == "ARCHIVED")
        (message,) = refusal({"Contact": {"ContactID": archived.contact_id}})
        assert message.startswith("The contact with the specified contact details has been archived.")

    @pytest.mark.parametrize("number", ["A-1", "a-1", " A-1 "])
    def test_refuses_a_number_in_use_whatever_its_case(self, put, refusal, number):
        put({"InvoiceNumber": "A-1"})
        assert refusal({"InvoiceNumber": number}) == ["Invoice # must be unique."]

    def test_lets_bills_share_a_number(self, put, refusal):
        bill = {"Type": "ACCPAY", "InvoiceNumber": "B-1", "LineItems": [LINE | {"AccountCode": "300"}]}
        put(bill)
        assert refusal(bill) == []

    def test_keeps_voided_numbers_burnt(self, put, refusal, client):
        number = {"InvoiceNumber": "A-1", "Status": "AUTHORISED"}
        invoice_id = put(number).json()["Invoices"][0]["InvoiceID"]
        client.post(f"/Invoices/{invoice_id}", json={"Status": "VOIDED"})
        assert refusal(number) == ["Invoice # must be unique."]

    @pytest.mark.parametrize(
        ("field", "words"), [("end_of_year_lock_date", "end of year"), ("period_lock_date", "period")]
    )
    def test_refuses_a_date_up_to_the_lock_date(self, xero, gb, refusal, field, words):
        xero.configure(gb, **{field: date(2026, 10, 31)})
        message = f"The document date cannot be before the {words} lock date, currently set at 31-Oct-2026"
        assert refusal({"Date": "2026-10-31"}) == [message]
        assert refusal({"Date": "2026-11-01"}) == []

    def test_warns_of_a_draft_marked_sent_and_saves_it(self, put):
        element = put({"SentToContact": True}).json()["Invoices"][0]
        assert element["Warnings"] == [{"Message": "Only AUTHORISED invoices may have SentToContact updated."}]
        assert element["SentToContact"] is False


class TestBatches:
    def test_settle_each_element_on_its_own(self, put, xero, gb):
        answer = put({"InvoiceNumber": "1"}, {"CurrencyCode": "JPY"}, {"InvoiceNumber": "3"}, summarizeErrors="false")
        assert answer.status_code == 200
        elements = answer.json()["Invoices"]
        assert [each["StatusAttributeString"] for each in elements] == ["OK", "ERROR", "OK"]
        assert elements[1]["HasErrors"] is True
        assert elements[1]["InvoiceID"] not in xero.books(gb).invoices
        assert elements[1]["InvoiceNumber"] == ""
        assert [each.number for each in xero.books(gb).invoices.values()] == ["1", "3"]

    def test_see_their_own_earlier_elements(self, put):
        elements = put({"InvoiceNumber": "1"}, {"InvoiceNumber": "1"}, summarizeErrors="false").json()["Invoices"]
        assert elements[1]["ValidationErrors"] == [{"Message": "Invoice # must be unique."}]

    @pytest.mark.parametrize(("books_good", "booked"), [(True, ["1"]), (False, [])])
    def test_summarised_name_only_the_bad(self, put, xero, gb, books_good, booked):
        xero.state.switches.summarised_400_books_good = books_good
        answer = put({"InvoiceNumber": "1"}, {"InvoiceNumber": "2", "CurrencyCode": "JPY"})
        assert answer.status_code == 400
        body = answer.json()
        assert (body["ErrorNumber"], body["Type"]) == (10, "ValidationException")
        assert body["Message"] == "A validation exception occurred"
        assert [each["InvoiceNumber"] for each in body["Elements"]] == ["2"]
        assert [each.number for each in xero.books(gb).invoices.values()] == booked

    def test_are_told_in_the_journal(self, put, xero):
        put({"InvoiceNumber": "1"}, {"CurrencyCode": "JPY"}, summarizeErrors="false")
        entry = xero.state.journal.entries()[-1]
        assert [each.number for each in entry.booked] == ["1"]
        assert [(each["element"], each["rule"]) for each in entry.rules] == [(1, "currency_is_subscribed")]


class TestChanging:
    @pytest.fixture
    def booked(self, put):
        return put({"InvoiceNumber": "A-1"}).json()["Invoices"][0]

    def test_a_status_keeps_the_lines(self, client, booked):
        after = client.post(f"/Invoices/{booked['InvoiceID']}", json={"Status": "AUTHORISED"}).json()["Invoices"][0]
        assert after["Status"] == "AUTHORISED"
        assert after["LineItems"] == booked["LineItems"]
        assert after["Total"] == booked["Total"]

    def test_lines_not_listed_are_deleted(self, client, booked):
        kept = {"LineItemID": booked["LineItems"][0]["LineItemID"], "Quantity": 3}
        after = exact(client.post(f"/Invoices/{booked['InvoiceID']}", json={"LineItems": [kept, LINE]}))["Invoices"][0]
        assert [line["LineAmount"] for line in after["LineItems"]] == [Decimal("30.00"), Decimal("10.00")]
        assert after["Total"] == Decimal("48.00")

    def test_by_number_edits_that_invoice(self, client, booked, xero, gb):
        body = {"Type": "ACCREC", "InvoiceNumber": "a-1", "Reference": "changed"}
        assert client.post("/Invoices", json=body).json()["Invoices"][0]["InvoiceID"] == booked["InvoiceID"]
        assert len(xero.books(gb).invoices) == 1

    def test_by_number_may_be_switched_off(self, client, booked, xero, customer):
        xero.state.switches.post_updates_invoice_by_number = False
        body = {"Type": "ACCREC", "InvoiceNumber": "A-1", "Contact": customer, "LineItems": [LINE]}
        assert client.post("/Invoices", json=body).status_code == 400

    @pytest.mark.parametrize("path", [["AUTHORISED", "DRAFT"], ["AUTHORISED", "VOIDED", "DRAFT"], ["DELETED", "DRAFT"]])
    def test_out_of_a_last_status_is_refused(self, client, booked, path):
        url = f"/Invoices/{booked['InvoiceID']}"
        for status in path[:-1]:
            assert client.post(url, json={"Status": status}).status_code == 200
        answer = client.post(url, json={"Status": path[-1]})
        assert answer.json()["Elements"][0]["ValidationErrors"] == [
            {"Message": "Invoice not of valid status for modification"}
        ]

    def test_of_what_is_not_there_is_404_in_plain_text(self, client):
        answer = client.post("/Invoices/nope", json={})
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/plain")


class TestStock:
    def sell(self, put, quantity, **change):
        params = change.pop("params", {})
        lines = [{"ItemCode": "STOCK-MUG", "Quantity": quantity}]
        return put({"LineItems": lines, "Status": "AUTHORISED"} | change, **params)

    def on_hand(self, xero, gb):
        item = xero.books(gb).item_coded("STOCK-MUG")
        return item.quantity_on_hand, item.total_cost_pool

    def test_goes_down_at_average_cost_when_a_sale_is_approved(self, put, xero, gb):
        assert self.sell(put, 10).status_code == 200
        assert self.on_hand(xero, gb) == (Decimal(90), Decimal("193.50"))

    def test_is_not_moved_by_drafts(self, put, xero, gb):
        assert self.sell(put, 1000, Status="DRAFT").status_code == 200
        assert self.on_hand(xero, gb) == (Decimal(100), Decimal("215.00"))

    def test_refuses_more_than_is_on_hand(self, put, xero, gb):
        assert self.sell(put, 101).status_code == 400
        assert self.sell(put, 101, params={"allowBackorders": "true"}).status_code == 200
        assert self.on_hand(xero, gb)[0] == Decimal(-1)

    def test_comes_back_when_a_sale_is_voided(self, put, client, xero, gb):
        invoice_id = self.sell(put, 10).json()["Invoices"][0]["InvoiceID"]
        client.post(f"/Invoices/{invoice_id}", json={"Status": "VOIDED"})
        assert self.on_hand(xero, gb) == (Decimal(100), Decimal("215.00"))

    def test_goes_up_when_a_bill_is_approved(self, put, xero, gb):
        self.sell(put, 10, Type="ACCPAY", LineItems=[{"ItemCode": "STOCK-MUG", "Quantity": 10, "UnitAmount": 3}])
        assert self.on_hand(xero, gb) == (Decimal(110), Decimal("245.00"))


class TestReading:
    @pytest.fixture(autouse=True)
    def three(self, put, xero):
        put({"InvoiceNumber": "A-1"}, {"InvoiceNumber": "A-2", "Status": "AUTHORISED", "Reference": "red"})
        xero.clock.advance(60)
        put({"InvoiceNumber": "B-1", "LineItems": [LINE | {"UnitAmount": 50}]})

    def numbers(self, client, headers=None, **params):
        answer = client.get("/Invoices", params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        return [each["InvoiceNumber"] for each in answer.json()["Invoices"]]

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({}, ["A-1", "A-2", "B-1"]),
            ({"InvoiceNumbers": "a-2,B-1,Z-9"}, ["A-2", "B-1"]),
            ({"Statuses": "AUTHORISED"}, ["A-2"]),
            ({"searchTerm": "RED"}, ["A-2"]),
            ({"createdByMyApp": "true"}, ["A-1", "A-2", "B-1"]),
            ({"where": 'Status=="DRAFT" AND Type=="ACCREC"'}, ["A-1", "B-1"]),
            ({"where": 'InvoiceNumber=="A-1" OR InvoiceNumber=="B-1"'}, ["A-1", "B-1"]),
            ({"where": "Total>=60.00"}, ["B-1"]),
            ({"where": "Date>=DateTime(2026,11,20) && Date<DateTime(2026,11,21)"}, ["A-1", "A-2", "B-1"]),
            ({"where": 'InvoiceNumber.StartsWith("a")'}, ["A-1", "A-2"]),
            ({"where": 'Contact.Name=="custom gateway orders"'}, ["A-1", "A-2", "B-1"]),
            ({"where": 'invoicenumber.tolower().endswith("-1") and not Total<60'}, ["B-1"]),
            ({"where": 'Status!="DRAFT" || (Total>59.99 && Reference == null)'}, ["A-2", "B-1"]),
            ({"where": "Reference!=null"}, ["A-2"]),
            ({"where": "Reference.Length==3 AND SentToContact==false"}, ["A-2"]),
            ({"where": "SentToContact"}, []),
            ({"where": "!SentToContact && 60 <= Total"}, ["B-1"]),
            ({"where": 'Date.Year==2026 AND Date>=DateTime.Parse("2026-11-20")'}, ["A-1", "A-2", "B-1"]),
            ({"where": 'Contact.Name.ToUpper().Contains("GATEWAY") AND DueDate!=null'}, ["A-1", "A-2", "B-1"]),
            ({"Statuses": "AUTHORISED,PAID", "Where": 'Type=="ACCREC"'}, ["A-2"]),
            ({"order": "InvoiceNumber DESC"}, ["B-1", "A-2", "A-1"]),
            ({"order": "Status, InvoiceNumber desc"}, ["A-2", "B-1", "A-1"]),
            ({"page": 2, "pageSize": 2}, ["B-1"]),
        ],
    )
    def test_finds(self, client, params, expected):
        assert self.numbers(client, **params) == expected

    def test_finds_what_changed(self, client):
        assert self.numbers(client, headers={"If-Modified-Since": "2026-11-20T12:00:30"}) == ["B-1"]

    def test_pages_tell_how_many_there_are_and_hold_lines(self, client):
        body = client.get("/Invoices", params={"page": 1, "pageSize": 2}).json()
        assert body["pagination"] == {"page": 1, "pageSize": 2, "pageCount": 2, "itemCount": 3}
        assert body["Invoices"][0]["LineItems"]
        assert not client.get("/Invoices").json()["Invoices"][0]["LineItems"]

    def test_a_summary_leaves_lines_out(self, client):
        body = client.get("/Invoices", params={"summaryOnly": "true"}).json()
        assert "LineItems" not in body["Invoices"][0]
        assert body["pagination"]["itemCount"] == 3

    @pytest.mark.parametrize(
        "where",
        [
            "Status=",
            'Nope=="x"',
            "Status==(",
            '"x"',
            "Status==Guid(",
            "(" * 500,
            "Total",
            "Status.Nope()",
            "Date>DateTime(2026,13,1)",
            'Date>DateTime.Parse("soon")',
            "NOT",
            "Total==1 Total==2",
        ],
    )
    def test_refuses_what_it_cannot_read(self, client, where):
        answer = client.get("/Invoices", params={"where": where})
        assert (answer.status_code, answer.json()["Type"]) == (400, "QueryParseException")

    @pytest.mark.parametrize("key", ["A-1", "a-1"])
    def test_gets_one_by_number(self, client, key):
        assert client.get(f"/Invoices/{key}").json()["Invoices"][0]["InvoiceNumber"] == "A-1"


class TestBodies:
    @pytest.mark.parametrize(
        "body",
        [
            b"{",
            b"null",
            b"7",
            b'{"Invoices": 1}',
            b'{"Invoices": [1]}',
            b'{"Invoices": [{"LineItems": [{"Quantity": "x"}]}]}',
            b'{"Invoices": [{"LineItems": [{"Quantity": "NaN"}]}]}',
            b'{"Invoices": [{"LineItems": [{"Quantity": 1e400}]}]}',
            b'{"Invoices": [{"LineAmountTypes": "Sideways"}]}',
            b'{"Invoices": [{"Type": "ACCREC", "Date": "2026-13-45"}]}',
            b"\xff\xfe",
            b"[" * 100_000,
        ],
    )
    def test_that_cannot_be_read_are_refused_as_such(self, client, body):
        answer = client.put("/Invoices", content=body)
        assert (answer.status_code, answer.json()["Type"]) == (400, "PostDataInvalidException")

    @pytest.mark.parametrize("body", [b"", b" ", b"[]", b'{"Invoices": []}', b'{"Bills": [{}]}'])
    def test_that_hold_nothing_are_refused_as_such(self, client, body):
        answer = client.put("/Invoices", content=body)
        assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 17)
        assert "This endpoint is expecting Invoice data to be specifed" in answer.json()["Message"]

    @pytest.mark.parametrize(
        "number", ["1e1000000", '"1e999999999"', "-1e400", '"NaN"', "1e99999999999999999999999999"]
    )
    @pytest.mark.parametrize("field", ["UnitAmount", "unitAmount"])
    def test_may_not_hold_absurd_numbers(self, client, number, field):
        body = f'{{"LineItems": [{{"{field}": {number}}}], "Type": "ACCREC"}}'
        answer = client.put("/Invoices?summarizeErrors=false", content=body.encode())
        assert (answer.status_code, answer.json()["Type"]) == (400, "PostDataInvalidException")

    def test_may_spell_their_fields_in_lower_case(self, put, client, customer):
        body = {
            "invoices": [{"type": "ACCREC", "contact": customer, "lineItems": [{"unitAmount": 10.10, "quantity": 3}]}]
        }
        assert exact(client.put("/Invoices", json=body))["Invoices"][0]["SubTotal"] == Decimal("30.30")

    def test_may_hold_numbers_as_text_and_unknown_fields(self, put):
        answer = put({"LineItems": [LINE | {"UnitAmount": "10.10", "Quantity": "2"}], "Nonsense": {"a": 1}})
        assert exact(answer)["Invoices"][0]["SubTotal"] == Decimal("20.20")
