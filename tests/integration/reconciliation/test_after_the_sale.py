"""Orders, day book and ledger agree over all kinds, to the cent; a cent that somebody changed there is found in each."""

from decimal import Decimal

import pytest

from daybook.companies.models import Person
from daybook.connections.models import PostingSettings
from daybook.intake import typing_refunds
from daybook.ledgers.exchange import Period
from daybook.outbox.models import Entry
from daybook.reconciliation.report import Report, compare_connection
from localxero import LocalXero
from localxero.testing import signed_in
from tests.integration.credits.shop import (
    entry,
    of_line,
    opened,
    order,
    order_of,
    paid,
    refund,
    send,
    settle,
)
from tests.integration.payments.shop import map_gateway
from tests.integration.test_posting_rules import liability, ruled
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)
BACK = {"at": "2026-03-05T10:00:00Z"}
ONE_MUG = [{"lines": [{"line": "m", "quantity": 1}]}]
HALF = [of_line("m", 1, returned=True)]


@pytest.fixture
def acme() -> Cast:
    return opened(LocalXero(limits="off"), payments=True, untouched=True)


def a_week(cast: Cast) -> None:
    """All that an ordinary week brings after the sale."""
    part = refund(lines=HALF, payments=[paid("12.00", "re_1", **BACK)])
    before = {
        "PAID-BACK": [paid()],
        "NOT-PAID": [],
        "WHOLE": [paid()],
        "NO-AMOUNTS": [],
        "CANCELLED": [],
        "CANCELLED-WHOLE": [],
        "CANCELLED-TWICE": [],
        "MONEY-ONLY": [paid("30.00", "ch_1"), paid("32.00", "ch_2")],
    }
    send(cast, *(order(ref, payments=payments) for ref, payments in before.items()))
    send(cast, order("EARLY", part, payments=[paid()]))
    send(cast, order("EARLY-NO-MONEY", refund(lines=[of_line("m", 1, amounts={"gross": "11.00"})])))
    settle(cast)
    send(cast, order("PAID-BACK", part, payments=[paid()]))
    send(cast, order("NOT-PAID", refund(lines=[of_line("c", 1, amounts={"net": "20.00", "tax": "0"})])))
    everything = [of_line("m", 3), of_line("c", 1)]
    back = [paid("62.00", "re_1", **BACK)]
    send(cast, order("WHOLE", refund(lines=everything, shipping={"gross": "6.00"}, payments=back), payments=[paid()]))
    send(cast, order("NO-AMOUNTS", refund(lines=HALF), refund("r2", adjustments=[{"amounts": {"gross": "1.50"}}])))
    send(cast, order("CANCELLED", cancellations=ONE_MUG))
    send(cast, order("CANCELLED-WHOLE", cancelled=True))
    send(cast, order("CANCELLED-TWICE", cancellations=ONE_MUG))
    send(cast, order("MONEY-ONLY", refund(payments=[paid("5.00", "re_1", **BACK)]), payments=before["MONEY-ONLY"]))
    settle(cast, 4)
    send(cast, order("CANCELLED-TWICE", cancellations=ONE_MUG, cancelled=True))
    settle(cast)


def compared(cast: Cast, **asked) -> Report:
    return compare_connection(cast.connection, cast.client, **asked)


def gaps(report: Report) -> dict:
    return {tuple(key): row.gaps for key, row in report.sums if any(row.gaps)}


def findings(report: Report) -> list[tuple[str, str, Decimal]]:
    return [(row.kind, report.said(row), row.difference) for row in report.rows if row.differs]


def take_a_cent(accountant, name: str, key: str) -> None:
    """Take a cent off the first line of a document."""
    there = accountant.get(f"/{name}s/{key}").json()[f"{name}s"][0]
    first, *rest = there["LineItems"]
    first = {each: first[each] for each in ("LineItemID", "Description", "Quantity", "AccountCode", "TaxType")} | {
        "UnitAmount": first["UnitAmount"] - 0.01
    }
    answer = accountant.post(f"/{name}s", json={f"{name}ID": key, "LineItems": [first, *rest]})
    assert answer.status_code == 200, answer.text


