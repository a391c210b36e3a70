"""The documents as they would be, asked for over REST: everything that sending would do, and nothing of it done."""

import json

import pytest
from django.apps import apps
from django.db import connection as database

from daybook.companies import keys
from daybook.companies.models import Company
from daybook.connections import roster
from daybook.connections.models import Connection, PostingSettings
from daybook.documents import stored as stored_documents
from daybook.documents.kinds import Kind
from daybook.feeds.models import Feed
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.ledgers.exchange import Sendable
from daybook.ledgers.registry import LEDGERS
from daybook.orders.models import Order, Revision
from daybook.outbox.models import Entry
from tests.integration.intake.conftest import connect, post
from tests.integration.intake.conftest import tracy as tracy  # noqa: PLC0414 - a fixture
from tests.integration.test_two_connections import second

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


@pytest.fixture
def preview(call, count):
    """Ask, and see that nothing was written."""

    def ask(path, body=None, **more):
        before = count()
        answer = call("GET" if body is None else "POST", path, body, **more)
        assert count() == before
        return answer

    return ask


@pytest.fixture
def count(db):
    """Count the rows of all tables, jobs included."""

    def rows():
        tables = [model._meta.db_table for model in apps.get_models()]
        with database.cursor() as cursor:
            found = {}
            for table in tables:
                cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - names of our own tables
                found[table] = cursor.fetchone()[0]
            return found

    return rows


class TestAnOrderThatIsNotStored:
    def test_is_shown_with_its_documents_to_the_byte(self, acme, preview, order):
        status, answer = preview("/orders/preview", order())

        (there,) = answer["connections"]
        (invoice,) = there["documents"]
        assert (status, answer["order"], there["standing"], there["cause"]) == (200, "", "documented", "")
        assert there["connection"] == roster.first(acme).public_id
        assert {name: invoice[name] for name in ("kind", "number", "date", "contact", "currency", "is_new", "state")} == {
            "kind": "invoice", "number": "DB-ORD-1001", "date": "2026-03-05", "contact": "The Shop", "currency": "GBP",
            "is_new": True, "state": "ready",
        }  # fmt: skip
        assert [invoice[name] for name in ("net", "tax", "gross")] == ["12.50", "2.50", "15.00"]
        (line,) = invoice["lines"]
        assert (line["quantity"], line["unit_amount"], line["account"], line["tax_type"], line["item"]) == (
            "2", "6.25", "200", "OUTPUT2", "",
        )  # fmt: skip
        assert '"Quantity":2,"UnitAmount":6.25,' in invoice["body"]
        assert json.loads(invoice["body"])["Reference"] == invoice["reference"]

    def test_becomes_just_that_when_it_is_sent(self, acme, preview, call, order):
        shown = preview("/orders/preview", order())[1]["connections"][0]
        sent = call("POST", "/orders", order())[1]["results"][0]

        stored = preview(f"/orders/{sent['order']}/preview")[1]["connections"][0]
        assert (shown["standing"], shown["explanation"]) == (sent["standing"], sent["explanation"])
        assert (shown["documents"][0]["is_new"], stored["documents"][0]["is_new"]) == (True, False)
        assert stored["documents"][0]["body"].encode() in _written(Entry.objects.get()).ask.body
        assert _alike(shown, sent["order"]) == _alike(stored, sent["order"])

    @pytest.mark.parametrize(
        ("changes", "standing", "cause"),
        [
            ({"dispatched": False}, "waiting", "not_dispatched"),
            ({"cancelled": True}, "cancelled", "cancelled"),
            ({"is_free_of_charge": True}, "skipped", "free_of_charge"),
            ({"on_hold": True}, "held", "on_hold"),
        ],
    )
    def test_that_gets_no_document_says_why(self, acme, preview, call, order, changes, standing, cause):
        (shown,) = preview("/orders/preview", order(**changes))[1]["connections"]
        (sent,) = call("POST", "/orders", order(**changes))[1]["results"]

        assert (shown["standing"], shown["cause"], shown["documents"]) == (standing, cause, [])
        assert shown["explanation"] == sent["explanation"]

    def test_whose_rate_nobody_mapped_is_shown_as_held_and_its_rate_is_not_noted(self, acme, preview, order):
        line = order()["lines"][0] | {"tax_rate": "0.05"}
        (shown,) = preview("/orders/preview", order(lines=[line]))[1]["connections"]

        (invoice,) = shown["documents"]
        assert (invoice["state"], invoice["cause"], invoice["body"], invoice["lines"]) == (
            "held", "tax_rate_not_mapped", "", [],
        )  # fmt: skip
        assert "5 %" in invoice["explanation"]

    def test_whose_number_another_order_has_says_whose(self, acme, preview, call, order):
        call("POST", "/orders", order(id="1"))
        (shown,) = preview("/orders/preview", order(id="2"))[1]["connections"]

        assert (shown["standing"], shown["cause"], shown["documents"]) == ("held", "number_taken_in_daybook", [])
        assert "id 1 of shop" in shown["explanation"]

    def test_of_a_company_that_posts_nowhere_yet_waits_for_a_connection(self, preview, order):
        cedar = Company.objects.create(name="Cedar")
        _, key = keys.create_api_key(cedar, "tests")
        tip = {"kind": "tip", "description": "Tip", "quantity": 1, "unit_price": "1", "tax_rate": "0"}

        (shown,) = preview("/orders/preview", order(lines=[*order()["lines"], tip]), key=key)[1]["connections"]

        assert (shown["connection"], shown["standing"], shown["cause"]) == ("", "held", "not_connected")
        assert not Connection.objects.filter(company=cedar).exists()

    def test_of_a_source_met_for_the_first_time_makes_no_feed_of_it(self, acme, preview, order):
        answer = preview("/orders/preview", order(source="market"))[1]

        assert answer["source"] == "market"
        assert not Feed.objects.exists()

    def test_of_tracked_goods_is_shown_with_what_is_ordered_in_the_spelling_of_the_organisation(
        self, acme, tracy, preview, order
    ):
        _, key = keys.create_api_key(tracy, "tests")
        line = order()["lines"][0] | {"sku": "bib"}
        (shown,) = preview("/orders/preview", order(lines=[line]), key=key)[1]["connections"]

        bodies = {each["kind"]: json.loads(each["body"]) for each in shown["documents"]}
        assert {kind: body["LineItems"][0]["ItemCode"] for kind, body in bodies.items()} == {
            "purchase_order": "BIB",
            "invoice": "BIB",
        }


