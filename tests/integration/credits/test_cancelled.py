"""What is cancelled after the invoice was posted is credited, once, whether or not a refund tells of it too."""

from decimal import Decimal

import pytest

from daybook.companies.models import Person
from daybook.connections.models import PostingSettings
from daybook.intake import prepare
from daybook.outbox.models import Entry
from daybook.reconciliation.report import compare_connection
from localxero.books import ledger
from tests.integration.credits.shop import (
    CAP,
    MUG,
    WHOLE,
    entry,
    notes,
    of_line,
    opened,
    order,
    owed,
    paid,
    post,
    refund,
    send,
    settle,
)

pytestmark = pytest.mark.django_db(transaction=True)


def money(value: object) -> Decimal:
    return Decimal(str(value))


def cancelled(*lines: dict) -> list[dict]:
    return [{"lines": list(lines)}]


@pytest.fixture
def posted(acme):
    send(acme, order("1001"))
    post(acme)
    return acme


class TestAPersonWhoBookedARefundThemselves:
    """Its note was given up here: what it says is not credited again, whatever is told of the order."""

    def give_up(self, acme):
        first = Entry.objects.filter(kind="credit_note").order_by("pk").first()
        assert prepare.cancel(first, Person.objects.create(email="ann@example.com"), "booked by hand in Xero")

    def test_gets_the_rest_credited_when_the_order_is_cancelled_later(self, posted):
        back = refund(lines=[of_line("m", 1)])
        send(posted, order("1001", back))
        self.give_up(posted)
        send(posted, order("1001", back, cancelled=True))
        settle(posted)
        assert [money(each["Total"]) for each in notes(posted)] == [WHOLE - 12]
        assert entry(posted, "invoice").attention == ""

    def test_gets_the_rest_credited_once_when_both_came_at_once(self, posted):
        back = refund(lines=[of_line("m", 1)])
        send(posted, order("1001", back, cancelled=True))
        self.give_up(posted)
        for status in ("Cancelled again", "Cancelled"):
            send(posted, order("1001", back, cancelled=True, status=status))
            settle(posted)
        assert [money(each["Total"]) for each in notes(posted)] == [WHOLE - 12]
        assert entry(posted, "invoice").attention == ""


