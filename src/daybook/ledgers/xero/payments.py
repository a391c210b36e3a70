"""PURE: payments on invoices and bills, and refunds on credit notes, in Xero: all are /Payments (xero-rules.md 5.7, 5.9).

Xero knows no number of a payment and refuses none that comes twice, as long as something is outstanding: what stands there
is told by what it pays, amount, day, account and reference, and nothing is ever sent twice without such a look.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Settlement
from daybook.documents.kinds import Kind
from daybook.kit.money import ZERO, Totals, figure
from daybook.kit.translation import told
from daybook.ledgers.exchange import (
    Before,
    Changes,
    Listed,
    Outcome,
    Period,
    Posted,
    Rejected,
    Sendable,
    Settled,
    Since,
    Sought,
    Taken,
    Theirs,
    Unknown,
    Written,
)
from daybook.ledgers.ledger import Form, KnownBy, Route, Talk
from daybook.ledgers.xero import answers, elements, looking, protocol, writing
from daybook.ledgers.xero.credit_notes import CREDIT_NOTES
from daybook.ledgers.xero.elements import Element
from daybook.ledgers.xero.invoices import summaries
from daybook.ledgers.xero.writing import Resource
from daybook.wire import errors
from daybook.wire.asks import Answer

PAYMENTS = Resource("Payments", "PaymentID", "", (("summarizeErrors", "false"),))
LONGEST_REFERENCE = 255
TOKENS_LIVE = timedelta(minutes=35)
"""30 minutes, and a little for clocks that differ: bytes that a paused worker lets go later come with a token that has
ended, and nothing is booked (xero-rules.md 1.4)."""
_TARGETS_IN_ONE_CALL = 20
"""Conditions on an id in one `where`, bounded by the URL's length (xero-rules.md 2.2)."""
_DEAD = "DELETED"
_RECEIVED, _PAID_BACK, _BILLS = "ACCRECPAYMENT", "ARCREDITPAYMENT", "ACCPAYPAYMENT"
_GUID_LENGTH = 36
_BEYOND_ALL = Decimal(10) ** 16
_EXPECTED = re.compile(r"payment date is prior to the invoice date", re.IGNORECASE)
"""A warning about what is normal: shops are paid before they send (xero-rules.md 5.9)."""
_TARGETS: Mapping[Kind, tuple[str, str]] = {
    Kind.INVOICE: ("Invoice", "InvoiceID"),
    Kind.BILL: ("Invoice", "InvoiceID"),
}
_NOTE = ("CreditNote", "CreditNoteID")


def element(sendable: Sendable) -> Mapping[str, Any]:
    """Return the element that makes a payment or a refund; never that it is reconciled: the bank's line says so."""
    paid, (target, *_) = _settlement(sendable), sendable.targets
    part, id_field = _TARGETS.get(target.kind, _NOTE)
    return {
        part: {id_field: target.their_id},
        "Account": _account(paid.account_code),
        "Date": paid.date.isoformat(),
        "Amount": paid.totals.gross,
        "Reference": paid.reference[:LONGEST_REFERENCE],
    }


def _account(named: str) -> dict[str, str]:
    """Some accounts have no code (xero-rules.md 5.7); a code has 10 characters at most, an id 36."""
    return {"AccountID" if len(named) == _GUID_LENGTH else "Code": named}


def _settlement(sendable: Sendable) -> Settlement:
    if not isinstance(sendable.document, Settlement) or not sendable.targets:
        raise TypeError(sendable.document)
    return sendable.document


def write(sendables: Sequence[Sendable], _options: frozenset[str]) -> Written:
    """Return the call that makes payments and refunds."""
    return writing.batch(PAYMENTS, [element(each) for each in sendables])


