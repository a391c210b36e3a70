"""What live answers and Xero's own pages show beyond the contract: each test names what was seen."""

import threading
from decimal import Decimal

import msgspec
import pytest

from localxero import LocalXero
from localxero.testing import signed_in

LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
TEXT_ONLY = {"Description": "Thank you"}
PLURALS = {"ACCREC": "Invoices", "ACCPAY": "Invoices", "ACCRECCREDIT": "CreditNotes", "PO": "PurchaseOrders"}
IDS = {"Invoices": "InvoiceID", "CreditNotes": "CreditNoteID", "PurchaseOrders": "PurchaseOrderID"}


def messages(answer):
    return [each["Message"] for each in answer.json()["Elements"][0]["ValidationErrors"]]


@pytest.fixture
def make(client, customer):
    """Book a document and return its path."""

    def send(kind="ACCREC", params=None, **change):
        plural = PLURALS[kind]
        body = {"Type": kind, "Contact": customer, "Date": "2026-11-20", "DueDate": "2026-12-20", "LineItems": [LINE]}
        answer = client.put(f"/{plural}", json=body | change, params=params)
        assert answer.status_code == 200, answer.text
        return f"/{plural}/{answer.json()[plural][0][IDS[plural]]}"

    return send


@pytest.fixture
def shown(client):
    def get(path, **params):
        (plural,) = set(IDS) & set(path.split("/"))
        return client.get(path, params=params).json()[plural][0]

    return get


class TestLinesThatAreNotSent:
    @pytest.mark.parametrize("kind", ["ACCREC", "ACCRECCREDIT"])
    @pytest.mark.parametrize("change", [{"Reference": "q"}, {"Status": "AUTHORISED"}, {"Status": "DELETED"}])
    def test_keep_four_decimals_whatever_is_asked(self, client, make, shown, kind, change):
        path = make(kind, params={"unitdp": 4}, LineItems=[LINE | {"UnitAmount": "0.1234", "Quantity": 1000}])
        assert client.post(path, json=change).status_code == 200
        (line,) = shown(path, unitdp=4)["LineItems"]
        assert (line["UnitAmount"], line["LineAmount"]) == (0.1234, 123.40)

    def test_let_a_settled_invoice_change_its_reference(self, client, make):
        line = LINE | {"UnitAmount": "1.2345", "Quantity": 100}
        path = make(params={"unitdp": 4}, LineItems=[line], Status="AUTHORISED")
        paid = {"Invoice": {"InvoiceID": path.rpartition("/")[2]}, "Account": {"Code": "090"}, "Amount": 5}
        assert client.put("/Payments", json=paid).status_code == 200
        assert client.post(path, json={"Reference": "q"}).status_code == 200

    @pytest.mark.parametrize("kind", PLURALS)
    def test_may_be_text_alone(self, client, make, shown, kind):
        path = make(kind, LineItems=[LINE, TEXT_ONLY])
        for change in ({"Reference": "q"}, {"Status": "AUTHORISED"}, {"Reference": "r"}):
            answer = client.post(path, json=change)
            assert answer.status_code == 200, answer.text
        assert client.post(path, json={"LineItems": shown(path)["LineItems"]}).status_code == 200
        assert "Quantity" not in shown(path)["LineItems"][1]

    @pytest.mark.parametrize("status", ["DRAFT", "AUTHORISED"])
    def test_do_not_mind_that_their_account_was_archived_since(self, client, make, xero, gb, status):
        path = make(Status=status, LineItems=[LINE | {"AccountCode": "260"}])
        account = xero.books(gb).account("260").account_id
        assert client.post(f"/Accounts/{account}", json={"Status": "ARCHIVED"}).status_code == 200
        assert client.post(path, json={"Reference": "q"}).status_code == 200
        end = "DELETED" if status == "DRAFT" else "VOIDED"
        assert client.post(path, json={"Status": end}).status_code == 200

    def test_are_judged_when_the_document_is_approved(self, client, make, xero, gb):
        path = make(LineItems=[LINE | {"AccountCode": "260"}])
        account = xero.books(gb).account("260").account_id
        client.post(f"/Accounts/{account}", json={"Status": "ARCHIVED"})
        assert "has been archived" in messages(client.post(path, json={"Status": "AUTHORISED"}))[0]