class TestWhatIsCancelledAfterPosting:
    def test_is_credited_by_quantity_and_the_carriage_is_not(self, posted):
        send(posted, order("1001", cancellations=cancelled(of_line("m", 1))))
        settle(posted)
        assert [money(each["Total"]) for each in notes(posted)] == [12]
        assert entry(posted, "invoice").attention == ""

    def test_more_of_it_becomes_another_note(self, posted):
        one, two = cancelled(of_line("m", 1)), cancelled(of_line("m", 2), of_line("c", 1))
        send(posted, order("1001", cancellations=one))
        settle(posted)
        send(posted, order("1001", cancellations=two))
        settle(posted)
        assert [money(each["Total"]) for each in notes(posted)] == [12, 32]
        assert [e.key for e in Entry.objects.filter(kind="credit_note").order_by("pk")] == [
            "cancelled:1",
            "cancelled:2",
        ]

    def test_is_not_what_the_order_was_changed_to(self, posted):
        """Fewer of a line without a word of a cancellation: a person is shown it, and would credit it once more."""
        send(posted, order("1001", lines=[{**MUG, "quantity": 1}, CAP]))
        settle(posted)
        assert notes(posted) == []
        assert entry(posted, "invoice").attention == "changed_after_posting"

    def test_as_a_whole_leaves_nothing(self, posted):
        send(posted, order("1001", cancelled=True))
        settle(posted)
        assert sum(money(each["Total"]) for each in notes(posted)) == WHOLE
        assert owed(posted) == 0

    def test_in_part_and_then_as_a_whole_leaves_nothing(self, posted):
        send(posted, order("1001", cancellations=cancelled(of_line("m", 1))))
        settle(posted)
        send(posted, order("1001", cancellations=cancelled(of_line("m", 1)), cancelled=True))
        settle(posted)
        assert sum(money(each["Total"]) for each in notes(posted)) == WHOLE
        assert owed(posted) == 0

    def test_and_refunded_at_once_is_credited_once(self, posted):
        back = refund(lines=[of_line("m", 1)])
        send(posted, order("1001", back, cancellations=cancelled(of_line("m", 1))))
        settle(posted)
        assert [money(each["Total"]) for each in notes(posted)] == [12]

    def test_and_refunded_later_is_credited_once(self, posted):
        send(posted, order("1001", cancelled=True))
        settle(posted)
        back = refund(lines=[of_line("m", 3), of_line("c", 1)], shipping={"gross": "6"})
        send(posted, order("1001", back, cancelled=True))
        settle(posted)
        assert sum(money(each["Total"]) for each in notes(posted)) == WHOLE

    def test_and_taken_back_in_time_is_withdrawn(self, posted):
        send(posted, order("1001", cancelled=True))
        assert entry(posted, "credit_note").state == "ready"
        send(posted, order("1001"))
        assert entry(posted, "credit_note").state == "cancelled"
        settle(posted)
        assert notes(posted) == []

    def test_of_a_paid_order_waits_for_the_refund_and_is_paid_out_then(self, xero):
        acme = opened(xero, "Paid", payments=True, untouched=True)
        send(acme, order("1001", payments=[paid()]))
        settle(acme)
        send(acme, order("1001", payments=[paid()], cancelled=True))
        settle(acme)
        assert [money(each["RemainingCredit"]) for each in notes(acme)] == [WHOLE]
        back = refund(
            lines=[of_line("m", 3), of_line("c", 1)],
            shipping={"gross": "6"},
            payments=[paid("62.00", "re_1", at="2026-03-06T10:00:00Z")],
        )
        send(acme, order("1001", back, payments=[paid()], cancelled=True))
        settle(acme)
        assert len(notes(acme)) == 1
        assert owed(acme) == 0
        assert entry(acme, "refund").state == "posted"

    @pytest.mark.parametrize(
        ("was_paid", "goes_back", "at_once"),
        [
            ("20.00", "20.00", False),
            ("20.00", "20.00", True),
            ("62.00", "56.00", False),
            ("62.00", "56.00", True),
        ],
    )
    def test_as_a_whole_is_credited_once_where_a_refund_says_only_how_much_went_back(
        self, xero, was_paid, goes_back, at_once
    ):
        acme = opened(xero, "Paid", payments=True)
        sold = {"payments": [paid(was_paid)]}
        send(acme, order("1001", **sold))
        settle(acme)
        back = refund(payments=[paid(goes_back, "re_1", at="2026-03-06T10:00:00Z")])
        for backs in ([back],) if at_once else ([], [back]):
            send(acme, order("1001", *backs, cancelled=True, **sold))
            settle(acme, 4)
        assert [money(each["Total"]) for each in notes(acme)] == [WHOLE]
        assert [each.gross for each in Entry.objects.filter(kind="refund", state="posted")] == [Decimal(goes_back)]
        assert owed(acme) == Decimal(goes_back) - Decimal(was_paid)

    def test_in_part_is_credited_once_where_a_refund_says_only_what_it_came_to(self, xero):
        acme = opened(xero, "Paid", payments=True, untouched=True)
        sold = {"payments": [paid()], "cancellations": cancelled(of_line("m", 1))}
        send(acme, order("1001", payments=[paid()]))
        settle(acme)
        for backs in ([], [refund(payments=[paid("12.00", "re_1", at="2026-03-06T10:00:00Z")])]):
            send(acme, order("1001", *backs, **sold))
            settle(acme)
        assert [money(each["Total"]) for each in notes(acme)] == [12]
        assert (owed(acme), entry(acme, "refund").state) == (0, "posted")


