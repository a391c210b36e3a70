"""Credit notes and allocations stand in the books once, whatever ends their calls have and whoever was there before."""

import json
from collections.abc import Callable
from decimal import Decimal

import httpx2
import pytest

from daybook.companies import people
from daybook.connections.models import PostingSettings
from daybook.documents import stored
from daybook.intake import prepare
from daybook.outbox.models import Entry
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport, signed_in
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
from tests.integration.payments.shop import map_gateway
from tests.integration.payments.test_exactly_once import by_hand, take_back
from tests.integration.posting.test_ambiguous_ends import ENDS, Line
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)
TWO = (refund("r1", lines=[of_line("m", 1)]), refund("r2", lines=[of_line("m", 1)]))


def money(value: object) -> Decimal:
    return Decimal(str(value))


def states(cast: Cast, kind: str) -> list[tuple[str, str]]:
    return list(Entry.objects.filter(company=cast.company, kind=kind).order_by("pk").values_list("state", "cause"))


class OfCalls(Line):
    """Something happens to the writing calls whose address ends so; the others pass."""

    def __init__(self, xero: LocalXero, end: str, happening: str, times: int) -> None:
        super().__init__(xero, happening, times)
        self.end = end

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "PUT" or not request.url.path.endswith(self.end):
            return super(Line, self).handle_request(request)
        return super().handle_request(request)


@pytest.fixture
def posted(acme: Cast) -> Cast:
    send(acme, order("1001"))
    post(acme)
    return acme


@pytest.mark.parametrize("address", ["/CreditNotes", "/Allocations"])
@pytest.mark.parametrize("end", ENDS)
def test_every_unclear_end_of_a_call_comes_to_each_once(posted: Cast, end: str, address: str):
    """Two refunds of one amount at one time: twice would find room on the invoice."""
    happening, times = ENDS[end]
    send(posted, order("1001", *TWO))
    posted.client = HttpClient(10, OfCalls(posted.xero, address, happening, times))
    for _ in range(5):
        post(posted)
        look(posted)
        if {state for state, _ in states(posted, "credit_note") + states(posted, "allocation")} == {"posted"}:
            break
    settle(posted)
    assert [each["CreditNoteNumber"] for each in notes(posted)] == ["1001-CR1", "1001-CR2"]
    assert [len(each["Allocations"]) for each in notes(posted)] == [1, 1]
    assert states(posted, "allocation") == [("posted", "")] * 2
    assert money(posted.invoices()[0]["AmountDue"]) == WHOLE - 24


class Retelling(httpx2.BaseTransport):
    """A Xero whose answers to such calls are told differently on the way."""

    def __init__(self, xero: LocalXero, end: str, retell: Callable[[dict], object]) -> None:
        self._inner, self._end, self._retell = InProcessTransport(xero), end, retell

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._inner.handle_request(request)
        if request.method != "PUT" or not request.url.path.endswith(self._end):
            return answer
        answer.read()
        body = json.loads(answer.content)
        told = self._retell(body)
        content = json.dumps(body if told is None else told)
        return httpx2.Response(answer.status_code, content=content, headers={"content-type": "application/json"})


ANY = [
    {"Status": "AUTHORISED" * 10},
    {"Total": "NaN", "Amount": "NaN"},
    {"CreditNoteID": "x" * 60, "AllocationID": "x" * 60},
    {"CreditNoteID": None, "AllocationID": None},
    {"Warnings": [{"Message": "a\x00b"}]},
    {"ValidationErrors": 5},
    {"Warnings": True},
]


class TestAnAnswerOfAnyKind:
    @pytest.mark.parametrize("address", ["/CreditNotes", "/Allocations"])
    @pytest.mark.parametrize("change", ANY)
    def test_comes_to_each_once(self, posted, address, change):
        name = address[1:]
        send(posted, order("1001", *TWO))
        transport = Retelling(posted.xero, address, lambda body: body[name][0].update(change))
        posted.client = HttpClient(10, transport)
        for _ in range(3):
            post(posted)
            look(posted)
        assert len(notes(posted)) == 2
        made = [len(each["Allocations"]) for each in notes(posted)]
        is_of_unknown_status = "Status" in change and name == "CreditNotes"  # it waits until a look says how it stands
        assert made == ([0, 1] if is_of_unknown_status else [1, 1])

    @pytest.mark.parametrize("address", ["/CreditNotes", "/Allocations"])
    @pytest.mark.parametrize(
        "body", [[], {"CreditNotes": 5, "Allocations": 5}, {"Type": "ValidationException", "Elements": 5}]
    )
    def test_that_is_none_leaves_it_in_doubt_until_a_look(self, posted, address, body):
        send(posted, order("1001", TWO[0]))
        posted.client = HttpClient(10, Retelling(posted.xero, address, lambda _: body))
        for _ in range(3):
            post(posted)
            look(posted)
        assert [len(each["Allocations"]) for each in notes(posted)] == [1]
        assert states(posted, "allocation") == [("posted", "")]


