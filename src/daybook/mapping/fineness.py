"""PURE: money finer than the cent. Ledgers keep two decimals in every currency (xero-rules.md 5.2); dinars have three.

Posting 1.234 Kuwaiti dinars as 1.23 would lose money unseen, so such an order waits for a person.
"""

from daybook.documents.causes import Cause, Held
from daybook.kit.money import Totals, plain, round2
from daybook.kit.translation import told


def check(totals: Totals, currency: str, *, ledger: str) -> None:
    """Raise Held, with both figures, where `ledger` cannot keep what the order comes to, to its last digit."""
    for amount, which in ((totals.gross, told("gross")), (totals.tax, told("tax")), (totals.net, told("net"))):
        if round2(amount) != amount:
            kept = f"{ledger} keeps two decimals and would make it {round2(amount):.2f}"
            raise Held(Cause.AMOUNT_TOO_FINE, currency, f"It comes to {plain(amount)} {currency} {which}; {kept}.")
