"""What Xero would refuse, told by its lists alone; what nobody has read foretells nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from daybook.documents.document import AmountType, Invoice, Line
from daybook.documents.kinds import Kind
from daybook.kit.money import Totals
from daybook.ledgers.foretelling import Books, Going, Stock
from daybook.ledgers.xero.foretelling import foretell

LINE = Line(
    description="Mug", quantity=Decimal(2), unit_amount=Decimal(5), tax_type="T", account_code="200", item_code="MUG"
)
SALE = Invoice(
    number="A-1", contact_id="c", date=date(2026, 3, 2), due_date=date(2026, 4, 2), currency="GBP", reference="",
    amount_type=AmountType.EXCLUSIVE, lines=(LINE,), totals=Totals(Decimal(10), Decimal(2), Decimal(12)), status="AUTHORISED",
)  # fmt: skip


def causes(books: Books, *sales: Invoice) -> list[list[str]]:
    told = foretell([Going(Kind.INVOICE, sale) for sale in sales], books)
    return [[str(each.cause) for each in why] for why in told]


def test_what_was_not_read_foretells_nothing():
    assert causes(Books(), SALE) == [[]]


def test_what_is_refused_takes_no_stock_and_what_goes_does():
    books = Books(stock={"MUG": Stock(on_hand=Decimal(3))}, currencies={"GBP"})
    euros = replace(SALE, currency="EUR")
    assert causes(books, euros, SALE, SALE) == [["currency_not_subscribed"], [], ["stock_short"]]
    assert causes(replace(books, options={"allow_backorders"}), SALE, SALE) == [[], []]
    assert causes(books, *[replace(SALE, status="DRAFT")] * 2) == [[], []]
    assert causes(Books(stock={"MUG": None}), SALE) == [[]]
    assert causes(Books(stock={}), SALE) == [["stock_short"]]


def test_an_approval_counts_in_its_month():
    books = Books(approvals_a_month=1, approved={date(2026, 2, 1): 1})
    assert causes(books, SALE, SALE, replace(SALE, date=date(2026, 4, 1))) == [[], ["plan_limit_reached"], []]


def test_a_locked_day_and_a_number_that_is_taken():
    books = Books(lock_date=date(2026, 3, 2), taken={(Kind.INVOICE, "A-1"): "There is one."})
    assert causes(books, SALE) == [["period_locked", "number_taken"]]
    assert causes(books, replace(SALE, number="A-2", date=date(2026, 3, 3))) == [[]]
