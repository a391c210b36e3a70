"""What becomes of an order's documents as the order, the settings and Xero move on."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from daybook.catalog.models import Item
from daybook.companies.models import ItemCost, Person
from daybook.connections import roster
from daybook.connections.models import Connection, PostingSettings, TaxMapping
from daybook.history.models import Event
from daybook.intake import prepare, rules
from daybook.intake.deliveries import Arrival
from daybook.intake.receive import receive, receive_many
from daybook.kit import clock
from daybook.orders.models import Order, OrderStanding
from daybook.outbox import queue, wake
from daybook.outbox.models import Entry
from daybook.posting import batching
from daybook.web.language import figures
from tests.integration.intake.conftest import connect, post, send, settle
from tests.world import happened, reach

pytestmark = pytest.mark.django_db


def change(company, **fields):
    PostingSettings.objects.filter(connection__company=company).update(**fields)


def cheaper(order):
    """The same order with another price."""
    lines = [line | {"unit_price": "5.00", "unit_price_inc_tax": "6.00"} for line in order["lines"][:1]]
    return order | {"lines": lines}


class TestAnOrderThatIsNotDueYet:
    @pytest.mark.parametrize(
        ("changes", "standing", "cause"),
        [
            ({"dispatched": False}, "waiting", "not_dispatched"),
            ({"dispatched": False, "on_hold": True}, "waiting", "on_hold"),
            ({"on_hold": True}, "held", "on_hold"),
            ({"has_error": True, "error_message": "No artwork"}, "held", "has_error"),
            ({"is_free_of_charge": True, "shipping": {}}, "skipped", "free_of_charge"),
            ({"is_free_of_charge": True}, "held", "free_but_charged"),
            ({"cancelled": True}, "cancelled", "cancelled"),
            (
                {"dispatched": False, "shipments": [{"lines": [{"line": "1", "quantity": 2}]}]},
                "waiting",
                "part_shipped",
            ),
            ({"cancellations": [{"lines": [{"line": "9", "quantity": 1}]}]}, "held", "cancellation_unclear"),
        ],
    )
    def test_says_why(self, acme, order, changes, standing, cause):
        receipt = receive(acme, order(**changes))

        assert (receipt.outlook.standing, receipt.outlook.cause) == (standing, cause)
        assert not Entry.objects.exists()

    def test_becomes_a_document_when_it_is_dispatched(self, acme, order):
        receive(acme, order(dispatched=False))
        receive(acme, order())

        assert Entry.objects.get().state == "ready"

    def test_stays_dispatched_whatever_status_follows(self, acme, order):
        receive(acme, order())
        receive(acme, order(dispatched=False, status="Received by Shipper"))

        assert OrderStanding.objects.get().standing == "documented"
        assert Entry.objects.get().state == "ready"

    def test_is_dispatched_when_its_shipments_cover_all_that_is_left(self, acme, order):
        shipped = [{"dispatched_at": "2026-03-09T23:30:00Z", "lines": [{"line": "1", "quantity": 2}]}]
        cancelled = [{"lines": [{"line": "2", "quantity": 1}]}]
        receive(acme, order(dispatched=False, dispatched_at=None, shipments=shipped, cancellations=cancelled))

        assert str(Entry.objects.get().date) == "2026-03-09"

    def test_in_error_goes_where_the_company_wants_it(self, acme, order):
        change(acme, include_orders_with_errors=True)

        assert receive(acme, order(has_error=True)).outlook.standing == "documented"

    def test_is_posted_on_receipt_where_the_company_wants_it(self, acme, order):
        change(acme, post_when="received")
        receive(acme, order(dispatched=False, ordered_at="2026-06-30T23:30:00Z"))

        assert str(Entry.objects.get().date) == "2026-07-01", "the organisation is in London, in summer"

    def test_before_the_start_date_is_skipped_until_the_date_is_moved(self, acme, order):
        change(acme, start_date="2026-04-01")
        assert receive(acme, order()).outlook.cause == "before_start_date"

        change(acme, start_date="2026-03-01")
        prepare.prepare_company(acme.pk)

        assert Entry.objects.get().state == "ready"


class TestAnOrderThatNeedsAPerson:
    def test_of_a_company_without_connection_goes_once_it_is_connected(self, cedar, order):
        assert receive(cedar, order()).outlook.cause == "not_connected"

        connect(cedar)
        prepare.prepare_company(cedar.pk)

        assert Entry.objects.get(company=cedar).state == "ready"

    def test_waits_for_settings_naming_the_first_that_is_missing(self, acme, order):
        change(acme, sales_account="")
        receipt = receive(acme, order())

        assert receipt.outlook.cause == "settings_incomplete"
        assert "Sales Account" in receipt.outlook.explanation

    def test_does_not_wait_for_a_rate_that_is_gone_and_that_it_does_not_bear(self, acme, order):
        TaxMapping.objects.create(connection=roster.first(acme), rate=Decimal("0.05"), tax_type="GONE")

        receive(acme, order())

        assert Entry.objects.get().state == "ready"

    def test_puts_a_new_tax_rate_before_a_person_and_goes_when_it_is_decided(self, acme, order):
        line = order()["lines"][0] | {"tax_rate": "0.05", "unit_price_inc_tax": None}
        receive(acme, order(lines=[line], shipping={}))
        new = TaxMapping.objects.get(connection__company=acme, rate=Decimal("0.05"))
        assert (new.tax_type, Entry.objects.get().cause) == ("", "tax_rate_not_mapped")

        TaxMapping.objects.filter(pk=new.pk).update(tax_type="OUTPUT2")
        prepare.prepare_company(acme.pk)

        assert Entry.objects.get().cause != "tax_rate_not_mapped"

    def test_puts_no_rate_before_a_person_that_contradicts_the_one_stated(self, acme, order):
        line = order()["lines"][0] | {"unit_price": "10", "unit_price_inc_tax": "15"}
        receive(acme, order(lines=[line], shipping={}))

        entry = Entry.objects.get()
        assert (entry.cause, entry.detail) == (
            "totals_contradict",
            "Line 1 costs 10.00 without tax and 15.00 with it. That is not the 20 % that it says, nor any rate in the settings.",
        )
        assert not TaxMapping.objects.filter(rate=Decimal("0.5")).exists()

    def test_with_a_number_that_another_order_has_is_held(self, acme, order):
        receive(acme, order())
        receipt = receive(acme, order(id="2", number="ord-1001"))

        assert (receipt.outlook.standing, receipt.outlook.cause) == ("held", "number_taken_in_daybook")
        assert "It belongs to order ORD-1001 (id 1001 of shop)." in receipt.outlook.explanation
        assert "differ only in capitals" in receipt.outlook.explanation

    def test_with_a_number_that_another_of_its_batch_wants_is_held_and_the_rest_of_the_batch_goes(self, acme, order):
        batch = [order(id="1", number="A"), order(id="2", number="a"), order(id="3", number="B")]
        first, second, third = receive_many(acme, batch)

        assert [each.outlook.standing for each in (first, second, third)] == ["documented", "held", "documented"]
        assert second.outlook.cause == "number_taken_in_daybook"
        assert "It belongs to order A (id 1 of shop)." in second.outlook.explanation
        assert dict(Entry.objects.values_list("order__source_id", "number")) == {"1": "DB-A", "3": "DB-B"}

    def test_that_came_with_one_that_wants_its_number_goes_once_that_one_has_another(self, acme, order):
        list(receive_many(acme, [order(id="1", number="A"), order(id="2", number="A")]))
        receive(acme, order(id="2", number="A2"))

        assert dict(Entry.objects.values_list("order__source_id", "number")) == {"1": "DB-A", "2": "DB-A2"}

    @pytest.mark.parametrize(("days", "cause"), [(7, ""), (8, "date_in_future")])
    def test_dated_more_than_a_week_ahead_waits_for_the_day(self, acme, order, days, cause):
        day = (clock.now() + timedelta(days=days)).astimezone(ZoneInfo("Europe/London")).date()
        receipt = receive(acme, order(dispatched_at=f"{day}T12:00:00Z"))

        assert receipt.outlook.documents[0].cause == cause
        assert (f"dated {figures.day(day)}" in receipt.outlook.explanation) is bool(cause)

    def test_dated_too_far_ahead_goes_when_the_day_is_near(self, acme, order):
        receive(acme, order(dispatched_at=(clock.now() + timedelta(days=20)).isoformat()))
        held = Entry.objects.get()
        assert held.state == "held"

        today = rules.load_rules(roster.first(acme))
        in_two_weeks = replace(today.mapping, latest_date=today.mapping.latest_date + timedelta(days=14))
        prepare.prepare_orders(acme, [held.order_id], rules=[replace(today, mapping=in_two_weeks)])

        assert Entry.objects.get().state == "ready"

    def test_dated_too_far_ahead_goes_when_it_is_corrected(self, acme, order):
        receive(acme, order(dispatched_at=(clock.now() + timedelta(days=20)).isoformat()))
        receive(acme, order())

        assert (Entry.objects.get().state, str(Entry.objects.get().date)) == ("ready", "2026-03-05")

    def test_names_no_other_company_where_the_number_is_theirs(self, acme, order):
        receive(acme, order())
        reach(roster.first(acme), "9" * 36, base_currency="GBP")
        Entry.objects.update(organisation=roster.first(acme).organisation, number_space=f"xero:{'9' * 36}:invoice")
        reach(roster.first(acme), "8" * 36, base_currency="GBP")
        birch = connect(type(acme).objects.create(name="Birch"), tenant="9" * 36)
        receipt = receive(birch, order())

        assert receipt.outlook.cause == "number_taken_in_daybook"
        assert "belongs to order" not in receipt.outlook.explanation

    def test_without_a_usable_reference_is_held(self, acme, order):
        assert receive(acme, order(number="///")).outlook.cause == "ref_unusable"


class TestATrackedCompany:
    def test_has_a_purchase_order_beside_the_invoice(self, tracy, order):
        receive(tracy, order())

        by_kind = {entry.kind: entry for entry in Entry.objects.filter(company=tracy)}
        assert set(by_kind) == {"invoice", "purchase_order"}
        assert by_kind["purchase_order"].net == Decimal("7.20")  # 2 x 2.10 from the list, 1 x 3.00 from the item

    def test_holds_only_what_it_has_no_cost_for(self, tracy, order):
        ItemCost.objects.all().delete()
        receive(tracy, order())
        held = {("invoice", "held", "cost_unknown"), ("purchase_order", "held", "cost_unknown")}
        assert set(Entry.objects.values_list("kind", "state", "cause")) == held, "MUG is no item of Xero either"

        reached = roster.first(tracy).organisation
        Item.objects.create(organisation=reached, item_id="m", code="MUG", is_tracked=True)
        prepare.prepare_company(tracy.pk)
        assert set(Entry.objects.values_list("kind", "state")) == {("invoice", "ready"), ("purchase_order", "held")}

        ItemCost.objects.create(company=tracy, sku="MUG", currency="GBP", unit_cost=1)
        prepare.prepare_company(tracy.pk)
        assert set(Entry.objects.values_list("state", flat=True)) == {"ready"}

    def test_that_becomes_untracked_withdraws_unsent_purchase_orders(self, tracy, order):
        receive(tracy, order())
        change(tracy, process_method="untracked")
        prepare.prepare_company(tracy.pk)

        assert Entry.objects.get(kind="purchase_order").state == "cancelled"


class TestAChangedOrder:
    def test_is_mapped_anew_under_the_same_number_before_it_is_sent(self, acme, order):
        receive(acme, order())
        first = Entry.objects.get()
        receive(acme, cheaper(order()))

        again = Entry.objects.get()
        assert (again.number, again.public_id) == (first.number, first.public_id)
        assert again.gross == Decimal("16.20")
        assert again.revision.number == 2

    def test_waits_while_the_document_is_under_way_and_then_needs_a_person(self, acme, order):
        receive(acme, order())
        entry = Entry.objects.get()
        attempt = send(entry)
        receive(acme, cheaper(order()))
        assert Entry.objects.get().gross == Decimal("27.20")
        prepare.prepare_overdue(before=clock.now() + timedelta(minutes=1))
        assert OrderStanding.objects.get().unprepared_since is not None

        settle(entry, attempt, "posted")
        prepare.prepare_overdue(before=clock.now() + timedelta(minutes=1))

        entry.refresh_from_db()
        assert (entry.state, entry.attention) == ("posted", "changed_after_posting")
        assert "27.20" in entry.attention_detail
        assert "16.20" in entry.attention_detail
        assert OrderStanding.objects.get().unprepared_since is None

    def test_that_changes_nothing_of_a_document_under_way_waits_for_nothing(self, acme, order):
        receive(acme, order())
        send(Entry.objects.get())
        receive(acme, order(status="Packed"))
        prepare.prepare_overdue(before=clock.now() + timedelta(minutes=1))
        assert OrderStanding.objects.get().unprepared_since is None

    def test_after_posting_is_told_once_for_each_change(self, acme, order):
        receive(acme, order())
        post(Entry.objects.get())
        receive(acme, cheaper(order()))
        Entry.objects.update(attention="", attention_detail="")  # a person dealt with it
        prepare.prepare(Order.objects.get().pk)
        assert Entry.objects.get().attention == ""

        receive(acme, cheaper(order()) | {"shipping": {"price": "9"}})
        assert Entry.objects.get().attention == "changed_after_posting"

    def test_of_the_currency_alone_names_both(self, acme, order):
        receive(acme, order())
        post(Entry.objects.get())
        receive(acme, order(currency="EUR"))

        words = "The order was in GBP when this document was posted and is in EUR now."
        assert (Entry.objects.get().attention, Entry.objects.get().attention_detail) == ("changed_after_posting", words)

    def test_that_only_changes_its_status_leaves_the_posted_document_alone(self, acme, order):
        receive(acme, order())
        post(Entry.objects.get())
        receive(acme, order(status="Delivered"))

        assert Entry.objects.get().attention == ""

    def test_of_settings_leaves_the_posted_document_alone(self, acme, order):
        receive(acme, order())
        post(Entry.objects.get())
        change(acme, sales_account="260")
        prepare.prepare(Order.objects.get().pk)

        assert (Entry.objects.get().state, Entry.objects.get().attention) == ("posted", "")

    def test_whose_answer_was_lost_is_ignored_when_it_comes_back_late(self, acme, order):
        for given in (order(), cheaper(order())):
            receive(acme, given, arrival=Arrival())
        late = receive(acme, order(), arrival=Arrival())

        assert late.result == "late_retry"
        assert Entry.objects.get().gross == Decimal("16.20")
        assert "late retry of revision 1" in Event.objects.filter(what="ignored").get().reason

    def test_put_on_hold_takes_its_document_back_and_gives_it_free_again(self, acme, order):
        change(acme, post_when="received")
        receive(acme, order(dispatched=False))
        receive(acme, order(dispatched=False, on_hold=True))
        assert (Entry.objects.get().state, Entry.objects.get().cause) == ("held", "on_hold")

        receive(acme, order(dispatched=False, status="Released"))
        assert Entry.objects.get().state == "ready"

    def test_put_on_hold_after_it_left_is_flagged_and_held_by_nothing(self, acme, order):
        receive(acme, order())
        receive(acme, order(on_hold=True))
        entry = Entry.objects.get()
        assert (entry.state, entry.attention) == ("ready", "on_hold_after_dispatch")

        receive(acme, order(status="Delivered"))
        assert (Entry.objects.get().state, Entry.objects.get().attention) == ("ready", "")


class TestACancelledOrder:
    def test_cancels_the_document_that_was_not_sent(self, acme, order):
        receive(acme, order())
        receive(acme, order(cancelled=True))

        assert (Entry.objects.get().state, OrderStanding.objects.get().standing) == ("cancelled", "cancelled")

    def test_needs_a_credit_note_after_posting(self, acme, order):
        receive(acme, order())
        post(Entry.objects.get())
        receive(acme, order(cancelled=True))

        assert (Entry.objects.get().state, Entry.objects.get().attention) == ("posted", "credit_note_needed")

    def test_in_part_needs_a_credit_note_for_those_goods(self, acme, order):
        receive(acme, order())
        post(Entry.objects.get())
        receive(acme, order(cancellations=[{"lines": [{"line": "1", "quantity": 1}]}]))

        assert Entry.objects.get().attention == "credit_note_needed"
        assert "1 x MUG" in Entry.objects.get().attention_detail

    def test_that_lives_again_gets_a_new_document_under_the_plain_number(self, acme, order):
        for status in ("Reopened", "Reopened again"):
            receive(acme, order(status=f"before {status}"))
            receive(acme, order(cancelled=True, status=f"not {status}"))
            receive(acme, order(status=status))

        states = list(Entry.objects.order_by("id").values_list("number", "state", "generation"))
        assert states == [("DB-ORD-1001", "cancelled", 1), ("DB-ORD-1001", "cancelled", 2), ("DB-ORD-1001", "ready", 3)]

    def test_that_was_refused_by_xero_leaves_its_number_free(self, acme, order):
        receive(acme, order())
        entry = Entry.objects.get()
        settle(entry, send(entry), "rejected")
        receive(acme, order(cancelled=True))
        receive(acme, order(id="2"))

        assert Entry.objects.get(order__source_id="2").state == "ready"

    @pytest.mark.parametrize(("outcome", "number"), [("rejected", "DB-ORD-1001-R2"), ("ready", "DB-ORD-1001")])
    def test_that_left_without_an_answer_burns_its_number_unless_a_look_found_nothing(
        self, acme, order, outcome, number
    ):
        receive(acme, order())
        entry = Entry.objects.get()
        attempt = send(entry)
        queue.begin_sending(attempt, entry.organisation.connection_id, clock.now())
        settle(entry, attempt, outcome, by_way_of="unknown")
        happened(timedelta(hours=1))
        receive(acme, order(cancelled=True))
        receive(acme, order(status="Reopened"))

        assert Entry.objects.get(generation=2).number == number

    def test_lets_the_order_go_that_waits_for_its_number(self, acme, order):
        receive(acme, order())
        assert receive(acme, order(id="2")).outlook.cause == "number_taken_in_daybook"
        receive(acme, order(cancelled=True))
        woken = ProcrastinateJob.objects.get(task_name="intake.prepare_company", status="todo")
        prepare.prepare_company(acme.pk, causes=[woken.args["cause"]])

        assert Entry.objects.get(order__source_id="2").state == "ready"

    def test_keeps_a_document_that_xero_may_still_bring_forth(self, acme, order):
        receive(acme, order())
        entry = Entry.objects.get()
        settle(entry, send(entry), "rejected", by_way_of="unknown")
        receive(acme, order(cancelled=True))

        held = Entry.objects.get()
        assert (held.state, held.cause) == ("held", "waits_to_be_cancelled")
        assert OrderStanding.objects.get().unprepared_since is not None
        happened(timedelta(hours=1))
        prepare.prepare_overdue(before=clock.now() + timedelta(minutes=1))
        assert Entry.objects.get().state == "cancelled"


class TestARefusedDocument:
    @pytest.fixture
    def refused(self, acme, order):
        receive(acme, order())
        entry = Entry.objects.get()
        settle(entry, send(entry), "rejected")
        return entry

    def test_is_not_sent_again_by_itself(self, acme, refused):
        prepare.prepare_company(acme.pk)

        assert Entry.objects.get().state == "rejected"

    def test_goes_again_when_its_cause_is_cured(self, acme, refused):
        prepare.prepare_company(acme.pk, causes=["contact_archived"])

        assert Entry.objects.get().state == "ready"

    def test_goes_again_when_it_says_something_else(self, acme, refused, order):
        receive(acme, cheaper(order()))

        assert Entry.objects.get().state == "ready"

    def test_goes_again_when_a_person_asks_for_it(self, acme, refused):
        person = Person.objects.create_user("a@example.com")
        prepare.retry(refused, person)

        move = Entry.objects.get().events.last()
        assert (move.new_state, move.mover, move.person) == ("ready", "person", person)


class TestAnotherOrganisation:
    def test_gets_nothing_that_was_made_for_the_first(self, acme, order):
        receive(acme, order())
        reach(roster.first(acme), "7" * 36, base_currency="GBP")
        prepare.prepare(Order.objects.get().pk)
        assert (Entry.objects.get().state, Entry.objects.get().cause) == ("held", "other_organisation")


class TestPreparing:
    def test_wakes_the_drain_once_for_a_batch(self, acme, order):
        list(receive_many(acme, [order(id=str(serial), number=str(serial)) for serial in range(1, 60)]))

        assert ProcrastinateJob.objects.filter(task_name="posting.drain").count() == 1

    def test_wakes_nobody_while_what_waits_lingers_until_a_call_is_full(self, acme, order):
        assert wake.A_CALL == batching.MAX_DOCUMENTS
        Connection.objects.update(post_at=clock.now() + timedelta(minutes=1))
        orders = [order(id=str(serial), number=str(serial)) for serial in range(1, batching.MAX_DOCUMENTS + 1)]
        list(receive_many(acme, orders[:-1]))
        assert not ProcrastinateJob.objects.filter(task_name="posting.drain").exists()

        receive(acme, orders[-1])
        assert ProcrastinateJob.objects.filter(task_name="posting.drain").count() == 1

    def test_wakes_the_drain_where_the_rest_is_over_before_the_sweep_comes(self, acme, order):
        Connection.objects.update(post_at=clock.now() + timedelta(seconds=2))
        receive(acme, order())
        assert ProcrastinateJob.objects.filter(task_name="posting.drain").count() == 1

    def test_is_made_up_for_where_the_process_died_before_it(self, acme, order):
        receive(acme, order())
        Entry.objects.all().delete()
        OrderStanding.objects.update(unprepared_since=clock.now() - timedelta(minutes=5), standing="waiting")
        prepare.prepare_overdue(before=clock.now() - timedelta(minutes=1))

        assert Entry.objects.get().state == "ready"

    def test_again_writes_nothing_where_nothing_changed(self, acme, order):
        receive(acme, order())
        moves = Entry.objects.get().events.count()
        prepare.prepare_company(acme.pk)

        assert Entry.objects.get().events.count() == moves
