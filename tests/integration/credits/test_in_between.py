"""What happens between two steps: a sale in doubt while it is refunded, a person who pays back, allocates or voids there."""

from decimal import Decimal

import pytest

from daybook.companies import people
from daybook.connections.models import Gateway
from daybook.intake import keeping_back, prepare
from daybook.outbox.models import Entry
from daybook.wire.http import HttpClient
from localxero.testing import signed_in
from tests.integration.credits.shop import (
    WHOLE,
    entry,
    look,
    notes,
    of_line,
    opened,
    order,
    owed,
    paid,
    post,
    refund,
    send,
    settle,
)
from tests.integration.credits.test_exactly_once import OfCalls, money, states
from tests.integration.payments.shop import map_gateway
from tests.integration.payments.test_approval import look_for_changes
from tests.integration.posting.test_ambiguous_ends import never_arrived, no_answer
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paying(xero) -> Cast:
    return opened(xero, "Paid", payments=True, untouched=True)


def again(cast: Cast) -> None:
    """Look at every order again, as after a Save."""
    ids = list(Entry.objects.filter(company=cast.company).values_list("order_id", flat=True).distinct())
    prepare.prepare_orders(cast.company, ids)


def allocate(cast: Cast, amount: str) -> None:
    ann = signed_in(cast.xero, cast.tenant_id)
    (invoice,), (note,) = cast.invoices(), notes(cast)
    said = {"Amount": amount, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
    answer = ann.put(f"/CreditNotes/{note['CreditNoteID']}/Allocations", json={"Allocations": [said]})
    assert answer.status_code == 200, answer.text


def pay_back(cast: Cast, amount: str, **more: str) -> None:
    ann = signed_in(cast.xero, cast.tenant_id)
    (note,) = notes(cast)
    said = {
        "CreditNote": {"CreditNoteID": note["CreditNoteID"]}, "Account": {"Code": "090"}, "Date": "2026-03-05",
        "Amount": amount, "Reference": "by hand", **more,
    }  # fmt: skip
    answer = ann.put("/Payments", json={"Payments": [said]})
    assert answer.status_code == 200, answer.text


def test_a_refund_told_while_the_invoice_was_in_doubt_lowers_it_and_the_payment_with_it(paying):
    """The invoice seemed to have left, so a credit note was made; it had not, so the refund lowers it after all."""
    paying.client = HttpClient(10, OfCalls(paying.xero, "/Invoices", never_arrived, 2))
    send(paying, order("1001", payments=[paid()]))
    post(paying)
    assert states(paying, "invoice") == [("unknown", "")]
    back = refund(lines=[of_line("m", 1)], payments=[paid("12.00", "re_1", at="2026-03-05T10:00:00Z")])
    send(paying, order("1001", back, payments=[paid()]))
    for _ in range(3):
        look(paying)
        again(paying)
        post(paying)
    settle(paying)
    assert [money(each["Total"]) for each in paying.invoices()] == [WHOLE - 12]
    assert notes(paying) == []
    assert [each["state"] for each in Entry.objects.filter(kind="payment").values()] == ["posted"]
    assert owed(paying) == 0


class TestARestOfWhichAPersonAllocatedTheOther:
    def test_is_paid_out_and_no_more(self, paying):
        part = [paid("30.00")]
        send(paying, order("1001", payments=part))
        settle(paying)
        Gateway.objects.filter(connection=paying.connection).update(account_id="")
        send(
            paying,
            order("1001", refund(lines=[of_line("m", 3), of_line("c", 1)], shipping={"gross": "6"}), payments=part),
        )
        Entry.objects.filter(kind="allocation").update(not_before="2099-01-01T00:00:00Z")
        post(paying)
        assert entry(paying, "refund").state == "held"
        Entry.objects.filter(kind="allocation").update(not_before="2099-01-01T00:00:00Z")
        assert len(notes(paying)) == 1
        if not notes(paying)[0]["Allocations"]:
            allocate(paying, "32.00")
        Entry.objects.filter(kind="allocation").update(not_before=None)
        settle(paying)
        assert entry(paying, "allocation").state in {"cancelled", "posted"}
        map_gateway(paying, "stripe")
        again(paying)
        settle(paying)
        assert (entry(paying, "refund").state, entry(paying, "refund").gross) == ("posted", Decimal(30))
        assert owed(paying) == 0


class TestARefundThatWasPaidBackAlready:
    def prepared(self, paying: Cast) -> None:
        """A note of 24, of which the shop paid 12 back: 12 are left for somebody to decide."""
        send(paying, order("1001", payments=[paid()]))
        settle(paying)
        Gateway.objects.filter(connection=paying.connection).update(account_id="")
        backs = [paid("12.00", f"re_{n}", at="2026-03-05T10:00:00Z") for n in (1, 2)]
        send(paying, order("1001", refund(lines=[of_line("m", 2)], payments=backs), payments=[paid()]))
        settle(paying)
        assert len(notes(paying)) == 1

    def test_before_the_day_book_was_restored_is_not_paid_again(self, paying):
        self.prepared(paying)
        pay_back(paying, "12.00", Reference="stripe re_1")
        map_gateway(paying, "stripe")
        again(paying)
        settle(paying)
        made = [
            each["Reference"]
            for each in paying.books("Payments")["Payments"]
            if each["PaymentType"] == "ARCREDITPAYMENT"
        ]
        assert sorted(made) == ["stripe re_1", "stripe re_2"]
        assert sorted(states(paying, "refund")) == [("cancelled", "settled_there"), ("posted", "")]

    def test_by_a_person_in_full_is_marked_so(self, paying):
        self.prepared(paying)
        pay_back(paying, "24.00")
        map_gateway(paying, "stripe")
        again(paying)
        settle(paying)
        assert states(paying, "refund") == [("cancelled", "settled_there")] * 2


class TestAnAllocationInDoubt:
    def test_that_a_person_has_taken_off_there_is_not_sent_again_but_shown(self, acme):
        send(acme, order("1001"))
        settle(acme)
        acme.client = HttpClient(10, OfCalls(acme.xero, "/Allocations", no_answer, 1))
        send(acme, order("1001", refund(lines=[of_line("m", 1)])))
        settle(acme, 2)
        ((note, row),) = [(each, row) for each in notes(acme) for row in each["Allocations"]]
        ann = signed_in(acme.xero, acme.tenant_id)
        gone = ann.delete(f"/CreditNotes/{note['CreditNoteID']}/Allocations/{row['AllocationID']}")
        assert gone.status_code == 200, gone.text
        look(acme)
        settle(acme)
        assert states(acme, "allocation") == [("rejected", "perhaps_taken_back")]
        assert notes(acme)[0]["Allocations"] == []
        prepare.retry(entry(acme, "allocation"), people.add_person("ann@acme.example"))
        settle(acme)
        assert states(acme, "allocation") == [("posted", "")]


class TestARefundWhoseIdReadsLikeAnothersPayment:
    """ "a/b" beside the payment "b" of "a": each is paid out once."""

    @pytest.mark.parametrize("key", ["a/b/", "a/b"])
    def test_is_paid_out_beside_it(self, paying, key):
        by_itself = refund("a/b", lines=[of_line("m", 1)])
        send(paying, order("1001", payments=[paid()]))
        settle(paying, 1)
        send(paying, order("1001", by_itself, payments=[paid()]))
        settle(paying)
        Entry.objects.filter(kind="refund").update(key=key)  # as versions before called it
        other = refund("a", lines=[of_line("c", 1)], payments=[paid("20.00", "b", at="2026-03-06T10:00:00Z")])
        send(paying, order("1001", other, by_itself, payments=[paid()]))
        settle(paying)
        mine = Entry.objects.filter(kind="refund").order_by("pk")
        assert [(each.state, each.gross, each.attention) for each in mine] == [("posted", 12, ""), ("posted", 20, "")]
        assert owed(paying) == 0


class TestANoteThatAPersonVoided:
    def test_is_neither_allocated_nor_paid_out_nor_waited_for(self, paying):
        part = [paid("50.00")]
        send(paying, order("1001", payments=part))
        settle(paying)
        Gateway.objects.filter(connection=paying.connection).update(account_id="")
        send(paying, order("1001", refund(lines=[of_line("c", 1)]), payments=part))
        Entry.objects.filter(kind="allocation").update(not_before="2099-01-01T00:00:00Z")
        post(paying)
        Entry.objects.filter(kind="credit_note").update(their_status="VOIDED")
        map_gateway(paying, "stripe")
        again(paying)
        assert "ready" not in {state for state, _ in states(paying, "refund") + states(paying, "allocation")}


class TestAnInvoiceThatSomebodyVoidedBeforeItsCreditNoteLeft:
    def voided(self, acme: Cast) -> None:
        send(acme, order("1001"))
        post(acme)
        send(acme, order("1001", refund(lines=[of_line("m", 1)])))
        (invoice,) = acme.invoices()
        answer = signed_in(acme.xero, acme.tenant_id).post(
            f"/Invoices/{invoice['InvoiceID']}", json={"Status": "VOIDED"}
        )
        assert answer.status_code == 200, answer.text

    def test_holds_the_note_and_says_why(self, acme):
        self.voided(acme)
        settle(acme)
        assert notes(acme) == []
        held = entry(acme, "credit_note")
        assert (held.state, held.cause, held.subject) == ("held", "needed_ended", "1001")

    def test_withdraws_the_note_once_that_is_seen(self, acme):
        self.voided(acme)
        look_for_changes(acme)
        again(acme)
        settle(acme)
        assert (notes(acme), entry(acme, "credit_note").state) == ([], "cancelled")


def test_what_somebody_credited_there_is_not_credited_again_until_a_person_says_so(acme):
    send(acme, order("1001"))
    post(acme)
    (invoice,) = acme.invoices()
    ann = signed_in(acme.xero, acme.tenant_id)
    by_hand = {
        "Type": "ACCRECCREDIT", "Contact": {"ContactID": invoice["Contact"]["ContactID"]}, "Status": "AUTHORISED",
        "Date": "2026-03-04", "LineItems": [{"Description": "All back", "Quantity": 1, "UnitAmount": "62", "AccountCode": "200"}],
        "LineAmountTypes": "Inclusive",
    }  # fmt: skip
    made = ann.put("/CreditNotes", json={"CreditNotes": [by_hand]}).json()["CreditNotes"][0]["CreditNoteID"]
    said = {"Allocations": [{"Amount": "62", "Invoice": {"InvoiceID": invoice["InvoiceID"]}}]}
    (row,) = ann.put(f"/CreditNotes/{made}/Allocations", json=said).json()["Allocations"]
    send(acme, order("1001", refund(lines=[of_line("m", 1)])))
    settle(acme)
    held = entry(acme, "credit_note")
    assert (held.state, held.cause, notes(acme)) == ("held", "credited_there", [])
    assert held.detail == (
        "It gives back 12.00 GBP of 1001, which comes to 62.00 there, with credit notes of 62.00 set against it."
    )
    assert ann.delete(f"/CreditNotes/{made}/Allocations/{row['AllocationID']}").status_code == 200
    prepare.prepare_orders(acme.company, [held.order_id])
    settle(acme)
    assert (states(acme, "credit_note"), owed(acme)) == ([("posted", "")], WHOLE - 12)


def credit_mugs_by_hand(cast: Cast) -> None:
    """Set a credit note of somebody else's against the invoice: 36.00."""
    (invoice,) = cast.invoices()
    ann = signed_in(cast.xero, cast.tenant_id)
    by_hand = {
        "Type": "ACCRECCREDIT", "Contact": {"ContactID": invoice["Contact"]["ContactID"]}, "Status": "AUTHORISED",
        "Date": "2026-03-04", "LineItems": [{"Description": "Mugs", "Quantity": 3, "UnitAmount": "10", "AccountCode": "200"}],
    }  # fmt: skip
    made = ann.put("/CreditNotes", json={"CreditNotes": [by_hand]}).json()["CreditNotes"][0]["CreditNoteID"]
    said = {"Allocations": [{"Amount": "36", "Invoice": {"InvoiceID": invoice["InvoiceID"]}}]}
    assert ann.put(f"/CreditNotes/{made}/Allocations", json=said).status_code == 200


def test_a_note_that_was_kept_back_since_takes_nothing_of_the_sale_until_it_goes(acme):
    """Beside somebody's 36.00 there is room for one of two notes, whichever goes first."""
    send(acme, order("1001"))
    post(acme)
    credit_mugs_by_hand(acme)
    send(acme, order("1001", refund("r1", lines=[of_line("m", 1)]), refund("r2", lines=[of_line("c", 1)])))
    first, ann = entry(acme, "credit_note", "r1"), people.add_person("ann@acme.example")
    keeping_back.keep_back(first, ann)
    post(acme)
    assert [(each["CreditNoteNumber"], each["Total"]) for each in notes(acme)] == [("1001-CR2", 20)]
    prepare.retry(entry(acme, "credit_note", "r1"), ann)
    settle(acme)
    held = entry(acme, "credit_note", "r1")
    assert (held.state, held.cause) == ("held", "credited_there")
    assert "beside those of Daybook, which give back 20.00 of it" in held.detail
    assert [each["CreditNoteNumber"] for each in notes(acme)] == ["1001-CR2"]


def test_our_own_goodwill_is_no_credit_of_the_sale_beside_a_part_that_somebody_credited(acme):
    """Of 62.00 they credited 36.00, and goodwill of 5.00 is set against it: 26.00 of the sale are still there."""
    sorry = refund("r1", adjustments=[{"reason": "Sorry", "amounts": {"gross": "5.00"}}])
    send(acme, order("1001"))
    post(acme)
    send(acme, order("1001", sorry))
    settle(acme)
    credit_mugs_by_hand(acme)
    rest = refund("r2", lines=[of_line("c", 1)], shipping={"gross": "6.00"})
    send(acme, order("1001", sorry, rest))
    settle(acme)
    assert [note["Total"] for note in notes(acme)] == [5, 26]
    send(acme, order("1001", sorry, rest, refund("r3", lines=[of_line("m", 1)])))
    settle(acme)
    held = entry(acme, "credit_note", "r3")
    assert (held.state, held.cause) == ("held", "credited_there")
    assert held.detail == (
        "It gives back 12.00 GBP of 1001, which comes to 62.00 there, with credit notes of 36.00 set against it beside "
        "those of Daybook, which give back 26.00 of it."
    )


class TestGoodwillOfOursThatIsSetAgainstAnUnpaidInvoice:
    """It is no part of the sale, of which all can still be given back."""

    SORRY = refund("r1", adjustments=[{"reason": "Sorry", "amounts": {"gross": "5.00"}}])
    ALL_GOODS = refund("r2", lines=[of_line("m", 3), of_line("c", 1)], shipping={"gross": "6"})

    @pytest.mark.parametrize(
        ("told", "credited"),
        [
            ((order("1001", SORRY), order("1001", SORRY, cancelled=True)), [5, 57]),
            ((order("1001", SORRY), order("1001", SORRY, ALL_GOODS)), [5, 62]),
        ],
        ids=["cancelled whole", "then more goods than are left to be paid"],
    )  # fmt: skip
    def test_does_not_hold_what_is_given_back_of_the_sale(self, acme, told, credited):
        for each in (order("1001"), *told):
            send(acme, each)
            settle(acme)
        assert [money(each["Total"]) for each in notes(acme)] == credited
        assert (entry(acme, "credit_note").state, owed(acme)) == ("posted", WHOLE - sum(credited))


class TestASaleThatAPersonVoided:
    """It stands in no books: a note for what was given back of it would credit what was never sold there."""

    @pytest.fixture
    def voided(self, acme) -> Cast:
        send(acme, order("1001"))
        settle(acme)
        (invoice,) = acme.invoices()
        ann = signed_in(acme.xero, acme.tenant_id)
        answer = ann.post(f"/Invoices/{invoice['InvoiceID']}", json={"Status": "VOIDED"})
        assert answer.status_code == 200, answer.text
        look_for_changes(acme)
        return acme

    @pytest.mark.parametrize(
        "then",
        [
            {"refunds": [refund(lines=[of_line("m", 1)])]},
            {"cancelled": True},
            {"cancellations": [{"lines": [{"line": "m", "quantity": 1}]}]},
            {"lines": [{"id": "m", "sku": "MUG", "quantity": 1, "unit_price": "10", "tax_rate": "0.2"}]},
        ],
        ids=["given back", "cancelled", "cancelled in part", "changed"],
    )
    def test_asks_for_no_note_and_stays_shown_as_voided(self, voided, then):
        send(voided, order("1001") | then)
        settle(voided)
        mine = entry(voided, "invoice")
        assert (mine.attention, mine.attention_detail.count("\n")) == ("voided_in_xero", 0)
        assert notes(voided) == []