class TestAnOrdinaryWeek:
    def test_agrees_on_all_sides_per_kind_currency_tax_type_and_day_in_a_call_for_each_list(self, acme):
        a_week(acme)
        assert not Entry.objects.exclude(state="posted").exists()
        report = compared(acme)
        assert findings(report) == []
        assert (gaps(report), report.difference, report.agrees) == ({}, 0, True)
        kinds = {key.kind: sum_ for key, sum_ in report.sums if key.tax_type == "*"}
        assert set(kinds) == {"invoice", "credit_note", "allocation", "payment", "refund"}
        assert kinds["allocation"].orders is None
        assert kinds["payment"].orders.gross == 62 * 3 + 50
        assert kinds["refund"].orders.gross == 12 + 62 + 5
        assert {key.tax_type for key, _ in report.sums if key.kind == "credit_note"} == {
            "OUTPUT2", "ZERORATEDOUTPUT", "NONE", "*",
        }  # fmt: skip
        self.takes_one_call_for_each_list(acme)
        self.is_compared_by_days(acme)

    def takes_one_call_for_each_list(self, acme):
        acme.xero.state.journal.clear()
        assert compared(acme).agrees
        entries = acme.xero.state.journal.entries(lambda each: each.method == "GET" and "/api.xro/" in each.path)
        paths = [each.path.rpartition("/")[2] for each in entries]
        assert sorted(paths) == ["CreditNotes", "CreditNotes", "Invoices", "Payments", "Payments", "PurchaseOrders"]

    def is_compared_by_days(self, acme):
        march = Period(entry(acme, "payment").date, entry(acme, "refund").date)
        assert compared(acme, period=march).agrees
        later = compared(acme, period=Period(since=entry(acme, "refund").date))
        assert {row.kind for row in later.rows} == {"credit_note", "allocation", "refund"}
        assert later.agrees

    def test_agrees_with_what_a_person_typed(self, acme):
        send(acme, order("A-1"))
        settle(acme)
        send(acme, order("A-1", refund()))
        ann = Person.objects.create_user("ann@acme.example", name="Ann")
        lines = [{"line": "m", "quantity": 1, "amounts": {"gross": "12.00"}}]
        typing_refunds.type_refund(order_of(acme, "A-1"), "r1", {"lines": lines}, ann)
        settle(acme)
        report = compared(acme)
        assert (findings(report), report.agrees) == ([], True)
        assert dict(report.sums)["credit_note", "GBP", "*"].orders.gross == 12


