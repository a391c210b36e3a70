"""PURE: what is asked about payments and refunds."""

from decimal import Decimal

from daybook.ledgers.probing import Facts, Found, Probe
from daybook.ledgers.talk import Talk
from daybook.ledgers.xero import elements
from daybook.ledgers.xero.probing import asking, parts
from daybook.ledgers.xero.probing.parts import PAYMENTS_SCOPE, approved, note, payment
from daybook.ledgers.xero.probing.undoing import INVOICES, NOTES, PAYMENTS

ONE, FOUR = Decimal(1), Decimal(4)
GOOD = 4
"""Good payments beside the bad one."""


def before_the_invoice(facts: Facts, mark: str) -> Talk[Found]:
    """Date a payment a day before its invoice."""
    made = yield from asking.put(INVOICES, approved(facts, f"{mark}A"))
    if not made.is_taken:
        return Found(None, made.said)
    target = {"InvoiceID": elements.text(made.row, "InvoiceID")}
    reply = yield from asking.put(PAYMENTS, payment(facts["bank"], parts.before(facts, 1), ONE, Invoice=target))
    return reply.found(taken=True, otherwise="it was saved")


def before_the_note(facts: Facts, mark: str) -> Talk[Found]:
    """Date a refund a day before its credit note."""
    made = yield from asking.put(NOTES, note(facts, f"{mark}A", Status="AUTHORISED"))
    if not made.is_taken:
        return Found(None, made.said)
    target = {"CreditNoteID": elements.text(made.row, "CreditNoteID")}
    reply = yield from asking.put(PAYMENTS, payment(facts["bank"], parts.before(facts, 1), ONE, CreditNote=target))
    return reply.found(taken=True, otherwise="it was saved")


def into_another_currency(facts: Facts, mark: str) -> Talk[Found]:
    """Pay an invoice in another currency into an account that is no bank account."""
    made = yield from asking.put(INVOICES, approved(facts, f"{mark}A", CurrencyCode=facts["foreign"]))
    if not made.is_taken:
        return Found(None, made.said)
    target = {"InvoiceID": elements.text(made.row, "InvoiceID")}
    reply = yield from asking.put(PAYMENTS, payment(facts["clearing"], facts["today"], ONE, Invoice=target))
    booked = elements.number(reply.row, "BankAmount")
    return reply.found(taken=True, otherwise=f"{facts['foreign']} 1 came to {booked} in the account")


def beside_a_bad_one(facts: Facts, mark: str) -> Talk[Found]:
    """Send good payments and one of more than is due, each to be answered by itself."""
    made = yield from asking.put(INVOICES, approved(facts, f"{mark}A"))
    if not made.is_taken:
        return Found(None, made.said)
    target = {"InvoiceID": elements.text(made.row, "InvoiceID")}
    good = [payment(facts["bank"], facts["today"], ONE, Invoice=target)] * GOOD
    bad = payment(facts["bank"], facts["today"], Decimal(999), Invoice=target)
    reply = yield from asking.put(PAYMENTS, *good, bad)
    if reply.is_taken:
        return Found(None, "a payment of more than is due was taken")
    after = yield from asking.get(INVOICES, target["InvoiceID"])
    paid = elements.number(after.row, "AmountPaid")
    known = {Decimal(GOOD): True, Decimal(0): False}
    return Found(known.get(paid) if paid is not None else None, f"{reply.said}; {paid} of {GOOD} is paid")


def parts_of_what_is_due(facts: Facts, mark: str) -> Talk[Found]:
    """Pay 4 of 10 twice, and look what is due."""
    made = yield from asking.put(INVOICES, approved(facts, f"{mark}A"))
    target = {"InvoiceID": elements.text(made.row, "InvoiceID")}
    for _ in range(2):
        paid = yield from asking.put(PAYMENTS, payment(facts["bank"], facts["today"], FOUR, Invoice=target))
        if not (made.is_taken and paid.is_taken):
            return Found(False, made.said or paid.said)
    after = yield from asking.get(INVOICES, target["InvoiceID"])
    due = elements.number(after.row, "AmountDue")
    return Found(due == 2, f"two payments of 4 on 10 leave {due} due")


def more_than_is_due(facts: Facts, mark: str) -> Talk[Found]:
    """Pay 11 of 10."""
    made = yield from asking.put(INVOICES, approved(facts, f"{mark}A"))
    if not made.is_taken:
        return Found(None, made.said)
    target = {"InvoiceID": elements.text(made.row, "InvoiceID")}
    reply = yield from asking.put(PAYMENTS, payment(facts["bank"], facts["today"], Decimal(11), Invoice=target))
    return reply.found(taken=False, otherwise="it was taken")


_SALE = ((INVOICES, "A"),)
_NEEDS = ("sales", "bank")
PROBES = (
    Probe(
        name="payments_may_precede_their_invoice",
        question="Is a payment saved that is dated before its invoice?",
        rule="5.7", makes=_SALE, scopes=PAYMENTS_SCOPE, needs=_NEEDS, calls=9, ask=before_the_invoice,
    ),
    Probe(
        name="refunds_may_precede_their_note",
        question="Is a refund saved that is dated before its credit note?",
        rule="5.7", makes=((NOTES, "A"),), scopes=PAYMENTS_SCOPE, needs=_NEEDS, calls=9, ask=before_the_note,
    ),
    Probe(
        name="foreign_documents_paid_into_base_accounts",
        question="May an invoice in another currency be paid into an account that is no bank account?",
        rule="5.7", makes=_SALE, scopes=PAYMENTS_SCOPE, needs=("sales", "clearing", "foreign"), calls=9,
        ask=into_another_currency,
    ),
    Probe(
        name="bad_payment_spares_its_batch",
        question="With summarizeErrors=false: are the good payments of a call made beside a bad one?",
        rule="4.3", makes=_SALE, scopes=PAYMENTS_SCOPE, needs=_NEEDS, calls=9 + GOOD, ask=beside_a_bad_one,
    ),
    Probe(
        name="equal_part_payments_both_stand", is_switch=False,
        question="Do two part payments of one amount both stand, and does AmountDue say so at once?",
        rule="5.7", makes=_SALE, scopes=PAYMENTS_SCOPE, needs=_NEEDS, calls=12, ask=parts_of_what_is_due,
    ),
    Probe(
        name="payment_beyond_what_is_due_is_refused", is_switch=False,
        question="Is a payment of more than is due refused?",
        rule="5.7", makes=_SALE, scopes=PAYMENTS_SCOPE, needs=_NEEDS, calls=9, ask=more_than_is_due,
    ),
)  # fmt: skip
