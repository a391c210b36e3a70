"""PURE: words about payments and refunds."""

from daybook.documents.causes import Cause
from daybook.documents.explained import GATEWAYS, ORDER, RETRY
from daybook.documents.explained import Explanation as E  # noqa: N817 - a table

PAYMENTS: dict[Cause, E] = {
    Cause.GATEWAY_NOT_MAPPED: E(
        "Nobody has said where this money stands",
        "It was paid through {subject}, and no account is chosen for that gateway. The invoice goes all the same.",
        "Choose the clearing account under Payments in the settings. Everything that waits for it goes by itself "
        "afterwards.",
        GATEWAYS,
        "a gateway",
    ),
    Cause.GATEWAY_ACCOUNT_UNUSABLE: E(
        "The gateway's account cannot be used",
        "The account chosen for {subject} takes no such payment.",
        "Choose another clearing account under Payments in the settings, or put it right in {ledger} and press Refresh "
        "from {ledger}.",
        GATEWAYS,
        "the gateway",
    ),
    Cause.PAYMENT_CURRENCY_DIFFERS: E(
        "Paid in another currency",
        "The payment is in {subject} and the order is not, so nobody can say how much of it is paid.",
        "Correct the payment in the OMS to the order's currency and have the order sent again; or book it in {ledger} by "
        "hand, and press Do not post it here.",
        ORDER,
        "another currency",
    ),
    Cause.PAYMENT_OF_NOTHING: E(
        "A payment of nothing",
        "The payment {subject} is of 0.00, which {ledger} does not take.",
        "Correct the payment in the OMS and have the order sent again, or press Do not post it.",
        ORDER,
        "of the order",
    ),
    Cause.PAYMENT_EXCEEDS_SALE: E(
        "More was paid than the sale comes to",
        "With this payment of {subject} the customer has paid more than the invoice is over.",
        "Correct the payments in the OMS and have the order sent again; or book what is too much in {ledger} by hand, and "
        "press Do not post it here.",
        ORDER,
        "an unknown amount",
    ),
    Cause.PAYMENT_BEFORE_ORDER: E(
        "Paid before there was an order",
        "The payment is dated {subject}, more than a day before the order was made.",
        "Correct the day in the OMS and have the order sent again. Money that was there before is a payment of the kind "
        "deposit.",
        ORDER,
        "too early",
    ),
    Cause.SETTLED_THERE: E(
        "Already settled in {ledger}",
        "What this was to settle was settled there already, by a payment or a credit note, so nothing was sent.",
        "Nothing needs to be done. If what was booked there is taken back, press Post it after all.",
    ),
    Cause.SETTLED_IN_PART: E(
        "Partly settled in {ledger}",
        "Less is outstanding on {subject} than was paid: a part of it is settled there already, by a payment or a credit "
        "note.",
        "Look at the invoice in {ledger}: take the other payment back there and press Try again, or book the rest there and "
        "press Do not post it here.",
        RETRY,
        "the invoice",
    ),
    Cause.FEES_LEFT: E(
        "Fees are left to the bank's lines",
        "The fees of this payout become no bill: nobody has chosen that for the gateway, or for payouts of that day.",
        "Nothing needs to be done. To have bills of them, choose it under Payments in the settings.",
        GATEWAYS,
        "the gateway",
    ),
    Cause.FEES_UNUSABLE: E(
        "The fees of {subject} cannot be booked",
        "What was chosen for the gateway's fees is not there any more.",
        "Choose it anew under Payments in the settings, behind Fees.",
        GATEWAYS,
        "the gateway",
    ),
    Cause.BILLED_OTHERWISE: E(
        "Another bill has this number in {ledger}",
        "{ledger} holds a bill {subject} of the same contact over another amount: somebody has entered it there.",
        "Look at that bill in {ledger}: void it and press Try again, or leave it and press Do not post it.",
        RETRY,
        "of this payout",
    ),
}
