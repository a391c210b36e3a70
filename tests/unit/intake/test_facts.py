"""What stands, and whether documents are due."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.causes import Cause
from daybook.intake import due, facts
from daybook.intake.due import Due, Known, NotYet, PostWhen, Skip, Timing
from daybook.intake.facts import Told
from daybook.sources.canonical import schema
from daybook.sources.canonical.moments import Zones

SEEN = datetime(2026, 3, 7, 12, tzinfo=UTC)
RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINES = [{"id": "1", "ref": "r1", "external_ref": "e1", "quantity": 3}, {"id": "2", "ref": "r2", "quantity": 1}]


def order(**changes):
    return schema.parse_order({"source": "s", "id": "1", "lines": LINES} | changes)


def told(*, is_newer=True, **content):
    return Told(schema.parse_notice(content), is_newer)


def shipped(*parts):
    return [{"dispatched_at": "2026-03-04T00:30:00Z", "lines": [{"line": line, "quantity": n} for line, n in parts]}]


LEARNT = Known(received_at=RECEIVED, undispatched_seen_at=RECEIVED, dispatched_seen_at=SEEN)
"""Daybook had the order undispatched, and learnt of the dispatch later."""
ARRIVED = Known(received_at=RECEIVED, dispatched_seen_at=RECEIVED)
"""The order was dispatched when it came."""


def decide(found, known=LEARNT, *, zone=UTC, **timing):
    return due.decide(found, Timing(**{"zones": Zones(zone, zone)} | timing), known)


class TestDispatched:
    def test_is_what_any_notice_or_an_earlier_revision_said(self):
        assert facts.derive(order(), [told(dispatched=True)]).is_dispatched
        assert facts.derive(order(), seen_dispatched=True).is_dispatched
        assert not facts.derive(order()).is_dispatched

    def test_is_when_shipments_cover_what_is_left(self):
        part = facts.derive(order(), [told(shipments=shipped(("r1", 2), ("r2", 1)))])
        assert (part.is_dispatched, part.is_part_shipped) == (False, True)

        rest = told(cancellations=[{"lines": [{"line": "e1", "quantity": 1}]}])
        assert facts.derive(order(), [told(shipments=shipped(("r1", 2), ("r2", 1))), rest]).is_dispatched

    @pytest.mark.parametrize(
        "beside",
        [
            {"description": "Coupon", "quantity": 1, "unit_price": "-5"},
            {"description": "Gift wrap", "quantity": 1, "unit_price": "5", "is_stock": False},
            {"description": "Set-up", "sku": "FEE", "quantity": 1, "unit_price": "5"},
        ],
    )
    def test_is_when_the_goods_have_left_whatever_no_shipment_names(self, beside):
        sent = order(lines=[{"id": "1", "sku": "MUG", "quantity": 2, "unit_price": "9"}, beside])
        part, all_of_it = (
            facts.derive(sent, [told(shipments=shipped(("1", n)))], is_good=lambda line: line.sku != "FEE")
            for n in (1, 2)
        )
        assert (part.is_dispatched, all_of_it.is_dispatched) == (False, True)

    def test_of_an_order_without_goods_is_when_all_of_it_has_left(self):
        fee = [{"id": "1", "quantity": 1, "unit_price": "5", "is_stock": False}]
        assert facts.derive(order(lines=fee, shipments=shipped(("1", 1)))).is_dispatched
        assert not facts.derive(order(lines=fee)).is_dispatched

    def test_does_not_count_one_shipment_twice_that_order_and_notice_both_tell_of(self):
        both = facts.derive(order(shipments=shipped(("1", 2))), [told(shipments=shipped(("r1", 2)))])
        assert not both.is_dispatched


class TestCancelled:
    def test_quantities_leave_what_remains_and_never_less_than_nothing(self):
        found = facts.derive(order(), [told(cancellations=[{"lines": [{"line": "r1", "quantity": 9}]}])])
        assert (found.cancelled, found.remaining) == ((3, 0), (0, 1))
        assert facts.cancelled_in_words(found) == "3 x 1"

    def test_is_an_order_of_which_nothing_is_left(self):
        parts = [{"line": "1", "quantity": 3}, {"line": "2", "quantity": 1}]
        assert facts.derive(order(cancellations=[{"lines": parts}])).is_cancelled

    def test_is_an_order_of_which_only_a_discount_is_left(self):
        lines = [{"id": "1", "quantity": 1, "unit_price": "9"}, {"id": "2", "quantity": 1, "unit_price": "-3"}]
        gone = [{"lines": [{"line": "1", "quantity": 1}]}]
        assert facts.derive(order(lines=lines, cancellations=gone, dispatched=True)).is_cancelled
        with_carriage = order(lines=lines, cancellations=gone, dispatched=True, shipping={"price": "4"})
        assert not facts.derive(with_carriage).is_cancelled

    def test_is_an_order_whose_newest_word_says_so(self):
        assert facts.derive(order(), [told(cancelled=True)]).is_cancelled
        assert not facts.derive(order(), [told(cancelled=True, is_newer=False)]).is_cancelled

    def test_goods_that_the_order_does_not_have_are_named(self):
        found = facts.derive(order(dispatched=True), [told(cancellations=[{"lines": [{"line": "r9", "quantity": 1}]}])])
        decision = decide(found)
        assert isinstance(decision, NotYet)
        assert (decision.reason, decision.subject, decision.needs_person) == ("cancellation_unclear", "r9", True)


class TestACancellationThatAnOrderSentAfterwardsHolds:
    """Ordered 3, cancelled by a callback, and then the order comes again: with its quantities restated, or as it was."""

    @pytest.mark.parametrize(
        ("gone", "sent_again", "left"),
        [
            ((1,), 2, 2),
            ((1,), 3, 2),
            ((1, 1), 1, 1),
            ((1, 1), 2, 1),
            ((2,), 2, 1),
            ((3,), 0, 0),
        ],
    )
    def test_is_taken_off_once(self, gone, sent_again, left):
        notices = [
            Told(
                schema.parse_notice({"cancellations": [{"lines": [{"line": "r1", "quantity": n}]}]}),
                is_newer=False,
                stood=order(),
            )
            for n in gone
        ]
        now = order(lines=[LINES[0] | {"quantity": sent_again}, LINES[1]])
        assert facts.derive(now, notices).remaining == (left, 1)
        later = told(cancellations=[{"lines": [{"line": "1", "quantity": 1}]}])
        assert facts.derive(now, [*notices, later]).remaining == (max(left - 1, 0), 1)

    def test_names_nothing_unknown_where_the_line_is_gone(self):
        notice = schema.parse_notice({"cancellations": [{"lines": [{"line": "r1", "quantity": 3}]}]})
        found = facts.derive(order(lines=LINES[1:]), [Told(notice, is_newer=False, stood=order())])
        assert (found.remaining, found.unknown_parts, found.is_cancelled) == ((1,), (), False)


class TestLinesThatShareAName:
    """As a shop's lines share the id of a variant: stored before it was refused, or in ref and external_ref."""

    def shared(self, *lines, **changes):
        lines = [{"ref": "v", "sku": "MUG", "unit_price": "10", "quantity": 1} | line for line in lines]
        return order(lines=[*lines, {"id": "card", "quantity": 1}], **changes)

    def cancel(self, quantity):
        return [{"lines": [{"line": "v", "quantity": quantity}]}]

    def test_are_cancelled_one_after_the_other(self):
        found = facts.derive(self.shared({}, {}, cancellations=self.cancel(2)), [told(cancellations=self.cancel(1))])
        assert found.remaining == (0, 0, 1)

    def test_that_are_alike_lose_as_many_as_were_cancelled(self):
        found = facts.derive(self.shared({}, {"quantity": 2}, cancellations=self.cancel(2)))
        assert (found.remaining, found.unclear_parts) == ((0, 1, 1), ())

    @pytest.mark.parametrize("other", [{"unit_price": "9"}, {"sku": "CUP"}, {"discount": "1"}, {"unit_cost": "4"}])
    def test_that_are_not_alike_are_asked_about_unless_all_is_cancelled(self, other):
        decision = decide(facts.derive(self.shared({}, other, cancellations=self.cancel(1), dispatched=True)))
        assert isinstance(decision, NotYet)
        assert (decision.reason, decision.subject, decision.needs_person) == ("cancellation_unclear", "v", True)
        assert facts.derive(self.shared({}, other, cancellations=self.cancel(2))).unclear_parts == ()

    def test_are_shipped_one_after_the_other(self):
        parts = {"shipments": shipped(("v", 1), ("v", 1), ("card", 1))}
        assert facts.derive(self.shared({}, {}, **parts)).is_dispatched
        assert not facts.derive(self.shared({}, {"quantity": 2}, **parts)).is_dispatched
        assert facts.derive(self.shared({}, {"quantity": 2}, **parts, cancellations=self.cancel(1))).is_dispatched