class TestAnOrderThatIsCancelledAsAWholeWhileOnlyAPartOfItsMoneyWentBack:
    """All that is left of the sale is credited, whatever was told first; what did not go back stays open on the note."""

    MUG_BACK = refund("r1", lines=[of_line("m", 1)], payments=[paid("12.00", "re_1", at="2026-03-06T10:00:00Z")])
    FIRST = refund("r1", payments=[paid("20.00", "re_1", at="2026-03-06T10:00:00Z")])
    SECOND = refund("r2", payments=[paid("42.00", "re_2", at="2026-03-07T10:00:00Z")])
    SORRY = refund("r1", adjustments=[{"reason": "sorry", "amounts": {"gross": "10.00"}}],
                   payments=[paid("10.00", "re_1", at="2026-03-06T10:00:00Z")])  # fmt: skip
    REST = refund("r2", payments=[paid("52.00", "re_2", at="2026-03-07T10:00:00Z")])

    @pytest.mark.parametrize(
        ("deliveries", "credited", "out"),
        [
            ([([MUG_BACK], True)], [12, 50], 12),
            ([([MUG_BACK], False), ([MUG_BACK], True)], [12, 50], 12),
            ([([], True), ([MUG_BACK], True)], [62], 12),
            ([([FIRST, SECOND], True)], [62], 62),
            ([([], True), ([FIRST], True), ([FIRST, SECOND], True)], [62], 62),
            ([([SORRY], False), ([SORRY], True), ([SORRY, REST], True)], [10, 52], 62),
            ([([SORRY], False), ([SORRY, REST], False)], [10, 52], 62),
            ([([SORRY, REST], True)], [10, 52], 62),
            ([([], True), ([SORRY], True), ([SORRY, REST], True)], [62], 62),
        ],
    )
    def test_leaves_nothing_of_the_sale_in_any_account(self, xero, deliveries, credited, out):
        acme = opened(xero, "Paid", payments=True, untouched=True)
        send(acme, order("1001", payments=[paid()]))
        settle(acme)
        for backs, is_cancelled in deliveries:
            send(acme, order("1001", *backs, payments=[paid()], cancelled=is_cancelled))
            settle(acme, 4)
        assert [money(each["Total"]) for each in notes(acme)] == credited
        assert sum(each.gross for each in Entry.objects.filter(kind="refund", state="posted")) == out
        assert not Entry.objects.exclude(state="posted").exists()
        found = {each.code: each.balance for each in ledger.balances(xero.books(acme.tenant_id), "1001").accounts}
        assert {code: balance for code, balance in found.items() if balance} == (
            {} if out == WHOLE else {"090": WHOLE - out, "610": out - WHOLE}
        )
        assert entry(acme, "invoice").attention == ""

    def test_sets_the_rest_of_what_was_never_paid_against_the_invoice(self, posted):
        send(posted, order("1001", refund(lines=[of_line("m", 1)])))
        settle(posted)
        send(posted, order("1001", refund(lines=[of_line("m", 1)]), cancelled=True))
        settle(posted)
        assert [money(each["RemainingCredit"]) for each in notes(posted)] == [0, 0]
        assert (owed(posted), [each["Status"] for each in posted.invoices()]) == (0, ["PAID"])

    def test_needs_nobody_to_type_what_a_status_says(self, posted):
        send(posted, order("1001", status="Refunded", cancelled=True))
        settle(posted)
        assert ([money(each["Total"]) for each in notes(posted)], owed(posted)) == ([62], 0)
        assert not Entry.objects.exclude(state="posted").exists()


class TestAnOrderThatWasCancelledByMistake:
    def test_is_shown_to_a_person_when_it_is_taken_back_after_its_note(self, posted):
        send(posted, order("1001", cancelled=True))
        settle(posted)
        send(posted, order("1001"))
        settle(posted)
        note = entry(posted, "credit_note")
        assert (note.state, note.attention) == ("posted", "changed_after_posting")
        assert "the order does not tell of it any more" in note.attention_detail
        send(posted, order("1001", cancelled=True))
        settle(posted)
        assert (entry(posted, "credit_note").attention, len(notes(posted))) == ("", 1)


class TestWhatIsCancelledBeforePosting:
    def test_and_refunded_then_too_lowers_the_invoice_once(self, acme):
        back = refund(lines=[of_line("m", 1)], payments=[paid("12.00", "re_1")])
        send(acme, order("1001", back, cancellations=cancelled(of_line("m", 1))))
        settle(acme)
        assert [money(each["Total"]) for each in acme.invoices()] == [WHOLE - 12]
        assert notes(acme) == []

    def test_and_refunded_that_day_is_no_credit_note_of_what_was_never_invoiced(self, acme):
        send(acme, order("1001", cancellations=cancelled(of_line("m", 1))))
        settle(acme)
        back = refund(at="2026-03-02T09:00:00Z", lines=[of_line("m", 1)], payments=[paid("12.00", "re_1")])
        send(acme, order("1001", back, cancellations=cancelled(of_line("m", 1))))
        settle(acme)
        assert [money(each["Total"]) for each in acme.invoices()] == [WHOLE - 12]
        assert notes(acme) == []

    def test_and_more_after_it_is_paid_out_as_far_as_it_was_invoiced(self, xero):
        """One sum for both: what was never invoiced is taken off the payment, the rest is paid out of the credit note."""
        acme = opened(xero, "Paid", payments=True)
        for lines in ([of_line("m", 1)], [of_line("m", 2), of_line("c", 1)]):
            send(acme, order("1001", payments=[paid()], cancellations=cancelled(*lines)))
            settle(acme)
        back = refund(
            at="2026-03-02T09:00:00Z",
            lines=[of_line("m", 2), of_line("c", 1)],
            payments=[paid("44.00", "re_1", at="2026-03-06T10:00:00Z")],
        )
        send(acme, order("1001", back, payments=[paid()], cancellations=cancelled(of_line("m", 2), of_line("c", 1))))
        settle(acme)
        moved = Entry.objects.filter(company=acme.company, kind__in=["payment", "refund"]).order_by("kind")
        assert [(each.kind, each.state, each.gross) for each in moved] == [
            ("payment", "posted", 50),
            ("refund", "posted", 32),
        ]
        assert owed(acme) == 0

    def test_says_nothing_of_goods_that_come_back_later(self, acme):
        send(acme, order("1001", cancellations=cancelled(of_line("m", 1))))
        settle(acme)
        back = refund(lines=[of_line("m", 1)])
        send(acme, order("1001", back, cancellations=cancelled(of_line("m", 1))))
        settle(acme)
        assert [money(each["Total"]) for each in notes(acme)] == [12]