class TestLinesThatAreSent:
    @pytest.fixture
    def line(self, client, make, shown):
        """Send a change of the one line of a document, 5 at 2.00, and return the answer."""

        def change(kind="ACCREC", **fields):
            path = make(kind, LineItems=[LINE | {"Quantity": 5, "UnitAmount": 2}])
            key = shown(path)["LineItems"][0]["LineItemID"]
            return client.post(path, json={"LineItems": [{"LineItemID": key, **fields}]}), path

        return change

    @pytest.mark.parametrize("kind", PLURALS)
    def test_may_not_contradict_what_stands_there(self, line, kind):
        answer, _ = line(kind, LineAmount=7)
        assert messages(answer) == ["The line total 7.00 does not match the expected line total 10.00"]

    @pytest.mark.parametrize("change", [{"Quantity": 0, "LineAmount": 10}, {"UnitAmount": 0, "LineAmount": 10}])
    def test_may_not_be_an_amount_for_nothing(self, client, customer, change):
        line = {"Description": "x", "AccountCode": "200", **change}
        body = {"Type": "ACCREC", "Contact": customer, "LineItems": [line]}
        said = messages(client.put("/Invoices", json=body))
        assert said == ["The line total 10.00 does not match the expected line total 0.00"]

    def test_keep_an_id_to_themselves(self, client, make, shown):
        path = make()
        key = shown(path)["LineItems"][0]["LineItemID"]
        client.post(path, json={"LineItems": [{"LineItemID": key, "UnitAmount": 1}, LINE | {"LineItemID": key}]})
        first, second = (each["LineItemID"] for each in shown(path)["LineItems"])
        assert first == key
        assert second != key

    @pytest.mark.parametrize(
        ("types", "sums"),
        [("Inclusive", (8.33, 1.67, 10.0)), ("NoTax", (10.0, 0.0, 10.0)), ("Exclusive", (10.0, 2.0, 12.0))],
    )
    def test_are_taxed_again_where_only_the_kind_of_amounts_changes(self, client, make, shown, types, sums):
        path = make(LineItems=[LINE, TEXT_ONLY], LineAmountTypes="NoTax" if types == "Exclusive" else "Exclusive")
        assert client.post(path, json={"LineAmountTypes": types}).status_code == 200
        after = shown(path)
        assert (after["SubTotal"], after["TotalTax"], after["Total"]) == sums
        assert "TaxType" not in after["LineItems"][1]

    @pytest.mark.parametrize("country", ["GB", "AU", "US"])
    def test_go_without_tax_everywhere(self, xero, country):
        tenant = xero.tenant_id(country)
        contact = {"ContactID": xero.books(tenant).contact_named("Custom Gateway Orders").contact_id}
        line = {"Description": "x", "Quantity": 1, "UnitAmount": 10, "AccountCode": "400" if country == "US" else "200"}
        body = {"Type": "ACCREC", "Contact": contact, "Status": "AUTHORISED", "DueDate": "2026-12-20"}
        with signed_in(xero, tenant) as client:
            answer = client.put("/Invoices", json=body | {"LineAmountTypes": "NoTax", "LineItems": [line]})
        assert answer.json()["Invoices"][0]["TotalTax"] == 0


class TestBillsByNumber:
    @pytest.mark.parametrize("named", ["ContactID", "Name"])
    def test_are_those_of_the_same_contact(self, client, xero, gb, named):
        books = xero.books(gb)
        ids = []
        for name in ("Custom Gateway Orders", "Print Fulfilment Partners", "Custom Gateway Orders"):
            contact = {"ContactID": books.contact_named(name).contact_id} if named == "ContactID" else {"Name": name}
            body = {"Type": "ACCPAY", "InvoiceNumber": "BB-9", "Contact": contact, "LineItems": [LINE]}
            ids.append(client.post("/Invoices", json=body).json()["Invoices"][0]["InvoiceID"])
        assert ids[0] == ids[2]
        assert ids[0] != ids[1]