def _written(entry):
    """The call that a drain would make."""
    sendable = Sendable(
        mark=entry.public_id,
        kind=Kind(entry.kind),
        number=entry.number,
        document=stored_documents.load(entry.document, entry.kind),
    )
    return LEDGERS["xero"].routes["Invoices"].write([sendable], frozenset())


def _alike(there, order_id):
    """What does not hang on the ids that are drawn when an order and a document are made."""
    (document,) = there["documents"]
    body = json.loads(document.pop("body"))
    mark = document.pop("reference").rpartition("[")[2]
    document.pop("is_new")
    body["Reference"] = body["Reference"].replace(mark, "")
    body["Url"] = body["Url"].replace(order_id, "").replace("x" * 12, "")
    return document, body


class TestAStoredOrder:
    def test_shows_what_new_settings_would_make_of_it(self, acme, preview, call, order):
        sent = call("POST", "/orders", order())[1]["results"][0]["order"]
        PostingSettings.objects.update(sales_account="260")

        (shown,) = preview(f"/orders/{sent}/preview")[1]["connections"]

        assert shown["documents"][0]["lines"][0]["account"] == "260"
        assert Entry.objects.get().document["lines"][0]["account_code"] == "200"

    def test_sent_again_with_other_content_is_shown_under_the_same_number(self, acme, preview, call, order):
        call("POST", "/orders", order())
        line = order()["lines"][0] | {"quantity": 3}

        answer = preview("/orders/preview", order(lines=[line]))[1]

        (invoice,) = answer["connections"][0]["documents"]
        assert answer["order"] == Order.objects.get().public_id
        assert (invoice["number"], invoice["is_new"], invoice["net"]) == ("DB-ORD-1001", False, "18.75")

    def test_that_is_posted_and_changed_shows_its_flag_and_sends_nothing(self, acme, preview, call, order):
        call("POST", "/orders", order())
        post(Entry.objects.get())
        line = order()["lines"][0] | {"quantity": 3}

        (shown,) = preview("/orders/preview", order(lines=[line]))[1]["connections"]

        (invoice,) = shown["documents"]
        assert (invoice["state"], invoice["body"], invoice["net"]) == ("posted", "", "12.50")
        assert "changed" in invoice["explanation"].lower()
        assert Entry.objects.get().attention == ""

    def test_of_which_only_a_callback_came_is_itself_when_it_comes(self, acme, preview, order):
        feed = Feed.objects.create(company=acme, source="canonical", name="shop")
        Order.objects.create(company=acme, feed=feed, source_id="ORD-1001", ref="ORD-1001")

        answer = preview("/orders/preview", order())[1]
        assert (answer["order"], answer["id"]) == (Order.objects.get().public_id, "1001")

    def test_that_daybook_cannot_read_is_said_to_be_put_aside(self, acme, preview, call, order):
        sent = call("POST", "/orders", order())[1]["results"][0]["order"]
        Revision.objects.update(content={"lines": "none of ours"})

        status, answer = preview(f"/orders/{sent}/preview")

        assert (status, answer["connections"][0]["cause"]) == (200, "defect")

    def test_of_another_company_is_not_found(self, acme, preview, order):
        birch = connect(Company.objects.create(name="Birch"), tenant="7" * 36)
        receive(birch, order())
        theirs = Order.objects.get(company=birch).public_id

        assert preview(f"/orders/{theirs}/preview")[0] == 404
        assert preview("/orders/nobody/preview")[0] == 404
        assert preview("/orders/preview", order())[1]["order"] == ""


