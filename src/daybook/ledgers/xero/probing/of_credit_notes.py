"""PURE: what is asked about credit notes and allocations."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from daybook.ledgers.probing import Facts, Found, Probe
from daybook.ledgers.talk import Talk
from daybook.ledgers.xero import elements
from daybook.ledgers.xero.probing import asking, parts
from daybook.ledgers.xero.probing.asking import Reply
from daybook.ledgers.xero.probing.of_invoices import same_one
from daybook.ledgers.xero.probing.parts import INVOICES_SCOPE, PAYMENTS_SCOPE, approved, line, note, payment, sale
from daybook.ledgers.xero.probing.undoing import INVOICES, NOTES, PAYMENTS


def post_updates_note(facts: Facts, mark: str) -> Talk[Found]:
    """Post the number of a credit note again."""
    first = note(facts, f"{mark}A")
    made = yield from asking.put(NOTES, first)
    if not made.is_taken:
        return Found(None, made.said)
    return same_one(made, (yield from asking.post(NOTES, first | {"Reference": "again"})), "CreditNoteID")


def shared_numbers(facts: Facts, mark: str) -> Talk[Found]:
    """Give a credit note the number of a sales invoice."""
    made = yield from asking.put(INVOICES, sale(facts, f"{mark}A"))
    if not made.is_taken:
        return Found(None, made.said)
    reply = yield from asking.put(NOTES, note(facts, f"{mark}A"))
    return reply.found(taken=False, otherwise="both have it")


def approved_edited(facts: Facts, mark: str) -> Talk[Found]:
    """Change the price on an approved credit note."""
    made = yield from asking.put(NOTES, note(facts, f"{mark}A", Status="AUTHORISED"))
    if not made.is_taken:
        return Found(None, made.said)
    change = {"CreditNoteID": elements.text(made.row, "CreditNoteID"), "LineItems": [line(facts["sales"], Decimal(5))]}
    reply = yield from asking.post(NOTES, change)
    if not reply.is_taken:
        return Found(False, reply.said)
    total = elements.number(reply.row, "Total")
    return Found(total == 5, f"its total is {total}, after 10")


def _allocated(
    facts: Facts, mark: str, of_invoice: Mapping[str, Any], of_note: Mapping[str, Any], sent: Mapping[str, Any]
) -> Talk[tuple[Reply, str]]:
    """Make a note and an invoice and allocate one to the other; return the answer and the note's id."""
    invoice = yield from asking.put(INVOICES, {**approved(facts, f"{mark}A"), **of_invoice})
    credit = yield from asking.put(NOTES, {**note(facts, f"{mark}B", Status="AUTHORISED"), **of_note})
    if not (invoice.is_taken and credit.is_taken):
        return Reply(words=("could not be set up: " + (invoice.said or credit.said),), status=0), ""
    key = elements.text(credit.row, "CreditNoteID")
    body = {"Amount": 5, "Invoice": {"InvoiceID": elements.text(invoice.row, "InvoiceID")}} | dict(sent)
    return (yield from asking.put("Allocations", body, path=f"/{NOTES}/{key}/Allocations")), key


def cross_contacts(facts: Facts, mark: str) -> Talk[Found]:
    """Allocate a credit note to an invoice of another contact."""
    other = {"Contact": {"ContactID": facts["other_contact"]}}
    reply, _ = yield from _allocated(facts, mark, other, {}, {})
    return _settled(reply, taken=True, otherwise="it was allocated")


def dated_allocations(facts: Facts, mark: str) -> Talk[Found]:
    """Date an allocation later than both documents."""
    days = {name: parts.before(facts, back) for name, back in (("invoice", 4), ("note", 3), ("sent", 1))}
    of_invoice = {"Date": days["invoice"], "DueDate": days["invoice"]}
    reply, key = yield from _allocated(facts, mark, of_invoice, {"Date": days["note"]}, {"Date": days["sent"]})
    if not reply.is_taken:
        return Found(None, reply.said)
    allocations = (yield from asking.get(NOTES, key)).row.get("Allocations")
    first = allocations[0] if isinstance(allocations, list) and allocations else {}
    day = elements.day(first, "Date")
    said = day.isoformat() if day else "none"
    answer = {days["sent"]: True, days["note"]: False}.get(said)
    return Found(answer, f"invoice {days['invoice']}, note {days['note']}, sent {days['sent']}, kept {said}")


