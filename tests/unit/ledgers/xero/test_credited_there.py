"""Whether a credit note may go, by what its invoice says is set against it (Xero's fields AmountCredited, AppliedAmount)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import AmountType, CreditNote, Line
from daybook.documents.kinds import Kind
from daybook.kit.money import ZERO, Totals
from daybook.ledgers.exchange import Before, Sendable, Target
from daybook.ledgers.xero import credit_notes
from daybook.wire.asks import Answer
from tests.unit.ledgers.talking import carry

ID = "aaaaaaaa-0000-4000-8000-000000000001"


def note(amount: str, count: int = 1, *, before: str = "0", sale: str = "62", off: str = "0") -> Sendable:
    gross = Decimal(amount)
    line = Line(description="Mug", account_code="200", tax_type="OUTPUT2", quantity=Decimal(1), unit_amount=gross)
    paper = CreditNote(
        number=f"1001-CR{count}", contact_id="c", contact_name="Ann", date=date(2026, 3, 5), status="AUTHORISED",
        currency="GBP", reference="", amount_type=AmountType.INCLUSIVE, lines=(line,), totals=Totals(gross, ZERO, gross),
        credits="1001", places=(0,), quantities=(Decimal(1),), sale_gross=Decimal(sale),
        goodwill_off=Decimal(off),
    )  # fmt: skip
    return Sendable(
        mark=f"e{count}",
        kind=Kind.CREDIT_NOTE,
        number=paper.number,
        document=paper,
        targets=(Target(Kind.INVOICE, ID),),
        given_back=Decimal(before),
    )


def invoice(credited: str, **more: Sequence[dict]) -> dict:
    row = {"InvoiceID": ID, "InvoiceNumber": "1001", "Status": "AUTHORISED", "Total": 62.0, "AmountCredited": credited}
    return row | more


def judged(sent: Sequence[Sendable], *rows: dict) -> tuple[int, Sequence[Before]]:
    """Return the calls that it took, and what was said of each."""
    answers = [Answer(200, {}, msgspec.json.encode({"Invoices": [row]})) for row in rows]
    asked, said = carry(credit_notes.before(sent), *answers)
    return len(asked), said


def words(why: Before) -> str:
    assert isinstance(why, Hold)
    assert (why.cause, why.subject) == (Cause.CREDITED_THERE, "1001")
    return why.detail


class TestASaleThatGoodwillLowered:
    """62.00 were posted: goods of 70.00, less 8.00 of goodwill that was given before."""

    def test_is_given_back_by_its_lines_while_it_stands_as_posted(self):
        _, said = judged([note("50.00", 2, before="20", sale="62", off="8")], invoice("0"))
        assert list(said) == [None]

    def test_has_less_left_where_somebody_changed_it(self):
        changed = invoice("0") | {"Total": 40.0}
        _, (why,) = judged([note("50.00", sale="62", off="8")], changed, changed)
        assert "comes to 40.00 there" in words(why)

    def test_has_room_for_its_lines_beside_a_credit_of_somebody_elses(self):
        there = invoice("10.00", CreditNotes=[{"CreditNoteNumber": "CN-7", "AppliedAmount": 10.0}])
        _, said = judged([note("60.00", sale="62", off="8")], there)
        assert list(said) == [None]
        _, (why,) = judged([note("60.01", sale="62", off="8")], there, there)
        assert "with credit notes of 10.00" in words(why)


class TestWhatTheCustomerPaidAhead:
    """Xero counts prepayments and overpayments that are set against an invoice among what is credited on it."""

    AHEAD = (("Prepayments", "PrepaymentID"), ("Overpayments", "OverpaymentID"))

    def test_is_no_credit_of_the_sale(self):
        for name, key in self.AHEAD:
            applied = [{key: ID, "Date": "/Date(1772668800000+0000)/", "Total": 80.0, "AppliedAmount": 62.0}]
            assert judged([note("12.00")], invoice("62.00", **{name: applied})) == (1, [None])

    def test_is_read_of_the_invoice_alone_where_the_list_leaves_it_out(self):
        whole = invoice("62.00", Prepayments=[{"PrepaymentID": ID, "AppliedAmount": 62.0}])
        assert judged([note("12.00")], invoice("62.00"), whole) == (2, [None])

    def test_is_not_named_where_somebody_credited_too(self):
        there = invoice("62.00", Prepayments=[{"PrepaymentID": ID, "AppliedAmount": 7.0}])
        _, (why,) = judged([note("12.00")], there, there)
        assert words(why) == (
            "It gives back 12.00 GBP of 1001, which comes to 62.00 there, with credit notes of 55.00 set against it."
        )


class TestNotesOfOneCall:
    def test_take_what_is_left_beside_a_credit_of_somebody_elses_one_after_the_other(self):
        there = invoice("50.00", CreditNotes=[{"CreditNoteNumber": "CN-7", "AppliedAmount": 50.0}])
        _, (first, second, third) = judged(
            [note("10.00"), note("12.00", 2, before="10"), note("2.00", 3, before="22")], there, there
        )
        assert (first, third) == (None, None)
        assert words(second) == (
            "It gives back 12.00 GBP of 1001, which comes to 62.00 there, with credit notes of 50.00 set against it beside "
            "those of Daybook, which give back 10.00 of it."
        )

    def test_tell_goodwill_of_ours_from_the_sale_beside_a_credit_of_somebody_elses(self):
        """Of 62.00 they credited 20.00; ours gave 12.00 of it back, and 5.00 of goodwill: 30.00 are left."""
        there = invoice(
            "37.00",
            CreditNotes=[
                {"CreditNoteNumber": "CN-7", "AppliedAmount": 20.0},
                {"CreditNoteNumber": "1001-CR1", "AppliedAmount": 17.0},
            ],
        )
        assert judged([note("30.00", 2, before="12")], there) == (1, [None])
        _, (why,) = judged([note("30.01", 2, before="12")], there, there)
        assert words(why).endswith(
            "with credit notes of 20.00 set against it beside those of Daybook, which give back 12.00 of it."
        )

    def test_that_were_paid_out_count_beside_a_credit_of_somebody_elses(self):
        there = invoice("20.00", CreditNotes=[{"CreditNoteNumber": "CN-7", "AppliedAmount": 20.0}])
        _, (why,) = judged([note("31.00", 2, before="12")], there, there)
        assert "those of Daybook" in words(why)

    def test_beside_our_own_notes_alone_are_not_held(self):
        ours = [{"CreditNoteNumber": "1001-CR1", "AppliedAmount": 50.0}]
        assert judged([note("57.00", 2), note("5.00", 3)], invoice("50.00", CreditNotes=ours)) == (1, [None, None])


class TestNotesThatAnOlderVersionWrote:
    """They do not keep what their sale came to."""

    THEIRS = ({"CreditNoteNumber": "CN-7", "AppliedAmount": 50.0},)

    def test_take_what_is_left_beside_a_credit_of_somebody_elses_one_after_the_other(self):
        there = invoice("50.00", CreditNotes=self.THEIRS)
        sent = [note("10.00", sale="0"), note("12.00", 2, sale="0"), note("2.00", 3, sale="0")]
        _, (first, second, third) = judged(sent, there, there)
        assert (first, third) == (None, None)
        assert "which give back 10.00 of it" in words(second)

    def test_count_what_ours_have_taken_there_beside_a_credit_of_somebody_elses(self):
        applied = {"CreditNoteNumber": "1001-CR1", "AppliedAmount": 5.0}
        there = invoice("55.00", CreditNotes=(*self.THEIRS, applied))
        assert judged([note("7.00", 2, sale="0")], there) == (1, [None])
        _, (why,) = judged([note("7.01", 2, sale="0")], there, there)
        assert "with credit notes of 50.00" in words(why)

    def test_beside_our_own_notes_alone_are_not_held(self):
        ours = [{"CreditNoteNumber": "1001-CR1", "AppliedAmount": 50.0}]
        sent = [note("57.00", 2, sale="0"), note("5.00", 3, sale="0")]
        assert judged(sent, invoice("50.00", CreditNotes=ours)) == (1, [None, None])


def test_an_invoice_that_somebody_made_smaller_holds_what_is_more_than_it():
    there = invoice("0") | {"Total": 40.0}
    _, (why,) = judged([note("62.00")], there, there)
    assert words(why).startswith("It gives back 62.00 GBP of 1001, which comes to 40.00 there")
