"""A dry run foretells what posting then does: every document to the field, every refusal that can be known, no call."""

import json
from dataclasses import replace
from datetime import date

import msgspec
import pytest
from django.db import connection as database
from django.db.utils import InternalError
from django.test.utils import CaptureQueriesContext

from daybook.catalog import refresh
from daybook.catalog.models import CatalogRead, TaxRate
from daybook.connections.models import PostingRule, PostingSettings
from daybook.documents import stored
from daybook.documents.document import Document
from daybook.intake import prepare, preview, receipts
from daybook.intake import receive as intake
from daybook.intake.deliveries import Arrival
from daybook.intake.receive import receive, receive_many
from daybook.kit import clock
from daybook.ops.cli import rehearsing
from daybook.ops.processes.stops import Stop
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.rehearsing import asking, running
from daybook.rehearsing.choosing import Asked, Which
from daybook.rehearsing.rehearsal import Fate
from localxero import LocalXero
from localxero.testing import signed_in
from tests.integration.awkward.companies import ash
from tests.integration.awkward.test_money import BRITISH
from tests.integration.connections.browser import watched
from tests.integration.contacts.orders import JO, LINE, an_order, post
from tests.integration.posting.test_drain import look
from tests.world import Cast, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
LAST = Asked(count=1000)


def rehearse(cast: Cast, looked_up=None):
    return running.run(cast.company, cast.connection.public_id, LAST, looked_up)


def fates(run) -> dict[str, tuple[str, list[str]]]:
    """By number what would become of a document, and for which causes."""
    return {
        each.number: (each.fate, [str(why.cause) for why in each.reasons])
        for order in run.orders
        for each in order.documents
    }


def without_mark(paper: Document) -> Document:
    """Marks are drawn when a document is made, so that nobody can foretell them; contacts are found on the way."""
    return replace(paper, reference=paper.reference.partition("[db:")[0], contact_id="")


def test_all_that_it_shows_is_what_is_posted_and_what_it_holds_is_held():
    cast = ash(LocalXero(limits="off"))
    contact = PostingSettings.objects.get(connection=cast.connection).contact_id
    PostingSettings.objects.filter(connection=cast.connection).update(contact_id="")
    orders = [order for order, _ in BRITISH.values()]
    unmapped = {**orders[0], "id": "UNMAPPED", "lines": [{**orders[0]["lines"][0], "tax_rate": "0.17"}]}
    unmapped.pop("totals", None)
    list(receive_many(cast.company, [*orders, unmapped]))
    assert not Entry.objects.exists()
    PostingSettings.objects.filter(connection=cast.connection).update(contact_id=contact)
    run = rehearse(cast)

    assert not Entry.objects.exists()
    assert {each.fate for each in run.orders} == {Fate.GOES, Fate.HELD}
    shown = {each.number: each for order in run.orders for each in order.documents}
    prepare.prepare_company(cast.company.pk)
    post(cast)
    there = {each["InvoiceNumber"]: each for each in cast.invoices()}
    entries = {each.number: each for each in Entry.objects.all()}
    assert shown.keys() == entries.keys()
    for number, entry in entries.items():
        seen = shown[number]
        if entry.state != "posted":
            assert (seen.fate, seen.held.cause, seen.held.subject) == (Fate.HELD, entry.cause, entry.subject)
            assert seen.paper is None
            continue
        sent = stored.read(entry.document, entry.kind)
        assert seen.fate is Fate.GOES
        assert without_mark(seen.paper) == without_mark(sent)
        assert seen.paper.totals == sent.totals == (entry.their_net, entry.their_tax, entry.their_gross)
        booked = there[number]
        assert booked["Contact"]["ContactID"] == contact
        assert [(each["Description"], each["AccountCode"], each["TaxType"]) for each in booked["LineItems"]] == [
            (each.description, each.account_code, each.tax_type) for each in seen.paper.lines
        ]
    assert sum(each.fate is Fate.GOES for each in shown.values()) == len(there) >= len(orders) - 2
    sales = [each for each in run.changes if each.place.of == "sales"]
    assert {each.place.currency: each.change for each in sales} == {
        currency: sum(entry.net for entry in entries.values() if entry.state == "posted" and entry.currency == currency)
        for currency in {entry.currency for entry in entries.values() if entry.state == "posted"}
    }
    again = rehearse(cast)
    assert {each.fate for each in again.orders} == {Fate.STANDS, Fate.HELD}


