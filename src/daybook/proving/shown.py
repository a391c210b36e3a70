"""PURE: a proof as people read it: sections of sentences and tables, the same on the page and in the PDF."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from daybook.documents.kinds import SPECS
from daybook.kit.translation import figure, gettext, gettext_noop, ngettext, retold
from daybook.outbox.states import State
from daybook.printing.sections import Section, Table
from daybook.proving.proof import Amounts, Compared, OfLedger, OrdersOf, Proof, Return
from daybook.reconciliation.sums import ALL

MORE_THAN_THIS = gettext_noop(
    "These are the amounts of the documents that Daybook posted, and nothing else. The return holds more than Daybook posts: "
    "other sales, purchases, imports, corrections. An accountant decides what goes into it."
)
OPEN_STATES = {
    State.HELD: gettext_noop("held"),
    State.READY: gettext_noop("waits for its turn"),
    State.SENDING: gettext_noop("being sent"),
    State.REJECTED: gettext_noop("refused"),
    State.UNKNOWN: gettext_noop("sent, its outcome is not known"),
}
STANDINGS: Mapping[str, str] = {
    "waiting": gettext_noop("Waiting: not due yet"),
    "held": gettext_noop("Need a person"),
    "documented": gettext_noop("In the day book"),
    "skipped": gettext_noop("Skipped"),
    "cancelled": gettext_noop("Cancelled"),
}


def period(found: Proof) -> str:
    """Return its days as people write them."""
    return gettext("{since} to {until}").format(since=_day(found.since), until=_day(found.until))


def made_at(found: Proof) -> str:
    """Return when it was made."""
    return f"{_written(datetime.fromisoformat(found.made_at))} {found.made_at[11:19]} UTC"


def sections(found: Proof) -> list[tuple[str, list[Section]]]:
    """Return what it says of each organisation, by the organisation's name, and of the history."""
    said = [(f"{each.organisation} ({each.title})", _of_ledger(each)) for each in found.ledgers]
    return [*said, (gettext("History"), [_history(found)])]


def _of_ledger(each: OfLedger) -> list[Section]:
    made = (_verdict(each), _orders(each), _sums(each), _differing(each), _left_out(each), _still_open(each))
    return [section for section in (*made, _clearing(each), *_return(each)) if section is not None]


def _verdict(each: OfLedger) -> Section:
    agree = ngettext(
        "{agreeing} of {compared} document agrees, difference {difference}.",
        "{agreeing} of {compared} documents agree, difference {difference}.",
        each.compared,
    )
    said = [
        agree.format(agreeing=_count(each.agreeing), compared=_count(each.compared), difference=money(each.difference))
    ]
    if each.overlooked:
        without = ngettext(
            "{count} order should have a document and has none.",
            "{count} orders should have a document and have none.",
            each.overlooked,
        )
        said.append(without.format(count=_count(each.overlooked)))
    said.append(
        gettext(
            "Orders are of the period by their day of dispatch, or of receipt where no dispatch is known; documents by their date."
        )
    )
    return Section(gettext("Orders, day book and ledger"), tuple(said), is_good=each.agrees)


def _orders(of: OfLedger) -> Section:
    by_currency: dict[str, list[OrdersOf]] = {}
    for row in of.orders:
        by_currency.setdefault(row.currency, []).append(row)
    rows, strong = [], set()
    for currency, mine in sorted(by_currency.items()):
        standings = sorted({row.standing for row in mine})
        rows += [
            _orders_row(gettext(STANDINGS.get(each, each)), currency, [row for row in mine if row.standing == each])
            for each in standings
        ]
        rows.append(_orders_row(gettext("All orders"), currency, mine))
        strong.add(len(rows) - 1)
    if not rows:
        return Section(gettext("Orders"), (gettext("No order is of this period."),))
    head = (gettext("Orders"), gettext("Currency"), gettext("Number"), gettext("Value"))
    return Section(gettext("Orders"), table=Table(head, tuple(rows), 2, frozenset(strong)))


def _orders_row(title: str, currency: str, mine: Sequence[OrdersOf]) -> tuple[str, ...]:
    return (title, currency, _count(sum(row.orders for row in mine)), money(_sum(row.gross for row in mine)))


