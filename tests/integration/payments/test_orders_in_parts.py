"""An order that leaves in parts: an invoice each, its money over them, and what comes back as one note; all to the cent."""

from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from daybook.connections.models import PostingSettings
from daybook.intake import prepare
from daybook.outbox.models import Entry
from daybook.reconciliation.report import compare_connection
from tests.chaos.seeds import drawn
from tests.integration.credits.shop import settle
from tests.integration.payments.shop import look, opened, order, paid, payments, post, read_lists, send
from tests.integration.posting.test_killed_worker import linger_is_over, worker, xero
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(60)]
__all__ = ["worker", "xero"]
STRIDE = 29


@pytest.fixture
def acme(xero) -> Cast:
    """Instead of the folder's own: on a socket, where a killed process reaches it."""
    cast = opened(xero.xero)
    mine = PostingSettings.objects.filter(connection=cast.connection)
    mine.update(post_when="part_dispatched", post_credit_notes=True)
    return cast


def in_parts(ref: str, *shipments: dict, **more: object) -> dict:
    """Two kinds of goods and carriage, 31.48 in all."""
    mug = {"sku": "MUG", "description": "Mug", "unit_price_inc_tax": "6.66", "tax_rate": "0.2"}
    lines = [{**mug, "id": "1", "quantity": 3}, {**mug, "id": "2", "quantity": 1, "unit_price_inc_tax": "7.50"}]
    said = {"dispatched": False, "dispatched_at": None, "lines": lines, "shipments": list(shipments)}
    return order(ref, **{**said, "shipping": {"price_inc_tax": "4.00", "tax_rate": "0.2"}, **more})


def shipment(name: str, day: int, **quantities: int) -> dict:
    lines = [{"line": each[1:], "quantity": quantity} for each, quantity in quantities.items()]
    return {"id": name, "dispatched_at": f"2026-03-{day:02}T10:00:00Z", "lines": lines}


FIRST, SECOND = shipment("P1", 3, _1=2), shipment("P2", 9, _1=1, _2=1)


def books(acme: Cast) -> list[tuple[str, str, str]]:
    return sorted((each["InvoiceNumber"], str(each["Total"]), each["Status"]) for each in acme.invoices())


def all_agrees(acme: Cast) -> None:
    report = compare_connection(acme.connection, acme.client)
    assert report.agrees, [row for row in report.rows if row.differs]
    assert all(not total.difference for _, total in report.sums)


def test_each_part_is_invoiced_and_paid_as_it_leaves_and_what_comes_back_is_one_note(acme: Cast):
    money = {"payments": [paid("20.00", "ch_1"), paid("11.48", "ch_2")]}
    send(acme, in_parts("A1", FIRST, **money))
    post(acme)
    assert books(acme) == [("A1-S1", "17.32", "PAID")]
    all_agrees(acme)
    for again in (in_parts("A1", FIRST, SECOND, **money), in_parts("A1", SECOND, FIRST, **money)):
        send(acme, again)
        post(acme)
        assert books(acme) == [("A1-S1", "17.32", "PAID"), ("A1-S2", "14.16", "PAID")]
    found = sorted(
        (each["Reference"], str(each["Amount"]), each["Invoice"]["InvoiceNumber"]) for each in payments(acme)
    )
    assert found == [
        ("stripe ch_1", "17.32", "A1-S1"),
        ("stripe ch_1", "2.68", "A1-S2"),
        ("stripe ch_2", "11.48", "A1-S2"),
    ]
    all_agrees(acme)
    back = {
        "id": "R1",
        "at": "2026-03-20T10:00:00Z",
        "lines": [{"line": "1", "quantity": 3, "returned": True}, {"line": "2", "quantity": 1, "returned": True}],
        "payments": [paid("27.48", "re_1", at="2026-03-20T10:00:00Z")],
    }
    send(acme, in_parts("A1", FIRST, SECOND, **money, refunds=[back]))
    post(acme)
    (note,) = acme.books("CreditNotes")["CreditNotes"]
    assert (note["CreditNoteNumber"], str(note["Total"]), note["Status"]) == ("A1-S1-CR1", "27.48", "PAID")
    assert not Entry.objects.filter(company=acme.company).exclude(state="posted").exists()
    all_agrees(acme)