class TestUrls:
    @pytest.mark.parametrize(
        "url",
        [
            "http://[::1",
            "http://a]",
            "http://\u2100.com/",
            "http://a:b/",
            "https://exa mple.com",
            "http://a:99999/",
            "x",
        ],
    )
    def test_that_are_none_are_refused(self, client, customer, url):
        body = {"Type": "ACCREC", "Contact": customer, "LineItems": [LINE], "Url": url}
        assert messages(client.put("/Invoices", json=body)) == ["Url must be a valid absolute url"]


class TestWhatDoesNotChange:
    @pytest.mark.parametrize(("kind", "other"), [("ACCREC", "ACCPAY"), ("ACCPAY", "ACCREC")])
    def test_a_sale_never_becomes_a_bill(self, client, make, kind, other):
        assert messages(client.post(make(kind), json={"Type": other})) == ["Invoice not of valid type for modification"]

    def test_nor_a_customers_credit_note_a_suppliers(self, client, make):
        refused = messages(client.post(make("ACCRECCREDIT"), json={"Type": "ACCPAYCREDIT"}))
        assert refused == ["Credit Note not of valid type for modification"]

    def test_another_currency_brings_the_rate_of_the_day(self, client, make, shown, xero, gb):
        path = make()
        client.post(path, json={"CurrencyCode": "EUR"})
        assert Decimal(str(shown(path)["CurrencyRate"])) == xero.books(gb).rate("EUR")


class TestAccounts:
    @pytest.mark.parametrize("kind", PLURALS)
    def test_that_nobody_knows_are_dropped_from_drafts_with_a_warning(self, client, customer, kind):
        plural = PLURALS[kind]
        body = {"Type": kind, "Contact": customer, "LineItems": [LINE | {"AccountCode": "999"}]}
        (element,) = client.put(f"/{plural}?summarizeErrors=false", json=body).json()[plural]
        words = "Account code 999 has been removed as it does not match a recognised account."
        assert (element["StatusAttributeString"], element["Warnings"]) == ("WARNING", [{"Message": words}])
        assert "AccountCode" not in element["LineItems"][0]

    @pytest.mark.parametrize(("drops", "status"), [(True, "AUTHORISED"), (False, "DRAFT")])
    def test_that_nobody_knows_are_refused_on_approval_or_by_a_switch(self, client, customer, xero, drops, status):
        xero.state.switches.drafts_drop_unknown_accounts = drops
        lines = [LINE | {"AccountCode": "999"}] * 2
        body = {"Type": "ACCREC", "Contact": customer, "Status": status, "DueDate": "2026-12-20", "LineItems": lines}
        said = messages(client.put("/Invoices", json=body))
        assert said == ["Account code '999' is not a valid code for this document."] * 2

    @pytest.mark.parametrize("code", ["497", "499", "877", "610", "820"])
    def test_of_the_system_are_closed_to_documents(self, client, customer, code):
        body = {"Type": "ACCREC", "Contact": customer, "LineItems": [LINE | {"AccountCode": code}]}
        assert f"Account code '{code}' is not a valid code for this document." in messages(
            client.put("/Invoices", json=body)
        )

    @pytest.mark.parametrize(("kind", "code"), [("ACCPAY", "300"), ("ACCREC", "630")])
    def test_of_tracked_items_are_their_own(self, client, customer, kind, code):
        line = {"ItemCode": "STOCK-MUG", "Quantity": 1, "UnitAmount": 3, "AccountCode": code}
        body = {"Type": kind, "Contact": customer, "LineItems": [line]}
        words = f"Account code '{code}' cannot be used with the tracked inventory item 'STOCK-MUG'."
        assert words in messages(client.put("/Invoices", json=body))


class TestTaxTypes:
    def test_that_nobody_knows_are_told_for_each_line(self, client, customer):
        body = {"Type": "ACCREC", "Contact": customer, "LineItems": [LINE | {"TaxType": "FOO"}] * 2}
        assert messages(client.put("/Invoices", json=body)) == [
            *["The TaxType code FOO does not exist or cannot be used for this type of transaction."] * 2,
            *["The TaxType code 'FOO' cannot be used with account code '200'."] * 2,
        ]


