"""Whatever sells, changes, is cancelled, paid, given back, lost and found: the books say what the orders say, to the penny.

Hypothesis plays a company's shop, its workers and its people in the ledger. What each order must come to is worked out
here, from the orders as they were sent, by the rules of docs/orders.md and with no line of Daybook's.

    laws/model    what is sold and given back     laws/shop    what the shop does
    laws/books    what must hold                  here         the workers, and people
"""

import os
import random
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any

import httpx2
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from daybook.companies import people
from daybook.companies.models import Person
from daybook.connections.models import Gateway, LineAccount, PostingSettings
from daybook.intake import prepare, typing_refunds
from daybook.kit import clock
from daybook.orders.models import Order
from daybook.posting import batching, claiming, drain
from daybook.posting.batching import Batch
from daybook.posting.claiming import Claimed
from daybook.posting.ground import Sender
from daybook.reconciliation import counted, watching
from daybook.reconciliation.resolve import resolve
from daybook.wire.errors import Paused, WireError
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.simulator import Snapshot
from localxero.testing import signed_in
from tests import database
from tests.integration.payments.laws.books import ACCOUNTS, GOODWILL, Books
from tests.integration.payments.laws.model import CENT, ZERO, Back, D, Life, cents, money
from tests.integration.payments.laws.shop import CHOOSE
from tests.integration.posting.test_laws import PATIENCE, Fate, Fated
from tests.world import Cast, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(40)]

FULL_ROUNDS = 16


@cache
def seeded() -> Snapshot:
    """A local Xero with accounts that take payments in any currency."""
    xero = LocalXero(limits="off")
    ann = signed_in(xero, xero.tenant_id("GB"))
    for name, code in ACCOUNTS.items():
        said = {"Code": code, "Name": name, "EnablePaymentsToAccount": True}
        said["Type"] = "CURRLIAB" if name == "gift_card" else "CURRENT"
        assert ann.put("/Accounts", json=said).status_code == 200
    return xero.snapshot()


class FatedReads(Fated):
    """Answers to reads are lost too."""

    def __init__(self, xero: LocalXero) -> None:
        super().__init__(xero)
        self.lost_reads = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET" and self.lost_reads:
            self.lost_reads -= 1
            raise httpx2.ReadError("lost", request=request)
        return super().handle_request(request)


FATES = some.lists(some.sampled_from(Fate), min_size=1, max_size=4)


