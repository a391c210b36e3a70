"""PURE: what is asked about sales invoices and bills, their numbers and their arithmetic."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from daybook.ledgers.probing import Facts, Found, Probe
from daybook.ledgers.talk import Talk
from daybook.ledgers.xero import elements
from daybook.ledgers.xero.elements import Element
from daybook.ledgers.xero.probing import asking, parts
from daybook.ledgers.xero.probing.asking import Reply
from daybook.ledgers.xero.probing.parts import INVOICES_SCOPE, approved, bill, line, sale
from daybook.ledgers.xero.probing.undoing import INVOICES


def good_beside_bad(facts: Facts, mark: str) -> Talk[Found]:
    """Send a good and a bad invoice, errors summarised."""
    bad = {**sale(facts, f"{mark}B"), "Contact": {}}
    reply = yield from asking.put(INVOICES, sale(facts, f"{mark}A"), bad, query={"summarizeErrors": "true"})
    if reply.is_taken:
        return Found(None, "an invoice without a contact was taken")
    stands = yield from asking.get(INVOICES, query={"InvoiceNumbers": f"{mark}A"})
    return Found(bool(stands.rows), f"{reply.said}; of the good one {len(stands.rows)} stand there")


def _by_number(first: Mapping[str, Any], again: Mapping[str, Any]) -> Talk[Found]:
    """Create a document, and post its number again with another reference."""
    made = yield from asking.put(INVOICES, first)
    if not made.is_taken:
        return Found(None, made.said)
    reply = yield from asking.post(INVOICES, again)
    return same_one(made, reply, "InvoiceID")


def same_one(made: Reply, again: Reply, key: str) -> Found:
    """Answer whether a second write changed what the first had made."""
    if not again.is_taken:
        return Found(False, again.said)
    is_same = elements.text(made.row, key) == elements.text(again.row, key)
    return Found(is_same, "it was changed" if is_same else "a second one was made")


def post_updates_invoice(facts: Facts, mark: str) -> Talk[Found]:
    """Post the number of a sales invoice again."""
    first = sale(facts, f"{mark}A")
    return (yield from _by_number(first, {**first, "Reference": "again"}))


def post_updates_bill(facts: Facts, mark: str) -> Talk[Found]:
    """Post the number of a bill of the same contact again."""
    first = bill(facts, f"{mark}A")
    return (yield from _by_number(first, first | {"DueDate": parts.before(facts, -1)}))


def deleted_numbers(facts: Facts, mark: str) -> Talk[Found]:
    """Delete a draft, and use its number again."""
    return (yield from _number_again(sale(facts, f"{mark}A"), "DELETED"))


def voided_numbers(facts: Facts, mark: str) -> Talk[Found]:
    """Void an approved invoice, and use its number again."""
    return (yield from _number_again(approved(facts, f"{mark}A"), "VOIDED"))


def _number_again(first: Mapping[str, Any], status: str) -> Talk[Found]:
    made = yield from asking.put(INVOICES, first)
    ended = yield from asking.post(INVOICES, {"InvoiceID": elements.text(made.row, "InvoiceID"), "Status": status})
    if not (made.is_taken and ended.is_taken):
        return Found(None, made.said or ended.said)
    reply = yield from asking.put(INVOICES, {**first, "Status": "DRAFT"})
    return reply.found(taken=False, otherwise="it was taken again")


def renamed_numbers(facts: Facts, mark: str) -> Talk[Found]:
    """Rename an approved invoice, void it, and use the number that it had."""
    made = yield from asking.put(INVOICES, approved(facts, f"{mark}A"))
    key = {"InvoiceID": elements.text(made.row, "InvoiceID")}
    renamed = yield from asking.post(INVOICES, key | {"InvoiceNumber": f"{mark}B"})
    if not (made.is_taken and renamed.is_taken):
        return Found(None, made.said or f"it could not be renamed: {renamed.said}")
    voided = yield from asking.post(INVOICES, key | {"Status": "VOIDED"})
    if not voided.is_taken:
        return Found(None, voided.said)
    reply = yield from asking.put(INVOICES, sale(facts, f"{mark}A"))
    return reply.found(taken=True, otherwise="it was taken again")


def numbers_without_case(facts: Facts, mark: str) -> Talk[Found]:
    """Use a number again in the other case."""
    made = yield from asking.put(INVOICES, sale(facts, f"{mark}A"))
    if not made.is_taken:
        return Found(None, made.said)
    reply = yield from asking.put(INVOICES, sale(facts, f"{mark}A".lower()))
    return reply.found(taken=False, otherwise="it was taken as another number")


def drafts_and_lock_dates(facts: Facts, mark: str) -> Talk[Found]:
    """Send a draft dated on the lock date."""
    day = facts["lock_date"]
    reply = yield from asking.put(INVOICES, sale(facts, f"{mark}A", Date=day, DueDate=day))
    return refused_for(reply, "lock", "the draft was saved")


def refused_for(reply: Reply, word: str, otherwise: str) -> Found:
    """Answer yes where it was refused in words that speak of `word`, no where it was taken."""
    if reply.is_taken:
        return Found(False, otherwise)
    return Found(True if word in reply.said.lower() else None, reply.said)


def unknown_accounts(facts: Facts, mark: str) -> Talk[Found]:
    """Send a draft whose line names an account that is not there."""
    reply = yield from asking.put(INVOICES, sale(facts, f"{mark}A", LineItems=[line("DBPRBNONE")]))
    if not reply.is_taken:
        return Found(False, reply.said)
    kept = elements.text(_line(reply.row), "AccountCode")
    return Found(None if kept else True, f"it was saved with account {kept or 'none'}")


def negative_halves(facts: Facts, mark: str) -> Talk[Found]:
    """Send a line of -2.165."""
    half = line(facts["sales"], Decimal("-2.165"))
    reply = yield from asking.put(INVOICES, sale(facts, f"{mark}A", LineItems=[half, line(facts["sales"])]))
    amount = elements.number(_line(reply.row), "LineAmount")
    known = {Decimal("-2.17"): True, Decimal("-2.16"): False}
    return Found(known.get(amount) if amount is not None else None, reply.said or f"-2.165 became {amount}")


def exact_prices(facts: Facts, mark: str) -> Talk[Found]:
    """Send a price with ten decimals."""
    price = line(facts["sales"], Decimal("1.1234567891"))
    reply = yield from asking.put(INVOICES, sale(facts, f"{mark}A", LineItems=[price]))
    rounded = elements.number(_line(reply.row), "UnitAmount")
    return reply.found(taken=False, otherwise=f"it became {rounded}")


def rounding_amounts(facts: Facts, mark: str) -> Talk[Found]:
    """Send a RoundingAmount of a cent."""
    sums = {"SubTotal": 10, "TotalTax": 0, "Total": Decimal("10.01"), "RoundingAmount": Decimal("0.01")}
    reply = yield from asking.put(INVOICES, sale(facts, f"{mark}A", Status="SUBMITTED", **sums))
    total = elements.number(reply.row, "Total")
    known = {Decimal("10.01"): True, Decimal(10): False}
    return Found(known.get(total) if total is not None else None, reply.said or f"the total became {total}")


def tax_amounts(facts: Facts, mark: str) -> Talk[Found]:
    """Send a TaxAmount that is 5 more than the rate comes to."""
    hundred = line(facts["sales"], Decimal(100), TaxType=facts["taxed"])
    plain = yield from asking.put(INVOICES, sale(facts, f"{mark}A", LineAmountTypes="Exclusive", LineItems=[hundred]))
    computed = elements.number(_line(plain.row), "TaxAmount")
    if computed is None:
        return Found(None, plain.said)
    sent = computed + 5
    reply = yield from asking.put(
        INVOICES, sale(facts, f"{mark}B", LineAmountTypes="Exclusive", LineItems=[hundred | {"TaxAmount": sent}])
    )
    kept = elements.number(_line(reply.row), "TaxAmount")
    known = {sent: True, computed: False}
    words = f"{computed} was computed, {sent} was sent, {kept} was kept"
    return Found(False if not reply.is_taken else known.get(kept) if kept is not None else None, reply.said or words)


def zero_totals(facts: Facts, mark: str) -> Talk[Found]:
    """Approve a sales invoice over nothing."""
    return (yield from _approved_over_nothing(sale(facts, f"{mark}A"), facts["sales"]))


def zero_bills(facts: Facts, mark: str) -> Talk[Found]:
    """Approve a bill over nothing."""
    return (yield from _approved_over_nothing(bill(facts, f"{mark}A"), facts["expenses"]))


def _approved_over_nothing(document: Mapping[str, Any], account: str) -> Talk[Found]:
    nothing = {**document, "Status": "AUTHORISED", "LineItems": [line(account, Decimal(0))]}
    reply = yield from asking.put(INVOICES, nothing)
    status = elements.text(reply.row, "Status")
    return Found({"PAID": True, "AUTHORISED": False}.get(status), reply.said or f"it is {status}")


def _line(document: Element) -> Element:
    rows = document.get("LineItems")
    return rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}


_ONE, _TWO = ((INVOICES, "A"),), ((INVOICES, "A"), (INVOICES, "B"))
PROBES = (
    Probe(
        name="summarised_400_books_good",
        question="Do the good elements of a call that is refused as a whole stay booked?",
        rule="4.3", makes=_TWO, scopes=INVOICES_SCOPE, calls=8, ask=good_beside_bad,
    ),
    Probe(
        name="post_updates_invoice_by_number",
        question="Does POST with the number of a sales invoice edit that invoice?",
        rule="4.2", makes=_ONE, scopes=INVOICES_SCOPE, calls=8, ask=post_updates_invoice,
    ),
    Probe(
        name="post_updates_bill_by_number",
        question="Does POST with the number of a bill of the same contact edit that bill?",
        rule="4.2", makes=_ONE, scopes=INVOICES_SCOPE, needs=("expenses",), calls=8, ask=post_updates_bill,
    ),
    Probe(
        name="deleted_numbers_stay_burnt",
        question="Is the number of a deleted draft gone for good?",
        rule="4.2", makes=_ONE, scopes=INVOICES_SCOPE, needs=("sales",), calls=8, ask=deleted_numbers,
    ),
    Probe(
        name="voided_numbers_stay_burnt", is_switch=False,
        question="Is the number of a voided invoice gone for good?",
        rule="4.2", makes=_ONE, scopes=INVOICES_SCOPE, needs=("sales",), calls=8, ask=voided_numbers,
    ),
    Probe(
        name="renamed_numbers_are_free",
        question="May the number that an invoice had before it was renamed and voided be used again?",
        rule="4.2", makes=_TWO, scopes=INVOICES_SCOPE, needs=("sales",), calls=9, ask=renamed_numbers,
    ),
    Probe(
        name="numbers_count_without_case", is_switch=False,
        question="Is a number taken that differs from another one in case only?",
        rule="4.2", makes=_ONE, scopes=INVOICES_SCOPE, needs=("sales",), calls=8, ask=numbers_without_case,
    ),
    Probe(
        name="drafts_respect_lock_dates",
        question="Is a draft in a locked period refused?",
        rule="5.7", makes=_ONE, scopes=INVOICES_SCOPE, needs=("sales", "lock_date"), calls=6, ask=drafts_and_lock_dates,
    ),
    Probe(
        name="drafts_drop_unknown_accounts",
        question="Is a draft with an unknown account code saved without it?",
        rule="4.6", makes=_ONE, scopes=INVOICES_SCOPE, needs=("sales",), calls=6, ask=unknown_accounts,
    ),
    Probe(
        name="negative_halves_round_away",
        question="Does -2.165 become -2.17?",
        rule="5.2", makes=_ONE, scopes=INVOICES_SCOPE, needs=("sales",), calls=6, ask=negative_halves,
    ),
    Probe(
        name="too_exact_prices_are_refused",
        question="Is a price with more than 8 decimals refused?",
        rule="10", makes=_ONE, scopes=INVOICES_SCOPE, needs=("sales",), calls=6, ask=exact_prices,
    ),
    Probe(
        name="rounding_amount_is_read",
        question="Does RoundingAmount count?",
        rule="5.2", makes=_ONE, scopes=INVOICES_SCOPE, needs=("sales",), calls=6, ask=rounding_amounts,
    ),
    Probe(
        name="tax_amounts_are_taken_as_sent",
        question="Is a TaxAmount taken that is far from what the rate comes to?",
        rule="5.2", makes=_TWO, scopes=INVOICES_SCOPE, needs=("sales", "taxed"), calls=7, ask=tax_amounts,
    ),
    Probe(
        name="zero_totals_are_paid",
        question="Is an approved sales invoice over nothing PAID at once?",
        rule="5.1", makes=_ONE, scopes=INVOICES_SCOPE, needs=("sales",), calls=6, ask=zero_totals,
    ),
    Probe(
        name="zero_total_bills_are_paid",
        question="Is an approved bill over nothing PAID at once?",
        rule="5.1", makes=_ONE, scopes=INVOICES_SCOPE, needs=("expenses",), calls=6, ask=zero_bills,
    ),
)  # fmt: skip
