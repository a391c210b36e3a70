"""One order that Daybook cannot work with never keeps its neighbours, or another company, from the day book."""

from datetime import timedelta

import pytest

from daybook.companies.models import Company
from daybook.connections import roster
from daybook.intake import prepare
from daybook.intake.receive import receive, receive_many
from daybook.kit import clock
from daybook.orders.models import Order, OrderStanding, Revision
from daybook.outbox.models import Entry
from tests.integration.intake.conftest import connect
from tests.world import feed_of

pytestmark = pytest.mark.django_db


def spoil(order_id: str) -> None:
    """As if another version of Daybook had written the content, and the process had died before preparing it."""
    Revision.objects.filter(order__source_id=order_id).update(content={"lines": "?"})
    OrderStanding.objects.filter(order__source_id=order_id).update(unprepared_since=clock.now() - timedelta(minutes=1))


@pytest.fixture
def three(acme, order):
    list(receive_many(acme, [order(id=each, number=each) for each in "123"]))
    return acme


class TestAnOrderWhoseProcessDied:
    def test_is_prepared_however_many_orders_of_another_company_came_before_it(self, acme, order):
        many = Order.objects.bulk_create(
            [
                Order(company=acme, feed=feed_of(acme), source_id=f"{number}", ref=f"{number}")
                for number in range(prepare.MOST_OVERDUE)
            ]
        )
        there = roster.first(acme)
        OrderStanding.objects.bulk_create(
            [OrderStanding(company=acme, order=each, connection=there, standing="waiting") for each in many]
        )
        other = connect(Company.objects.create(name="Birch"), tenant="4" * 36)
        receive(other, order())
        OrderStanding.objects.update(unprepared_since=clock.now() - timedelta(minutes=1))
        prepare.prepare_overdue(before=clock.now())
        assert OrderStanding.objects.get(company=other).unprepared_since is None
        assert OrderStanding.objects.filter(company=acme, unprepared_since__isnull=False).count() == 1


class TestAnOrderThatCannotBeRead:
    def test_is_shown_to_a_person_and_never_blocks_the_sweep(self, three, order):
        spoil("2")
        other = connect(Company.objects.create(name="Birch"), tenant="4" * 36)
        receive(other, order())
        OrderStanding.objects.exclude(order__source_id="2").update(unprepared_since=clock.now() - timedelta(minutes=1))
        prepare.prepare_overdue(before=clock.now())
        broken = OrderStanding.objects.get(order__source_id="2")
        assert (broken.standing, broken.cause, broken.unprepared_since) == ("held", "defect", None)
        assert not OrderStanding.objects.filter(unprepared_since__isnull=False).exists()

    def test_keeps_its_document_from_going_as_it_was(self, three):
        spoil("2")
        prepare.prepare_overdue(before=clock.now())
        assert dict(Entry.objects.values_list("number", "state")) == {"DB-1": "ready", "DB-2": "held", "DB-3": "ready"}

    def test_does_not_keep_a_cure_from_the_orders_behind_it(self, three):
        spoil("1")
        Entry.objects.update(state="held", cause="settings_incomplete")
        prepare.prepare_company(three.pk)
        assert Entry.objects.get(number="DB-3").state == "ready"

    def test_goes_by_itself_once_it_can_be_read(self, three):
        good = Revision.objects.get(order__source_id="2").content
        spoil("2")
        prepare.prepare_overdue(before=clock.now())
        Revision.objects.filter(order__source_id="2").update(content=good)
        prepare.prepare_company(three.pk)
        assert Entry.objects.get(number="DB-2").state == "ready"
        assert OrderStanding.objects.get(order__source_id="2").standing == "documented"


class TestADocumentThatCannotBeRead:
    @pytest.mark.parametrize("document", [{}, [], {"lines": "?"}])
    def test_is_mapped_anew(self, three, document):
        Entry.objects.filter(number="DB-2").update(document=document)
        prepare.prepare_company(three.pk)
        entry = Entry.objects.get(number="DB-2")
        assert entry.state == "ready"
        assert entry.document["number"] == "DB-2"


class TestAnOrderOfAnySize:
    @pytest.mark.parametrize(
        "changes",
        [
            {"lines": [{"id": "1", "sku": "M", "quantity": "999999999", "unit_price": "9999999999"}]},
            {
                "lines": [
                    {
                        "id": "1",
                        "sku": "M",
                        "quantity": "99999999.9999",
                        "unit_price": "99999999999.9999",
                        "tax_rate": "99",
                    }
                ]
            },
            {
                "lines": [
                    {
                        "id": "1",
                        "sku": "M",
                        "quantity": 1,
                        "unit_price": "1",
                        "discount": "9999999999",
                        "tax_rate": "0.2",
                    }
                ]
            },
            {"totals": {"net": "9999999999999999", "tax": "1", "gross": "9999999999999999"}},
        ],
    )
    def test_gets_a_receipt(self, acme, order, changes):
        assert receive(acme, order(**changes)).outlook is not None or receive(acme, order(**changes)).is_refused