@pytest.mark.parametrize("gone", [1, 3])
def test_what_is_given_back_before_the_last_part_leaves_comes_back_once_and_to_the_cent(acme: Cast, gone: int):
    money = {"payments": [paid("31.48", "ch_1")]}
    at = "2026-03-05T10:00:00Z"
    back = {"id": "R1", "at": at, "lines": [{"line": "1", "quantity": gone, "returned": True}]}
    back["payments"] = [paid(str(Decimal("6.66") * gone), "re_1", at=at)]
    send(acme, in_parts("A1", FIRST, **money))
    post(acme)
    for shipments in ((FIRST,), (FIRST, SECOND), (SECOND, FIRST)):
        send(acme, in_parts("A1", *shipments, **money, refunds=[back]))
        post(acme)
    assert sum(Decimal(total) for _, total, _ in books(acme)) == Decimal("31.48")
    assert (
        sum(Decimal(str(note["Total"])) for note in acme.books("CreditNotes")["CreditNotes"]) == Decimal("6.66") * gone
    )
    assert not Entry.objects.filter(company=acme.company).exclude(state="posted").exists()
    all_agrees(acme)


def test_what_is_cancelled_of_unpaid_parts_is_set_against_them_the_oldest_first(acme: Cast):
    send(acme, in_parts("A1", FIRST, SECOND))
    post(acme)
    gone = [{"lines": [{"line": "1", "quantity": 3}]}]
    send(acme, in_parts("A1", FIRST, SECOND, cancellations=gone))
    post(acme)
    (note,) = acme.books("CreditNotes")["CreditNotes"]
    due = {each["InvoiceNumber"]: str(each["AmountDue"]) for each in acme.invoices()}
    assert (str(note["Total"]), note["Status"], due) == ("19.98", "PAID", {"A1-S1": "0.00", "A1-S2": "11.50"})
    all_agrees(acme)


def test_a_locked_day_makes_no_document_of_a_rest_that_was_cancelled(acme: Cast):
    gone = [{"lines": [{"line": "1", "quantity": 1}, {"line": "2", "quantity": 1}]}]
    send(acme, in_parts("A1", FIRST))
    post(acme)
    acme.xero.configure(acme.tenant_id, end_of_year_lock_date=date(2026, 3, 31))
    read_lists(acme)
    send(acme, in_parts("A1", FIRST, cancellations=gone))
    post(acme)
    assert list(Entry.objects.filter(company=acme.company).values_list("number", "state")) == [("A1-S1", "posted")]
    all_agrees(acme)


def test_what_is_given_back_is_credited_once_the_last_part_has_left_though_nobody_sends_the_order_again(acme: Cast):
    money = {"payments": [paid("31.48", "ch_1")]}
    send(acme, in_parts("A1", FIRST, **money))
    settle(acme)
    at = "2026-03-20T10:00:00Z"
    back = {"id": "R1", "at": at, "lines": [{"line": "1", "quantity": 1, "returned": True}]}
    back["payments"] = [paid("6.66", "re_1", at=at)]
    send(acme, in_parts("A1", FIRST, SECOND, **money, refunds=[back]))
    settle(acme, times=4)
    (note,) = acme.books()["CreditNotes"]
    assert (str(note["Total"]), note["Status"]) == ("6.66", "PAID")
    assert not Entry.objects.filter(company=acme.company).exclude(state="posted").exists()
    assert not Entry.objects.filter(company=acme.company).exclude(attention="").exists()
    all_agrees(acme)