class TestCarriage:
    """Stays charged when the goods are cancelled after they left."""

    gone = ({"lines": [{"line": "1", "quantity": 3}, {"line": "2", "quantity": 1}]},)

    @pytest.mark.parametrize(
        ("changes", "is_cancelled"),
        [
            ({"dispatched": True, "shipping": {"price": "4"}}, False),
            ({"dispatched": True, "shipping": {"price": "4"}, "totals": {"gross": "4"}}, False),
            ({"dispatched": True, "shipping": {"price": "4"}, "totals": {"gross": "0"}}, True),
            ({"dispatched": True, "shipping": {"price": "4"}, "cancelled": True}, True),
            ({"dispatched": False, "shipping": {"price": "4"}}, True),
            ({"dispatched": True}, True),
        ],
    )
    def test_is_left_to_invoice(self, changes, is_cancelled):
        assert facts.derive(order(cancellations=list(self.gone), **changes)).is_cancelled is is_cancelled


class TestAShipmentThatNamesNoLine:
    @pytest.mark.parametrize(
        ("shipments", "subject"),
        [
            (shipped(("MUG-RED", 3)), "MUG-RED"),
            (shipped(("1", 3), ("x", 1)), "x"),
            ([{"dispatched_at": "2026-03-04"}], "2026-03-04"),
        ],
    )
    def test_is_asked_about_until_the_order_says_that_it_left(self, shipments, subject):
        decision = decide(facts.derive(order(), [told(shipments=shipments)]))
        assert (decision.reason, decision.subject, decision.needs_person) == ("shipment_unclear", subject, True)
        assert isinstance(decide(facts.derive(order(), [told(shipments=shipments, dispatched=True)])), Due)

    def test_and_no_day_is_only_prepared(self):
        assert decide(facts.derive(order(shipments=[{}]))).reason == "not_dispatched"


