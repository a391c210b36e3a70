"""A sale whose tax stands apart from its lines, or is kept by the channel: refunds and payments of it."""

from datetime import date
from decimal import Decimal

import pytest

from daybook.connections.models import PostingRule, PostingSettings
from daybook.outbox.models import Entry
from daybook.reconciliation import money as money_report
from daybook.reconciliation.report import compare_connection
from localxero.books import ledger
from tests.integration.credits.shop import entry, notes, of_line, opened, order, owed, paid, refund, send, settle
from tests.integration.credits.test_exactly_once import money, states
from tests.integration.payments.shop import account_of
from tests.integration.test_posting_rules import liability
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)
TAX = {"name": "NY State", "rate": "0.08", "liable": "seller"}
LINES = [
    {
        "id": "m",
        "sku": "MUG",
        "description": "Mug",
        "quantity": 3,
        "unit_price": "10",
        "tax_rate": "0.08",
        "taxes": [TAX],
    },
    {
        "id": "c",
        "sku": "CAP",
        "description": "Cap",
        "quantity": 1,
        "unit_price": "20",
        "tax_rate": "0.08",
        "taxes": [TAX],
    },
]
GROSS = Decimal("54.00")


def sale(ref: str, *refunds: dict, **more: object) -> dict:
    return order(ref, *refunds, **{"lines": LINES, "shipping": {"price": "0"}, **more})


def ruled(cast: Cast, shape: str, **when: list[str]) -> None:
    PostingRule.objects.create(
        connection=cast.connection, position=1, when=when, tax_type="NONE", tax_shape=shape, tax_account=liability(cast)
    )


def credited(cast: Cast) -> list[tuple[str, Decimal]]:
    return [(line["Description"], money(line["LineAmount"])) for note in notes(cast) for line in note["LineItems"]]


@pytest.mark.parametrize("shape", ["apart", "apart_by_name"])
class TestTaxApart:
    def test_of_one_of_three_goes_back_with_the_goods(self, acme, shape):
        ruled(acme, shape)
        send(acme, sale("1001"))
        settle(acme)
        assert states(acme, "invoice") == [("posted", "")], entry(acme, "invoice").detail
        assert [money(each["Total"]) for each in acme.invoices()] == [GROSS]
        send(acme, sale("1001", refund(lines=[of_line("m", 1)], payments=[paid("10.80", "re_1")])))
        settle(acme)
        assert states(acme, "credit_note") == [("posted", "")]
        assert [money(each["Total"]) for each in notes(acme)] == [Decimal("10.80")]

    def test_of_an_amount_goes_back_with_it(self, acme, shape):
        ruled(acme, shape)
        send(acme, sale("1001"))
        settle(acme)
        back = refund(lines=[of_line("m", 1, amounts={"net": "10.00", "tax": "0.80"})])
        send(acme, sale("1001", back))
        settle(acme)
        assert sum(amount for _, amount in credited(acme)) == Decimal("10.80")
        assert not [name for name, _ in credited(acme) if "beyond" in name]

    def test_in_parts_comes_to_nothing(self, acme, shape):
        ruled(acme, shape)
        send(acme, sale("1001"))
        settle(acme)
        backs = [refund(f"r{n}", lines=[of_line("m", 1)]) for n in range(3)] + [refund("r4", lines=[of_line("c", 1)])]
        for count in range(1, 5):
            send(acme, sale("1001", *backs[:count]))
            settle(acme)
        assert sum(money(each["Total"]) for each in notes(acme)) == GROSS
        assert owed(acme) == 0

    def test_before_posting_lowers_both(self, acme, shape):
        ruled(acme, shape)
        send(acme, sale("1001", refund(lines=[of_line("m", 1)], payments=[paid("10.80", "re_1")])))
        settle(acme)
        assert [money(each["Total"]) for each in acme.invoices()] == [GROSS - Decimal("10.80")]


