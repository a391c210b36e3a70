"""Rules decide before the settings where a line is booked: what the local Xero's books hold afterwards."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from daybook.catalog import refresh
from daybook.catalog.models import TrackingOption
from daybook.connections import calls
from daybook.connections.models import PostingRule
from daybook.intake import curing, prepare
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.ledgers.lists import ListName
from daybook.ledgers.xero import protocol
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.reconciliation.report import compare_connection
from localxero import LocalXero
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)
ORDER = {"source": "shop", "dispatched": True, "dispatched_at": "2026-03-02T10:00:00Z", "currency": "GBP"}
MUG = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "25", "tax_rate": "0"}
BIB = {"id": "2", "sku": "BIB", "description": "Bib", "quantity": 1, "unit_price": "8", "tax_rate": "0"}
OWED = {"name": "TVA", "rate": "0", "amount": "0", "liable": "customer"}
TO_FRANCE = {"shipping_address": {"country_code": "FR"}}


@pytest.fixture
def gb() -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


def ruled(cast: Cast, position: int, when: dict, **sets: str) -> PostingRule:
    rule = PostingRule(connection=cast.connection, position=position, when=when, **sets)
    rule.full_clean()
    rule.save()
    return rule


def sent(cast: Cast, order_id: str, **changes) -> Entry:
    receive(cast.company, ORDER | {"id": order_id} | changes)
    order = Order.objects.get(company=cast.company, source_id=order_id)
    return Entry.objects.get(company=cast.company, order=order)


def posted(cast: Cast) -> dict[str, list[tuple[str, str]]]:
    """Post what is ready; return by number where the local Xero's books have each line."""
    Entry.objects.filter(company=cast.company, state="ready").update(state_since=clock.now() - timedelta(minutes=10))
    drain.drain(cast.connection.id, cast.client)
    assert not Entry.objects.filter(company=cast.company).exclude(state="posted").exists()
    assert compare_connection(cast.connection, cast.client).agrees
    return {
        invoice["InvoiceNumber"]: [(line["AccountCode"], line["TaxType"]) for line in invoice["LineItems"]]
        for invoice in cast.invoices()
    }


def test_the_destination_decides_the_tax_and_the_goods_the_account(gb):
    ruled(gb, 1, {"country": ["FR", "DE"]}, title="abroad", tax_type="EXEMPTOUTPUT")
    ruled(gb, 2, {"sku": ["BIB*"], "feed": ["shop"]}, account="260")
    ruled(gb, 3, {}, account="200", tax_type="ZERORATEDOUTPUT")
    sent(gb, "F1", lines=[MUG, BIB], **TO_FRANCE)
    sent(gb, "G1", lines=[MUG, BIB])
    sent(gb, "D1", lines=[MUG], destination={"country_code": "DE"})

    assert posted(gb) == {
        "F1": [("200", "EXEMPTOUTPUT"), ("260", "EXEMPTOUTPUT")],
        "G1": [("200", "ZERORATEDOUTPUT"), ("260", "ZERORATEDOUTPUT")],
        "D1": [("200", "EXEMPTOUTPUT")],
    }
    lines = Entry.objects.get(company=gb.company, number="F1").document["lines"]
    assert [line["decided_by"]["tax_type"] for line in lines] == ["Rule 1 (abroad)"] * 2
    assert [line["decided_by"]["account"] for line in lines] == ["Rule 3", "Rule 2"]


def test_a_tax_that_the_customer_owes_goes_where_a_rule_says(gb):
    entry = sent(gb, "R1", lines=[MUG | {"taxes": [OWED]}], **TO_FRANCE)
    assert (entry.state, entry.cause) == ("held", "tax_owed_by_others")

    ruled(gb, 1, {"liable": ["customer"], "country": ["FR"]}, tax_type="NONE")
    prepare.prepare_company(gb.company.pk)

    assert posted(gb) == {"R1": [("200", "NONE")]}


def test_documents_of_before_that_kept_nobody_are_left_as_they_are(gb):
    entry = sent(gb, "B1", lines=[MUG])
    for line in entry.document["lines"]:
        del line["decided_by"]
    entry.save()
    moved_at = entry.state_since

    prepare.prepare_company(gb.company.pk)

    entry.refresh_from_db()
    assert entry.state_since == moved_at
    assert "decided_by" not in entry.document["lines"][0]
    assert posted(gb) == {"B1": [("200", "ZERORATEDOUTPUT")]}


