"""Rows that versions of before left: an upgrade has orders in parts looked at again, and puts money on the day it is booked on."""

from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection as database

from daybook.connections.models import PostingSettings
from daybook.intake import prepare
from daybook.kit import clock
from daybook.orders.models import MoneyMoved, MoneyNews, OrderStanding, Revision
from daybook.outbox.models import Entry
from daybook.reconciliation import counted, money
from tests.integration.credits.shop import settle
from tests.integration.payments.shop import account_of, opened, order, paid, payments, post, send
from tests.integration.payments.test_orders_in_parts import FIRST, SECOND, all_agrees, in_parts
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)

AT = "2026-03-20T10:00:00Z"
ALL_PAID = {"payments": [paid("31.48", "ch_1")]}


@pytest.fixture
def acme(xero) -> Cast:
    cast = opened(xero)
    PostingSettings.objects.filter(connection=cast.connection).update(
        post_when="part_dispatched", post_credit_notes=True
    )
    return cast


def upgrade(migration: str, app: str = "orders") -> None:
    """Run what a migration moves."""
    for operation in import_module(f"daybook.{app}.migrations.{migration}").Migration.operations:
        operation.code(None, SimpleNamespace(connection=database))


def look_again() -> None:
    upgrade("0031_refunds_of_parts_looked_at_again", "outbox")


def marked() -> set[str]:
    rows = OrderStanding.objects.exclude(unprepared_since=None)
    return set(rows.values_list("order__source_id", flat=True))


def left_by_an_older_version(cast: Cast, content: dict) -> None:
    """Its last part was posted, and nobody asked for the order to be looked at."""
    send(cast, content)
    post(cast)
    with database.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def returned(amount: str) -> dict:
    lines = [{"line": "1", "quantity": 1, "returned": True}]
    return {"id": "R1", "at": AT, "lines": lines, "payments": [paid(amount, "re_1", at=AT)]}


GONE = [{"lines": [{"line": "1", "quantity": 1}]}]


class TestOrdersInParts:
    def test_of_which_something_was_given_back_are_credited_once_though_nobody_sends_them_again(self, acme: Cast):
        send(acme, in_parts("A1", FIRST, **ALL_PAID))
        settle(acme)
        left_by_an_older_version(acme, in_parts("A1", FIRST, SECOND, **ALL_PAID, refunds=[returned("6.66")]))
        assert acme.books()["CreditNotes"] == []
        look_again()
        for _ in range(3):  # begun anew after a kill; later once more, when nothing is left to do
            look_again()
            prepare.prepare_overdue(before=clock.now())
            settle(acme, times=4)
        (note,) = acme.books()["CreditNotes"]
        assert (str(note["Total"]), note["Status"]) == ("6.66", "PAID")
        assert [str(each["Amount"]) for each in payments(acme)] == ["17.32", "14.16"]
        assert [each["PaymentType"] for each in acme.books()["Payments"]].count("ARCREDITPAYMENT") == 1
        assert not Entry.objects.filter(company=acme.company).exclude(state="posted").exists()
        assert not Entry.objects.filter(company=acme.company).exclude(attention="").exists()
        look_again()
        assert marked() == set()
        all_agrees(acme)

    def test_of_which_something_was_cancelled_or_paid_too_much_too_and_no_others(self, acme: Cast):
        parts, twice = (FIRST, SECOND), {"payments": [paid("31.48", "ch_1"), paid("1.00", "ch_2")]}
        for content in (
            in_parts("A1", FIRST),
            in_parts("A2", FIRST),
            in_parts("A3", FIRST, **ALL_PAID),
        ):
            left_by_an_older_version(acme, content)
        left_by_an_older_version(acme, in_parts("A1", *parts, cancellations=GONE))
        left_by_an_older_version(acme, in_parts("A2", *parts))
        left_by_an_older_version(acme, in_parts("A3", *parts, **twice))
        whole = {
            "payments": [paid("15.00", "ch_9")],
            "refunds": [{"id": "R9", "at": AT, "payments": [paid("15.00", "re_9")]}],
        }
        left_by_an_older_version(acme, order("W1"))
        left_by_an_older_version(acme, order("W1", **whole))
        look_again()
        assert marked() == {"A1", "A3"}
        look_again()
        prepare.prepare_overdue(before=clock.now())
        assert marked() == set()

    def test_of_which_more_is_still_to_come_wait_on(self, acme: Cast):
        left_by_an_older_version(acme, in_parts("A1", FIRST, **ALL_PAID))
        left_by_an_older_version(acme, in_parts("A1", FIRST, **ALL_PAID, refunds=[returned("6.66")]))
        look_again()
        assert marked() == {"A1"}
        prepare.prepare_overdue(before=clock.now())
        settle(acme)
        assert (marked(), acme.books()["CreditNotes"]) == (set(), [])
        send(acme, in_parts("A1", FIRST, SECOND, **ALL_PAID, refunds=[returned("6.66")]))
        settle(acme, times=4)
        (note,) = acme.books()["CreditNotes"]
        assert str(note["Total"]) == "6.66"
        all_agrees(acme)


