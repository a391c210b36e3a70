"""PURE: the fees of a payout become a bill of the gateway's (xero-rules.md 5.1: a bill's number is shown as its reference)."""

from daybook.documents.causes import Cause, Held, Hold
from daybook.documents.document import AmountType, Bill, DecidedBy, Line
from daybook.kit.money import ZERO, Totals, round2
from daybook.mapping import checks, fineness, forms
from daybook.mapping.arithmetic import document_totals
from daybook.mapping.gateways import Fees
from daybook.mapping.orders import Order
from daybook.mapping.references import reference
from daybook.mapping.rules import MappingRules

_DECIDED_BY = DecidedBy(account="Fees of the gateway", tax_type="Fees of the gateway")
_TEXT = "{ref}"


def map_bill(order: Order, fees: Fees, rules: MappingRules, *, number: str) -> Bill | Hold:
    """Return the bill over a payout's fees, or why there is none yet.

    The fees are what left the money on its way, so they are the bill's gross, whatever tax is in them. Bills have no
    reference in the ledger: the mark stands in the line's description.
    """
    try:
        return _bill(order, fees, rules, number=number)
    except Held as held:
        return held.hold


def _bill(order: Order, fees: Fees, rules: MappingRules, *, number: str) -> Bill:
    checks.check_order(order, rules, number=number)
    rates = forms.effective_rates(rules)
    if fees.tax_type not in rates:
        words = f"{fees.tax_type} is not an active tax rate of the organisation."
        raise Held(Cause.FEES_UNUSABLE, fees.gateway, words)
    (line,) = order.lines
    amount = line.unit_price or ZERO
    fineness.check(Totals(amount, ZERO, amount), order.currency, ledger=rules.ledger)
    said = reference(order, _TEXT, number=number)
    lines = (
        Line(
            description=f"Fees {said}",
            quantity=line.quantity,
            unit_amount=round2(amount),
            account_code=fees.account,
            tax_type=fees.tax_type,
            decided_by=_DECIDED_BY,
        ),
    )
    bill = Bill(
        number=number,
        contact_id=fees.contact_id,
        contact_name=fees.contact_name,
        date=order.document_date,
        due_date=order.document_date,
        currency=order.currency,
        amount_type=AmountType.INCLUSIVE,
        lines=lines,
        totals=document_totals(lines, AmountType.INCLUSIVE, rates),
        reference=f"Fees {said}",
        status=rules.document_status,
        form="inclusive line",
    )
    checks.check_size(bill)
    return bill
