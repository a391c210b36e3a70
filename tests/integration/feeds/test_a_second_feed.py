"""What a second feed brings: news about the sales of the first, or other sales that may look like one that is known."""

import json
import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from daybook.connections.models import PostingSettings
from daybook.feeds import opening, roster
from daybook.feeds.models import Feed
from daybook.feeds.roster import FeedError
from daybook.history.kinds import What
from daybook.history.models import Event
from daybook.intake import receive as receiving
from daybook.intake import replaying
from daybook.intake.deliveries import Arrival
from daybook.orders.models import Delivery, Order
from daybook.outbox.models import Entry
from daybook.sources.kornitx.source import KORNITX
from tests.integration.web.conftest import *  # noqa: F403 - the pages' people and companies

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def sold(number, **changes):
    """An order of the shop."""
    lines = [
        {"id": f"{at}", "sku": f"MUG-{at}", "quantity": 1, "unit_price": "10", "tax_rate": "0.2"} for at in range(2)
    ]
    return {
        "source": "shop", "id": f"id-{number}", "number": f"{number}", "currency": "GBP", "lines": lines,
        "ordered_at": "2026-11-20T10:00:00Z",
    } | changes  # fmt: skip


def pushed(number, shops, *, skus=("MUG-0", "MUG-1"), **changes):
    """What the OMS pushes of it."""
    items = [
        {
            "id": number * 10 + at,
            "ref": f"L{at}",
            "sku": sku,
            "quantity": 1,
            "unit_sale_price": 10,
            "sale_vat_rate": 0.2,
        }
        for at, sku in enumerate(skus)
    ]
    given = {
        "id": number, "ref": f"K{number}", "external_ref": f"{shops}", "status": 8, "currency_code": "GBP",
        "sale_datetime": "2026-11-20 10:00:00", "completion_datetime": "2026-11-21 10:00:00", "items": items,
    }  # fmt: skip
    return json.dumps(given | changes).encode()


def push(feed, *arguments, **changes):
    feed = Feed.objects.select_related("company").get(pk=feed.pk)
    return receiving.take(feed, KORNITX.door("push"), pushed(*arguments, **changes))


def sell(acme, *arguments, **changes):
    return receiving.receive(acme.company, sold(*arguments, **changes), arrival=Arrival(is_awaited=False))


def standing(number):
    found = Order.objects.get(ref=f"{number}").standings.get()
    return found.standing, found.cause


