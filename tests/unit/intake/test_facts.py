"""What stands, and whether documents are due."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from daybook.intake import facts, schema
from daybook.intake.facts import Due, NotYet, Skip, Timing, Told

SEEN = datetime(2026, 3, 7, 12, tzinfo=UTC)
RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINES = [{"id": "1", "ref": "r1", "external_ref": "e1", "quantity": 3}, {"id": "2", "ref": "r2", "quantity": 1}]


def order(**changes):
    return schema.parse_order({"source": "s", "id": "1", "lines": LINES} | changes)


def told(*, is_newer=True, **content):
    return Told(schema.parse_notice(content), is_newer)


def shipped(*parts):
    return [{"dispatched_at": "2026-03-04T00:30:00Z", "lines": [{"line": line, "quantity": n} for line, n in parts]}]


def decide(found, **timing):
    return facts.decide(found, Timing(**{"zone": UTC} | timing), seen_dispatched_at=SEEN, received_at=RECEIVED)


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

    def test_is_an_order_whose_newest_word_says_so(self):
        assert facts.derive(order(), [told(cancelled=True)]).is_cancelled
        assert not facts.derive(order(), [told(cancelled=True, is_newer=False)]).is_cancelled

    def test_goods_that_the_order_does_not_have_are_named(self):
        found = facts.derive(order(dispatched=True), [told(cancellations=[{"lines": [{"line": "r9", "quantity": 1}]}])])
        decision = decide(found)
        assert isinstance(decision, NotYet)
        assert (decision.reason, decision.subject, decision.needs_person) == ("cancellation_unclear", "r9", True)


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
        assert decide(facts.derive(order()), on_receipt=True) == Due(date(2026, 3, 1))
        ordered = facts.derive(order(ordered_at="2026-02-27T00:00:00Z"))
        assert decide(ordered, on_receipt=True) == Due(date(2026, 2, 27))

    def test_is_compared_with_the_start_date(self):
        found = facts.derive(order(dispatched=True, dispatched_at="2026-03-05T10:00:00Z"))
        assert isinstance(decide(found, start_date=date(2026, 3, 5)), Due)
        assert decide(found, start_date=date(2026, 3, 6)) == Skip(facts.Reason.BEFORE_START_DATE, "2026-03-06")


class TestQuantities:
    def test_of_decimals_add_up_exactly(self):
        lines = [{"id": "1", "quantity": "0.3"}]
        parts = [told(shipments=shipped(("1", "0.1"))), told(shipments=shipped(("1", "0.2")))]
        found = facts.derive(order(lines=lines), parts)
        assert found.is_dispatched
        assert found.remaining == (Decimal("0.3"),)
