"""PURE: a proof as people read it: sections of sentences and tables, the same on the page and in the PDF."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from daybook.documents.kinds import SPECS
from daybook.outbox.states import State
from daybook.printing.sections import Section, Table
from daybook.proving.proof import Amounts, Compared, OfLedger, OrdersOf, Proof, Return
from daybook.reconciliation.sums import ALL

MORE_THAN_THIS = (
    "These are the amounts of the documents that Daybook posted, and nothing else. The return holds more than Daybook posts: "
    "other sales, purchases, imports, corrections. An accountant decides what goes into it."
)
OPEN_STATES = {
    State.HELD: "held",
    State.READY: "waits for its turn",
    State.SENDING: "being sent",
    State.REJECTED: "refused",
    State.UNKNOWN: "sent, its outcome is not known",
}
STANDINGS: Mapping[str, str] = {
    "waiting": "Waiting: not due yet",
    "held": "Need a person",
    "documented": "In the day book",
    "skipped": "Skipped",
    "cancelled": "Cancelled",
}


def period(found: Proof) -> str:
    """Return its days as people write them."""
    return f"{_day(found.since)} to {_day(found.until)}"


def made_at(found: Proof) -> str:
    """Return when it was made."""
    return f"{datetime.fromisoformat(found.made_at):%-d %B %Y %H:%M:%S} UTC"


def sections(found: Proof) -> list[tuple[str, list[Section]]]:
    """Return what it says of each organisation, by the organisation's name, and of the history."""
    said = [(f"{each.organisation} ({each.title})", _of_ledger(each)) for each in found.ledgers]
    return [*said, ("History", [_history(found)])]


def _of_ledger(each: OfLedger) -> list[Section]:
    made = (_verdict(each), _orders(each), _sums(each), _differing(each), _left_out(each), _still_open(each))
    return [section for section in (*made, _clearing(each), *_return(each)) if section is not None]


def _verdict(each: OfLedger) -> Section:
    said = [f"{each.agreeing:,} of {each.compared:,} documents agree, difference {money(each.difference)}."]
    if each.overlooked:
        said.append(f"{_count(each.overlooked, 'order')} should have a document and {_has(each.overlooked)} none.")
    said.append(
        "Orders are of the period by their day of dispatch, or of receipt where no dispatch is known; documents by their date."
    )
    return Section("Orders, day book and ledger", tuple(said), is_good=each.agrees)


def _orders(of: OfLedger) -> Section:
    by_currency: dict[str, list[OrdersOf]] = {}
    for row in of.orders:
        by_currency.setdefault(row.currency, []).append(row)
    rows, strong = [], set()
    for currency, mine in sorted(by_currency.items()):
        standings = sorted({row.standing for row in mine})
        rows += [
            _orders_row(STANDINGS.get(each, each), currency, [row for row in mine if row.standing == each])
            for each in standings
        ]
        rows.append(_orders_row("All orders", currency, mine))
        strong.add(len(rows) - 1)
    if not rows:
        return Section("Orders", ("No order is of this period.",))
    return Section("Orders", table=Table(("Orders", "Currency", "Number", "Value"), tuple(rows), 2, frozenset(strong)))


def _orders_row(title: str, currency: str, mine: Sequence[OrdersOf]) -> tuple[str, ...]:
    return (title, currency, f"{sum(row.orders for row in mine):,}", money(_sum(row.gross for row in mine)))


def _sums(each: OfLedger) -> Section:
    if not each.sums:
        return Section("Documents", ("No document is dated in this period.",))
    head = ("Documents", "Tax", "Number", "Orders", "Day book", each.title, "Difference")
    strong = frozenset(place for place, row in enumerate(each.sums) if row.tax_type == ALL)
    return Section("Documents", table=Table(head, tuple(_sum_row(row) for row in each.sums), 2, strong))


def _sum_row(row: Compared) -> tuple[str, ...]:
    tax = "All" if row.tax_type == ALL else row.tax or row.tax_type or "No tax type"
    sides = (row.orders, row.day_book, row.ledger)
    return (
        f"{_kind(row.kind)}, {row.currency}",
        tax,
        f"{row.documents:,}",
        *(_amounts(side) for side in sides),
        money(row.difference),
    )


def _differing(each: OfLedger) -> Section | None:
    count = each.compared - each.agreeing
    if not count:
        return None
    rows = tuple(
        (_kind(row.kind), row.number, row.finding, row.currency, money(row.difference)) for row in each.differing
    )
    more = count - len(rows)
    said = (f"These are the first {len(rows):,}; {more:,} more differ.",) if more > 0 else ()
    return Section(
        "What differs", said, Table(("Document", "Number", "What is found", "Currency", "Difference"), rows, 4)
    )