class TestRefusedElements:
    def test_have_no_number_that_was_not_sent_and_an_id_of_nobody(self, client, customer, xero, gb):
        bad = {"Type": "ACCREC", "Contact": customer, "CurrencyCode": "JPY", "LineItems": [LINE]}
        (invoice,) = client.put("/Invoices?summarizeErrors=false", json=bad).json()["Invoices"]
        assert (invoice["InvoiceNumber"], invoice["HasErrors"]) == ("", True)
        assert invoice["InvoiceID"] not in {"00000000-0000-0000-0000-000000000000", *xero.books(gb).invoices}
        (order,) = client.put("/PurchaseOrders?summarizeErrors=false", json=bad).json()["PurchaseOrders"]
        assert order["PurchaseOrderID"] == "00000000-0000-0000-0000-000000000000"

    def test_of_allocations_name_their_invoice(self, client, make):
        path = make("ACCRECCREDIT", Status="AUTHORISED")
        invoice_id = make(Status="AUTHORISED").rpartition("/")[2]
        body = {"Invoice": {"InvoiceID": invoice_id}, "Amount": 999, "Date": "2026-11-20"}
        (element,) = client.put(f"{path}/Allocations?summarizeErrors=false", json=body).json()["Allocations"]
        assert element["Invoice"]["InvoiceID"] == invoice_id
        assert element["ValidationErrors"]

    def test_never_hold_an_empty_type(self, client, customer):
        (element,) = client.put("/Invoices?summarizeErrors=false", json={"Contact": customer}).json()["Invoices"]
        assert "Type" not in element


class TestAllocations:
    @pytest.mark.parametrize(("note", "invoice"), [("2026-11-18", "2026-11-20"), ("2026-11-20", "2026-11-18")])
    def test_have_the_later_date_of_the_two_whatever_was_sent(self, client, make, note, invoice):
        path = make("ACCRECCREDIT", Status="AUTHORISED", Date=note)
        key = make(Status="AUTHORISED", Date=invoice).rpartition("/")[2]
        body = {"Invoice": {"InvoiceID": key}, "Amount": 1, "Date": "2026-12-24"}
        (made,) = client.put(f"{path}/Allocations", json=body).json()["Allocations"]
        assert made["Date"] == "/Date(1795132800000+0000)/"

    def test_do_not_know_the_name_the_amount_had_in_xml(self, client, make):
        path = make("ACCRECCREDIT", Status="AUTHORISED")
        key = make(Status="AUTHORISED").rpartition("/")[2]
        body = {"Invoice": {"InvoiceID": key}, "AppliedAmount": 1, "Date": "2026-11-20"}
        assert client.put(f"{path}/Allocations", json=body).status_code == 400


class TestShapes:
    def test_of_numbers(self, client, make):
        text = client.get(make()).text
        assert '"CurrencyRate":1.0000000000' in text
        assert '"Quantity":1.0000' in text
        assert '"UnitAmount":10.00' in text
        assert '"UnitAmount":10.0000' in client.get(make("PO")).text

    def test_of_bills_have_an_empty_reference(self, make, shown):
        assert shown(make("ACCPAY", Reference="mine"))["Reference"] == ""

    def test_of_summaries_leave_out_just_what_the_page_says(self, client, make):
        make()
        whole = client.get("/Invoices?page=1").json()["Invoices"][0].keys()
        short = client.get("/Invoices?summaryOnly=true").json()["Invoices"][0].keys()
        assert whole - short == {"LineItems", "Payments", "HasAttachments"}

    def test_of_dates_that_may_be_sent(self, make, shown):
        sale = shown(make(ExpectedPaymentDate="2026-12-01"))
        bill = shown(make("ACCPAY", PlannedPaymentDate="2026-12-02"))
        note = shown(make("ACCRECCREDIT", DueDate="2026-12-03"))
        assert sale["ExpectedPaymentDate"] == "/Date(1796083200000+0000)/"
        assert bill["PlannedPaymentDate"] == "/Date(1796169600000+0000)/"
        assert note["DueDateString"] == "2026-12-03T00:00:00"

    def test_of_an_order_hold_files_and_a_contact_without_its_addresses(self, client, make, shown):
        path = make("PO")
        client.put(f"{path}/Attachments/a.txt", content=b"x")
        order = shown(path)
        assert [each["FileName"] for each in order["Attachments"]] == ["a.txt"]
        assert order["Contact"]["Addresses"] == []
        assert order["Contact"]["ContactStatus"] == "ACTIVE"


