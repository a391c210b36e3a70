"""Refunds that cannot be what they say are held with the figures, and a person types what was given back."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from daybook.companies import people
from daybook.companies.models import Membership, Person
from daybook.connections.models import LineAccount
from daybook.history.models import Event
from daybook.intake import curing, prepare, typing_refunds
from daybook.intake.typing_refunds import NotARefundError
from daybook.reconciliation.report import compare_connection
from daybook.sources.canonical.schema import parse_order
from daybook.sources.problems import NotAnOrderError
from tests.integration.credits.shop import (
    WHOLE,
    entry,
    notes,
    of_line,
    opened,
    order,
    order_of,
    owed,
    paid,
    post,
    refund,
    send,
    settle,
)
from tests.integration.payments.shop import read_lists

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


def money(value: object) -> Decimal:
    return Decimal(str(value))


@pytest.fixture
def posted(acme):
    send(acme, order("1001"))
    post(acme)
    return acme


def held(cast) -> tuple[str, str]:
    note = entry(cast, "credit_note")
    assert note.state == "held", (note.state, note.cause)
    return note.cause, note.detail


class TestARefundThatCannotBe:
    def test_says_no_amounts(self, posted):
        send(posted, order("1001", refund()))
        assert held(posted)[0] == "refund_without_amounts"

    def test_does_not_come_to_the_money(self, posted):
        back = refund(lines=[of_line("m", 1)], payments=[paid("20.00", "re_1")])
        send(posted, order("1001", back))
        cause, detail = held(posted)
        assert cause == "refund_does_not_add_up"
        assert "12.00" in detail
        assert "20.00" in detail
        assert entry(posted, "invoice").attention == ""  # a second cure beside the held note's would credit it twice

    def test_names_a_line_that_the_order_does_not_have(self, posted):
        send(posted, order("1001", refund(lines=[of_line("zz", 1)])))
        assert held(posted) == ("refund_unclear", "It names zz, and the order has no such line.")

    def test_gives_back_more_than_was_sold(self, posted):
        send(posted, order("1001", refund(lines=[of_line("m", 5)])))
        assert held(posted) == ("refund_unclear", "It gives back 5 x MUG; 3 were sold, 3 are left.")

    def test_was_paid_back_in_another_currency(self, posted):
        back = refund(lines=[of_line("m", 1)], payments=[paid("14.00", "re_1", currency="EUR")])
        send(posted, order("1001", back))
        assert held(posted) == ("refund_unclear", "It was paid back in EUR, and the order is in GBP.")

    def test_is_older_than_the_order(self, posted):
        send(posted, order("1001", refund(at="2026-02-01", lines=[of_line("m", 1)])))
        assert held(posted)[0] == "refund_unclear"

    def test_whose_three_amounts_contradict_each_other(self, posted):
        amounts = {"net": "10", "tax": "2", "gross": "13"}
        send(posted, order("1001", refund(lines=[of_line("m", 1, amounts=amounts)])))
        assert held(posted) == ("refund_unclear", "10.00 net + 2.00 tax is not 13.00 gross.")

    def test_gives_back_carriage_below_nothing_or_money_finer_than_a_cent(self, posted):
        send(posted, order("1001", refund(lines=[of_line("m", 1)], shipping={"gross": "-3"})))
        assert held(posted) == ("refund_unclear", "What it gives back for carriage is below 0.")
        send(posted, order("1001", refund(lines=[of_line("m", 1)], payments=[paid("11.995", "re_1")])))
        assert held(posted)[0] == "refund_unclear"
        assert "11.995" in held(posted)[1]

    def test_whose_account_nobody_has_chosen(self, posted):
        LineAccount.objects.filter(connection=posted.connection).delete()
        send(posted, order("1001", refund(adjustments=[{"reason": "Sorry", "amounts": {"gross": "3"}}])))
        assert held(posted)[0] == "line_account_missing"
        LineAccount.objects.create(connection=posted.connection, kind="goodwill", account="200", tax_type="OUTPUT2")
        prepare.prepare_company(posted.company.pk)
        settle(posted)
        (note,) = notes(posted)
        assert (money(note["Total"]), money(note["TotalTax"])) == (3, D("0.50"))
        assert note["LineItems"][0]["AccountCode"] == "200"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"lines": [of_line("m", -1)]}, "refunds[0].lines[0].quantity"),
            ({"id": ""}, "refunds[0].id"),
            ({"payments": [paid("-3", "re_1")]}, "refunds[0].payments[0].amount"),
            ({"payments": [paid("3", "re_1", currency="XXQ")]}, "refunds[0].payments[0].currency"),
            ({"at": "yesterday"}, "refunds[0].at"),
        ],
    )
    def test_is_refused_at_the_door_with_field_and_cure(self, change, field):
        with pytest.raises(NotAnOrderError) as refused:
            parse_order(order("1001", refund(**change)))
        assert [(each.field, bool(each.cure)) for each in refused.value.problems] == [(field, True)]

    def test_that_has_the_id_of_another_is_refused(self):
        with pytest.raises(NotAnOrderError) as refused:
            parse_order(order("1001", refund(), refund()))
        assert refused.value.problems[0].field == "refunds[1].id"

    def test_no_order_has_a_line_of_goodwill(self):
        line = {"id": "g", "kind": "goodwill", "quantity": 1, "unit_price": 1, "tax_rate": 0}
        with pytest.raises(NotAnOrderError) as refused:
            parse_order(order("1002", lines=[line]))
        assert refused.value.problems[0].field == "lines[0].kind"


class TestARefundBeyondTheSale:
    def test_has_a_line_and_an_account_of_its_own(self, posted):
        send(posted, order("1001", refund(payments=[paid("70.00", "re_1")])))
        settle(posted)
        (note,) = notes(posted)
        assert money(note["Total"]) == 70
        beyond = note["LineItems"][-1]
        assert (beyond["AccountCode"], money(beyond["LineAmount"])) == ("429", 70 - WHOLE)
        assert money(posted.invoices()[0]["AmountDue"]) == 0
        assert owed(posted) == WHOLE - 70

    def test_less_a_fee_that_was_kept_is_below_the_sale(self, posted):
        back = refund(
            lines=[of_line("m", 3), of_line("c", 1)],
            shipping={"gross": "6"},
            adjustments=[{"reason": "Restocking", "amounts": {"gross": "-5"}}],
        )
        send(posted, order("1001", back))
        settle(posted)
        assert owed(posted) == 5


class TestWhatAPersonTypes:
    def typed(self, cast, said, refund_id="r1"):
        person = Person.objects.get_or_create(email="ann@acme.test")[0]
        typing_refunds.type_refund(order_of(cast, "1001"), refund_id, said, person)

    def test_makes_the_credit_note_and_is_told_in_the_history(self, posted):
        send(posted, order("1001", refund()))
        self.typed(posted, {"lines": [of_line("m", 1)], "adjustments": [{"amounts": {"gross": "1.50"}}]})
        settle(posted)
        (note,) = notes(posted)
        assert money(note["Total"]) == D("13.50")
        told = Event.objects.get(what="refund_typed")
        assert told.person.email == "ann@acme.test"
        assert told.after == {"refund": "1 line"}

    def test_stays_when_the_order_comes_again(self, posted):
        send(posted, order("1001", refund()))
        self.typed(posted, {"lines": [of_line("m", 1)]})
        send(posted, order("1001", refund(), channel="web"))
        settle(posted)
        assert money(notes(posted)[0]["Total"]) == 12

    def test_must_come_to_the_money_that_moved(self, posted):
        send(posted, order("1001", refund(payments=[paid("20.00", "re_1")], lines=[of_line("m", 1)])))
        with pytest.raises(NotARefundError, match=r"comes to 12\.00.*20\.00 went back.*differ by 8\.00"):
            self.typed(posted, {"lines": [of_line("m", 1, amounts={"gross": "12"})]})
        self.typed(posted, {"lines": [of_line("m", 1, amounts={"gross": "12"})], "shipping": {"gross": "6"},
                            "adjustments": [{"amounts": {"gross": "2"}}]})  # fmt: skip
        settle(posted)
        assert money(notes(posted)[0]["Total"]) == 20

    def test_comes_too_late_for_a_note_that_is_posted(self, posted):
        send(posted, order("1001", refund(lines=[of_line("m", 1)])))
        settle(posted)
        with pytest.raises(NotARefundError):
            self.typed(posted, {"lines": [of_line("m", 2)]})

    def test_serves_a_status_that_says_refunded_and_no_more(self, posted):
        send(posted, order("1001", status="Refunded"))
        assert held(posted)[0] == "refund_without_amounts"
        self.typed(posted, {"lines": [of_line("m", 3), of_line("c", 1)], "shipping": {"gross": "6"}}, "status")
        settle(posted)
        assert money(notes(posted)[0]["Total"]) == WHOLE
        told = refund(lines=[of_line("m", 3), of_line("c", 1)], shipping={"gross": "6"})
        send(posted, order("1001", told, status="Refunded"))  # the shop tells of the same in the end
        settle(posted)
        assert [money(each["Total"]) for each in notes(posted)] == [WHOLE]
        assert entry(posted, "credit_note").attention == ""


class TestBeforePosting:
    def test_a_refund_that_does_not_add_up_holds_the_invoice(self, acme):
        send(acme, order("1001", refund(lines=[of_line("m", 1)], payments=[paid("20.00", "re_1")])))
        settle(acme)
        assert (entry(acme, "invoice").state, entry(acme, "invoice").cause) == ("held", "refund_does_not_add_up")
        assert acme.invoices() == []

    def test_a_goodwill_is_a_line_below_nothing(self, acme):
        back = refund(adjustments=[{"reason": "Sorry", "amounts": {"gross": "3"}}])
        send(acme, order("1001", back))
        settle(acme)
        (invoice,) = acme.invoices()
        assert money(invoice["Total"]) == WHOLE - 3
        assert [money(each["LineAmount"]) for each in invoice["LineItems"]][-1] == -3

    def test_a_goodwill_without_tax_may_take_more_than_the_net_of_what_is_left(self, acme):
        """1 cap (0 %) and 3 mugs (20 %) without carriage are 56.00; less the cap and 35.00 of goodwill 1.00, of which tax is 6.00."""
        back = refund(lines=[of_line("c", 1)], adjustments=[{"reason": "Sorry", "amounts": {"gross": "35.00"}}])
        send(acme, order("1001", back, shipping=None))
        settle(acme)
        (invoice,) = acme.invoices()
        assert [money(invoice[name]) for name in ("SubTotal", "TotalTax", "Total")] == [
            D("-5.00"),
            D("6.00"),
            D("1.00"),
        ]
        send(acme, order("1001", back, shipping=None, cancelled=True))
        settle(acme)
        assert ([money(each["Total"]) for each in notes(acme)], owed(acme)) == ([1], 0)
        report = compare_connection(acme.connection, acme.client)
        assert report.agrees, [row for row in report.rows if row.differs]

    def test_of_a_locked_day_is_dated_by_the_first_open_one_and_says_so(self, posted):
        posted.xero.configure(posted.tenant_id, end_of_year_lock_date=date(2026, 3, 31))
        read_lists(posted)
        send(posted, order("1001", refund(lines=[of_line("m", 1)])))
        settle(posted)
        (note,) = notes(posted)
        assert note["DateString"].startswith("2026-04-01")
        assert note["LineItems"][0]["Description"] == "Mug (of 5 March 2026, in a period that is locked)"
        assert (owed(posted), entry(posted, "allocation").state) == (WHOLE - 12, "posted")

    def test_that_a_new_lock_date_overtakes_finds_the_first_open_day_by_itself_once(self, posted):
        send(posted, order("1001", refund(lines=[of_line("m", 1)])))
        posted.xero.configure(posted.tenant_id, end_of_year_lock_date=date(2026, 3, 31))
        settle(posted)
        assert (entry(posted, "credit_note").state, entry(posted, "credit_note").cause) == ("rejected", "period_locked")
        for _ in range(2):
            read_lists(posted)  # as a refusal has it done
            curing.cure(posted.company.pk)
            settle(posted)
        (note,) = notes(posted)
        assert note["DateString"].startswith("2026-04-01")
        assert note["LineItems"][0]["Description"] == "Mug (of 5 March 2026, in a period that is locked)"
        assert (owed(posted), entry(posted, "allocation").state) == (WHOLE - 12, "posted")

    def test_says_so_on_the_page_of_its_money_too(self, xero):
        acme = opened(xero, payments=True)
        send(acme, order("1001", payments=[paid()]))
        settle(acme)
        xero.configure(acme.tenant_id, end_of_year_lock_date=date(2026, 3, 31))
        read_lists(acme)
        back = refund(lines=[of_line("m", 1)], payments=[paid("12.00", "re_1", at="2026-03-05T10:00:00Z")])
        send(acme, order("1001", back, payments=[paid()]))
        settle(acme)
        made = entry(acme, "refund")
        assert (made.state, made.date) == ("posted", date(2026, 4, 1))
        browser, ann = Client(), people.add_person("ann@acme.example", password="mill pond lantern 7")
        people.join(acme.company, ann, Membership.Role.ACCOUNTANT)
        browser.force_login(ann)
        page = browser.get(f"/c/{acme.company.public_id}/documents/{made.public_id}/").content.decode()
        assert "The money went back on 5 March 2026" in " ".join(page.split())
