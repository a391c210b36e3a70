"""Sums by day tell what the rows tell: after whatever happened, counted or noted, at any day."""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from daybook.kit import clock
from daybook.orders.models import MoneyMoved, MoneyNews, MoneyOfDay
from daybook.outbox.models import Entry, PostedOnAccount
from daybook.reconciliation import counted, money, not_invoiced, watching
from localxero import LocalXero
from localxero.testing import signed_in
from tests.integration.payments.shop import map_gateway, order, paid, post, send
from tests.sums_of_money import note_all
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)

DAYS = [date(2026, 2, 28) + timedelta(days=passed) for passed in range(0, 12, 2)]
LATER = {"dispatched": False, "dispatched_at": None}


def told(cast: Cast) -> list[Any]:
    """Return what the reports say at each of the days."""
    accounts = money.clearing_accounts(cast.connection)
    ends = [
        money.month_end(cast.connection, account, *span)
        for account in accounts
        for span in [(day, day + timedelta(days=3)) for day in DAYS] + [(date(2026, 1, 1), date(2099, 12, 31))]
    ]
    return [ends, [not_invoiced.paid_not_invoiced(cast.company, day) for day in [*DAYS, date(2099, 12, 31)]]]


def is_as_the_rows_tell(cast: Cast) -> None:
    """Hold what is told now, what the rows tell alone and what is told once all is counted against each other."""
    as_it_is = told(cast)
    with transaction.atomic():
        note_all(cast.company.pk)
        from_rows = told(cast)
        transaction.set_rollback(True)
    assert as_it_is == from_rows
    counted.count_anew()
    assert not MoneyNews.objects.exists()
    assert told(cast) == from_rows


def unpaid(cast: Cast, xero: LocalXero) -> None:
    ann = signed_in(xero, xero.tenant_id("GB"))
    (payment,) = (each for each in cast.books()["Payments"] if each["Status"] == "AUTHORISED")
    assert ann.post(f"/Payments/{payment['PaymentID']}", json={"Status": "DELETED"}).status_code == 200
    watching.look_for_changes(cast.connection, cast.client, now=clock.now())


def void(cast: Cast, xero: LocalXero) -> None:
    ann = signed_in(xero, xero.tenant_id("GB"))
    (invoice,) = (each for each in cast.invoices() if not each.get("AmountPaid"))
    assert ann.post(f"/Invoices/{invoice['InvoiceID']}", json={"Status": "VOIDED"}).status_code == 200
    watching.look_for_changes(cast.connection, cast.client, now=clock.now())


BACK = {"id": "r1", "at": "2026-03-04T10:00:00Z", "lines": [{"line": "1", "quantity": 1}]}
STEPS: dict[str, list[Callable[[Cast, LocalXero], Any]]] = {
    "paid, invoiced, paid back": [
        lambda cast, _: send(cast, order("A1", paid()), order("A2", paid("20.00", "ch_2"), gross="20.00", **LATER)),
        lambda cast, _: post(cast),
        lambda cast, _: send(cast, order("A1", paid(), refunds=[BACK | {"payments": [paid("15.00", "re_1")]}])),
        lambda cast, _: post(cast),
        lambda cast, _: send(cast, order("A2", paid("20.00", "ch_2"), gross="20.00")),
        lambda cast, _: post(cast),
    ],
    "what an order says changes, and is taken back": [
        lambda cast, _: send(cast, order("A1", paid("20.00"), gross="20.00", **LATER)),
        lambda cast, _: send(cast, order("A1", paid("12.00", at="2026-03-05T10:00:00Z"), gross="20.00", **LATER)),
        lambda cast, _: send(cast, order("A1", gross="20.00", **LATER)),
        lambda cast, _: send(cast, order("A1", paid("20.00"), gross="20.00", **LATER)),
    ],
    "deleted and voided in the ledger": [
        lambda cast, _: send(cast, order("A1", paid())),
        lambda cast, _: post(cast),
        lambda cast, _: post(cast),
        unpaid,
        void,
    ],
    "paid out, on accounts of their own, in two currencies": [
        lambda cast, _: map_gateway(cast, "paypal", code="091"),
        lambda cast, _: send(
            cast,
            order("A1", paid(payout={"id": "po_1", "date": "2026-03-04"}, fee="0.50")),
            order("A2", paid("9.00", "ch_2", gateway="paypal"), paid("6.00", "ch_3")),
            order("A3", paid("15.00", "ch_4", currency="EUR"), currency="EUR", **LATER),
        ),
        lambda cast, _: post(cast),
        lambda cast, _: send(
            cast, order("A2", paid("9.00", "ch_2", gateway="paypal", payout={"id": "po_2", "date": "2026-03-06"}))
        ),
    ],
    "skipped": [
        lambda cast, _: send(cast, order("A1", paid("20.00"), gross="20.00", is_test=True, **LATER)),
        lambda cast, _: send(cast, order("A1", paid("20.00"), gross="20.00", **LATER)),
    ],
}


class TestWhatIsTold:
    @pytest.mark.drawn(2)
    @pytest.mark.parametrize("name", STEPS)
    @pytest.mark.parametrize("every", [1, 3], ids=["each counted", "every third counted"])
    def test_is_what_the_rows_tell_after(self, acme, xero, name, every):
        for number, step in enumerate(STEPS[name]):
            step(acme, xero)
            if number % every == 0:
                is_as_the_rows_tell(acme)
        is_as_the_rows_tell(acme)

    def test_is_read_of_sums_alone_once_all_is_counted(self, acme):
        send(acme, order("A1", paid()), order("A2", paid("20.00", "ch_2"), gross="20.00", **LATER))
        post(acme)
        post(acme)
        counted.count_anew()
        assert [each.amount for each in MoneyOfDay.objects.all()] == [35]
        assert [(each.kind, each.amount) for each in PostedOnAccount.objects.all()] == [("payment", 15)]
        assert sorted(MoneyMoved.objects.values_list("invoiced_on", flat=True)) == [date(2026, 3, 2), counted.NEVER]
        assert counted.count_anew() == 0

    def test_counts_what_is_committed_while_it_is_counted(self, acme):
        """A note is taken away only with what it is about in sight."""
        send(acme, order("A1", paid()))
        counted.count_anew()
        with transaction.atomic():
            send(acme, order("A2", paid("20.00", "ch_2"), gross="20.00", **LATER))
            beside(counted.count_anew)
        assert MoneyNews.objects.exists()
        is_as_the_rows_tell(acme)

    def test_knows_of_a_document_that_is_posted_while_its_order_is_looked_at(self, acme):
        send(acme, order("A1", paid()))
        post(acme)
        counted.count_anew()
        with transaction.atomic():
            Entry.objects.filter(kind="invoice").update(their_status="VOIDED")
            beside(counted.count_anew)
        assert [each.amount for each in not_invoiced.paid_not_invoiced(acme.company, date(2026, 3, 9)).totals] == [15]
        is_as_the_rows_tell(acme)


def beside(work: Callable[[], Any]) -> None:
    """Do it on a connection of its own, which sees nothing that is not committed."""
    thread = Thread(target=lambda: (work(), connection.close()))
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive()


class TestTheTriggers:
    def test_watch_the_kinds_that_are_read(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'outbox_money_%'")
            found = [definition for (definition,) in cursor.fetchall()]
        assert len(found) == 2
        for kind in (*counted.SALES, *counted.ON_ACCOUNT):
            assert all(f"'{kind}'" in definition for definition in found)