def read(answer: Answer, sent: Sequence[Sendable], is_resent: bool) -> list[Outcome]:  # noqa: FBT001 - as the port says
    """Return what became of each: they have no number, so that their place tells, and what each says of itself."""
    if answer.status != 200:
        return answers.read_answer(answer, [""] * len(sent), PAYMENTS, resent=is_resent)
    try:
        body = protocol.read_json(answer)
    except errors.OutcomeUnknown as error:
        return [Unknown(error.words)] * len(sent)
    rows = [row for row in protocol.listed(body, PAYMENTS.name) if isinstance(row, dict)]
    if len(rows) != len(sent):
        return [Unknown("the answer does not mention each payment")] * len(sent)
    return [_outcome(row, _settlement(each)) for row, each in zip(rows, sent, strict=True)]


def _outcome(row: Element, paid: Settlement) -> Outcome:
    words = protocol.validation_messages(row)
    if words or str(row.get("StatusAttributeString") or "OK").upper() == "ERROR":
        return Rejected(words or ("Xero marked the payment as wrong and gave no reason",))
    their_id, amount = protocol.id_in(row, PAYMENTS.id_field), elements.number(row, "Amount")
    if not their_id:
        return Unknown("the answer gives the payment no id")
    reference = elements.text(row, "Reference")
    if reference and reference != paid.reference[:LONGEST_REFERENCE]:
        return Unknown("the answer stands in another order than the call")
    warnings = protocol.validation_messages(row, "Warnings")
    return Posted(
        their_id=their_id,
        their_status=protocol.status_in(row),
        totals=_totals(amount),
        warnings=tuple(each for each in warnings if not _EXPECTED.search(each)),
    )


def _totals(amount: Decimal | None) -> Totals | None:
    """Return what moved, None where it is not said, or beyond what any payment comes to."""
    return None if amount is None or abs(amount) >= _BEYOND_ALL else Totals(amount, ZERO, amount)


def before(sendables: Sequence[Sendable]) -> Talk[list[Before]]:
    """Return of each payment whether it may go: what somebody has settled is not paid twice, nor split silently.

    One call tells what is outstanding on all invoices of a call. Of those that something was paid on already, and of all
    credit notes, what was paid is read too: a payment of ours that the day book has forgotten (a restored one) bears our
    own words. What is left of a note that money went out of is asked at one call each: their list has no filter.
    """
    invoices, notes = _targets_of(sendables, {Kind.PAYMENT, Kind.BILL_PAYMENT}), _targets_of(sendables, {Kind.REFUND})
    there = yield from summaries(invoices)
    some_paid = [key for key, row in there.items() if (elements.number(row, "AmountPaid") or ZERO) > 0]
    made = yield from _made_on([*some_paid, *notes])
    paid_out = [key for key in notes if any(map(_is_live, made.get(key, ())))]
    there |= yield from _notes(paid_out)
    left = {key: _outstanding(row) for key, row in there.items()}
    is_free = [each.kind == Kind.REFUND and each.targets[0].their_id not in paid_out for each in sendables]
    pairs = zip(sendables, is_free, strict=True)
    return [None if free else _judged(each, there, left, made) for each, free in pairs]


def _targets_of(sendables: Sequence[Sendable], kinds: Collection[Kind]) -> list[str]:
    return list(dict.fromkeys(each.targets[0].their_id for each in sendables if each.kind in kinds))


def _outstanding(row: Element) -> Decimal | None:
    """Return what is left to be paid of an invoice, or to be paid out of a credit note."""
    return elements.number(row, "RemainingCredit" if "RemainingCredit" in row else "AmountDue")


def _judged(
    sendable: Sendable,
    there: Mapping[str, Element],
    left: dict[str, Decimal | None],
    made: Mapping[str, Sequence[Element]],
) -> Before:
    """Return what is said of one payment; what it takes is taken off `left` for those behind it."""
    paid, key = _settlement(sendable), sendable.targets[0].their_id
    row, due, amount = there.get(key), left.get(key), paid.totals.gross
    if row is None or due is None or protocol.status_in(row) in {"VOIDED", "DELETED"}:
        return Hold(Cause.NEEDED_ENDED, paid.settles)
    if any(_is_this(each, paid) for each in made.get(key, ())):
        return Settled(f"A payment with this reference, day and amount stands on {paid.settles} already.")
    if due <= 0:
        return Settled(f"Nothing is outstanding on {paid.settles}: {_settled_by(row)}.")
    if due < amount:
        words = f"{figure(due)} {paid.currency} are outstanding on {paid.settles}, and the payment is {figure(amount)}."
        return Hold(Cause.SETTLED_IN_PART, paid.settles, words)
    left[key] = due - amount
    return None