def beyond_what_is_due(facts: Facts, mark: str) -> Talk[Found]:
    """Allocate more than is due on the invoice."""
    bigger = {"LineItems": [line(facts["sales"], Decimal(20))]}
    reply, _ = yield from _allocated(facts, mark, {}, bigger, {"Amount": 15})
    return _settled(reply, taken=False, otherwise="it was allocated")


def to_what_is_paid(facts: Facts, mark: str) -> Talk[Found]:
    """Allocate to an invoice that a payment has settled."""
    invoice = yield from asking.put(INVOICES, approved(facts, f"{mark}A"))
    key = {"InvoiceID": elements.text(invoice.row, "InvoiceID")}
    paid = yield from asking.put(PAYMENTS, payment(facts["bank"], facts["today"], parts.TEN, Invoice=key))
    credit = yield from asking.put(NOTES, note(facts, f"{mark}B", Status="AUTHORISED"))
    if not (invoice.is_taken and paid.is_taken and credit.is_taken):
        return Found(None, invoice.said or paid.said or credit.said)
    path = f"/{NOTES}/{elements.text(credit.row, 'CreditNoteID')}/Allocations"
    reply = yield from asking.put("Allocations", {"Amount": 5, "Invoice": key}, path=path)
    return reply.found(taken=False, otherwise="it was allocated")


def _settled(reply: Reply, *, taken: bool, otherwise: str) -> Found:
    """Answer by whether it was taken; nothing where the documents could not even be made."""
    return Found(None, reply.said) if not reply.status else reply.found(taken=taken, otherwise=otherwise)


_NOTE, _BOTH = ((NOTES, "A"),), ((INVOICES, "A"), (NOTES, "B"))
PROBES = (
    Probe(
        name="post_updates_credit_note_by_number",
        question="Does POST with the number of a credit note edit that credit note?",
        rule="4.2", makes=_NOTE, scopes=INVOICES_SCOPE, needs=("sales",), calls=7, ask=post_updates_note,
    ),
    Probe(
        name="credit_notes_share_the_invoices_numbers",
        question="Is a credit note refused that has the number of a sales invoice?",
        rule="5.7", makes=((INVOICES, "A"), (NOTES, "A")), scopes=INVOICES_SCOPE, needs=("sales",), calls=8,
        ask=shared_numbers,
    ),
    Probe(
        name="approved_credit_notes_may_be_edited",
        question="May the lines of an approved credit note be changed?",
        rule="5.7", makes=_NOTE, scopes=INVOICES_SCOPE, needs=("sales",), calls=7, ask=approved_edited,
    ),
    Probe(
        name="credits_cross_contacts",
        question="May a credit note be allocated to an invoice of another contact?",
        rule="5.7", makes=_BOTH, scopes=INVOICES_SCOPE, needs=("sales",), calls=12, ask=cross_contacts,
    ),
    Probe(
        name="allocations_may_be_dated",
        question="Is the Date of an allocation kept as sent?",
        rule="5.7", makes=_BOTH, scopes=INVOICES_SCOPE, needs=("sales",), calls=13, ask=dated_allocations,
    ),
    Probe(
        name="allocation_beyond_what_is_due_is_refused", is_switch=False,
        question="Is an allocation of more than is due on the invoice refused?",
        rule="5.7", makes=_BOTH, scopes=INVOICES_SCOPE, needs=("sales",), calls=12, ask=beyond_what_is_due,
    ),
    Probe(
        name="allocation_to_what_is_paid_is_refused", is_switch=False,
        question="Is an allocation to an invoice refused that is paid?",
        rule="5.7", makes=_BOTH, scopes=PAYMENTS_SCOPE, needs=("sales", "bank"), calls=12, ask=to_what_is_paid,
    ),
)  # fmt: skip