class TestAFeedOfNews:
    @pytest.fixture
    def oms(self, acme) -> Feed:
        return opening.add(acme.company, "kornitx", "oms", brings="news")

    def test_tells_of_the_dispatch_and_never_makes_an_order(self, acme, oms):
        sell(acme, 1001)
        assert standing(1001) == ("waiting", "not_dispatched")
        (receipt,) = push(oms, 7, 1001)

        assert (receipt.result, receipt.is_notice) == ("accepted", True)
        assert standing(1001) == ("documented", "")
        assert Order.objects.count() == 1
        assert [(entry.number, str(entry.date)) for entry in Entry.objects.all()] == [("1001", "2026-11-21")]

    def test_takes_no_order_that_names_it_as_its_source(self, acme, oms):
        """It would be a sale of its own: sold by the shop, and sold once more by whoever makes the goods."""
        sell(acme, 1001)
        receipt = sell(acme, 1001, source=oms.name, dispatched=True, dispatched_at="2026-11-21")
        assert (receipt.result, [problem.field for problem in receipt.problems]) == ("refused", ["source"])
        assert (Order.objects.count(), Entry.objects.count()) == (1, 0)
        assert Delivery.objects.filter(result="refused", feed=oms).exists()

    def test_tells_of_a_cancellation(self, acme, oms):
        sell(acme, 1001)
        push(oms, 7, 1001, status=128)
        assert standing(1001)[0] == "cancelled"

    def test_tells_what_the_goods_cost_for_the_purchase_order_and_what_is_posted_is_shown(self, acme, oms):
        PostingSettings.objects.filter(connection__company=acme.company).update(process_method="tracked")
        sell(acme, 1001, dispatched=True, dispatched_at="2026-11-21")
        order = Entry.objects.filter(company=acme.company, kind="purchase_order")
        assert order.values_list("state", "cause").get() == ("held", "cost_unknown")

        def costing(*costs):
            items = json.loads(pushed(7, 1001))["items"]
            return [{**item, "unit_cost_price": cost} for item, cost in zip(items, costs, strict=True)]

        push(oms, 7, 1001, items=costing(4, 3.5))
        assert order.values_list("state", "net").get() == ("ready", Decimal("7.5"))
        push(oms, 7, 1001, items=costing(4, 4.5))
        assert order.values_list("state", "net").get() == ("ready", Decimal("8.5"))
        order.update(state="posted", their_id="po-1", their_status="AUTHORISED")
        push(oms, 7, 1001, items=costing(5, 4.5))
        assert order.values_list("state", "net", "attention").get() == (
            "posted", Decimal("8.5"), "changed_after_posting",
        )  # fmt: skip

    def test_names_in_the_history_what_costs_are_told_of_that_is_no_line(self, acme, oms):
        sell(acme, 1001)
        (mug, other) = json.loads(pushed(7, 1001, skus=("MUG-0", "BIB")))["items"]
        push(oms, 7, 1001, items=[{**mug, "unit_cost_price": 4}, {**other, "unit_cost_price": 3}])
        called_back = Event.objects.filter(company=acme.company, what=What.CALLED_BACK).latest("pk")
        assert called_back.reason.startswith("News of Kornit X (oms): ")
        assert called_back.reason.endswith("1 cost, what BIB cost, and no line of the order is called so.")

    def test_that_repeats_itself_changes_nothing(self, acme, oms):
        sell(acme, 1001)
        assert [push(oms, 7, 1001)[0].result for _ in range(3)] == ["accepted", "unchanged", "unchanged"]

    def test_waits_for_its_order_and_is_taken_in_once_that_comes(self, acme, oms):
        (receipt,) = push(oms, 7, 1001)
        assert (receipt.result, Order.objects.count(), replaying.take_waiting()) == ("waiting", 0, 0)
        sell(acme, 1001)
        assert standing(1001) == ("waiting", "not_dispatched")

        assert replaying.take_waiting() == 1
        assert standing(1001) == ("documented", "")
        assert not Delivery.objects.filter(result="waiting", settled_at=None).exists()

    def test_that_cannot_be_told_of_its_order_says_why_and_keeps_no_other_waiting(self, acme, oms, monkeypatch):
        monkeypatch.setattr(replaying, "AT_ONCE", 3)
        for number in range(4):
            push(oms, number, f"unclear-{number}", skus=("MUG-9",))
        push(oms, 7, 1001)
        for number in range(4):
            sell(acme, f"unclear-{number}")
        sell(acme, 1001)

        assert [replaying.take_waiting() for _ in range(3)] == [0, 1, 0]
        assert standing(1001) == ("documented", "")
        kept = Delivery.objects.filter(result="waiting", settled_at=None).order_by("id")
        assert ["and does not say which" in each.problems[0]["problem"] for each in kept] == [True] * 4

    def test_is_taken_in_for_several_orders_at_once_and_what_is_as_before_is_counted(self, acme, oms, logged_in):
        for number, shops in enumerate((1001, 1002, 9999), start=1):
            push(oms, number, shops)
        sell(acme, 1001)
        sell(acme, 1002)
        inbox = reverse("web:inbox", args=[acme.company.public_id])
        several = reverse("web:inbox-several", args=[acme.company.public_id])
        kept = [str(pk) for pk in Delivery.objects.filter(result="waiting").values_list("pk", flat=True)]
        browser = logged_in("accountant")
        assert browser.get(f"{inbox}?result=waiting").content.decode().count('name="delivery"') == len(kept) == 3
        assert 'name="delivery"' not in logged_in("viewer").get(f"{inbox}?result=waiting").content.decode()
        assert 'name="delivery"' not in browser.get(inbox).content.decode()

        said = browser.post(several, {"delivery": [*kept, "x"], "result": "waiting"}, follow=True).content.decode()
        assert "2 taken in. 1 is as before: open it to see why." in said
        assert {standing(1001)[0], standing(1002)[0]} == {"documented"}
        said = browser.post(
            several, {"delivery": kept, "result": "waiting", "aside": "1"}, follow=True
        ).content.decode()
        assert "1 put aside. 2 are as before" in said
        assert not Delivery.objects.filter(result="waiting", settled_at=None).exists()

    def test_of_an_order_made_in_two_parts_posts_it_when_both_have_left(self, acme, oms):
        sell(acme, 1001)
        push(oms, 7, 1001, skus=["MUG-0"])
        push(oms, 7, 1001, skus=["MUG-0"])
        assert standing(1001) == ("waiting", "part_shipped")
        push(oms, 8, 1001, skus=["MUG-1"])
        assert standing(1001) == ("documented", "")

    def test_of_a_part_that_cannot_be_told_waits_for_a_person(self, acme, oms):
        sell(acme, 1001)
        push(oms, 7, 1001, skus=["SOMETHING ELSE"])
        assert standing(1001) == ("waiting", "not_dispatched")
        assert "1 of the 2 things" in Delivery.objects.get(result="waiting").problems[0]["problem"]

    def test_whose_order_several_are_called_waits_for_a_person(self, acme, oms):
        sell(acme, 1001, external_ref="A")
        sell(acme, 1002, external_ref="A")
        push(oms, 7, "A")
        assert "1001, 1002" in Delivery.objects.get(result="waiting").problems[0]["problem"]

    def test_needs_no_prefix_and_may_turn_to_sales_only_with_one(self, acme, oms):
        opening.add(acme.company, "kornitx", "other")
        with pytest.raises(FeedError, match="number prefix"):
            opening.change_brings(oms, "sales")
        with pytest.raises(FeedError, match="one of"):
            opening.change_brings(oms, "nothing")