class TestTaxThatTheChannelKeeps:
    def test_is_taken_off_what_the_customer_paid(self, xero):
        cast = opened(xero, "Market", payments=True)
        ruled(cast, "withheld", liable=["channel"])
        lines = [{**each, "taxes": [{**TAX, "liable": "channel"}]} for each in LINES]
        send(cast, sale("1001", lines=lines, payments=[paid("54.00")]))
        settle(cast)
        assert [money(each["Total"]) for each in cast.invoices()] == [Decimal("50.00")]
        assert states(cast, "payment") == [("posted", "")]
        assert entry(cast, "payment").gross == Decimal("50.00")

    @pytest.mark.parametrize("told", ["before it is posted", "after that"])
    @pytest.mark.parametrize("shape", ["withheld", "left_out"])
    def test_and_all_is_given_back_comes_to_nothing_in_every_account(self, xero, shape, told):
        cast = opened(xero, "Market", payments=True)
        ruled(cast, shape, liable=["channel"])
        lines = [{**each, "taxes": [{**TAX, "liable": "channel"}]} for each in LINES]
        backs = [
            refund("r1", lines=[of_line("m", 1)], payments=[paid("10.80", "re_1")]),
            refund(
                "r2", lines=[of_line("m", 1, amounts={"net": "10.00", "tax": "0.80"})], payments=[paid("10.80", "re_2")]
            ),
            refund("r3", payments=[paid("32.40", "re_3")]),
        ]
        for count in range(1 if told.startswith("before") else 0, 4):
            send(cast, sale("1001", *backs[:count], lines=lines, payments=[paid("54.00")]))
            settle(cast)
        open_ = Entry.objects.exclude(state="posted").values_list("kind", "key", "state", "detail")
        assert not open_, list(open_)
        there = ledger.balances(xero.books(cast.tenant_id), "1001").accounts
        assert {each.code: each.balance for each in there if each.balance} == {}
        assert owed(cast) == 0
        (end,) = money_report.month_end(cast.connection, account_of(cast), date(2026, 3, 1), date(2026, 3, 31))
        assert (end.closing, end.moved, end.posted) == (0, 0, 0)

    @pytest.mark.parametrize("shape", ["withheld", "left_out"])
    def test_of_an_order_in_parts_is_taken_off_as_they_leave(self, xero, shape):
        cast = opened(xero, "Market", payments=True)
        PostingSettings.objects.filter(connection=cast.connection).update(post_when="part_dispatched")
        ruled(cast, shape, liable=["channel"])
        lines = [{**each, "taxes": [{**TAX, "liable": "channel"}]} for each in LINES]
        leaving = [
            {"id": "P1", "lines": [{"line": "m", "quantity": 3}]},
            {"id": "P2", "lines": [{"line": "c", "quantity": 1}]},
        ]
        for count in (1, 2):
            said = {"dispatched": False, "dispatched_at": None, "shipments": leaving[:count]}
            send(cast, sale("1001", lines=lines, payments=[paid("54.00")], **said))
            settle(cast)
        open_ = Entry.objects.exclude(state="posted").values_list("kind", "key", "state", "detail")
        assert not open_, list(open_)
        assert [money(each["Total"]) for each in cast.invoices()] == [Decimal("30.00"), Decimal("20.00")]
        assert owed(cast) == 0
        (end,) = money_report.month_end(cast.connection, account_of(cast), date(2026, 3, 1), date(2026, 3, 31))
        assert (end.closing, end.moved, end.posted) == (50, 50, 50)

    @pytest.mark.parametrize("leaving", [((3, 0), (0, 1)), ((2, 0), (1, 1))], ids=["whole lines", "some of a line"])
    @pytest.mark.parametrize("shape", ["withheld", "left_out"])
    def test_of_an_order_in_parts_goes_back_with_the_goods(self, xero, shape, leaving):
        cast = opened(xero, "Market", payments=True)
        PostingSettings.objects.filter(connection=cast.connection).update(post_when="part_dispatched")
        ruled(cast, shape, liable=["channel"])
        lines = [{**each, "taxes": [{**TAX, "liable": "channel"}]} for each in LINES]
        shipments = [
            {"id": f"P{n}", "lines": [of_line("m", mugs), of_line("c", caps)]} for n, (mugs, caps) in enumerate(leaving)
        ]
        said = {"lines": lines, "payments": [paid("54.00")], "dispatched": False, "dispatched_at": None}
        for count in (1, 2):
            send(cast, sale("1001", shipments=shipments[:count], **said))
            settle(cast)
        backs = [
            refund("r1", lines=[of_line("m", 1)], payments=[paid("10.80", "re_1")]),
            refund("r2", payments=[paid("43.20", "re_2")]),
        ]
        for count in (1, 2):
            send(cast, sale("1001", *backs[:count], shipments=shipments, **said))
            settle(cast)
        open_ = Entry.objects.exclude(state="posted").values_list("kind", "key", "state", "detail")
        assert not open_, list(open_)
        there = ledger.balances(xero.books(cast.tenant_id), "1001").accounts
        assert {each.code: each.balance for each in there if each.balance} == {}
        assert owed(cast) == 0
        report = compare_connection(cast.connection, cast.client)
        assert report.agrees, [row for row in report.rows if row.differs]

    def test_goes_back_with_the_goods(self, acme):
        ruled(acme, "withheld", liable=["channel"])
        lines = [{**each, "taxes": [{**TAX, "liable": "channel"}]} for each in LINES]
        send(acme, sale("1001", lines=lines))
        settle(acme)
        send(acme, sale("1001", refund(lines=[of_line("m", 1)], payments=[paid("10.80", "re_1")]), lines=lines))
        settle(acme)
        assert states(acme, "credit_note") == [("posted", "")], entry(acme, "credit_note").detail
        assert sorted(amount for _, amount in credited(acme)) == [Decimal("-0.80"), Decimal("10.80")]


