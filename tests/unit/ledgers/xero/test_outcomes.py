"""What Xero's answer means for each document of a call."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kit.money import Totals
from daybook.ledgers.exchange import NotSent, Posted, Rejected, Unknown, no_answer
from daybook.ledgers.xero.answers import read_answer
from daybook.ledgers.xero.invoices import INVOICES
from daybook.wire import errors
from daybook.wire.asks import Answer

ID = "aaaaaaaa-0000-4000-8000-000000000001"


def answer(*elements: dict, status: int = 200) -> Answer:
    return Answer(status, {}, msgspec.json.encode({"Invoices": elements}))


def good(number: str, **changes: object) -> dict:
    return {
        "InvoiceNumber": number, "InvoiceID": ID, "Status": "DRAFT", "StatusAttributeString": "OK",
        "SubTotal": 20.0, "TotalTax": 4.0, "Total": 24.0,
    } | changes  # fmt: skip


def bad(number: str, *messages: str) -> dict:
    errors_said = [{"Message": message} for message in messages]
    return {"InvoiceNumber": number, "InvoiceID": ID, "StatusAttributeString": "ERROR", "ValidationErrors": errors_said}


class TestA200:
    def test_posts_what_xero_took_with_its_id_status_and_totals(self):
        (outcome,) = read_answer(answer(good("A")), ["A"], INVOICES)
        totals = Totals(Decimal("20.0"), Decimal("4.0"), Decimal("24.0"))
        assert outcome == Posted(their_id=ID, their_status="DRAFT", totals=totals)

    def test_is_not_success_for_an_element_with_errors_although_it_carries_an_id(self):
        outcomes = read_answer(answer(good("A"), bad("B", "Due date cannot be empty.")), ["A", "B"], INVOICES)
        assert isinstance(outcomes[0], Posted)
        assert outcomes[1] == Rejected(("Due date cannot be empty.",))

    def test_keeps_a_warning_and_posts(self):
        warned = good("A", StatusAttributeString="WARNING", Warnings=[{"Message": "Rate looks odd"}])
        (outcome,) = read_answer(answer(warned), ["A"], INVOICES)
        assert outcome.warnings == ("Rate looks odd",)

    @pytest.mark.parametrize("message", ["Invoice # must be unique.", "Order number must be unique"])
    def test_takes_must_be_unique_as_the_echo_of_an_earlier_sending(self, message):
        assert isinstance(read_answer(answer(bad("A", message)), ["A"], INVOICES)[0], Unknown)

    def test_leaves_a_document_unknown_that_it_does_not_mention(self):
        outcomes = read_answer(answer(good("A")), ["A", "B"], INVOICES)
        assert [type(outcome) for outcome in outcomes] == [Posted, Unknown]

    def test_matches_by_number_whatever_the_order_and_case(self):
        second = good("b", InvoiceID="aaaaaaaa-0000-4000-8000-000000000002")
        outcomes = read_answer(answer(second, good("A")), ["A", "B"], INVOICES)
        assert [outcome.their_id[-1] for outcome in outcomes] == ["1", "2"]

    def test_gives_an_element_without_a_number_to_the_document_in_its_place(self):
        unread = {"StatusAttributeString": "ERROR", "ValidationErrors": [{"Description": "Unreadable"}]}
        outcomes = read_answer(answer(good("A"), unread), ["A", "B"], INVOICES)
        assert outcomes[1] == Rejected(("Unreadable",))

    @pytest.mark.parametrize("their_id", ["", "00000000-0000-0000-0000-000000000000", None])
    def test_never_posts_without_an_id(self, their_id):
        assert isinstance(read_answer(answer(good("A", InvoiceID=their_id)), ["A"], INVOICES)[0], Unknown)

    @pytest.mark.parametrize("body", [b"", b'{"Invoices":[{"Invoi', b"[]", b'{"Invoices":null}', b"<html>", b'"x"'])
    def test_cut_short_or_of_another_form_says_nothing(self, body):
        assert isinstance(read_answer(Answer(200, {}, body), ["A"], INVOICES)[0], Unknown)

    @given(st.binary(max_size=300))
    def test_whatever_comes_gives_each_document_one_outcome_and_none_is_posted(self, body):
        outcomes = read_answer(Answer(200, {}, body), ["A", "B"], INVOICES)
        assert [type(outcome) for outcome in outcomes] == [Unknown, Unknown]


class TestAFailure:
    @pytest.mark.parametrize("status", [401, 403, 429])
    def test_that_turned_the_first_sending_away_sent_nothing(self, status):
        assert isinstance(read_answer(Answer(status), ["A"], INVOICES)[0], NotSent)

    @pytest.mark.parametrize("status", [401, 403, 429, 503])
    def test_that_turned_the_second_sending_away_says_nothing_of_the_first(self, status):
        assert isinstance(read_answer(Answer(status), ["A"], INVOICES, resent=True)[0], Unknown)

    @pytest.mark.parametrize("status", [404, 405, 412, 418, 500, 501, 502, 503, 504])
    def test_of_any_other_kind_leaves_the_outcome_unknown(self, status):
        assert isinstance(read_answer(Answer(status), ["A"], INVOICES)[0], Unknown)

    def test_of_a_whole_batch_leaves_all_unknown_because_the_good_ones_may_be_booked(self):
        body = msgspec.json.encode({"Type": "ValidationException", "Elements": [bad("A", "Wrong")]})
        outcomes = read_answer(Answer(400, {}, body), ["A", "B"], INVOICES)
        assert [type(outcome) for outcome in outcomes] == [Unknown, Unknown]

    def test_to_read_the_body_books_nothing(self):
        body = msgspec.json.encode({"Type": "PostDataInvalidException", "Message": "Bad body"})
        assert read_answer(Answer(400, {}, body), ["A"], INVOICES) == [Rejected(("Bad body",), of_the_call=True)]


class TestNoAnswer:
    def test_of_a_call_that_never_left_sent_nothing(self):
        assert no_answer(errors.NotSent("refused"), 1, never_left=True) == [NotSent("refused")]

    def test_of_a_second_sending_that_never_left_says_nothing_of_the_first(self):
        assert no_answer(errors.NotSent("refused"), 1, never_left=False) == [Unknown("refused")]

    def test_of_a_call_that_may_have_left_is_unknown(self):
        assert no_answer(errors.OutcomeUnknown("reset"), 2, never_left=False) == [Unknown("reset")] * 2