class TestFreeOfCharge:
    """The mark is of the goods; what is charged all the same is invoiced where that is certain, else asked about."""

    @pytest.mark.parametrize(
        ("price", "changes", "outcome"),
        [
            ("0", {}, "free_of_charge"),
            ("9", {}, "free_of_charge"),
            ("9", {"shipping": {"price": "4"}, "totals": {"gross": "0"}}, "free_of_charge"),
            ("0", {"shipping": {"price": "4"}}, "due"),
            ("9", {"shipping": {"price": "4"}}, "free_but_charged"),
            ("9", {"totals": {"gross": "9"}}, "free_but_charged"),
        ],
    )
    def test_is_skipped_invoiced_or_asked_about(self, price, changes, outcome):
        lines = [{"id": "1", "quantity": 1, "unit_price": price}]
        decision = decide(facts.derive(order(lines=lines, dispatched=True, is_free_of_charge=True, **changes)))
        assert outcome == ("due" if isinstance(decision, Due) else decision.reason)


class TestAPartShipment:
    @pytest.mark.parametrize(
        ("until", "reason"), [(None, "part_shipped"), (3, "part_shipped"), (4, "part_shipment_waits")]
    )
    def test_that_has_waited_too_long_needs_a_person(self, until, reason):
        found = facts.derive(order(shipments=shipped(("1", 2))))
        decision = decide(found, part_shipped_until=until and date(2026, 3, until))
        assert isinstance(decision, NotYet)
        assert (decision.reason, decision.needs_person) == (reason, reason == "part_shipment_waits")
        if decision.needs_person:
            assert (decision.subject, decision.detail) == ("2 of 3 x 1", "The first left on 2026-03-04.")

    def test_without_a_date_counts_from_when_the_order_came(self):
        found = facts.derive(order(shipments=[{"lines": [{"line": "1", "quantity": 1}]}]))
        assert decide(found, part_shipped_until=RECEIVED.date()).reason == "part_shipment_waits"
        assert decide(found, part_shipped_until=date(2026, 2, 28)).reason == "part_shipped"


