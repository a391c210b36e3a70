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
        assert [each["Details"] for each in shown] == ["second", "first"]
        assert {each["User"] for each in shown} == {"System Generated"}

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

    @pytest.mark.parametrize(("up_to_25", "status"), [(False, 400), (True, 200)])
    def test_have_a_size(self, client, made, xero, up_to_25, status):
        xero.state.switches.attachments_up_to_25_mb = up_to_25
        key = made()
        assert self.put(client, key, content=b"x" * (11 * 1024 * 1024)).status_code == status
        assert messages(self.put(client, key, content=b"")) == ["The file is empty"]

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