def _sums(each: OfLedger) -> Section:
    if not each.sums:
        return Section(gettext("Documents"), (gettext("No document is dated in this period."),))
    head = (
        *(gettext("Documents"), gettext("Tax"), gettext("Number"), gettext("Orders"), gettext("Day book")),
        *(each.title, gettext("Difference")),
    )
    strong = frozenset(place for place, row in enumerate(each.sums) if row.tax_type == ALL)
    return Section(gettext("Documents"), table=Table(head, tuple(_sum_row(row) for row in each.sums), 2, strong))


def _sum_row(row: Compared) -> tuple[str, ...]:
    tax = gettext("All") if row.tax_type == ALL else row.tax or row.tax_type or gettext("No tax type")
    sides = (row.orders, row.day_book, row.ledger)
    return (
        f"{_kind(row.kind)}, {row.currency}",
        tax,
        _count(row.documents),
        *(_amounts(side) for side in sides),
        money(row.difference),
    )


def _differing(each: OfLedger) -> Section | None:
    count = each.compared - each.agreeing
    if not count:
        return None
    rows = tuple(
        (_kind(row.kind), row.number, retold(row.finding), row.currency, money(row.difference))
        for row in each.differing
    )
    more = count - len(rows)
    first = gettext("These are the first {count}; {more} more differ.")
    said = (first.format(count=_count(len(rows)), more=_count(more)),) if more > 0 else ()
    head = (
        *(gettext("Document"), gettext("Number"), gettext("What is found"), gettext("Currency")),
        gettext("Difference"),
    )
    return Section(gettext("What differs"), said, Table(head, rows, 4))


def _left_out(each: OfLedger) -> Section | None:
    rows = [
        (_reason(row.reason), gettext(_LEFT_OUT.get(row.standing, f"Orders: {row.standing}")), row.currency,
         _count(row.orders), money(row.gross))
        for row in each.orders
        if row.standing != "documented"
    ]  # fmt: skip
    rows += [
        (_reason(row.reason), gettext("{kind}: cancelled in the day book").format(kind=_kind(row.kind)), row.currency,
         _count(row.documents), money(row.amounts.gross))
        for row in each.day_book
        if row.state == State.CANCELLED
    ]  # fmt: skip
    if not rows:
        return None
    head = (gettext("Because"), gettext("What it is"), gettext("Currency"), gettext("Number"), gettext("Value"))
    return Section(gettext("Left out, and why"), table=Table(head, tuple(rows), 3))


def _reason(reason: str) -> str:
    return retold(reason) or gettext("No reason is noted")


_LEFT_OUT: Mapping[str, str] = {
    "waiting": gettext_noop("Orders: waiting: not due yet"),
    "held": gettext_noop("Orders: need a person"),
    "skipped": gettext_noop("Orders: skipped"),
    "cancelled": gettext_noop("Orders: cancelled"),
}
"""How orders stand of which no document is made."""


def _still_open(each: OfLedger) -> Section:
    mine = [row for row in each.day_book if row.state in OPEN_STATES]
    lock = gettext("No lock date is set.")
    if each.lock_date:
        lock = gettext("The organisation is locked up to {day}.").format(day=_day(each.lock_date))
    without = _without_document(each)
    if not mine:
        done = gettext("Every document of the period is posted or cancelled.")
        return Section(gettext("Still open"), (*without, f"{done} {lock}"), is_good=not without)
    count, locked = sum(row.documents for row in mine), sum(row.locked for row in mine)
    open_ = ngettext(
        "{count} document of the period is not posted.", "{count} documents of the period are not posted.", count
    )
    said = [f"{open_.format(count=_count(count))} {lock}", *without]
    if locked:
        within = ngettext(
            "{count} of them is dated within the lock: give them a later date, or have the lock date moved.",
            "{count} of them are dated within the lock: give them a later date, or have the lock date moved.",
            locked,
        )
        said.append(within.format(count=_count(locked)))
    else:
        said.append(gettext("What is open is best posted, or cancelled, before the period is locked."))
    rows = tuple(
        (_kind(row.kind), gettext(OPEN_STATES[State(row.state)]), retold(row.reason), row.currency,
         _count(row.documents), _count(row.locked), money(row.amounts.gross))
        for row in mine
    )  # fmt: skip
    head = (
        *(gettext("Document"), gettext("It is"), gettext("Because"), gettext("Currency"), gettext("Number")),
        *(gettext("Locked"), gettext("Value")),
    )
    return Section(gettext("Still open"), tuple(said), Table(head, rows, 4), is_good=False)


