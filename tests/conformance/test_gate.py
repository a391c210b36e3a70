"""What stands before every endpoint, as a client meets it: tokens, limits, keys, faults, forms."""

import threading

import pytest
from xero_python.accounting import Contact, Contacts
from xero_python.exceptions.http_status_exceptions import (
    AccountingBadRequestException,
    HTTPStatusException,
    RateLimitException,
)

from .documents import invoice, invoices

pytestmark = pytest.mark.filterwarnings("ignore")


def at_once(count, call):
    """Call in so many threads and return what came, in the order it came."""
    came = []
    threads = [threading.Thread(target=lambda: came.append(call())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return came


class TestTokens:
    def test_expire_after_half_an_hour(self, accounting, tenant, xero):
        xero.clock.advance(1801)
        with pytest.raises(HTTPStatusException) as refused:
            accounting.get_organisations(tenant)
        assert refused.value.status == 401
        assert b'"Detail":"TokenExpired: token expired at 11/20/2026 12:30:00"' in refused.value.body

    def test_open_what_their_scopes_say(self, sdk, accounting, tenant, xero):
        sdk.kept["access_token"] = xero.sign_in(tenant, scope="accounting.contacts")["access_token"]
        assert accounting.get_contacts(tenant, page=1).contacts
        with pytest.raises(HTTPStatusException) as refused:
            accounting.get_invoices(tenant)
        assert (refused.value.status, refused.value.headers["WWW-Authenticate"]) == (401, "insufficient_scope")

    def test_open_no_organisation_that_is_not_connected(self, accounting, xero):
        with pytest.raises(HTTPStatusException) as refused:
            accounting.get_organisations(xero.tenant_id("AU"))
        assert refused.value.status == 403


class TestLimits:
    def left(self, accounting, tenant):
        _, _, headers = accounting.get_organisations(tenant, _return_http_data_only=False)
        return [int(headers[f"X-{word}Limit-Remaining"]) for word in ("Day", "Min", "AppMin")]

    def test_are_told_on_every_answer(self, accounting, tenant, xero):
        xero.state.limits.set("live")
        first, second = self.left(accounting, tenant), self.left(accounting, tenant)
        assert first == [4999, 59, 9999]
        assert [before - after for before, after in zip(first, second, strict=True)] == [1, 1, 1]

    @pytest.mark.parametrize(
        ("ceiling", "problem", "longest"),
        [("minute", "minute", 60), ("day", "day", 86_400), ("app_minute", "appminute", 60)],
    )
    def test_refuse_with_the_time_to_wait(self, accounting, tenant, xero, ceiling, problem, longest):
        xero.state.limits.set("live", **{ceiling: 1})
        accounting.get_organisations(tenant)
        with pytest.raises(RateLimitException) as refused:
            accounting.get_organisations(tenant)
        assert refused.value.rate_limit == problem
        wait = int(refused.value.headers["Retry-After"])
        assert 0 < wait <= longest
        xero.clock.advance(wait)
        if wait < 1800:
            assert accounting.get_organisations(tenant).organisations

    def test_let_five_through_at_once(self, http, xero):
        xero.state.limits.set("live")
        xero.add_fault("latency_before", seconds=0.5)
        answers = at_once(7, lambda: http.get("/Organisation"))
        assert sorted(each.status_code for each in answers) == [200] * 5 + [429] * 2
        assert [each.headers["X-Rate-Limit-Problem"] for each in answers if each.status_code == 429] == [
            "concurrent"
        ] * 2

    def test_come_before_keys(self, accounting, tenant, company, xero, books):
        xero.state.limits.set("live", minute=0)
        with pytest.raises(RateLimitException):
            accounting.create_invoices(tenant, invoices(invoice(company)), idempotency_key="k")
        xero.state.limits.set("off")
        accounting.create_invoices(tenant, invoices(invoice(company)), idempotency_key="k")
        assert len(books("Invoices")) == 1


class TestKeys:
    def test_belong_to_one_request(self, accounting, tenant):
        accounting.create_contacts(tenant, Contacts(contacts=[Contact(name="Zebra")]), idempotency_key="k")
        with pytest.raises(AccountingBadRequestException) as refused:
            accounting.create_contacts(tenant, Contacts(contacts=[Contact(name="Zulu")]), idempotency_key="k")
        assert refused.value.error_data["Message"] == "Idempotency Key: k is used with a different request."

    def test_have_128_characters_at_most(self, accounting, tenant):
        with pytest.raises(AccountingBadRequestException) as refused:
            accounting.create_contacts(tenant, Contacts(contacts=[Contact(name="Zebra")]), idempotency_key="k" * 129)
        assert refused.value.error_data["Message"] == "Idempotency Key must not be more than 128 characters."

    def test_keep_refusals_though_the_cause_is_gone(self, accounting, tenant):
        zebra = Contacts(contacts=[Contact(name="Zebra")])
        (first,) = accounting.create_contacts(tenant, zebra, idempotency_key="first").contacts
        with pytest.raises(AccountingBadRequestException):
            accounting.create_contacts(tenant, zebra, idempotency_key="second")
        archived = Contacts(contacts=[Contact(contact_status="ARCHIVED")])
        accounting.update_contact(tenant, first.contact_id, archived)
        with pytest.raises(AccountingBadRequestException):
            accounting.create_contacts(tenant, zebra, idempotency_key="second")
        assert accounting.create_contacts(tenant, zebra, idempotency_key="third").contacts

    def test_live_six_minutes(self, accounting, tenant, company, xero, books):
        sale = invoices(invoice(company, invoice_number="S-1"))
        for seconds in (0, 359):
            xero.clock.advance(seconds)
            accounting.create_invoices(tenant, sale, idempotency_key="k")
        assert len(books("Invoices")) == 1
        xero.clock.advance(1)
        with pytest.raises(AccountingBadRequestException, match="must be unique"):
            accounting.create_invoices(tenant, sale, idempotency_key="k")

    def test_make_a_repeat_wait_for_the_first(self, http, xero, company, books):
        xero.add_fault("latency_after", seconds=0.3, times=1)
        body = {"Type": "ACCREC", "Contact": {"ContactID": company.contact_id}, "LineItems": [{"Description": "Mug"}]}
        answers = at_once(3, lambda: http.put("/Invoices", json=body, headers={"Idempotency-Key": "k"}))
        assert len({each.json()["Invoices"][0]["InvoiceID"] for each in answers}) == 1
        assert len(books("Invoices")) == 1


class TestFaults:
    def test_may_come_after_the_booking(self, accounting, tenant, company, xero, books):
        xero.add_fault("status_500_after", times=1)
        sale = invoices(invoice(company, invoice_number="S-1"))
        for _ in range(2):
            with pytest.raises(HTTPStatusException) as failed:
                accounting.create_invoices(tenant, sale, idempotency_key="k")
            assert failed.value.status == 500
        assert [each["InvoiceNumber"] for each in books("Invoices")] == ["S-1"]

    @pytest.mark.parametrize(
        ("kind", "status", "words"),
        [
            ("status_500_before", 500, b"An error occurred in Xero."),
            ("status_503", 503, b"The Xero API is temporarily unavailable"),
            ("organisation_offline", 503, b"The Organisation is offline"),
            ("status_401_expired", 401, b"TokenExpired"),
            ("consent_withdrawn", 403, b"AuthenticationUnsuccessful"),
            ("status_502", 502, b""),
        ],
    )
    def test_before_it_book_nothing(self, accounting, tenant, company, xero, books, kind, status, words):
        xero.add_fault(kind, times=1)
        with pytest.raises(HTTPStatusException) as failed:
            accounting.create_invoices(tenant, invoices(invoice(company)))
        assert failed.value.status == status
        assert words in failed.value.body
        assert books("Invoices") == []


class TestForms:
    @pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one], lambda one: {"Invoices": [one]}])
    def test_of_bodies_are_three(self, http, company, books, wrap):
        one = {"Type": "ACCREC", "Contact": {"ContactID": company.contact_id}, "LineItems": [{"Description": "Mug"}]}
        assert http.put("/Invoices", json=wrap(one)).status_code == 200
        assert len(books("Invoices")) == 1

    @pytest.mark.parametrize(
        ("body", "number", "kind"),
        [
            (b"{bad", 14, "PostDataInvalidException"),
            (b"", 17, "NoDataProcessedException"),
            (b'{"Invoices":[]}', 17, "NoDataProcessedException"),
        ],
    )
    def test_that_cannot_be_read_say_so(self, http, body, number, kind):
        told = http.put("/Invoices", content=body, headers={"Content-Type": "application/json"})
        assert (told.status_code, told.json()["ErrorNumber"], told.json()["Type"]) == (400, number, kind)

    @pytest.mark.parametrize(
        "path", ["/Invoices?Where=Total>1&Page=1&pagesize=2", "/invoices", "/Invoices?summaryonly=TRUE"]
    )
    def test_of_addresses_do_not_mind_case(self, http, path):
        assert http.get(path).status_code == 200

    def test_that_no_resource_has_are_not_implemented(self, http, credit_id):
        assert http.delete("/Invoices").status_code == 501
        assert http.post(f"/CreditNotes/{credit_id}/Allocations", json={}).status_code == 501
        assert http.get("/Nonsense").status_code == 404

    def test_of_moments_must_be_readable(self, http):
        assert http.get("/Invoices", headers={"If-Modified-Since": "garbage"}).status_code == 412