def test_money_stands_on_the_day_on_which_it_is_booked(acme: Cast):
    """Undated on the dispatch's or its refund's day, and late in the evening by the clock of the sender: as what comes today."""
    PostingSettings.objects.filter(connection=acme.connection).update(order_time_zone="Europe/London")
    undated = {"amount": "15.00", "gateway": "stripe"}
    back = {"id": "r1", "at": "2026-04-06", "payments": [{**undated, "id": "re_1"}]}
    late = {**undated, "id": "ch_2", "at": "2026-03-31 23:30:00,5Z"}
    send(acme, order("A1", {**undated, "id": "ch_1"}, refunds=[back]), order("A2", late))
    send(acme, order("A3", paid("15.00", "ch_3"), paid("1.00", "ch_4", at="2026-03-02")))
    counted.count_anew()
    wanted = dict(MoneyMoved.objects.values_list("payment", "day"))
    assert [wanted[each] for each in ("ch_1", "re_1", "ch_2")] == [date(2026, 3, 2), date(2026, 4, 6), date(2026, 4, 1)]
    reports = [in_month(acme, month) for month in (3, 4)]

    came = Revision.objects.filter(order__source_id="A1").latest("pk").received_at.date()
    MoneyMoved.objects.filter(payment__in=["ch_1", "re_1"]).update(day=came)
    MoneyMoved.objects.filter(payment="ch_2").update(day=date(2026, 3, 31))
    with database.cursor() as cursor:
        cursor.execute("DELETE FROM orders_moneyofday")
        cursor.execute("INSERT INTO orders_moneynews (company_id, day) SELECT company_id, day FROM orders_moneymoved")
    counted.count_anew()
    assert [in_month(acme, month) for month in (3, 4)] != reports

    upgrade("0031_money_on_the_day_it_is_booked")
    assert dict(MoneyMoved.objects.values_list("payment", "day")) == wanted
    assert set(MoneyNews.objects.values_list("day", flat=True)) == {
        came,
        date(2026, 3, 31),
        *(wanted[each] for each in ("ch_1", "re_1", "ch_2")),
    }
    assert [in_month(acme, month) for month in (3, 4)] == reports  # before the job has counted
    counted.count_anew()
    assert [in_month(acme, month) for month in (3, 4)] == reports
    upgrade("0031_money_on_the_day_it_is_booked")
    assert not MoneyNews.objects.exists()


def in_month(cast: Cast, month: int) -> list[tuple]:
    ends = money.month_end(cast.connection, account_of(cast), *money.month_of(date(2026, month, 1)))
    return [(each.currency, each.payments, each.refunds, each.closing) for each in ends]