class TestLists:
    def numbers(self, client, url, **headers):
        body = client.get(url, headers=headers).json()
        return [each["InvoiceNumber"] for each in body["Invoices"]], body.get("pagination")

    def test_with_statuses_are_paged(self, client, make):
        make(InvoiceNumber="A")
        assert self.numbers(client, "/Invoices?Statuses=DRAFT,SUBMITTED")[1]["itemCount"] == 1
        assert self.numbers(client, "/Invoices")[1] is None

    def test_begin_with_what_changed_longest_ago(self, client, make, xero):
        first = make(InvoiceNumber="A")
        xero.clock.advance(1)
        make(InvoiceNumber="B")
        xero.clock.advance(1)
        client.post(first, json={"Reference": "touched"})
        assert self.numbers(client, "/Invoices")[0] == ["B", "A"]

    def test_since_a_moment_are_accurate_to_the_second(self, client, make, xero):
        xero.clock.advance(0.4)
        make(InvoiceNumber="A")
        assert self.numbers(client, "/Invoices", **{"If-Modified-Since": "2026-11-20T12:00:00"})[0] == ["A"]
        assert self.numbers(client, "/Invoices", **{"If-Modified-Since": "2026-11-20T12:00:01"})[0] == []

    def test_since_no_moment_at_all_are_refused(self, client):
        assert client.get("/Invoices", headers={"If-Modified-Since": "lately"}).status_code == 412

    @pytest.mark.parametrize("where", ['AmountDue>"x"', "Status==1", 'Contact.ContactID=="x"', "Date>2026", "Total"])
    def test_do_not_compare_what_cannot_be_compared(self, client, make, where):
        make()
        answer = client.get("/Invoices", params={"where": where})
        assert (answer.status_code, answer.json()["Type"]) == (400, "QueryParseException")

    @pytest.mark.parametrize("word", ["guid", "Guid", "GUID"])
    def test_know_ids_by_guid_in_any_case(self, client, make, customer, word):
        make(InvoiceNumber="A")
        where = f'Contact.ContactID={word}("{customer["ContactID"]}")'
        assert client.get("/Invoices", params={"where": where}).json()["Invoices"][0]["InvoiceNumber"] == "A"

    def test_cannot_ask_a_contact_without_an_address_how_it_begins(self, client):
        client.put("/Contacts", json={"Name": "Without"})
        guarded = 'EmailAddress!=null&&EmailAddress.StartsWith("o")'
        assert client.get("/Contacts", params={"where": guarded}).status_code == 200
        answer = client.get("/Contacts", params={"where": 'EmailAddress.StartsWith("o")'})
        assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 16)

    @pytest.mark.parametrize("where", ["IsCustomer==true", "IsSupplier=true"])
    def test_know_who_buys_and_who_sells(self, client, make, where):
        make("ACCREC")
        make("ACCPAY")
        assert len(client.get("/Contacts", params={"where": where}).json()["Contacts"]) == 1

    def test_over_a_high_volume_want_optimised_filters(self, client, make, xero, gb):
        path = make(InvoiceNumber="A")
        books = xero.books(gb)
        one = books.invoices[path.rpartition("/")[2]]
        books.invoices |= {str(n): msgspec.structs.replace(one, document_id=str(n)) for n in range(100_001)}
        for params, status in (
            ({"where": 'Status=="DRAFT"', "page": 1}, 200),
            ({"where": 'CurrencyCode=="GBP"', "page": 1}, 400),
            ({"order": "Total", "page": 1}, 400),
            ({"order": "Date DESC", "page": 1}, 200),
            ({}, 400),
        ):
            assert client.get("/Invoices", params=params).status_code == status, params