class TestTwoConnections:
    def test_each_say_what_they_would_make_of_it(self, acme, preview, order):
        there = second(acme)
        PostingSettings.objects.filter(connection=there).update(sales_account="")
        shown = {each["connection"]: each for each in preview("/orders/preview", order())[1]["connections"]}

        assert [shown[each.public_id]["cause"] for each in roster.of_company(acme)] == ["", "settings_incomplete"]
        assert [len(shown[each.public_id]["documents"]) for each in roster.of_company(acme)] == [1, 0]

    def test_one_is_asked_about_by_its_id(self, acme, preview, order):
        there = second(acme)
        answer = preview(f"/orders/preview?connection={there.public_id}", order())[1]

        assert [each["documents"][0]["number"] for each in answer["connections"]] == ["B-ORD-1001"]

    def test_one_that_came_after_the_order_does_not_take_it(self, acme, preview, call, order):
        sent = call("POST", "/orders", order())[1]["results"][0]["order"]
        there = second(acme)

        assert len(preview(f"/orders/{sent}/preview")[1]["connections"]) == 1
        status, answer = preview(f"/orders/{sent}/preview?connection={there.public_id}")
        assert (status, answer["problems"][0]["field"]) == (422, "connection")
        assert "backfill" in answer["problems"][0]["cure"]


class TestABadRequest:
    @pytest.mark.parametrize(
        ("path", "body", "status", "field"),
        [
            ("/orders/preview", b"{", 400, ""),
            ("/orders/preview", [], 400, ""),
            ("/orders/preview", {"source": "shop"}, 422, "id"),
            ("/orders/preview?connection=nobody", {}, 422, "connection"),
            ("/orders/preview?connection=a%00b", {}, 422, "connection"),
        ],
    )
    def test_names_the_field(self, acme, preview, path, body, status, field):
        found, answer = preview(path, body)

        assert (found, field in [each["field"] for each in answer["problems"]]) == (status, True)

    def test_names_what_is_wrong_in_a_line(self, acme, preview, order):
        status, answer = preview("/orders/preview", order(lines=[order()["lines"][0] | {"tax_rate": "much"}]))

        assert (status, answer["problems"][0]["field"]) == (422, "lines[0].tax_rate")

    def test_of_a_feed_that_was_closed_says_so(self, acme, preview, call, order):
        call("POST", "/orders", order())
        Feed.objects.update(closed_at=clock.now())

        status, answer = preview("/orders/preview", order())
        assert (status, answer["problems"][0]["field"]) == (422, "source")

    def test_with_a_wrong_key_is_not_answered(self, acme, call, order):
        assert call("POST", "/orders/preview", order(), key="dbk_wrong")[0] == 401