def test_what_was_paid_for_a_rest_that_was_cancelled_waits_in_sight_until_it_is_given_back(acme: Cast):
    money = {"payments": [paid("31.48", "ch_1")]}
    send(acme, in_parts("A1", FIRST, **money))
    post(acme)
    gone = [{"lines": [{"line": "1", "quantity": 1}, {"line": "2", "quantity": 1}]}]
    for _ in range(2):
        send(acme, in_parts("A1", FIRST, **money, cancellations=gone))
        post(acme)
        held = Entry.objects.filter(company=acme.company).exclude(state="posted")
        assert [(each.kind, each.state, each.cause, each.subject) for each in held] == [
            ("payment", "held", "payment_exceeds_sale", "14.16")
        ]
    back = {"id": "R1", "at": "2026-03-20T10:00:00Z", "payments": [paid("14.16", "re_1", at="2026-03-20T10:00:00Z")]}
    send(acme, in_parts("A1", FIRST, **money, cancellations=gone, refunds=[back]))
    post(acme)
    assert not Entry.objects.filter(company=acme.company).exclude(state__in=["posted", "cancelled"]).exists()
    assert [str(each["Amount"]) for each in payments(acme)] == ["17.32"]
    all_agrees(acme)


def test_what_is_paid_later_by_the_same_payment_is_booked_beside_it_and_agrees(acme: Cast):
    """The last part has room for it; the payment that settles some of that one has left already."""
    for amount in ("25.00", "31.48"):
        send(acme, in_parts("A1", FIRST, SECOND, payments=[paid(amount, "ch_1")]))
        settle(acme, times=3)
    assert sorted(str(each["Amount"]) for each in payments(acme)) == ["17.32", "6.48", "7.68"]
    assert not Entry.objects.filter(company=acme.company).exclude(state="posted").exists()
    all_agrees(acme)


def test_a_worker_killed_at_any_step_leaves_each_part_once(acme: Cast, worker):
    expected: list[tuple[str, str, str]] = []
    for step in count(1 + drawn("parts") % STRIDE, STRIDE):
        ref = f"K{step}"
        send(acme, in_parts(ref, FIRST, payments=[paid("31.48", ref)]))
        post(acme)
        send(acme, in_parts(ref, FIRST, SECOND, payments=[paid("31.48", ref)]))
        linger_is_over(acme)
        end = worker.drain(acme.connection.id, killed_at=step)
        for _ in range(2):
            look(acme)
            send(acme, in_parts(ref, SECOND, FIRST, payments=[paid("31.48", ref)]))
            prepare.prepare_company(acme.company.pk)
            post(acme)
        expected += [(f"{ref}-S1", "17.32", "PAID"), (f"{ref}-S2", "14.16", "PAID")]
        assert books(acme) == sorted(expected)
        if end == "ended 0":
            break
    all_agrees(acme)


def test_the_last_part_sells_nothing_again_that_rounding_left_a_cent_of(acme: Cast):
    """Of five for 68.50 four left; the fifth was cancelled and paid back. Their tax as the order rounds it is a cent less."""
    lines = [
        {"id": "1", "sku": "A", "quantity": 5, "unit_price_inc_tax": "18.51", "discount_inc_tax": "24.05"},
        {"id": "2", "sku": "B", "quantity": 3, "unit_price_inc_tax": "20.97", "discount_inc_tax": "7.62"},
    ]
    lines = [{**each, "description": each["sku"], "tax_rate": "0.2"} for each in lines]
    at = "2026-03-04T09:00:00Z"
    back = {"id": "R1", "at": at, "lines": [{"line": "1", "quantity": 1}], "payments": [paid("13.70", "re_1", at=at)]}
    said = {"lines": lines, "shipping": None, "payments": [paid("123.79", "ch_1")]}
    first, last = shipment("P1", 3, _1=4, _2=2), shipment("P2", 9, _2=1)
    send(acme, in_parts("A1", first, **said))
    settle(acme)
    said |= {"cancellations": [{"lines": [{"line": "1", "quantity": 1}]}], "refunds": [back]}
    send(acme, in_parts("A1", first, last, **said))
    settle(acme, times=4)
    assert [
        [(line["Description"], line["Quantity"]) for line in each["LineItems"]]
        for each in sorted(acme.invoices(), key=lambda each: each["InvoiceNumber"])
    ] == [[("A", 4), ("B", 2)], [("B", 1)]]
    assert acme.books("CreditNotes")["CreditNotes"] == []
    assert not Entry.objects.filter(company=acme.company).exclude(state="posted").exists()
    all_agrees(acme)