class TestContacts:
    DEFAULTS = {
        "BankAccountDetails": "01-123",
        "AccountsReceivableTaxType": "OUTPUT2",
        "AccountsPayableTaxType": "INPUT2",
        "SalesDefaultLineAmountType": "INCLUSIVE",
        "PurchasesDefaultLineAmountType": "EXCLUSIVE",
        "SalesDefaultAccountCode": "200",
        "PurchasesDefaultAccountCode": "300",
        "XeroNetworkKey": "k",
        "PaymentTerms": {
            "Bills": {"Day": 15, "Type": "OFCURRENTMONTH"},
            "Sales": {"Day": 10, "Type": "DAYSAFTERBILLDATE"},
        },
        "BatchPayments": {"BankAccountNumber": "1", "BankAccountName": "n", "Details": "d"},
        "SalesTrackingCategories": [{"TrackingCategoryName": "Region", "TrackingOptionName": "North"}],
    }

    def test_keep_what_their_documents_would_start_with(self, client):
        made = client.put("/Contacts", json={"Name": "Zebra", **self.DEFAULTS}).json()["Contacts"][0]
        (found,) = client.get(f"/Contacts/{made['ContactID']}").json()["Contacts"]
        assert {name: found[name] for name in self.DEFAULTS} == self.DEFAULTS

    def test_are_not_changed_by_an_invoice_that_is_sent_back_as_it_came(self, client, make, shown, xero, gb, customer):
        path = make()
        before = xero.books(gb).contacts[customer["ContactID"]]
        xero.clock.advance(60)
        assert client.post(path, json=shown(path)).status_code == 200
        assert xero.books(gb).contacts[customer["ContactID"]] == before

    def test_are_named_without_spaces_around_and_doubled(self, client):
        made = client.put("/Contacts", json={"Name": "  Trim  me "}).json()["Contacts"][0]
        assert made["Name"] == "Trim me"

    def test_have_five_persons_at_most(self, client):
        persons = [{"FirstName": str(n)} for n in range(6)]
        refused = messages(client.put("/Contacts", json={"Name": "Zebra", "ContactPersons": persons}))
        assert refused == ["A contact can have a maximum of 5 contact persons."]

    def test_are_the_same_with_doubled_spaces(self, client):
        client.put("/Contacts", json={"Name": "Lead Co"})
        assert "already assigned" in messages(client.put("/Contacts", json={"Name": " lead  co "}))[0]

    def test_show_balances_in_pages_and_not_in_summaries(self, client, make):
        make(Status="AUTHORISED")
        where = {"where": 'Name=="Custom Gateway Orders"'}
        (paged,) = client.get("/Contacts", params={**where, "page": 1}).json()["Contacts"]
        (short,) = client.get("/Contacts", params={**where, "summaryOnly": "true"}).json()["Contacts"]
        assert paged["Balances"]["AccountsReceivable"]["Outstanding"] == 12.0
        assert not {"Balances", "Addresses", "IsCustomer", "IsSupplier", "ContactGroups"} & short.keys()


class TestPermissions:
    @pytest.mark.parametrize(
        ("action", "kind", "status"),
        [
            ("CreateApprovedInvoice", "ACCREC", "AUTHORISED"),
            ("CreateDraftInvoice", "ACCREC", "DRAFT"),
            ("CreateApprovedBill", "ACCPAY", "AUTHORISED"),
            ("CreateDraftPurchaseOrder", "PO", "DRAFT"),
        ],
    )
    def test_bind(self, client, customer, xero, gb, action, kind, status):
        xero.configure(gb, not_allowed=(action,))
        plural = PLURALS[kind]
        body = {"Type": kind, "Contact": customer, "Status": status, "DueDate": "2026-12-20", "LineItems": [LINE]}
        assert messages(client.put(f"/{plural}", json=body)) == ["You do not have permission to perform this action"]

    @pytest.mark.parametrize(("plan", "status"), [("STARTER", 400), ("PREMIUM", 200)])
    def test_for_other_currencies_come_with_the_plan(self, client, customer, xero, gb, plan, status):
        xero.configure(gb, plan=plan)
        actions = {each["Name"]: each["Status"] for each in client.get("/Organisation/Actions").json()["Actions"]}
        assert actions["UseMulticurrency"] == ("ALLOWED" if status == 200 else "NOT-ALLOWED")
        body = {"Type": "ACCREC", "Contact": customer, "CurrencyCode": "EUR", "LineItems": [LINE]}
        assert client.put("/Invoices", json=body).status_code == status