class Money(Books):
    """The shop, its workers, and its people in the ledger."""

    @initialize(status=some.sampled_from(["AUTHORISED", "AUTHORISED", "DRAFT"]), tracked=some.booleans())
    def open(self, status: str = "AUTHORISED", tracked: bool = False) -> None:  # noqa: FBT001, FBT002
        database._clear(None)
        self.ahead = timedelta(0)
        self.tracked, self.status = tracked, status
        self.xero = LocalXero(limits="off")
        self.xero.restore(seeded())
        self.cast = opened(self.xero, status=status, tracked=tracked)
        self.wire = FatedReads(self.xero)
        self.client = HttpClient(10, self.wire)
        self.lives: dict[str, Life] = {}
        self.orders = {}
        self.asleep: list[tuple[Claimed, Sender]] = []
        self.count = 0

    @property
    def ann(self) -> Any:
        """A person in the ledger, whose session does not end."""
        return signed_in(self.xero, self.cast.tenant_id)

    # ---- people

    @precondition(lambda self: any(each.is_silent for life in self.lives.values() for each in life.backs))
    @rule(choose=CHOOSE)
    def somebody_types_what_was_given_back(self, choose: Any) -> None:
        self._type(choose.choice([(life, b) for life in self.lives.values() for b in life.backs if b.is_silent]))

    def _type(self, which: tuple[Life, Back]) -> None:
        life, back = which
        order = Order.objects.get(company=self.cast.company, source_id=life.ref)
        try:
            person = people.add_person("ann@acme.example")
        except Exception:  # noqa: BLE001 - she is there
            person = Person.objects.get(email="ann@acme.example")
        if typing_refunds.typable(order, back.ref):
            typing_refunds.type_refund(order, back.ref, back.amounts_said(), person)
            back.is_typed = True
        elif not back.is_typed:  # it has left by then, as money for no line
            back.counts, back.amounts, back.goodwill = {}, {}, sum((D(each["amount"]) for each in back.money), ZERO)

    @precondition(lambda self: self.status == "DRAFT" and self.lives)
    @rule(choose=CHOOSE)
    def somebody_approves(self, choose: Any) -> None:
        self._approve(lambda: choose.random() < 0.6)

    @precondition(lambda self: self.status == "DRAFT" and self.lives)
    @rule()
    def changes_are_looked_for(self) -> None:
        self.cast.connection.refresh_from_db()
        with suppress(Paused):  # as the worker's: it looks again when the pause is over, as at the end
            watching.look_for_changes(self.cast.connection, self.client, now=clock.now())
        counted.count_anew()  # another of the worker's jobs: what follows is told of sums and of news alike
        self._prepare_what_was_woken()

    def _approve(self, wants: Any) -> None:
        for name, key in (("Invoices", "InvoiceID"), ("CreditNotes", "CreditNoteID")):
            for each in self._ours(name):
                if each["Status"] == "DRAFT" and wants():
                    answer = self.ann.post(
                        f"/{name}/{each[key]}", params={"allowBackorders": "true"}, json={"Status": "AUTHORISED"}
                    )
                    assert answer.status_code == 200, answer.text

    @precondition(lambda self: self.lives)
    @rule(choose=CHOOSE, is_whole=some.booleans())
    def somebody_pays_there(self, choose: Any, is_whole: bool) -> None:  # noqa: FBT001
        if choose.random() < 0.7:
            return
        there = [each for each in self._ours("Invoices") if each["Status"] == "AUTHORISED" and each["AmountDue"]]
        if there:
            one = choose.choice(there)
            due = money(one["AmountDue"])
            said = {
                "Invoice": {"InvoiceID": one["InvoiceID"]}, "Account": {"Code": "093"}, "Date": "2026-03-06",
                "Amount": str(due if is_whole else max(CENT, cents(due / 3))), "Reference": "bank line",
            }  # fmt: skip
            answer = self.ann.put("/Payments", json={"Payments": [said]})
            assert answer.status_code == 200, answer.text
            self.lives[one["InvoiceNumber"]].is_messy = True

    @precondition(lambda self: self.lives)
    @rule(choose=CHOOSE)
    def somebody_allocates_there(self, choose: Any) -> None:
        notes = [
            each for each in self._ours("CreditNotes") if each["Status"] == "AUTHORISED" and each["RemainingCredit"]
        ]
        if notes and choose.random() < 0.3:
            note = choose.choice(notes)
            number = note["CreditNoteNumber"].rpartition("-CR")[0]
            (invoice,) = [each for each in self._ours("Invoices") if each["InvoiceNumber"] == number]
            amount = min(money(note["RemainingCredit"]), money(invoice["AmountDue"]))
            if invoice["Status"] == "AUTHORISED" and amount > 0:
                said = {"Amount": str(amount), "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
                where = f"/CreditNotes/{note['CreditNoteID']}/Allocations"
                answer = self.ann.put(where, json={"Allocations": [said]})
                assert answer.status_code == 200, answer.text
                self.lives[number].is_messy = True

    # ---- workers

    @rule(fates=FATES, lost_reads=some.sampled_from([0, 0, 0, 1, 2]))
    def a_worker_posts(self, fates: list[Fate], lost_reads: int = 0) -> None:
        self.wire.lost_reads = lost_reads
        super().a_worker_posts(fates)
        self.wire.lost_reads = 0

    @rule()
    def a_worker_posts_well(self) -> None:
        self._as_a_worker(lambda: drain.drain(self.cast.connection.pk, self.client))

    def _claimed(self) -> Claimed | None:
        sender = self._sender()
        if sender is None:
            return None
        for route in ("Invoices", "CreditNotes", "Payments", "Allocations", "PurchaseOrders"):
            if route not in sender.ledger.routes:
                continue
            try:
                claimed = claiming.claim(self.cast.connection, sender, Batch(route, batching.MAX_DOCUMENTS))
            except WireError:
                continue
            if claimed:
                return claimed
        return None

    # ---- the end

    def _settle_all(self) -> None:
        while self.asleep:
            self.a_worker_wakes_well()
        for life in self.lives.values():
            while self._hidden(life):
                self._reveal(life, random.Random(1))
            for back in life.backs:
                if back.is_silent:
                    self._type((life, back))
        for _ in range(FULL_ROUNDS):
            self.time_passes(1300)
            prepare.prepare_overdue(before=clock.now())
            self._prepare_what_was_woken()
            resolve(self.client, now=clock.now(), patience=PATIENCE)
            self._as_a_worker(lambda: drain.drain(self.cast.connection.pk, self.client))
            if self.status == "DRAFT":
                self._approve(lambda: True)
                self.changes_are_looked_for()


def opened(xero: LocalXero, *, status: str, tracked: bool) -> Cast:
    cast = connected(xero, tracked=tracked)
    PostingSettings.objects.filter(connection=cast.connection).update(
        post_credit_notes=True, post_payments=True, document_status=status, allow_backorders=True
    )
    ids = {each.code: each.account_id for each in xero.books(cast.tenant_id).accounts.values()}
    Gateway.objects.bulk_create(
        Gateway(connection=cast.connection, name=name, currency=currency, account_id=ids[code])
        for name, code in ACCOUNTS.items()
        for currency in ("GBP", "EUR")
    )
    for kind in ("goodwill", "excess"):
        LineAccount.objects.create(connection=cast.connection, kind=kind, account=GOODWILL, tax_type="NONE")
    return cast


def test_the_books_say_what_the_orders_say_whatever_comes():
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=int(os.environ.get("LAWS", "6")),
            derandomize="LAWS" not in os.environ,  # the same sequences in every run; LAWS=200 plays others
            stateful_step_count=25,
            phases=[Phase.explicit, Phase.generate],
            print_blob="LAWS" in os.environ,
            deadline=None,
        ),
    )
