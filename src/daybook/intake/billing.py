"""PURE: the fees of a payout as a bill of the gateway's, and its payment out of the money that they were kept from.

Both are dated on the day of the payout. The payment goes out of the clearing account, so that what stands there is again
what the orders' payments say is under way (decision 55).
"""

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Bill, Settlement
from daybook.documents.kinds import Kind, Paper
from daybook.intake import paying
from daybook.intake.material import Made, Maker, Material
from daybook.kit.money import ZERO, Totals
from daybook.kit.translation import told
from daybook.mapping import bills, gateways, numbers
from daybook.mapping.gateways import ClearingAccount, Fees
from daybook.mapping.numbers import Numbering
from daybook.mapping.rules import MappingRules
from daybook.outbox.needs import GONE, Until
from daybook.outbox.states import State
from daybook.sources.canonical.after import Payment


def _paid_out(of: Material) -> Payment:
    """Return the money of the payout that is billed (`sources/canonical/payouts.py`)."""
    assert of.received is not None  # noqa: S101 - a payout is made of what was received
    return of.received.payments[0]


def _clearing(of: Material) -> ClearingAccount | Hold:
    out = _paid_out(of)
    source = of.received.channel if of.received is not None else ""
    return gateways.clearing_account(
        of.rules.gateways, source=source, kind=gateways.MONEY, gateway=out.gateway, currency=of.order.currency
    )


def _fees(of: Material) -> Fees | None:
    source = of.received.channel if of.received is not None else ""
    name = gateways.name_of(gateways.MONEY, _paid_out(of).gateway)
    found = gateways.chosen_for(of.rules.gateways, source=source, name=name, currency=of.order.currency)
    return found.fees if found is not None else None


def _is_due(of: Material) -> bool:
    fees = _fees(of)
    is_any = (_paid_out(of).fee or ZERO) > 0
    return is_any and fees is not None and of.order.document_date >= fees.since


def _bill(of: Material, number: str) -> Paper | Hold:
    fees = _fees(of)
    return Hold(Cause.FEES_LEFT) if fees is None else bills.map_bill(of.order, fees, of.rules, number=number)


def _made_bill(of: Material) -> Made | None:
    live = [each for each in of.made if each.kind == Kind.BILL and each.state != State.CANCELLED]
    return max(live, key=lambda each: each.generation, default=None)


def _payment(of: Material, number: str) -> Paper | Hold:
    bill, account = _made_bill(of), _clearing(of)
    if bill is None or bill.their_status in GONE or not isinstance(bill.paper, Bill):
        return Hold(Cause.NEEDED_ENDED, bill.number if bill is not None else number)
    if isinstance(account, Hold):
        return account
    why_not = paying.not_open(of, bill.paper.date, told("paid"))
    if why_not is not None:
        return why_not
    gross = bill.paper.totals.gross
    return Settlement(
        number=number,
        contact_id=bill.paper.contact_id,
        contact_name=bill.paper.contact_name,
        date=bill.paper.date,
        currency=bill.paper.currency,
        totals=Totals(gross, ZERO, gross),
        account_code=account.account,
        reference=paying.reference(_paid_out(of).gateway, f"{_paid_out(of).id} fees"),
        settles=bill.number,
    )


def _number(of: Material, _numbering: Numbering) -> str | Hold:
    bill = _made_bill(of)
    return paying.number_of(bill.number if bill is not None else of.order.ref, "paid")


def _about(of: Material) -> str:
    bill = _made_bill(of)
    return bill.mark if bill is not None else ""


def _are_wanted(rules: MappingRules) -> bool:
    return rules.post_payments and any(each.fees is not None for each in rules.gateways.values())


BILL = Maker(
    make=_bill,
    is_made=_are_wanted,
    is_due=_is_due,
    why_not_due="the fees of this payout become no bill any more",
    number=lambda _prefix, ref, issue, numbering: numbers.document_number("", ref, issue, numbering),
)
BILL_PAYMENT = Maker(
    make=_payment,
    why_not_due="there is no bill any more that it pays",
    keys=lambda of: [""] if _made_bill(of) is not None else [],
    named=_number,
    about=_about,
    needs=lambda of: ((_about(of), Until.AUTHORISED),),
    after=_made_bill,
)