class TestTheDocumentDate:
    @pytest.mark.parametrize(
        ("changes", "day"),
        [
            ({"dispatched_at": "2026-03-05T23:30:00Z", "completed_at": "2026-03-09T00:00:00Z"}, date(2026, 3, 6)),
            ({"completed_at": "2026-03-09T00:00:00Z"}, date(2026, 3, 9)),
            ({"shipments": shipped(("1", 1)), "completed_at": "2026-03-09T00:00:00Z"}, date(2026, 3, 4)),
            ({}, date(2026, 3, 7)),
        ],
    )
    def test_is_the_dispatch_else_the_completion_else_when_it_was_seen(self, changes, day):
        found = facts.derive(order(dispatched=True, **changes))
        assert decide(found, zone=ZoneInfo("Europe/Paris")) == Due(day)

    def test_is_the_order_time_where_documents_are_made_on_receipt(self):
        assert decide(facts.derive(order()), post_when=PostWhen.RECEIVED) == Due(date(2026, 3, 1))
        ordered = facts.derive(order(ordered_at="2026-02-27T00:00:00Z"))
        assert decide(ordered, post_when=PostWhen.RECEIVED) == Due(date(2026, 2, 27))

    def test_is_compared_with_the_start_date(self):
        found = facts.derive(order(dispatched=True, dispatched_at="2026-03-05T10:00:00Z"))
        assert isinstance(decide(found, start_date=date(2026, 3, 5)), Due)
        assert decide(found, start_date=date(2026, 3, 6)) == Skip(Cause.BEFORE_START_DATE, "2026-03-06")

    def test_is_the_callbacks_moment_where_the_order_came_after_it(self):
        called_back = Known(received_at=RECEIVED, dispatched_seen_at=RECEIVED, is_called_back=True)
        assert decide(facts.derive(order(dispatched=True)), called_back) == Due(RECEIVED.date())

    def test_that_a_person_typed_counts_before_all_others(self):
        known = Known(received_at=RECEIVED, typed_date=date(2026, 2, 2))
        found = facts.derive(order(dispatched=True, dispatched_at="2026-03-05T10:00:00Z"))
        assert decide(found, known) == Due(date(2026, 2, 2))

    def test_of_an_order_that_was_there_undispatched_is_the_day_of_the_word_however_old_it_is(self):
        assert decide(facts.derive(order(dispatched=True, ordered_at="2025-01-02"))) == Due(SEEN.date())


class TestAnOrderThatArrivesDispatchedAndUndated:
    @pytest.mark.parametrize(("days", "is_dated"), [(0, True), (7, True), (8, False), (370, False)])
    def test_is_dated_by_its_arrival_only_if_it_was_ordered_shortly_before(self, days, is_dated):
        ordered = (RECEIVED - timedelta(days=days)).date().isoformat()
        decision = decide(facts.derive(order(dispatched=True, ordered_at=ordered)), ARRIVED)
        if is_dated:
            assert decision == Due(RECEIVED.date())
        else:
            assert isinstance(decision, NotYet)
            assert (decision.reason, decision.needs_person) == ("dispatch_date_missing", True)
            assert decision.detail == f"It was ordered on {ordered} and came on 2026-03-01."

    def test_is_held_where_it_names_no_date_at_all(self):
        decision = decide(facts.derive(order(dispatched=True)), ARRIVED)
        assert isinstance(decision, NotYet)
        assert (decision.reason, decision.detail) == (
            "dispatch_date_missing",
            "It names no date at all and came on 2026-03-01.",
        )

    def test_goes_where_the_company_takes_the_arrival_always(self):
        assert decide(facts.derive(order(dispatched=True)), ARRIVED, undated_days=None) == Due(RECEIVED.date())

    def test_keeps_the_date_of_the_document_that_it_has(self):
        known = Known(received_at=RECEIVED, dispatched_seen_at=RECEIVED, document_date=date(2026, 2, 3))
        assert decide(facts.derive(order(dispatched=True)), known) == Due(date(2026, 2, 3))


