"""History notes, files, e-mails and online invoices."""

import pytest

LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}


def messages(answer):
    assert answer.status_code == 400, answer.text
    return [each["Message"] for each in answer.json()["Elements"][0]["ValidationErrors"]]


@pytest.fixture
def made(client, customer):
    def make(**change):
        body = {"Type": "ACCREC", "Contact": customer, "DueDate": "2026-12-20", "Status": "AUTHORISED"}
        answer = client.put("/Invoices", json=body | {"LineItems": [LINE]} | change)
        return answer.json()["Invoices"][0]["InvoiceID"]

    return make


class TestHistory:
    def test_takes_notes_newest_first(self, client, made, xero):
        url = f"/Invoices/{made()}/History"
        for words in ("first", "second"):
            sent = client.put(url, json={"HistoryRecords": [{"Details": words}]})
            assert sent.json()["HistoryRecords"][0]["Details"] == words
            xero.clock.advance(1)
        shown = client.get(url).json()["HistoryRecords"]
        assert [each["Details"] for each in shown[:2]] == ["second", "first"]
        assert {each["User"] for each in shown} == {"System Generated"}

    def test_tells_what_became_of_a_document(self, client, made):
        key = made(Status="DRAFT")
        for change in ({"Reference": "r"}, {"Status": "AUTHORISED"}, {"Status": "VOIDED"}):
            assert client.post(f"/Invoices/{key}", json=change).status_code == 200
        shown = client.get(f"/Invoices/{key}/History").json()["HistoryRecords"]
        assert [each["Changes"] for each in shown] == ["Voided", "Approved", "Edited", "Created"]
        assert {each["Details"] for each in shown} == {"Received through the Xero API from Daybook (local)"}

    def test_tells_what_was_paid(self, client, made):
        key = made(Status="AUTHORISED")
        for amount in (2, 10):
            paid = {"Invoice": {"InvoiceID": key}, "Account": {"Code": "090"}, "Amount": amount}
            assert client.put("/Payments", json=paid).status_code == 200
        shown = client.get(f"/Invoices/{key}/History").json()["HistoryRecords"]
        assert [(each["Changes"], each["Details"]) for each in shown[:2]] == [
            ("Paid", "Payment for 10.00. Nothing is outstanding."),
            ("Edited", "Payment for 2.00. 10.00 is outstanding."),
        ]

    def test_may_be_posted_and_says_what_it_does_not_know(self, client, made):
        assert client.post(f"/Invoices/{made()}/History", json={"Details": "x"}).status_code == 200
        nobody = "00000000-0000-4000-8000-000000000000"
        assert messages(client.put(f"/Invoices/{nobody}/History", json={"Details": "x"})) == [
            "The document with the supplied id was not found for this endpoint."
        ]
        assert client.get(f"/Invoices/{nobody}/History").status_code == 404

    @pytest.mark.parametrize("details", ["", None, "x" * 2501])
    def test_refuses_nothing_and_too_much(self, client, made, details):
        assert messages(client.put(f"/Invoices/{made()}/History", json={"HistoryRecords": [{"Details": details}]}))

    @pytest.mark.parametrize("path", ["Contacts/C0001", "Items/MUG-11OZ"])
    def test_hangs_on_other_records_too(self, client, path):
        assert client.put(f"/{path}/History", json={"Details": "x"}).status_code == 200
        assert len(client.get(f"/{path}/History").json()["HistoryRecords"]) == 1

    def test_of_nothing_is_not_found(self, client):
        assert client.get("/Invoices/nope/History").status_code == 404