def _settled_by(row: Element) -> str:
    """Return what settled a document, in words: a credit note of our own, a person, or what was paid ahead."""
    paid, credited = (elements.number(row, name) or ZERO for name in ("AmountPaid", "AmountCredited"))
    if paid and credited:
        return told(f"{figure(paid)} were paid and {figure(credited)} were set against it as credit")
    if credited:
        return told(f"{figure(credited)} were set against it as credit")
    return told(f"{figure(paid)} were paid") if paid else told("it is settled there")


def _notes(ids: Sequence[str]) -> Talk[dict[str, Element]]:
    """Return these credit notes by id."""
    found: dict[str, Element] = {}
    for their_id in ids:
        for row in (yield from looking.element(CREDIT_NOTES, their_id)):
            found[their_id] = row
    return found


def _made_on(targets: Sequence[str]) -> Talk[dict[str, list[Element]]]:
    """Return, by document, all payments on these that were ever made, deleted ones too."""
    found: dict[str, list[Element]] = defaultdict(list)
    for begin in range(0, len(targets), _TARGETS_IN_ONE_CALL):
        some = targets[begin : begin + _TARGETS_IN_ONE_CALL]
        where = " OR ".join(f'Invoice.InvoiceID==guid("{key}")' for key in some)  # a note's id too (5.9)
        for row in (yield from _pages(where)):
            found[protocol.id_in(elements.part(row, "Invoice"), "InvoiceID")].append(row)
    return found


def _pages(where: str) -> Talk[list[Element]]:
    found: list[Element] = []
    page, is_full = 1, True
    while is_full:
        query = {"where": where, "page": str(page), "pageSize": str(looking.PAGE_SIZE)}
        rows = elements.elements((yield protocol.ask(f"/{PAYMENTS.name}", query)), PAYMENTS.name)
        found += rows
        page, is_full = page + 1, len(rows) == looking.PAGE_SIZE
    return found


def _is_live(row: Element) -> bool:
    return protocol.status_in(row) != _DEAD


def _is_this(row: Element, paid: Settlement) -> bool:
    """Tell whether a payment there is this one; what was deleted there is none."""
    return _is_live(row) and _says_the_same(row, paid)


def _says_the_same(row: Element, paid: Settlement) -> bool:
    account = elements.part(row, "Account")
    return (
        elements.number(row, "Amount") == paid.totals.gross
        and elements.day(row, "Date") == paid.date
        and elements.text(row, "Reference") == paid.reference[:LONGEST_REFERENCE]
        and paid.account_code in {elements.text(account, "AccountID"), elements.text(account, "Code")}
    )


def look(sought: Sequence[Sought]) -> Talk[list[Theirs]]:
    """Return what stands there of these, by what they pay, amount, day, account and reference; under our own number.

    One that a person has deleted there since counts where no other one says the same.
    """
    made = yield from _made_on(list(dict.fromkeys(each.target for each in sought if each.target)))
    return [theirs for each in sought for theirs in _alike(each, made.get(each.target, ()))]


def _alike(sought: Sought, made: Iterable[Element]) -> Iterator[Theirs]:
    paid = sought.document
    alike = [row for row in made if isinstance(paid, Settlement) and _says_the_same(row, paid)]
    live = [row for row in alike if _is_live(row)]
    for row in live or alike[:1]:
        yield _theirs(row, number=sought.number)