class TestAZoneThatNobodyConfirmed:
    SYDNEY = ZoneInfo("Australia/Sydney")

    def decide(self, sent):
        found = facts.derive(order(dispatched=True, dispatched_at=sent))
        unsure = Zones(self.SYDNEY, self.SYDNEY)
        return decide(found, zones=Zones(UTC, self.SYDNEY), unsure_of=unsure)

    def test_holds_only_what_falls_on_another_day(self):
        assert self.decide("2026-06-30T10:00:00") == Due(date(2026, 6, 30))
        decision = self.decide("2026-06-30T15:30:00")
        assert isinstance(decision, NotYet)
        assert (decision.reason, decision.detail) == ("time_zone_unsure", "That is 2026-07-01 or 2026-06-30.")

    @pytest.mark.parametrize("sent", ["2026-06-30", "2026-06-30T00:00:00", "2026-06-30T15:30:00+10:00"])
    def test_is_of_no_account_where_the_day_is_certain(self, sent):
        assert self.decide(sent) == Due(date(2026, 6, 30))


class TestOnHold:
    def test_ends_with_the_word_of_the_dispatch(self):
        found = facts.derive(order(on_hold=True), [told(on_hold=False, dispatched=True)])
        assert decide(found) == Due(SEEN.date())
        assert decide(facts.derive(order(on_hold=True), [told(dispatched=True)])) == Due(SEEN.date())

    def test_holds_until_then(self):
        on_hold = Known(received_at=RECEIVED, on_hold_since=RECEIVED)
        decision = decide(facts.derive(order(on_hold=True), [told(status="?")]), on_hold)
        assert isinstance(decision, NotYet)
        assert decision.reason == "on_hold"

    def test_told_after_the_dispatch_holds_nothing(self):
        late = Known(
            received_at=RECEIVED,
            undispatched_seen_at=RECEIVED,
            dispatched_seen_at=SEEN,
            on_hold_since=SEEN + timedelta(1),
        )
        found = facts.derive(order(dispatched=True), [told(on_hold=True)])
        assert (decide(found, late), due.holds_nothing(found, late)) == (Due(SEEN.date()), True)

    def test_told_together_with_the_dispatch_needs_a_person(self):
        together = Known(received_at=RECEIVED, dispatched_seen_at=SEEN, on_hold_since=SEEN)
        decision = decide(facts.derive(order(dispatched=True, on_hold=True)), together)
        assert isinstance(decision, NotYet)
        assert (decision.reason, decision.needs_person) == ("on_hold", True)


class TestWhatReplacesWhatWasSaidBefore:
    FLAGS = ("cancelled", "on_hold", "has_error")

    @given(st.booleans(), st.lists(st.sampled_from([True, False, None])), st.sampled_from(FLAGS))
    def test_is_the_last_word_on_it_by_push_or_callback(self, first, words, flag):
        found = facts.derive(order(**{flag: first}), [told(**{flag: word}) for word in words])
        said = [first, *(word for word in words if word is not None)]
        stands = {
            "cancelled": found.is_cancelled,
            "on_hold": found.flags.is_on_hold,
            "has_error": found.flags.has_error,
        }
        assert stands[flag] is said[-1]

    def test_is_not_what_a_callback_said_before_the_push(self):
        assert not facts.derive(order(), [told(on_hold=True, is_newer=False)]).flags.is_on_hold


class TestQuantities:
    def test_of_decimals_add_up_exactly(self):
        lines = [{"id": "1", "quantity": "0.3"}]
        parts = [told(shipments=shipped(("1", "0.1"))), told(shipments=shipped(("1", "0.2")))]
        found = facts.derive(order(lines=lines), parts)
        assert found.is_dispatched
        assert found.remaining == (Decimal("0.3"),)