def test_credit_notes_that_are_switched_off_leave_what_is_posted_alone(posted):
    send(posted, order("1001", refund(lines=[of_line("m", 1)])))
    settle(posted)
    PostingSettings.objects.filter(connection=posted.connection).update(post_credit_notes=False)
    send(posted, order("1001", refund(lines=[of_line("m", 1)]), channel="web"))
    settle(posted)
    assert [money(each["Total"]) for each in notes(posted)] == [12]
    assert entry(posted, "credit_note").attention == ""


def test_money_that_is_told_of_later_than_it_went_goes_once(xero):
    acme = opened(xero, "Paid", payments=True, untouched=True)
    send(acme, order("1001", payments=[paid()]))
    settle(acme)
    send(acme, order("1001", refund(lines=[of_line("m", 1)]), payments=[paid()]))
    settle(acme)
    told = refund(lines=[of_line("m", 1)], payments=[paid("12.00", "re_1", at="2026-03-06T10:00:00Z")])
    send(acme, order("1001", told, payments=[paid()]))
    settle(acme)
    assert [e.state for e in Entry.objects.filter(company=acme.company, kind="refund")] == ["posted"]
    assert owed(acme) == 0


@pytest.mark.parametrize("posted_first", [True, False])
@pytest.mark.parametrize("says", [{}, {"lines": [of_line("m", 1)]}])
def test_what_was_paid_beyond_an_order_that_was_changed_goes_back_without_lowering_it(xero, says, posted_first):
    """The order says what is left of it, and of the refund beside: the money decides which of both it is."""
    acme = opened(xero, "Paid", payments=True, untouched=True)
    back = refund(at="2026-03-06T10:00:00Z", payments=[paid("12.00", "re_1", at="2026-03-06T10:00:00Z")], **says)
    for backs in ([], [back]) if posted_first else ([back],):
        send(acme, order("1001", *backs, payments=[paid()], lines=[{**MUG, "quantity": 2}, CAP]))
        settle(acme)
    assert [money(each["Total"]) for each in acme.invoices()] == [50]
    assert notes(acme) == []
    assert (entry(acme, "payment").state, entry(acme, "payment").gross) == ("posted", 50)
    assert not Entry.objects.filter(kind="refund").exists()
    assert (owed(acme), entry(acme, "invoice").attention) == (0, "")