@pytest.mark.parametrize(
    ("sets", "why"),
    [
        ({"account": "999"}, "The account 999 is archived, gone, or not of a kind that can be used here."),
        ({"account": "610"}, "The account 610 is archived, gone, or not of a kind that can be used here."),
        ({"tax_type": "INPUT2"}, "INPUT2 is no tax rate that the organisation uses for sales."),
    ],
)
def test_a_rule_that_names_what_cannot_be_used_holds_its_own_orders_only(gb, sets, why):
    ruled(gb, 4, {"country": ["FR"]}, **sets)
    entry = sent(gb, "U1", lines=[MUG], **TO_FRANCE)
    assert (entry.state, entry.cause, entry.subject, entry.detail) == ("held", "rule_unusable", "Rule 4", why)
    assert sent(gb, "U2", lines=[MUG]).state == "ready"


def test_a_rule_that_cannot_be_read_holds_what_it_might_decide(gb):
    PostingRule.objects.create(connection=gb.connection, position=2, when={"colour": ["red"]}, account="260")
    entry = sent(gb, "U3", lines=[MUG])
    assert (entry.cause, entry.subject) == ("rule_unusable", "Rule 2")
    assert entry.detail.startswith("'colour' is nothing that a rule can ask for")


def test_a_rule_of_which_only_the_tracking_cannot_be_read_is_not_passed_over(gb):
    PostingRule.objects.create(connection=gb.connection, position=1, tracking=[{"colour": "red"}])
    entry = sent(gb, "U4", lines=[MUG])
    assert (entry.cause, entry.subject) == ("rule_unusable", "Rule 1")


def test_another_rate_than_the_line_bears_is_held(gb):
    ruled(gb, 1, {"country": ["FR"]}, tax_type="OUTPUT2")
    entry = sent(gb, "T1", lines=[MUG], **TO_FRANCE)
    assert (entry.cause, entry.detail) == (
        "line_tax_differs",
        "The line bears 0 %, and OUTPUT2, which Rule 1 sets, is 20 %.",
    )
    assert Decimal(entry.order.gross) == 50


def test_a_rule_sets_something_in_a_place_of_its_own(gb):
    with pytest.raises(ValidationError, match="colour"):
        ruled(gb, 1, {"colour": ["red"]}, account="260")
    with pytest.raises(ValidationError, match="sets_something"):
        ruled(gb, 1, {"country": ["FR"]})
    ruled(gb, 1, {"country": ["FR"]}, account="260")
    with pytest.raises(IntegrityError):
        PostingRule.objects.create(connection=gb.connection, position=1, account="200")


def liability(cast: Cast) -> str:
    """An account for taxes that are owed, as a person makes it in the ledger."""
    account = {"Code": "835", "Name": "Sales tax owed", "Type": "CURRLIAB"}
    calls.carry(cast.connection, _sent("/Accounts", "PUT", account), client=cast.client)
    refresh.refresh(cast.connection, resources=[ListName.ACCOUNTS], client=cast.client)
    return "835"


def booked(cast: Cast) -> list[tuple[str, str, str]]:
    """Where the local Xero's books have each line of the one invoice, and what it comes to."""
    posted(cast)
    (invoice,) = cast.invoices()
    assert Decimal(str(invoice["TotalTax"])) == 0
    return [(line["AccountCode"], line["TaxType"], str(line["LineAmount"])) for line in invoice["LineItems"]]