class TestSomebodyBehindOurBack:
    def test_who_paid_most_of_it_leaves_the_note_to_a_person(self, posted):
        payment = by_hand(posted, "1001", "55.00")
        send(posted, order("1001", TWO[0]))
        settle(posted)
        assert states(posted, "credit_note") == [("posted", "")]
        assert states(posted, "allocation") == [("held", "settled_otherwise")]
        held = entry(posted, "allocation")
        assert "12.00 are left, and on the invoice 7.00 are outstanding" in held.detail
        take_back(posted, payment)
        prepare.retry(held, people.add_person("ann@acme.example"))
        settle(posted)
        assert states(posted, "allocation") == [("posted", "")]

    def test_who_allocated_the_note_is_found_and_nothing_is_doubled(self, acme):
        PostingSettings.objects.filter(connection=acme.connection).update(document_status="DRAFT")
        send(acme, order("1001"))
        post(acme)
        send(acme, order("1001", TWO[0]))
        settle(acme)
        assert states(acme, "allocation") == [("ready", "")]
        ann = signed_in(acme.xero, acme.tenant_id)
        (invoice,), (note,) = acme.invoices(), notes(acme)
        for name, key in (("Invoices", "InvoiceID"), ("CreditNotes", "CreditNoteID")):
            mine = invoice if name == "Invoices" else note
            assert ann.post(f"/{name}/{mine[key]}", json={"Status": "AUTHORISED"}).status_code == 200
        said = {"Amount": 12, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
        answer = ann.put(f"/CreditNotes/{note['CreditNoteID']}/Allocations", json={"Allocations": [said]})
        assert answer.status_code == 200, answer.text
        Entry.objects.filter(kind__in=["invoice", "credit_note"]).update(their_status="AUTHORISED")
        Entry.objects.filter(kind="allocation").update(open_needs=0)
        settle(acme)
        assert states(acme, "allocation") == [("cancelled", "settled_there")]
        assert len(notes(acme)[0]["Allocations"]) == 1
        send(acme, order("1001", TWO[0], channel="web"))
        settle(acme)
        assert len(Entry.objects.filter(kind="allocation")) == 1


class TestADraft:
    def test_has_a_draft_note_and_its_allocation_waits_for_both_to_be_approved(self, xero):
        acme = opened(xero, "Drafts", status="DRAFT", untouched=True)
        send(acme, order("1001"))
        post(acme)
        send(acme, order("1001", TWO[0]))
        settle(acme)
        assert [each["Status"] for each in notes(acme)] == ["DRAFT"]
        waiting = entry(acme, "allocation")
        assert (waiting.state, waiting.open_needs) == ("ready", 2)


class TestOldInvoices:
    def forget(self, cast: Cast) -> None:
        """Let the invoice be one of a version that kept neither parts nor taxes of its lines."""
        mine = entry(cast, "invoice")
        for each in mine.document["lines"]:
            each.pop("of"), each.pop("tax")
        mine.document.pop("lowered_by")
        mine.save(update_fields=["document"])
        assert stored.read(mine.document, "invoice") is not None

    def test_are_credited_by_what_the_order_says_where_that_is_certainly_the_same(self, posted):
        self.forget(posted)
        send(posted, order("1001", TWO[0]))
        settle(posted)
        assert [money(each["Total"]) for each in notes(posted)] == [12]
        assert owed(posted) == WHOLE - 12

    def test_are_left_to_a_person_where_it_is_not(self, posted):
        self.forget(posted)
        lines = [{**order("x")["lines"][0], "description": "Another mug"}, order("x")["lines"][1]]
        send(posted, order("1001", TWO[0], lines=lines))
        assert states(posted, "credit_note") == [("held", "refund_unclear")]


class TestStock:
    def test_that_came_back_has_its_item_and_what_did_not_has_none(self, xero):
        acme = opened(xero, "Tracked", tracked=True, untouched=True)
        PostingSettings.objects.filter(connection=acme.connection).update(allow_backorders=True)
        lines = [{**each, "unit_cost": "2"} for each in order("x")["lines"]]
        send(acme, order("1001", lines=lines))
        settle(acme)
        back = [refund("r1", lines=[of_line("m", 1, returned=True)]), refund("r2", lines=[of_line("m", 1)])]
        send(acme, order("1001", *back, lines=lines))
        settle(acme)
        items = [each["LineItems"][0].get("ItemCode", "") for each in notes(acme)]
        assert items == ["MUG", ""]


class TestPaidOrders:
    def test_part_paid_are_allocated_as_far_as_they_are_open(self, xero):
        acme = opened(xero, "Paid", payments=True, untouched=True)
        send(acme, order("1001", payments=[paid("50.00")]))
        settle(acme)
        send(acme, order("1001", refund(lines=[of_line("c", 1)]), payments=[paid("50.00")]))
        settle(acme)
        allocation, out = entry(acme, "allocation"), entry(acme, "refund")
        assert (allocation.gross, out.gross) == (12, 8)
        assert owed(acme) == 0

    def test_two_refunds_of_one_amount_at_one_time_are_paid_out_once_each(self, xero):
        acme = opened(xero, "Paid", payments=True, untouched=True)
        send(acme, order("1001", payments=[paid()]))
        settle(acme)
        backs = [
            refund(f"r{n}", lines=[of_line("m", 1)], payments=[paid("12.00", f"re_{n}", at="2026-03-05T10:00:00Z")])
            for n in (1, 2)
        ]
        send(acme, order("1001", *backs, payments=[paid()]))
        settle(acme)
        send(acme, order("1001", *backs, payments=[paid()], channel="web"))
        settle(acme)
        assert states(acme, "refund") == [("posted", "")] * 2
        assert owed(acme) == 0
        assert all(money(each["RemainingCredit"]) == 0 for each in notes(acme))

    def test_lowered_before_posting_are_paid_by_what_was_kept(self, xero):
        acme = opened(xero, "Paid", payments=True, untouched=True)
        back = refund(lines=[of_line("m", 1)], payments=[paid("12.00", "re_1")])
        send(acme, order("1001", back, payments=[paid()]))
        settle(acme)
        assert money(acme.invoices()[0]["Total"]) == WHOLE - 12
        assert entry(acme, "payment").gross == WHOLE - 12
        assert states(acme, "refund") == []
        assert owed(acme) == 0

    def test_money_that_went_back_before_the_invoice_was_dated_is_booked_on_the_notes_day(self, xero):
        acme = opened(xero, "Paid", payments=True, untouched=True)
        send(acme, order("1001", payments=[paid()]))
        settle(acme)
        early = "2026-03-01T20:00:00Z"
        back = refund(at=early, lines=[of_line("m", 1)], payments=[paid("12.00", "re_1", at=early)])
        send(acme, order("1001", back, payments=[paid()]))
        settle(acme)
        assert states(acme, "refund") == [("posted", "")]
        assert entry(acme, "refund").document["date"] == notes(acme)[0]["DateString"][:10] == "2026-03-02"
        assert owed(acme) == 0

    def test_lowered_by_what_one_gateway_carried_back_leave_the_others_account_whole(self, xero):
        acme = opened(xero, "Paid", payments=True, untouched=True)
        map_gateway(acme, "paypal", code="091")
        payments = [paid("40.00"), paid("22.00", "pp_1", gateway="paypal")]
        send(acme, order("1001", refund(lines=[of_line("m", 1)], payments=[paid("12.00", "re_1")]), payments=payments))
        settle(acme)
        assert [entry(acme, "payment", key).gross for key in ("ch_1", "pp_1")] == [28, 22]
        assert owed(acme) == 0

    def test_lowered_by_a_refund_that_names_no_money_are_paid_by_what_was_kept(self, xero):
        acme = opened(xero, "Paid", payments=True, untouched=True)
        send(acme, order("1001", refund(lines=[of_line("m", 1)]), payments=[paid()]))
        settle(acme)
        assert states(acme, "payment") == [("posted", "")]
        assert entry(acme, "payment").gross == WHOLE - 12
        assert owed(acme) == 0