def _without_document(each: OfLedger) -> tuple[str, ...]:
    """Return a sentence about the orders that have no document before a person acts, nothing where there are none."""
    count = sum(row.orders for row in each.orders if row.standing == "held")
    said = ngettext(
        "{count} order of the period has no document yet: it needs a person, and stands under “Left out, and why”.",
        "{count} orders of the period have no document yet: they need a person, and stand under “Left out, and why”.",
        count,
    )
    return (said.format(count=_count(count)),) if count else ()


def _clearing(each: OfLedger) -> Section | None:
    if not each.clearing:
        return None
    head = (
        *(gettext("Account"), gettext("Opening"), gettext("Payments"), gettext("Refunds"), gettext("Fees")),
        *(gettext("Payouts"), gettext("Closing"), gettext("Not posted")),
    )
    rows = tuple(
        (f"{row.account}, {row.currency}",
         *(money(part) for part in (row.opening, row.payments, row.refunds, row.fees, row.payouts, row.closing, row.unposted)))
        for row in each.clearing
    )  # fmt: skip
    said = gettext("As the orders say. Payouts and fees that the bank tells of stand in the ledger itself.")
    return Section(gettext("Clearing accounts"), (said,), Table(head, rows, 1))


def _return(each: OfLedger) -> list[Section]:
    known = each.tax_return
    if known is None:
        said = gettext("The country of the organisation is not known: Daybook works out no return.")
        if each.country:
            no_return = gettext("For the country of the organisation ({country}) Daybook works out no return.")
            said = no_return.format(country=each.country)
        return [Section(gettext("Tax return"), (said,))]
    rows = tuple((box.code, gettext(box.title), money(box.amount)) for box in known.boxes)
    table = Table((gettext("Box"), gettext("What it holds"), known.currency), rows, 2)
    title = gettext("What these documents contribute to the {tax_return}").format(tax_return=gettext(known.title))
    return [
        Section(title, (gettext(MORE_THAN_THIS), gettext(known.basis)), table),
        *_in_no_box(known, {row.tax_type: row.tax for row in each.sums}),
    ]


def _in_no_box(known: Return, taxes: Mapping[str, str]) -> list[Section]:
    rows = tuple(
        (f"{_kind(row.kind)}, {row.currency}", taxes.get(row.tax_type) or row.tax_type or gettext("No tax type"), _sentence(retold(row.why)),
         _count(row.documents), _amounts(row.amounts))
        for row in known.left_out
    )  # fmt: skip
    if not rows:
        return []
    head = (gettext("Documents"), gettext("Tax type"), gettext("Why"), gettext("Number"), gettext("Amount"))
    return [Section(gettext("In no box"), table=Table(head, rows, 3))]


def _history(found: Proof) -> Section:
    head = found.history
    if head.broken_at:
        said = gettext(
            "The history was changed at position {position}: ask whoever runs Daybook for “daybook audit verify”."
        ).format(position=_count(head.broken_at))
    else:
        sealed = ngettext(
            "The {count} newest event of the company is as sealed.",
            "The {count} newest events of the company are as sealed.",
            head.checked,
        )
        said = sealed.format(count=_count(head.checked))
    ended = gettext("The history ended at position {position} with the seal {seal}")
    end = ended.format(position=_count(head.position), seal=head.seal)
    return Section(gettext("The history when this was made"), (said, end), is_good=not head.broken_at)


def money(amount: str) -> str:
    """Return an amount with thousands apart: "1,234.50"."""
    return figure(f"{Decimal(amount):,}")


def _amounts(amounts: Amounts | None) -> str:
    if amounts is None:
        return ""
    net = gettext("net {amount}").format(amount=money(amounts.net))
    tax = gettext("tax {amount}").format(amount=money(amounts.tax))
    return f"{money(amounts.gross)}\n{net}\n{tax}"


def _sum(amounts: Iterable[str]) -> str:
    return str(sum(map(Decimal, amounts), Decimal("0.00")))


def _kind(kind: str) -> str:
    return gettext(SPECS[kind].title) if kind in SPECS else kind


def _day(day: str) -> str:
    return _written(date.fromisoformat(day))


def _written(day: date) -> str:
    return f"{day:{gettext('%-d %B %Y')}}"


def _count(count: int) -> str:
    return figure(f"{count:,}")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