class TestTaxesApart:
    TAXES = ({"name": "NY State", "rate": "0.04"}, {"name": "NY City", "rate": "0.045"})

    def test_us_sales_tax_stands_on_the_liability_a_line_for_each_tax(self):
        us = connected(LocalXero(limits="off"), "Dogwood", "US", untouched=True)
        owed = liability(us)
        ruled(us, 1, {"country": ["US"]}, tax_type="NONE", tax_shape="apart_by_name", tax_account=owed)
        mug = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 3, "unit_price": "9.99"}
        order = {"lines": [mug | {"taxes": list(self.TAXES)}], "currency": "USD", "destination": {"country_code": "US"}}
        entry = sent(us, "US1", **order, totals={"net": "29.97", "tax": "2.55", "gross": "32.52"})
        assert (entry.state, entry.gross) == ("ready", Decimal("32.52"))
        assert booked(us) == [
            (entry.document["lines"][0]["account_code"], "NONE", "29.97"),
            (owed, "NONE", "1.20"),
            (owed, "NONE", "1.35"),
        ]

    def test_what_a_marketplace_keeps_is_shown_and_taken_off(self, gb):
        owed = liability(gb)
        ruled(
            gb, 1, {"liable": ["channel"], "channel": ["amazon"]},
            tax_type="ZERORATEDOUTPUT", tax_shape="withheld", tax_account=owed,
        )  # fmt: skip
        kept = {"name": "VAT", "rate": "0.2", "liable": "channel"}
        mug = MUG | {"tax_rate": "0.2", "taxes": [kept]}
        entry = sent(gb, "M1", lines=[mug], channel="Amazon", totals={"net": "50", "tax": "10", "gross": "60"})
        assert (entry.state, entry.gross, entry.order.gross) == ("ready", 50, 60)
        assert booked(gb) == [("200", "ZERORATEDOUTPUT", "60.00"), (owed, "NONE", "-10.00")]

    def test_of_another_channel_waits(self, gb):
        ruled(gb, 1, {"liable": ["channel"], "channel": ["amazon"]}, tax_type="ZERORATEDOUTPUT", tax_shape="left_out")
        kept = {"name": "VAT", "rate": "0.2", "liable": "channel"}
        entry = sent(gb, "M2", lines=[MUG | {"tax_rate": "0.2", "taxes": [kept]}], channel="ebay")
        assert (entry.state, entry.cause) == ("held", "tax_owed_by_others")


class TestTracking:
    @pytest.fixture
    def north(self, gb) -> TrackingOption:
        refresh.refresh(gb.connection, resources=[ListName.TRACKING], client=gb.client)
        return TrackingOption.objects.get(organisation=gb.connection.organisation, category="Region", name="North")

    @staticmethod
    def tracked(option: TrackingOption) -> list[dict]:
        named = {"category": option.category, "option": option.name}
        return [{"category_id": option.category_id, "option_id": option.option_id} | named]

    def test_stands_on_the_line_in_the_books(self, gb, north):
        ruled(gb, 1, {"country": ["FR"]}, tracking=self.tracked(north))
        sent(gb, "T1", lines=[MUG], **TO_FRANCE)
        posted(gb)
        (invoice,) = gb.invoices()
        (tracked,) = invoice["LineItems"][0]["Tracking"]
        assert (tracked["Name"], tracked["Option"]) == ("Region", "North")

    def test_of_which_the_option_was_renamed_there_goes_under_its_new_name(self, gb, north):
        ruled(gb, 1, {}, tracking=self.tracked(north))
        entry = sent(gb, "T2", lines=[MUG])
        change = {"Name": "Far North"}
        path = f"/TrackingCategories/{north.category_id}/Options/{north.option_id}"
        rename(gb, path, change)
        Entry.objects.filter(pk=entry.pk).update(state_since=clock.now() - timedelta(minutes=10))
        drain.drain(gb.connection.id, gb.client)
        entry.refresh_from_db()
        assert (entry.state, entry.cause) == ("rejected", "tracking_invalid")

        refresh.refresh(gb.connection, client=gb.client)
        prepare.prepare_company(gb.company.pk)
        assert posted(gb)
        assert gb.invoices()[0]["LineItems"][0]["Tracking"][0]["Option"] == "Far North"

    def test_of_an_option_that_is_archived_waits_until_it_is_back(self, gb, north):
        ruled(gb, 1, {}, tracking=self.tracked(north))
        path = f"/TrackingCategories/{north.category_id}/Options/{north.option_id}"
        entry = sent(gb, "T3", lines=[MUG])
        rename(gb, path, {"Status": "ARCHIVED"})
        Entry.objects.filter(pk=entry.pk).update(state_since=clock.now() - timedelta(minutes=10))
        drain.drain(gb.connection.id, gb.client)
        entry.refresh_from_db()
        assert entry.cause == "tracking_invalid"
        rename(gb, path, {"Status": "ACTIVE"})
        refresh.refresh(gb.connection, client=gb.client)
        prepare.prepare_company(gb.company.pk)
        assert curing.cure(gb.company.pk) == 1
        assert posted(gb)

    def test_is_read_with_the_other_lists_only_where_a_rule_names_an_option(self, gb):
        refresh.refresh(gb.connection, client=gb.client)
        assert not TrackingOption.objects.filter(organisation=gb.connection.organisation).exists()


def rename(cast: Cast, path: str, change: dict) -> None:
    """Change a tracking option there, as a person does in the ledger."""
    calls.carry(cast.connection, _sent(path, "POST", change), client=cast.client)


def _sent(path: str, method: str, body: dict):
    answer = yield protocol.ask(path, method=method, body=json.dumps(body).encode())
    return answer