class TestTwoFeedsOfSales:
    @pytest.fixture
    def oms(self, acme) -> Feed:
        return opening.add(acme.company, "kornitx", "oms", "K-")

    @pytest.fixture
    def both(self, acme, oms):
        sell(acme, 1001, dispatched=True, dispatched_at="2026-11-20")
        push(oms, 7, 1001)

    def test_an_order_that_looks_like_one_that_is_known_is_held(self, both):
        assert standing(1001) == ("documented", "")
        assert standing("K7") == ("held", "looks_like_same_sale")
        assert Entry.objects.count() == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"external_ref": "1002", "ref": "K9"},
            {"currency_code": "EUR"},
            {"shipping_price": 1, "shipping_price_inc_tax": 1.2},
            {"sale_datetime": "2026-07-01 10:00:00"},
        ],
    )
    def test_another_reference_currency_total_or_month_is_another_sale(self, acme, oms, other):
        sell(acme, 1001, dispatched=True, dispatched_at="2026-11-20")
        push(oms, 7, 1001, **other)
        assert standing(other.get("ref", "K7"))[1] != "looks_like_same_sale"

    def test_the_same_feed_may_have_two_alike(self, oms):
        push(oms, 7, 1001)
        push(oms, 8, 1001)
        assert (standing("K7")[0], standing("K8")[0]) == ("documented", "documented")

    def test_a_person_sees_both_and_says_that_it_is_another(self, both, acme, logged_in):
        owner, order = logged_in("owner"), Order.objects.get(ref="K7")
        page = reverse("web:order", args=[acme.company.public_id, order.public_id])
        shown = owner.get(page).content.decode()
        assert ("1001</a>" in shown, "Another sale: post both" in shown) == (True, True)

        owner.post(f"{page}same-sale/", {"verdict": "another"})
        assert standing("K7") == ("documented", "")
        assert Entry.objects.count() == 2

    def test_or_that_it_is_the_same_and_takes_it_back(self, both, acme, logged_in):
        owner, order = logged_in("owner"), Order.objects.get(ref="K7")
        page = reverse("web:order", args=[acme.company.public_id, order.public_id])
        owner.post(f"{page}same-sale/", {"verdict": "same"})
        assert standing("K7") == ("skipped", "same_sale")
        assert "the same sale as 1001" in owner.get(page).content.decode()
        owner.post(f"{page}same-sale/", {"verdict": "another"})
        assert standing("K7") == ("documented", "")
        assert owner.post(f"{page}same-sale/", {"verdict": "nonsense"}).status_code == 302

    def test_what_is_changed_until_it_looks_alike_no_more_goes(self, both, oms):
        push(oms, 7, 1001, shipping_price=1, shipping_price_inc_tax=1.2)
        assert standing("K7") == ("documented", "")

    def test_with_one_feed_nothing_is_asked(self, acme):
        sell(acme, 1001)
        assert not Feed.objects.get().meets_others


@pytest.mark.django_db(transaction=True)
def test_of_two_that_come_at_once_one_is_held(acme):
    oms = opening.add(acme.company, "kornitx", "oms", "K-")
    roster.named(acme.company, ["shop"])
    begin = threading.Barrier(2)

    def run(act):
        try:
            begin.wait()
            act()
        finally:
            connection.close()

    for number in range(5):
        acts = [
            lambda at=number: sell(acme, 1000 + at, dispatched=True, dispatched_at="2026-11-20"),
            lambda at=number: push(oms, 100 + at, 1000 + at),
        ]
        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert Order.objects.count() == 10
    assert Entry.objects.count() == 5