def look_by_ids(their_ids: Sequence[str]) -> Talk[list[Theirs]]:
    """Return the payments of these ids, one call each."""
    found: list[Theirs] = []
    for each in their_ids:
        try:
            answer = yield protocol.ask(f"/{PAYMENTS.name}/{each}")
        except errors.Refused as error:
            if error.http_status != 404:
                raise
            continue
        found += [_theirs(row) for row in elements.elements(answer, PAYMENTS.name)]
    return found


def _theirs(row: Element, *, number: str = "") -> Theirs:
    """Read one payment. Raises Unexpected where it has no id."""
    their_id, amount = protocol.id_in(row, PAYMENTS.id_field), elements.number(row, "Amount")
    if not their_id:
        raise errors.Unexpected("a payment in the list has no PaymentID")
    return Theirs(
        their_id=their_id,
        number=number,
        status=protocol.status_in(row),
        contact_id="",
        currency="",
        reference=elements.text(row, "Reference"),
        totals=_totals(amount),
        updated_at=elements.moment(row, "UpdatedDateUTC"),
    )


def newest(_since: datetime | None) -> Talk[list[Theirs]]:
    """Return nothing, and ask nothing: a payment bears no mark, and is told by what it pays just before it is made."""
    yield from ()
    return []


def taken_on(account_id: str, last: date) -> Talk[Taken]:
    """Return what stands as paid into an account and out of it until a day, by the documents' currencies."""
    until = f"DateTime({last.year}, {last.month:02}, {last.day:02})"
    where = f'Account.AccountID==guid("{account_id}") AND Status=="AUTHORISED" AND Date<={until}'
    sums: dict[str, dict[str, Decimal]] = {_RECEIVED: {}, _PAID_BACK: {}, _BILLS: {}}
    for row in (yield from _pages(where)):
        currency = elements.text(elements.part(row, "Invoice"), "CurrencyCode")
        mine = sums.get(elements.text(row, "PaymentType"))
        if mine is not None:
            mine[currency] = mine.get(currency, ZERO) + (elements.number(row, "Amount") or ZERO)
    return Taken(received=sums[_RECEIVED], paid_back=sums[_PAID_BACK], bills=sums[_BILLS])


def _form(kind: Kind, payment_type: str, listed_in: str) -> Form:
    def changed(since: Since, now: datetime) -> Talk[Changes]:
        """Return a page of those that changed."""
        query = {"where": f'PaymentType=="{payment_type}"'}
        return looking.changed(PAYMENTS, since, now, query=query, read=_theirs)

    def listed(period: Period, page: int) -> Talk[Listed]:
        """Return a page of those of these days, whoever made them."""
        where = " AND ".join([f'PaymentType=="{payment_type}"', *looking.dated(period)])
        return looking.listed(PAYMENTS, page, {"where": where}, read=_theirs)

    return Form(
        kind=kind,
        route=PAYMENTS.name,
        listed_in=listed_in,
        number_space="",
        feature="payments",
        known_by=KnownBy.TARGET,
        number_length=LONGEST_REFERENCE,
        number_alphabet=r"(?s:.)",
        has_draft=False,
        doubt_lasts=TOKENS_LIVE,
        seekable_at_once=100,
        element=element,
        look=look,
        look_by_ids=look_by_ids,
        changed=changed,
        newest=newest,
        link=lambda _base, _short_code, _their_id: "",
        listed=listed,
    )


ROUTE = Route(
    name=PAYMENTS.name,
    documents_a_call=writing.MAX_ELEMENTS,
    write=write,
    read=read,
    before=before,
    reads_before=1,
    reads_together={Kind.REFUND: _TARGETS_IN_ONE_CALL},
    is_resent=False,
)
PAYMENT = _form(Kind.PAYMENT, _RECEIVED, "Payments")
REFUND = _form(Kind.REFUND, _PAID_BACK, "Refunds")
BILL_PAYMENT = _form(Kind.BILL_PAYMENT, _BILLS, "Payments of bills")