def _left_out(each: OfLedger) -> Section | None:
    rows = [
        (_reason(row.reason), "Orders: " + STANDINGS.get(row.standing, row.standing).lower(), row.currency,
         f"{row.orders:,}", money(row.gross))
        for row in each.orders
        if row.standing != "documented"
    ]  # fmt: skip
    rows += [
        (_reason(row.reason), f"{_kind(row.kind)}: cancelled in the day book", row.currency, f"{row.documents:,}",
         money(row.amounts.gross))
        for row in each.day_book
        if row.state == State.CANCELLED
    ]  # fmt: skip
    if not rows:
        return None
    head = ("Because", "What it is", "Currency", "Number", "Value")
    return Section("Left out, and why", table=Table(head, tuple(rows), 3))


def _reason(reason: str) -> str:
    return reason or "No reason is noted"


def _still_open(each: OfLedger) -> Section:
    mine = [row for row in each.day_book if row.state in OPEN_STATES]
    lock = f"The organisation is locked up to {_day(each.lock_date)}." if each.lock_date else "No lock date is set."
    if not mine:
        return Section("Still open", (f"Every document of the period is posted or cancelled. {lock}",), is_good=True)
    count, locked = sum(row.documents for row in mine), sum(row.locked for row in mine)
    said = [f"{_count(count, 'document')} of the period {_is(count)} not posted. {lock}"]
    if locked:
        said.append(
            f"{locked:,} of them {_is(locked)} dated within the lock: give them a later date, or have the lock date moved."
        )
    else:
        said.append("What is open is best posted, or cancelled, before the period is locked.")
    rows = tuple(
        (_kind(row.kind), OPEN_STATES[State(row.state)], row.reason, row.currency, f"{row.documents:,}", f"{row.locked:,}",
         money(row.amounts.gross))
        for row in mine
    )  # fmt: skip
    head = ("Document", "It is", "Because", "Currency", "Number", "Locked", "Value")
    return Section("Still open", tuple(said), Table(head, rows, 4), is_good=False)


def _clearing(each: OfLedger) -> Section | None:
    if not each.clearing:
        return None
    head = ("Account", "Opening", "Payments", "Refunds", "Fees", "Payouts", "Closing", "Not posted")
    rows = tuple(
        (f"{row.account}, {row.currency}",
         *(money(part) for part in (row.opening, row.payments, row.refunds, row.fees, row.payouts, row.closing, row.unposted)))
        for row in each.clearing
    )  # fmt: skip
    said = "As the orders say. Payouts and fees that the bank tells of stand in the ledger itself."
    return Section("Clearing accounts", (said,), Table(head, rows, 1))


def _return(each: OfLedger) -> list[Section]:
    known = each.tax_return
    if known is None:
        where = (
            f"For the country of the organisation ({each.country})"
            if each.country
            else "The country of the organisation is not known:"
        )
        return [Section("Tax return", (f"{where} Daybook works out no return.",))]
    rows = tuple((box.code, box.title, money(box.amount)) for box in known.boxes)
    table = Table(("Box", "What it holds", known.currency), rows, 2)
    title = f"What these documents contribute to the {known.title}"
    return [Section(title, (MORE_THAN_THIS, known.basis), table), *_in_no_box(known)]


def _in_no_box(known: Return) -> list[Section]:
    rows = tuple(
        (f"{_kind(row.kind)}, {row.currency}", row.tax_type or "No tax type", _sentence(row.why), f"{row.documents:,}",
         _amounts(row.amounts))
        for row in known.left_out
    )  # fmt: skip
    if not rows:
        return []
    return [Section("In no box", table=Table(("Documents", "Tax type", "Why", "Number", "Amount"), rows, 3))]


def _history(found: Proof) -> Section:
    head = found.history
    if head.broken_at:
        said = f"The history was changed at position {head.broken_at:,}: ask whoever runs Daybook for “daybook audit verify”."
    else:
        said = f"The {_count(head.checked, 'newest event')} of the company {_is(head.checked)} as sealed."
    end = f"The history ended at position {head.position:,} with the seal {head.seal}"
    return Section("The history when this was made", (said, end), is_good=not head.broken_at)


def money(amount: str) -> str:
    """Return an amount with thousands apart: "1,234.50"."""
    return f"{Decimal(amount):,}"


def _amounts(amounts: Amounts | None) -> str:
    if amounts is None:
        return ""
    return f"{money(amounts.gross)}\nnet {money(amounts.net)}\ntax {money(amounts.tax)}"


def _sum(amounts: Iterable[str]) -> str:
    return str(sum(map(Decimal, amounts), Decimal("0.00")))


def _kind(kind: str) -> str:
    return SPECS[kind].title if kind in SPECS else kind


def _day(day: str) -> str:
    return f"{date.fromisoformat(day):%-d %B %Y}"


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