class TestAttachments:
    def put(self, client, key, name="order.pdf", content=b"%PDF", **params):
        headers = {"Content-Type": "application/pdf"}
        url = f"/Invoices/{key}/Attachments/{name}"
        return client.put(url, content=content, headers=headers, params=params)

    def test_come_back_byte_for_byte(self, client, made):
        key = made()
        file = self.put(client, key, content=b"\x00\xff%PDF", IncludeOnline="true").json()["Attachments"][0]
        assert (file["FileName"], file["ContentLength"], file["IncludeOnline"]) == ("order.pdf", 6, True)
        for name in ("order.pdf", file["AttachmentID"]):
            answer = client.get(f"/Invoices/{key}/Attachments/{name}", headers={"Accept": "*/*"})
            assert (answer.content, answer.headers["content-type"]) == (b"\x00\xff%PDF", "application/pdf")

    def test_show_on_their_record(self, client, made):
        key = made()
        self.put(client, key)
        whole = client.get(f"/Invoices/{key}").json()["Invoices"][0]
        assert whole["HasAttachments"] is True
        assert [each["FileName"] for each in whole["Attachments"]] == ["order.pdf"]
        assert client.get(f"/Invoices/{key}/History").json()["HistoryRecords"][0]["Changes"] == "Attached a file"

    def test_of_the_same_name_replace_each_other(self, client, made):
        key = made()
        first = self.put(client, key).json()["Attachments"][0]["AttachmentID"]
        assert self.put(client, key, "ORDER.pdf", b"new").status_code == 200
        (only,) = client.get(f"/Invoices/{key}/Attachments").json()["Attachments"]
        assert (only["AttachmentID"], only["ContentLength"]) == (first, 3)

    @pytest.mark.parametrize("name", ["a%3Cb.pdf", "a%2Bb.pdf", "a%3Fb.pdf", "a%7Cb.pdf"])
    def test_have_plain_names(self, client, made, name):
        assert messages(self.put(client, made(), name)) == ["The file name contains characters that are not allowed"]

    def test_are_ten_at_most(self, client, made):
        key = made()
        for number in range(10):
            assert self.put(client, key, f"{number}.pdf").status_code == 200
        assert messages(self.put(client, key, "10.pdf")) == ["The maximum number of attachments has been reached"]

    @pytest.mark.parametrize(("up_to_25", "status"), [(False, 413), (True, 200)])
    def test_have_a_size(self, client, made, xero, up_to_25, status):
        xero.state.switches.attachments_up_to_25_mb = up_to_25
        key = made()
        assert self.put(client, key, content=b"x" * (11 * 1024 * 1024)).status_code == status
        assert messages(self.put(client, key, content=b"")) == ["The file is empty"]

    @pytest.mark.parametrize("name", ["noextension", "a."])
    def test_have_a_type(self, client, made, name):
        assert messages(self.put(client, made(), name)) == [
            "The file couldn't be uploaded because it isn't a supported file type."
        ]

    def test_are_known_by_their_name_where_the_content_type_says_nothing(self, client, made):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = client.put(f"/Invoices/{made()}/Attachments/a.pdf", content=b"x", headers=headers)
        assert answer.json()["Attachments"][0]["MimeType"] == "application/pdf"

    def test_lead_back_to_this_host_and_no_other(self, client, made):
        (file,) = self.put(client, made(), "a.pdf").json()["Attachments"]
        assert file["Url"].startswith("http://localhost/api.xro/2.0/Invoices/")

    def test_need_their_own_scope(self, xero, gb, made):
        from localxero.testing import signed_in

        with signed_in(xero, gb, scope="accounting.invoices") as other:
            assert self.put(other, made()).status_code == 401

    def test_are_kept_in_a_snapshot(self, client, made, xero, gb):
        key = made()
        self.put(client, key)
        xero.restore(xero.snapshot())
        assert xero.books(gb).attachments[key][0].content == b"%PDF"


class TestEmail:
    def test_is_sent_once_approved(self, client, made):
        key = made()
        answer = client.post(f"/Invoices/{key}/Email", json={})
        assert (answer.status_code, answer.content) == (204, b"")
        assert client.get(f"/Invoices/{key}").json()["Invoices"][0]["SentToContact"] is True

    @pytest.mark.parametrize(
        "change", [{"Status": "DRAFT"}, {"Type": "ACCPAY", "LineItems": [LINE | {"AccountCode": "300"}]}]
    )
    def test_is_refused_for_drafts_and_bills(self, client, made, change):
        assert len(messages(client.post(f"/Invoices/{made(**change)}/Email"))) == 1

    def test_needs_an_address(self, client, made):
        assert messages(client.post(f"/Invoices/{made(Contact={'Name': 'Nobody'})}/Email")) == [
            "The contact has no email address"
        ]

    def test_has_a_limit_a_day(self, client, made, xero, gb):
        xero.configure(gb, plan="TRIAL")
        key = made()
        assert [client.post(f"/Invoices/{key}/Email").status_code for _ in range(21)] == [204] * 20 + [400]
        xero.clock.advance(86_400)
        assert client.post(f"/Invoices/{key}/Email").status_code == 401, "the token has expired meanwhile"


class TestOnlineInvoice:
    def test_is_the_invoices_page_here(self, client, made, gb):
        key = made()
        (only,) = client.get(f"/Invoices/{key}/OnlineInvoice").json()["OnlineInvoices"]
        assert only["OnlineInvoiceUrl"] == f"http://localhost/app/!bR7cB/invoicing/view/{key}"

    def test_is_empty_for_drafts(self, client, made):
        (only,) = client.get(f"/Invoices/{made(Status='DRAFT')}/OnlineInvoice").json()["OnlineInvoices"]
        assert only["OnlineInvoiceUrl"] == ""