class TestWhatWasCancelledBitByBitAndIsGivenBackLater:
    """Each time it makes a note of its own; the shop tells of the money when it moves."""

    @pytest.fixture
    def acme(self, xero):
        acme = opened(xero, "Paid", payments=True)
        send(acme, order("1001", payments=[paid()]))
        settle(acme)
        for lines in ([of_line("m", 1)], [of_line("m", 1), of_line("c", 1)]):
            send(acme, order("1001", payments=[paid()], cancellations=cancelled(*lines)))
            settle(acme)
        assert [money(each["RemainingCredit"]) for each in notes(acme)] == [12, 20]
        return acme

    def given_back(self, acme, *backs: dict) -> None:
        both = cancelled(of_line("m", 1), of_line("c", 1))
        send(acme, order("1001", *backs, payments=[paid()], cancellations=both))
        settle(acme)
        assert [money(each["RemainingCredit"]) for each in notes(acme)] == [0, 0]
        assert set(Entry.objects.filter(kind="refund").values_list("state", flat=True)) == {"posted"}
        assert owed(acme) == 0

    def test_in_another_sequence(self, acme):
        at = "2026-03-06T10:00:00Z"
        cap = refund("r1", lines=[of_line("c", 1)], payments=[paid("20.00", "re_1", at=at)])
        mug = refund("r2", lines=[of_line("m", 1)], payments=[paid("12.00", "re_2", at=at)])
        self.given_back(acme, cap, mug)

    def test_with_more_that_was_cancelled_since(self, acme):
        """In one delivery: what is not credited yet is first, then the refund of all is paid out of what there is."""
        all_ = (of_line("m", 3), of_line("c", 1))
        back = refund(lines=list(all_), payments=[paid("56.00", "re_1", at="2026-03-06T10:00:00Z")])
        send(acme, order("1001", back, payments=[paid()], cancellations=cancelled(*all_)))
        settle(acme, 4)
        assert [money(each["Total"]) for each in notes(acme)] == [12, 20, 24]
        assert sum(each.gross for each in Entry.objects.filter(kind="refund", state="posted")) == 56
        assert (owed(acme), Entry.objects.filter(state="held").count()) == (0, 0)

    def test_in_one_sum(self, acme):
        lines = [of_line("c", 1), of_line("m", 1)]
        self.given_back(acme, refund(lines=lines, payments=[paid("32.00", "re_1", at="2026-03-06T10:00:00Z")]))
        assert [each.gross for each in Entry.objects.filter(kind="refund").order_by("pk")] == [12, 20]

    @pytest.mark.parametrize("money_back", ["1.80", "1.83"])
    def test_in_one_refund_of_them_all_to_other_cents(self, xero, money_back):
        """3.63 for six: each cancelled one was credited with 0.60, and three at once would come to 1.83."""
        acme = opened(xero, payments=True)
        six = {**MUG, "quantity": 6, "unit_price_inc_tax": "3.20", "discount_inc_tax": "15.57"}
        del six["unit_price"]
        told = {"lines": [six], "shipping": None, "payments": [paid("3.63")]}
        for count in range(4):
            gone = {"cancellations": cancelled(of_line("m", count))} if count else {}
            send(acme, order("1001", **told, **gone))
            settle(acme)
        back = refund(lines=[of_line("m", 3)], payments=[paid(money_back, "re_1")])
        send(acme, order("1001", back, **told, cancellations=cancelled(of_line("m", 3))))
        settle(acme)
        assert [money(each["Total"]) for each in notes(acme)] == [Decimal("0.60")] * 3
        paid_out = Entry.objects.filter(kind="refund").values_list("state", "gross")
        assert sum(gross for state, gross in paid_out if state == "posted") == Decimal("1.80")
        more = money(money_back) - Decimal("1.80")
        held = Entry.objects.filter(kind="refund", state="held").values_list("cause", "detail")
        words = f"{more} went back, and of 1001-CR3 only 0.00 are left to be paid out."
        assert list(held) == ([("settled_otherwise", words)] if more else [])


def test_more_that_is_cancelled_beside_a_refund_of_what_was_cancelled_before_is_credited_too(acme):
    """The refund of one is of the two that were credited; the third, cancelled in the same word, has a note of its own."""
    send(acme, order("1001"))
    settle(acme)
    send(acme, order("1001", cancellations=cancelled(of_line("m", 2))))
    settle(acme)
    send(acme, order("1001", refund(lines=[of_line("m", 1)]), cancellations=cancelled(of_line("m", 3))))
    settle(acme)
    assert [money(each["Total"]) for each in notes(acme)] == [24, 12]
    report = compare_connection(acme.connection, acme.client)
    assert (report.agrees, report.difference) == (True, 0), report.rows


@pytest.mark.parametrize("is_at_once", [True, False], ids=["told at once", "before the note has left"])
def test_what_is_cancelled_and_refunded_is_no_difference_to_the_order(posted, is_at_once):
    """The refund's own note takes it off; the order, which counts the goods no more, says the same as the books."""
    gone = cancelled(of_line("m", 1))
    back = refund(lines=[of_line("m", 1)])
    if not is_at_once:
        send(posted, order("1001", cancellations=gone))
    send(posted, order("1001", back, cancellations=gone))
    settle(posted)
    assert [money(each["Total"]) for each in notes(posted)] == [12]
    report = compare_connection(posted.connection, posted.client)
    assert (report.agrees, report.difference) == (True, 0), report.rows


def test_of_what_is_cancelled_before_it_was_posted_there_is_nothing_to_look_at(acme):
    """It was shown as booked on what may be another country's tax, and no books hold it."""
    send(acme, order("1001", currency="EUR"))
    assert entry(acme, "invoice").attention == "booking_doubtful"
    send(acme, order("1001", currency="EUR", cancelled=True))
    mine = entry(acme, "invoice")
    assert (mine.state, mine.attention) == ("cancelled", "")