class TestACent:
    @pytest.fixture
    def accountant(self, acme):
        a_week(acme)
        with signed_in(acme.xero, acme.tenant_id) as client:
            yield client

    def test_of_an_invoice_is_found(self, acme, accountant):
        # nothing is paid or credited on it, so that it may be edited
        take_a_cent(accountant, "Invoice", Entry.objects.get(number="EARLY-NO-MONEY").their_id)
        report = compared(acme)
        assert [(kind, said) for kind, said, _ in findings(report)] == [("invoice", "totals differ")]

    def test_of_a_payment_is_found(self, acme, accountant):
        mine = Entry.objects.get(kind="payment", order__source_id="PAID-BACK")
        accountant.post(f"/Payments/{mine.their_id}", json={"Status": "DELETED"}).raise_for_status()
        body = {"Invoice": {"InvoiceID": mine.about.their_id}, "Account": {"Code": "090"}, "Date": "2026-03-01"}
        accountant.put("/Payments", json=body | {"Amount": 61.99, "Reference": "stripe ch_1"}).raise_for_status()
        report = compared(acme)
        assert findings(report) == [("payment", "voided or deleted in Xero", Decimal(62))]
        assert gaps(report)["payment", "GBP", "*"].gross == 62
        assert not report.agrees
        assert report.difference == 62

    def test_of_a_refund_is_found(self, acme, accountant):
        mine = Entry.objects.get(kind="refund", order__source_id="WHOLE")
        accountant.post(f"/Payments/{mine.their_id}", json={"Status": "DELETED"}).raise_for_status()
        report = compared(acme)
        assert findings(report) == [("refund", "voided or deleted in Xero", Decimal(62))]
        assert gaps(report)["refund", "GBP", "*"].gross == 62

    def test_of_an_allocation_is_found(self, acme, accountant):
        mine = Entry.objects.get(kind="allocation", order__source_id="NOT-PAID")
        note, invoice = mine.about.their_id, Entry.objects.get(kind="invoice", number="NOT-PAID").their_id
        accountant.delete(f"/CreditNotes/{note}/Allocations/{mine.their_id}").raise_for_status()
        body = {"Allocations": [{"Amount": 19.99, "Invoice": {"InvoiceID": invoice}}]}
        accountant.put(f"/CreditNotes/{note}/Allocations", json=body).raise_for_status()
        report = compared(acme)
        assert [(kind, said) for kind, said, _ in findings(report)] == [("allocation", "missing in Xero")]
        assert gaps(report)["allocation", "GBP", "*"].gross == 20

    def test_that_the_day_book_has_otherwise_than_its_order_or_that_this_does_not_tell_any_more_is_found(self, acme):
        a_week(acme)
        for kind in ("credit_note", "payment", "refund"):
            mine = Entry.objects.filter(kind=kind, order__source_id="PAID-BACK")
            mine.update(net=mine.get().net - Decimal("0.01"), gross=mine.get().gross - Decimal("0.01"))
            report = compared(acme)
            assert findings(report) == [(kind, "totals differ", Decimal("0.01"))]
            mine.update(net=mine.get().net + Decimal("0.01"), gross=mine.get().gross + Decimal("0.01"))
        assert compared(acme).agrees

        revision = order_of(acme, "PAID-BACK").current_revision
        type(revision).objects.filter(pk=revision.pk).update(
            content={**revision.content, "payments": [], "refunds": []}
        )
        report = compared(acme)
        assert {(kind, amount) for kind, _, amount in findings(report)} == {
            ("payment", Decimal(62)), ("credit_note", Decimal(12)), ("refund", Decimal(12)),
        }  # fmt: skip


class TestACentOfADraft:
    def test_of_a_credit_note_is_found(self):
        drafts = opened(LocalXero(limits="off"), status="DRAFT", untouched=True)
        send(drafts, order("A-1"))
        settle(drafts)
        send(drafts, order("A-1", refund(lines=HALF)))
        settle(drafts)
        with signed_in(drafts.xero, drafts.tenant_id) as accountant:
            take_a_cent(accountant, "CreditNote", entry(drafts, "credit_note").their_id)
        report = compared(drafts)
        assert ("credit_note", "totals differ", Decimal("0.01")) in findings(report)
        assert gaps(report)["credit_note", "GBP", "*"].gross == Decimal("0.01")


class TestTaxApart:
    def test_of_an_american_sale_agrees_after_a_refund(self):
        us = connected(LocalXero(limits="off"), "Dogwood", "US", untouched=True)
        switched_on = PostingSettings.objects.filter(connection=us.connection)
        switched_on.update(post_credit_notes=True, post_payments=True, document_status="AUTHORISED")
        map_gateway(us, "stripe", currency="USD")
        ruled(us, 1, {"country": ["US"]}, tax_type="NONE", tax_shape="apart_by_name", tax_account=liability(us))
        mug = {"id": "m", "sku": "MUG", "description": "Mug", "quantity": 3, "unit_price": "9.99"}
        mug["taxes"] = [{"name": "NY State", "rate": "0.04"}, {"name": "NY City", "rate": "0.045"}]
        sale = {
            "lines": [mug], "currency": "USD", "destination": {"country_code": "US"}, "shipping": None,
            "totals": {"net": "29.97", "tax": "2.55", "gross": "32.52"}, "payments": [paid("32.52")],
        }  # fmt: skip
        early = refund(lines=[of_line("m", 1, amounts={"gross": "10.84"})], payments=[paid("10.84", "re_1", **BACK)])
        send(us, order("US-1", **sale), order("US-2", early, **sale))
        settle(us)
        send(us, order("US-1", early, **sale))
        settle(us)
        report = compared(us)
        assert list(Entry.objects.exclude(state="posted").values_list("kind", "cause", "detail")) == []
        assert (findings(report), gaps(report), report.agrees) == ([], {}, True)
        assert {key.kind for key, _ in report.sums} == {"invoice", "credit_note", "payment", "refund"}
