"""What is asked to see what stands in Xero: as few calls as it takes, and nothing that is not ours."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from daybook.ledgers.exchange import Since, Sought
from daybook.ledgers.talk import Talk
from daybook.ledgers.xero import invoices, looking, purchase_orders
from daybook.wire.asks import Answer, Request
from daybook.wire.errors import Refused, Unexpected
from tests.unit.ledgers.talking import carry

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ID = "aaaaaaaa-0000-4000-8000-00000000000{}"


def invoice(number: str, **changes: object) -> dict:
    return {"InvoiceID": ID.format(1), "InvoiceNumber": number, "Type": "ACCREC", "Status": "DRAFT"} | changes


def order(number: str, serial: int = 1, at: datetime = THEN) -> dict:
    ms = int(at.timestamp() * 1000)
    identity = {"PurchaseOrderID": ID.format(serial), "PurchaseOrderNumber": number}
    return identity | {"Status": "DRAFT", "UpdatedDateUTC": f"/Date({ms}+0000)/"}


def answer(resource: str, *rows: dict, **headers: str) -> Answer:
    return Answer(200, headers, msgspec.json.encode({resource: rows}))


def page_of(there: list[dict], asked: Request, *, size: int) -> Answer:
    """Answer as Xero does: what was modified from that second on, the oldest first, so many in a page."""
    since = datetime.fromisoformat(asked.headers["If-Modified-Since"]).replace(tzinfo=UTC)
    wanted = [row for row in there if int(row["UpdatedDateUTC"][6:-7]) >= since.timestamp() * 1000]
    begin = (int(query(asked.url)["page"]) - 1) * size
    return answer("PurchaseOrders", *wanted[begin : begin + size])


def ended(talk: Talk, asked: Request, there: list[dict]) -> object:
    """Answer what is asked until the talk has found what it looks for."""
    try:
        while True:
            asked = talk.send(page_of(there, asked, size=2))
    except StopIteration as end:
        return end.value


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


class TestInvoices:
    def test_are_asked_for_by_number_40_a_call(self):
        sought = [Sought(f"N-{number}", THEN) for number in range(41)]
        asked, found = carry(invoices.look(sought), answer("Invoices", invoice("N-0")), answer("Invoices"))
        assert [len(query(each.url)["InvoiceNumbers"].split(",")) for each in asked] == [40, 1]
        assert [theirs.number for theirs in found] == ["N-0"]

    def test_of_a_supplier_under_the_same_number_are_none_of_ours(self):
        _, found = carry(invoices.look([Sought("A", THEN)]), answer("Invoices", invoice("A", Type="ACCPAY")))
        assert found == []

    def test_without_an_id_are_no_answer(self):
        with pytest.raises(Unexpected):
            carry(invoices.look([Sought("A", THEN)]), answer("Invoices", invoice("A", InvoiceID="")))

    def test_of_one_id_that_is_not_there_are_none(self):
        asked, found = carry(invoices.look_by_ids([ID.format(1)]), Refused("not found", 404))
        assert (asked[0].url, found) == (f"/api.xro/2.0/Invoices/{ID.format(1)}", [])

    def test_raise_every_other_refusal(self):
        with pytest.raises(Refused):
            carry(invoices.look_by_ids([ID.format(1)]), Refused("a bad question", 400))


class TestPurchaseOrders:
    def test_are_found_in_one_list_of_what_changed_since_the_first_was_sent(self):
        sought = [Sought("A", THEN + timedelta(hours=1)), Sought("B", THEN)]
        asked, found = carry(purchase_orders.look(sought), answer("PurchaseOrders", order("a"), order("other", 2)))
        assert asked[0].headers["If-Modified-Since"] == "2026-03-02T08:55:00"
        assert [theirs.number for theirs in found] == ["a"]

    def test_are_found_each_once_although_others_change_between_two_pages(self):
        there = [order(f"N-{place}", place, THEN + timedelta(minutes=place)) for place in range(4)]
        sought = [Sought(f"N-{place}", THEN) for place in range(4)]
        talk = looking.by_number(purchase_orders.PURCHASE_ORDERS, sought, page_size=2)
        first = page_of(there, next(talk), size=2)
        there = [*there[1:], order("N-0", 0, THEN + timedelta(hours=1))]  # somebody edits it
        found = ended(talk, talk.send(first), there)
        assert sorted(theirs.number for theirs in found) == ["N-0", "N-1", "N-2", "N-3"]

    def test_that_are_stubborn_and_not_in_the_list_are_asked_for_singly(self):
        sought = [Sought("A", THEN, is_stubborn=True), Sought("B", THEN)]
        asked, found = carry(
            purchase_orders.look(sought), answer("PurchaseOrders"), answer("PurchaseOrders", order("A"))
        )
        assert asked[1].url.endswith("/PurchaseOrders/A")
        assert [theirs.number for theirs in found] == ["A"]

    def test_cost_no_call_where_none_are_sought(self):
        assert carry(purchase_orders.look([])) == ([], [])


class TestChanges:
    def talk(self, since: Since):
        return looking.changed(purchase_orders.PURCHASE_ORDERS, since, THEN, query={}, page_size=2)

    def test_end_with_a_page_that_is_not_full_and_go_on_from_xeros_own_time(self):
        said = answer("PurchaseOrders", order("A"), date="Mon, 02 Mar 2026 10:00:00 GMT")
        _, changes = carry(self.talk(Since(THEN)), said)
        assert (changes.is_last, changes.rest) == (True, Since(datetime(2026, 3, 2, 9, 55, tzinfo=UTC)))

    def test_behind_a_full_page_are_those_after_its_last_document(self):
        later = THEN + timedelta(minutes=5)
        _, changes = carry(self.talk(Since(THEN)), answer("PurchaseOrders", order("A"), order("B", 2, later)))
        assert (changes.is_last, changes.rest) == (False, Since(later))

    def test_of_one_second_are_followed_by_the_next_page(self):
        _, changes = carry(self.talk(Since(THEN)), answer("PurchaseOrders", order("A"), order("B", 2)))
        assert changes.rest == Since(THEN, page=2)

    @pytest.mark.parametrize(
        "seconds", [(0, 1, 1, 2), (0.7, 1.5, 1.6, 1.9, 2.4), (0.2, 0.3, 0.4, 1, 1, 1, 1.1), (0, 0, 1, 1, 2, 2, 2, 2, 3)]
    )
    def test_are_each_seen_however_many_fall_into_two_seconds(self, seconds):
        there = [order(f"N-{place}", place, THEN + timedelta(seconds=at)) for place, at in enumerate(seconds)]
        seen, since = set(), Since(THEN)
        for _ in range(20):
            _, changes = carry(self.talk(since), page_of(there, next(self.talk(since)), size=2))
            seen |= {theirs.number for theirs in changes.found}
            if changes.is_last:
                break
            since = changes.rest
        assert seen == {f"N-{place}" for place in range(len(seconds))}

    def test_are_none_where_nothing_was_modified(self):
        _, changes = carry(self.talk(Since(THEN)), Answer(304))
        assert (changes.found, changes.is_last) == ([], True)