@pytest.fixture
def acme() -> Cast:
    cast = connected(LocalXero(limits="off"), untouched=True)
    PostingSettings.objects.filter(connection=cast.connection).update(document_status="AUTHORISED")
    return cast


def after_posting(cast: Cast) -> dict[str, tuple[str, str]]:
    post(cast)
    return {each.number: (each.state, each.cause) for each in Entry.objects.filter(kind="invoice")}


class TestEachRefusalThatCanBeKnown:
    """It is foretold by what was read, and the local Xero then gives it."""

    def test_of_a_rate_that_the_account_does_not_take(self, acme):
        PostingRule.objects.create(connection=acme.connection, position=1, when={}, account="310")
        receive(acme.company, an_order("A-1"))
        foretold = fates(rehearse(acme))
        assert foretold == {"A-1": (Fate.REFUSED, ["tax_does_not_fit_account"])}
        assert after_posting(acme) == {"A-1": ("rejected", "tax_does_not_fit_account")}

    def test_of_more_approvals_than_the_plan_has(self, acme):
        books = acme.xero.books(acme.tenant_id)
        books.organisation = msgspec.structs.replace(books.organisation, plan="STARTER")
        there = [each for each in books.invoices.values() if (each.date.year, each.date.month) == (2026, 3)]
        assert not [each for each in there if each.type == "ACCREC" and each.status in {"AUTHORISED", "PAID", "VOIDED"}]
        refresh.refresh(acme.connection, client=acme.client)
        list(receive_many(acme.company, [an_order(f"A-{place}") for place in range(10)]))
        post(acme)
        list(receive_many(acme.company, [an_order(f"B-{place:02}") for place in range(11)]))
        foretold = {number: told for number, told in fates(rehearse(acme)).items() if number.startswith("B")}
        assert foretold.pop("B-10") == (Fate.REFUSED, ["plan_limit_reached"])
        assert {fate for fate, _ in foretold.values()} == {Fate.GOES}
        after = after_posting(acme)
        assert after["B-10"] == ("rejected", "plan_limit_reached")
        assert {state for number, (state, _) in after.items() if number != "B-10"} == {"posted"}

    def test_of_a_rate_that_a_liability_does_not_take(self, acme):
        assert TaxRate.objects.get(tax_type="OUTPUT2").applies_to_liabilities is not None
        with signed_in(acme.xero, acme.tenant_id) as client:
            gift_cards = {"Code": "825", "Name": "Gift cards", "Type": "CURRLIAB"}
            client.put("/Accounts", json=gift_cards).raise_for_status()
        PostingRule.objects.create(connection=acme.connection, position=1, when={}, account="825")
        books = acme.xero.books(acme.tenant_id)
        rate = books.tax_rates["OUTPUT2"]
        fitting = tuple(each for each in rate.applies_to if each != "LIABILITY")
        books.tax_rates["OUTPUT2"] = msgspec.structs.replace(rate, applies_to=type(rate.applies_to)(fitting))
        refresh.refresh(acme.connection, client=acme.client)
        receive(acme.company, an_order("A-1"))
        assert fates(rehearse(acme)) == {"A-1": (Fate.REFUSED, ["tax_does_not_fit_account"])}
        assert after_posting(acme) == {"A-1": ("rejected", "tax_does_not_fit_account")}

    def test_of_a_customer_whose_contact_is_archived(self, acme):
        PostingSettings.objects.update(contact_per="customer")
        receive(acme.company, an_order("A-1"))
        post(acme)
        books = acme.xero.books(acme.tenant_id)
        their = next(each for each in books.contacts.values() if each.name == "Jo Bloggs")
        books.put_contact(msgspec.structs.replace(their, status="ARCHIVED"))
        receive(acme.company, an_order("A-2"))
        asked = asking.question(rehearse(acme))
        with watched(acme.xero) as (client, sent):
            looked_up = asking.look_up(acme.connection, asked, client)
        assert len(sent.paths) == asked.calls == looked_up.calls
        foretold = fates(rehearse(acme, looked_up))
        assert foretold["A-2"] == (Fate.REFUSED, ["contact_archived"])
        assert after_posting(acme)["A-2"][1] == "contact_archived"

    def test_of_a_number_that_somebody_has_there_once_it_is_looked_up(self, acme):
        contact = PostingSettings.objects.get(connection=acme.connection).contact_id
        body = {
            "Type": "ACCREC", "InvoiceNumber": "A-1", "Contact": {"ContactID": contact}, "Date": "2026-03-01",
            "LineItems": [{"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}],
        }  # fmt: skip
        with signed_in(acme.xero, acme.tenant_id) as client:
            client.put("/Invoices", json=body).raise_for_status()
        PostingSettings.objects.update(contact_id="")
        list(receive_many(acme.company, [an_order("A-1"), an_order("A-2")]))
        PostingSettings.objects.update(contact_id=contact)
        run = rehearse(acme)
        assert {number: fate for number, (fate, _) in fates(run).items()} == {"A-1": Fate.GOES, "A-2": Fate.GOES}
        asked = asking.question(run)
        with watched(acme.xero) as (client, sent):
            looked_up = asking.look_up(acme.connection, asked, client)
        assert len(sent.paths) == asked.calls == 1
        assert fates(rehearse(acme, looked_up))["A-1"] == (Fate.REFUSED, ["number_taken"])
        prepare.prepare_company(acme.company.pk)
        after_posting(acme)
        look(acme)
        assert after_posting(acme) == {"A-1": ("rejected", "number_taken"), "A-2": ("posted", "")}

    def test_of_stock_that_runs_out_within_the_run(self):
        cast = connected(LocalXero(limits="off"), tracked=True, untouched=True)
        PostingSettings.objects.update(document_status="AUTHORISED")
        books = cast.xero.books(cast.tenant_id)
        item = next(each for each in books.items.values() if each.is_tracked and each.quantity_on_hand > 0)
        count = int(item.quantity_on_hand)
        sold = [
            {**an_order(f"A-{place}"), "lines": [{"id": "1", "sku": item.code, "description": "It", "quantity": quantity,
             "unit_price": "6.25", "unit_cost": "2", "tax_rate": "0.2"}]}
            for place, quantity in enumerate((count, 1))
        ]  # fmt: skip
        list(receive_many(cast.company, sold))
        run = rehearse(cast)
        invoices = {number: told for number, told in fates(run).items() if not number.endswith("-PO")}
        assert invoices == {"A-0": (Fate.GOES, []), "A-1": (Fate.REFUSED, ["stock_short"])}
        (moved,) = run.stock
        assert (moved.before, moved.change, moved.after) == (count, -count, 0)
        assert after_posting(cast) == {"A-0": ("posted", ""), "A-1": ("rejected", "stock_short")}

    def test_of_a_locked_period_and_of_two_orders_of_one_number(self, acme):
        books = acme.xero.books(acme.tenant_id)
        books.organisation = msgspec.structs.replace(books.organisation, period_lock_date=date(2026, 3, 31))
        contact = PostingSettings.objects.get(connection=acme.connection).contact_id
        PostingSettings.objects.update(contact_id="")
        in_april = {"dispatched_at": "2026-04-02T10:00:00Z"}
        twin = {**an_order("A-1", **in_april), "id": "B-1", "lines": [{**LINE, "quantity": 1}]}
        list(receive_many(acme.company, [an_order("A-1", **in_april), an_order("A-3"), twin]))
        PostingSettings.objects.update(contact_id=contact)
        refresh.refresh(acme.connection, client=acme.client)
        run = rehearse(acme)
        told = [(each.fate, str(each.rehearsed.stands.cause)) for each in run.orders]
        assert told == [(Fate.GOES, ""), (Fate.HELD, ""), (Fate.HELD, "number_taken_in_daybook")]
        assert fates(run)["A-3"] == (Fate.HELD, ["period_locked"])
        prepare.prepare_company(acme.company.pk)
        stands = Order.objects.order_by("pk").values_list("standings__standing", "standings__cause")
        assert [tuple(each) for each in stands] == [
            ("documented", ""), ("documented", ""), ("held", "number_taken_in_daybook"),
        ]  # fmt: skip
        assert after_posting(acme)["A-3"] == ("held", "period_locked")


class TestItCosts:
    def test_no_statement_more_for_more_orders(self, acme):
        def statements(*, count: int) -> int:
            with CaptureQueriesContext(database) as asked:
                run = running.run(acme.company, acme.connection.public_id, Asked(count=count))
            assert len(run.orders) == count
            return len(asked)

        list(receive_many(acme.company, [an_order(f"A-{place}", {**JO, "id": str(place)}) for place in range(12)]))
        assert statements(count=2) == statements(count=12)

    def test_at_most_five_calls_where_all_that_was_read_is_old_and_none_where_it_is_not(self):
        cast = connected(LocalXero(limits="off"), tracked=True, untouched=True)
        with watched(cast.xero) as (client, sent):
            assert asking.read_stale(cast.connection, client, clock.now()) == len(sent.paths) == 0
            CatalogRead.objects.update(asked_at="2026-01-01T00:00Z", whole_at="2026-01-01T00:00Z")
            assert asking.read_stale(cast.connection, client, clock.now()) == len(sent.paths) == 5


def test_the_database_itself_lets_nothing_be_written(acme):
    with pytest.raises(InternalError, match="read-only"), preview.reading():
        Order.objects.update(ref="changed")


def test_the_command_line_tells_the_same(acme):
    PostingRule.objects.create(connection=acme.connection, position=1, when={"sku": ["BIB"]}, account="310")
    receive(acme.company, an_order("A-1"))
    receive(acme.company, an_order("A-2", lines=[{**LINE, "sku": "BIB"}]))
    told = rehearsing.told("Acme", "", last=20, since=None, until=None, feed="", file="")
    assert told.needs_a_person
    assert "  invoice A-1, 15.00 GBP: would go" in told.lines
    assert "1 would be refused, 1 would go" in told.lines
    assert "sales GBP: 0.00 + 12.50 = 12.50" in told.lines
    with pytest.raises(Stop, match="has no file"):
        rehearsing.told("Acme", "", last=20, since=None, until=None, feed="", file="nobodys")


def test_what_a_paused_feed_keeps_is_rehearsed_behind_its_orders_that_wait(acme):
    held = an_order("A-1", lines=[{**LINE, "tax_rate": "0.17"}])
    receive(acme.company, held)
    receive(acme.company, an_order("A-2"))
    post(acme)
    feed = Order.objects.get(source_id="A-1").feed
    for kept in (an_order("A-3"), held | {"lines": [LINE]}):
        body = json.dumps(kept).encode()
        intake.keep(feed, Arrival(door="api", raw=body), receipts.PAUSED)
    intake.keep(feed, Arrival(door="api", raw=b"{"), receipts.PAUSED)
    asked = Asked(which=Which.FEED, name=feed.public_id)
    run = running.run(acme.company, acme.connection.public_id, asked)
    assert {each.rehearsed.order.ref: each.fate for each in run.orders} == {"A-3": Fate.GOES, "A-1": Fate.GOES}
    assert len(run.chosen.not_read) == 1
    assert Order.objects.filter(source_id="A-3").count() == 0
    assert running.run(acme.company, acme.connection.public_id, Asked(which=Which.FEED, name="nobodys")) is None