class TestLimits:
    THREE = ("X-DayLimit-Remaining", "X-MinLimit-Remaining", "X-AppMinLimit-Remaining")

    @pytest.mark.parametrize("fault", ["status_429", "status_503", "organisation_offline", "status_500_before"])
    def test_are_told_on_refusals_too(self, client, xero, fault):
        xero.state.limits.set("live")
        xero.add_fault(fault, times=1)
        headers = client.put("/Items", json={"Code": "X"}).headers
        assert [name for name in self.THREE if name not in headers] == []

    def test_are_told_of_the_app_alone_where_there_is_no_tenant(self, xero, gb):
        xero.state.limits.set("live")
        with signed_in(xero, gb) as client:
            answer = client.get("http://localhost/connections")
        assert answer.headers["X-AppMinLimit-Remaining"] == "9999"
        assert "X-MinLimit-Remaining" not in answer.headers

    def test_are_lifted_in_the_first_half_hour_by_rapid_sync_where_it_is_on(self, client, xero, gb):
        xero.state.limits.set("live", rapid_sync=True, minute=1)
        assert [client.get("/Organisation").status_code for _ in range(3)] == [200, 200, 200]
        xero.clock.advance(30 * 60 - 1)
        assert client.get("/Organisation").status_code == 200
        xero.clock.advance(61)
        with signed_in(xero, gb) as fresh:
            assert [fresh.get("/Organisation").status_code for _ in range(2)] == [200, 429]

    @pytest.mark.parametrize("fault", ["latency_before", "latency_after"])
    def test_count_slow_calls_among_the_five_at_once(self, fault):
        xero = LocalXero(limits="live")
        xero.add_fault(fault, seconds=0.5)
        answers = []
        with signed_in(xero, xero.tenant_id("GB")) as client:
            threads = [
                threading.Thread(target=lambda: answers.append(client.get("/Organisation").status_code))
                for _ in range(8)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(10)
        assert sorted(answers) == [200] * 5 + [429] * 3

    def test_a_repeat_under_a_key_waits_for_the_slow_first_call(self, xero, gb):
        xero.add_fault("latency_after", seconds=0.4, times=1)
        answers = []
        with signed_in(xero, gb) as client:

            def send():
                answers.append(client.put("/Items", json={"Code": "SLOW"}, headers={"Idempotency-Key": "k"}).text)

            threads = [threading.Thread(target=send) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(10)
        assert len(answers) == 3
        assert len(set(answers)) == 1


class TestTheJournal:
    def entry(self, xero):
        return xero.state.journal.entries(lambda each: each.method == "POST" and bool(each.booked))[-1]

    def test_says_which_fields_changed(self, client, make, xero):
        client.post(make(), json={"Reference": "new", "Status": "AUTHORISED"})
        (booking,) = self.entry(xero).booked
        assert booking.changes == {"Reference": ("", "new"), "Status": ("DRAFT", "AUTHORISED")}

    def test_says_what_stock_moved(self, client, make, xero):
        path = make("ACCPAY", LineItems=[{"ItemCode": "STOCK-MUG", "Quantity": 10, "UnitAmount": 3}])
        client.post(path, json={"Status": "AUTHORISED"})
        _, item = self.entry(xero).booked
        assert (item.kind, item.number) == ("item", "STOCK-MUG")
        assert item.changes["QuantityOnHand"] == (Decimal("100.0000"), Decimal("110.0000"))
        assert item.changes["TotalCostPool"] == (Decimal("215.00"), Decimal("245.00"))

    def test_keeps_what_was_asked_and_answered_without_tokens(self, client, make, xero):
        client.post(make(), json={"Reference": "new"})
        entry = self.entry(xero)
        assert entry.asked == '{"Reference":"new"}'
        assert '"Reference":"new"' in entry.answered
        assert "Bearer" not in entry.asked + entry.answered

    def test_tells_what_the_client_saw_of_a_gateway(self, client, xero):
        xero.add_fault("status_504_after", times=1)
        assert client.put("/Items", json={"Code": "G"}).status_code == 504
        entry = xero.state.journal.entries()[-1]
        assert (entry.status, len(entry.booked)) == (504, 1)


def test_the_date_of_an_answer_is_the_clocks(client):
    assert client.get("/Organisation").headers["Date"] == "Fri, 20 Nov 2026 12:00:00 GMT"


def test_a_description_goes_with_the_side_that_is_switched_off(client):
    body = {"Code": "SIDE", "Description": "d", "PurchaseDescription": "p", "IsSold": False, "IsPurchased": False}
    (item,) = client.put("/Items", json=body).json()["Items"]
    assert not {"Description", "PurchaseDescription"} & item.keys()


def test_accounts_keep_their_flags(client):
    body = {"Code": "209", "Name": "Flags", "Type": "EXPENSE", "ShowInExpenseClaims": True, "AddToWatchlist": True}
    (account,) = client.put("/Accounts", json=body | {"ReportingCode": "EXP"}).json()["Accounts"]
    assert (account["ShowInExpenseClaims"], account["AddToWatchlist"], account["ReportingCode"]) == (True, True, "EXP")


def test_a_branding_theme_must_be_there(client, customer):
    body = {"Type": "ACCREC", "Contact": customer, "LineItems": [LINE], "BrandingThemeID": "bad"}
    assert messages(client.put("/Invoices", json=body)) == ["The branding theme could not be found"]


def test_a_draft_credit_note_may_be_empty(client, customer):
    body = {"Type": "ACCRECCREDIT", "Contact": customer}
    assert client.put("/CreditNotes", json=body).status_code == 200
    assert client.put("/CreditNotes", json=body | {"Status": "AUTHORISED"}).status_code == 400


def test_merging_contacts_is_a_control_too(xero, gb, client, customer):
    other = client.put("/Contacts", json={"Name": "Twin"}).json()["Contacts"][0]["ContactID"]
    body = {"tenant_id": gb, "contact_id": other, "into": customer["ContactID"]}
    assert client.post("http://localhost/_local/merge-contacts", json=body).status_code == 200
    assert xero.books(gb).contacts[other].merged_to == customer["ContactID"]
    assert client.post("http://localhost/_local/merge-contacts", json=body | {"into": "x"}).status_code == 400


class TestADiscount:
    """GH:XeroAPI/xero-php-oauth2#288 and GH:XeroAPI/Xero-OpenAPI#429."""

    @pytest.mark.parametrize(
        ("line", "params", "said"),
        [
            ({"UnitAmount": "27.8260", "DiscountAmount": "27.8260"}, {"unitdp": 4}, "27.83"),
            ({"UnitAmount": "27.8260", "DiscountAmount": "27.82"}, {"unitdp": 4}, None),
            ({"UnitAmount": "27.8260", "DiscountAmount": "27.8260"}, {}, None),
            ({"UnitAmount": "10", "DiscountAmount": "10"}, {}, None),
            ({"UnitAmount": "10", "DiscountAmount": "10.01"}, {}, "10.01"),
            ({"UnitAmount": "-10", "DiscountAmount": "0"}, {}, "0.00"),
            ({"UnitAmount": "-10", "DiscountRate": "0"}, {}, None),
        ],
    )
    def test_is_not_above_what_its_line_comes_to(self, client, customer, line, params, said):
        lines = [LINE | {"UnitAmount": 100}, LINE | line]
        body = {"Type": "ACCREC", "Contact": customer, "LineItems": lines}
        answer = client.put("/Invoices", params=params, json=body)
        if said is None:
            assert answer.status_code == 200, answer.text
        else:
            words = f"The discount rate '{said}' is invalid. Discount must not be greater than the line total."
            assert messages(answer) == [words]

    def test_of_one_kind_takes_the_place_of_the_other(self, client, make, shown):
        path = make(LineItems=[LINE | {"UnitAmount": 100, "DiscountRate": 10}])
        key = shown(path)["LineItems"][0]["LineItemID"]
        client.post(path, json={"LineItems": [{"LineItemID": key, "DiscountAmount": 5}]})
        assert shown(path)["SubTotal"] == 95