@pytest.mark.parametrize("said", [of_line("m", 1), of_line("m", 0, amounts={"gross": "10.80"})], ids=["one", "amount"])
@pytest.mark.parametrize(
    ("shape", "liable", "whole"), [("apart_by_name", "seller", "10.80"), ("withheld", "channel", "10.00")]
)
class TestTaxOfWhatIsLeftOfALine:
    """What stands of the tax is that of the goods on the document, and not of all that were ordered."""

    def test_that_was_given_back_in_part_before(self, xero, shape, liable, whole, said):
        cast = opened(xero, untouched=True)
        backs = [refund("r0", lines=[of_line("m", 1)]), refund("r1", lines=[said])]
        self.credited(cast, shape, liable, [{"refunds": backs[:count]} for count in (1, 2)])
        assert [money(each["Total"]) for each in notes(cast)] == [Decimal(whole)]

    def test_that_left_in_parts(self, xero, shape, liable, whole, said):
        cast = opened(xero, untouched=True)
        PostingSettings.objects.filter(connection=cast.connection).update(post_when="part_dispatched")
        leaving = [{"id": "P1", "lines": [of_line("m", 2)]}, {"id": "P2", "lines": [of_line("m", 1), of_line("c", 1)]}]
        parts = {"dispatched": False, "dispatched_at": None}
        told = [{**parts, "shipments": leaving[:count]} for count in (1, 2)]
        self.credited(cast, shape, liable, [*told, {**told[1], "refunds": [refund("r1", lines=[said])]}])
        assert sum(money(each["Total"]) for each in notes(cast)) == Decimal(whole)

    def credited(self, cast: Cast, shape: str, liable: str, told: list[dict]) -> None:
        ruled(cast, shape, liable=[liable])
        lines = [{**each, "taxes": [{**TAX, "liable": liable}]} for each in LINES]
        for each in told:
            send(cast, sale("1001", lines=lines, **each))
            settle(cast)
        assert set(states(cast, "credit_note")) == {("posted", "")}


def test_the_last_of_what_is_left_takes_what_is_left_of_the_tax(acme):
    """All mugs were given back before it was posted, with a cent less of tax than was theirs."""
    ruled(acme, "apart")
    mugs = refund("r0", lines=[of_line("m", 3, amounts={"net": "30.00", "tax": "2.39"})])
    for backs in ([mugs], [mugs, refund("r1", lines=[of_line("c", 1)])]):
        send(acme, sale("1001", *backs))
        settle(acme)
    assert [money(each["Total"]) for each in acme.invoices()] == [Decimal("21.61")]
    assert [money(each["Total"]) for each in notes(acme)] == [Decimal("21.61")]
