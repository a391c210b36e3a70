"""Whatever was done, in whatever order: the ledger balances, stock is worth what it cost, and a replay gives the same."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localxero import LocalXero
from localxero.books.ledger import in_base, trial_balance
from localxero.testing import signed_in

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LIVE = {"AUTHORISED", "PAID"}
PLURALS = {"ACCREC": "Invoices", "ACCPAY": "Invoices", "ACCRECCREDIT": "CreditNotes", "ACCPAYCREDIT": "CreditNotes"}
RAISES_STOCK = {"ACCPAY": 1, "ACCRECCREDIT": 1, "ACCREC": -1, "ACCPAYCREDIT": -1}

CENTS = st.integers(0, 5000).map(lambda cents: f"{Decimal(cents) / 100}")
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "ItemCode": st.sampled_from(["STOCK-MUG", "STOCK-TEE", "STOCK-EMPTY", "MUG-11OZ"]),
            "Quantity": st.integers(1, 120).map(lambda tenths: f"{Decimal(tenths) / 4}"),
            "UnitAmount": CENTS,
        }
    ),
    min_size=1,
    max_size=3,
)
MAKE = st.tuples(
    st.just("make"),
    st.sampled_from(sorted(PLURALS)),
    st.fixed_dictionaries(
        {
            "LineItems": LINES,
            "Status": st.sampled_from(["DRAFT", "AUTHORISED", "AUTHORISED", "AUTHORISED"]),
            "LineAmountTypes": st.sampled_from(["Exclusive", "Inclusive", "NoTax"]),
        },
        optional={"CurrencyCode": st.just("EUR"), "CurrencyRate": st.sampled_from(["1.1", "0.87", "1.234567"])},
    ),
    st.booleans(),
)
PLACE = st.integers(0, 30)
SHARE = st.sampled_from(["1", "0.5", "0.333", "0.01", "1.2"])
ACTS = st.lists(
    st.one_of(
        MAKE,
        st.tuples(st.just("pay"), PLACE, SHARE, st.sampled_from([None, "1.3"])),
        st.tuples(st.just("pay"), PLACE, SHARE, st.none()),
        st.tuples(st.just("unpay"), PLACE),
        st.tuples(st.just("allocate"), PLACE, PLACE, SHARE),
        st.tuples(st.just("allocate"), PLACE, PLACE, SHARE),
        st.tuples(st.just("unallocate"), PLACE),
        st.tuples(st.just("status"), PLACE, st.sampled_from(["AUTHORISED", "VOIDED", "VOIDED", "DELETED"])),
        st.tuples(st.just("rewrite"), PLACE, LINES),
    ),
    min_size=4,
    max_size=14,
)
STEPS = st.tuples(st.lists(MAKE, min_size=3, max_size=8), ACTS).map(lambda both: [*both[0], *both[1]])


class Bookkeeper:
    """Takes steps in one local Xero over its API; what is refused is refused."""

    def __init__(self):
        self.xero = LocalXero(limits="off", start=NOON)
        self.xero.clock.freeze(NOON)
        self.tenant = self.xero.tenant_id("GB")
        self.books = self.xero.books(self.tenant)
        self.contact = {"ContactID": self.books.contact_named("Custom Gateway Orders").contact_id}

    def take(self, steps):
        with signed_in(self.xero, self.tenant) as client:
            for name, *what in steps:
                answer = getattr(self, name)(client, *what)
                assert answer is None or answer.status_code in {200, 400}, answer.text
        return self

    def make(self, client, kind, change, backorders):
        body = {"Type": kind, "Contact": self.contact, "Date": "2026-11-20", "DueDate": "2026-12-20"} | change
        return client.put(f"/{PLURALS[kind]}", json=body, params={"allowBackorders": str(backorders).lower()})

    def pay(self, client, place, share, rate):
        open_ones = [each for each in self.documents() if each.status == "AUTHORISED"]
        if not (document := self.picked(open_ones or self.documents(), place)):
            return None
        left = document.amount_due if document.type in {"ACCREC", "ACCPAY"} else document.remaining_credit
        body = {
            "Invoice": {"InvoiceID": document.document_id},
            "Account": {"Code": "090"},
            "Date": "2026-11-20",
            "Amount": f"{left * Decimal(share):.2f}",
            "CurrencyRate": rate,
        }
        return client.put("/Payments", json=body)

    def unpay(self, client, place):
        payment = self.picked(list(self.books.payments.values()), place)
        return payment and client.post(f"/Payments/{payment.payment_id}", json={"Status": "DELETED"})

    def allocate(self, client, place, other, share):
        note = self.picked(list(self.books.credit_notes.values()), place)
        if not note:
            return None
        invoices = list(self.books.invoices.values())
        fitting = [
            each for each in invoices if (f"{each.type}CREDIT", each.currency_code) == (note.type, note.currency_code)
        ]
        if not (invoice := self.picked(fitting or invoices, other)):
            return None
        amount = min(note.remaining_credit, invoice.amount_due) * Decimal(share)
        body = {"Invoice": {"InvoiceID": invoice.document_id}, "Amount": f"{amount:.2f}", "Date": "2026-11-20"}
        return client.put(f"/CreditNotes/{note.document_id}/Allocations", json=body)

    def unallocate(self, client, place):
        made = self.picked(list(self.books.allocations.values()), place)
        return made and client.delete(f"/CreditNotes/{made.credit_note_id}/Allocations/{made.allocation_id}")

    def status(self, client, place, status):
        document = self.picked(self.documents(), place)
        return document and client.post(self.url(document), json={"Status": status})

    def rewrite(self, client, place, lines):
        document = self.picked(self.documents(), place)
        return document and client.post(self.url(document), json={"LineItems": lines})

    def url(self, document):
        return f"/{PLURALS[document.type]}/{document.document_id}"

    def documents(self):
        return [*self.books.invoices.values(), *self.books.credit_notes.values()]

    def picked(self, found, place):
        return found[place % len(found)] if found else None


def check_settlement(books):
    for invoice in books.invoices.values():
        paid = sum((each.amount for each in books.payments_of(invoice.document_id)), Decimal(0))
        credited = sum((each.amount for each in books.allocations_of(invoice.document_id)), Decimal(0))
        assert (invoice.amount_paid, invoice.amount_credited) == (paid, credited)
        assert 0 <= invoice.amount_due <= invoice.total
        assert invoice.status not in LIVE or (invoice.status == "PAID") == (invoice.amount_due == 0)
        assert invoice.status in LIVE or not (paid or credited)
    for note in books.credit_notes.values():
        used = sum((each.amount for each in books.payments_of(note.document_id)), Decimal(0))
        used += sum((each.amount for each in books.allocations_of(note.document_id)), Decimal(0))
        assert note.remaining_credit == (note.total - used if note.status not in {"VOIDED", "DELETED"} else 0)
        assert note.remaining_credit >= 0


def check_ledger(books):
    found = trial_balance(books)
    assert sum(found.values()) == 0
    live = [each for each in (*books.invoices.values(), *books.credit_notes.values()) if each.status in LIVE]
    for control, kinds in (("610", {"ACCREC": 1, "ACCRECCREDIT": -1}), ("800", {"ACCPAY": -1, "ACCPAYCREDIT": 1})):
        owed = Decimal(0)
        for document in live:
            gone = document.amount_due if document.type in {"ACCREC", "ACCPAY"} else document.remaining_credit
            settled = in_base(document.total - gone, document.currency_rate)
            owed += kinds.get(document.type, 0) * (in_base(document.total, document.currency_rate) - settled)
        assert found.get(control, 0) == owed
    assert found["630"] == sum(item.total_cost_pool for item in books.items.values())


def check_stock(books):
    for item in books.items.values():
        if not item.is_tracked:
            continue
        moved = sum(
            RAISES_STOCK[document.type] * line.quantity
            for document in (*books.invoices.values(), *books.credit_notes.values())
            if document.status in LIVE
            for line in document.lines
            if line.item_code == item.code
        )
        assert item.quantity_on_hand == item.opening_quantity + moved
        assert item.total_cost_pool >= 0
        assert item.quantity_on_hand > 0 or item.total_cost_pool == 0


@pytest.mark.long(6)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_books_add_up(steps):
    keeper = Bookkeeper().take(steps)
    check_settlement(keeper.books)
    check_ledger(keeper.books)
    check_stock(keeper.books)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_a_replay_gives_the_same_books(steps):
    first, second = (Bookkeeper().take(steps) for _ in range(2))
    assert first.xero.export(first.tenant) == second.xero.export(second.tenant)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_a_snapshot_holds_all_of_it(steps):
    keeper = Bookkeeper().take(steps)
    before = keeper.xero.export(keeper.tenant)
    keeper.xero.restore(keeper.xero.snapshot())
    assert keeper.xero.export(keeper.tenant) == before
    check_ledger(keeper.xero.books(keeper.tenant))
