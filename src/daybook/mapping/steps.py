"""PURE: the steps in which a sender counts money. What the ledger keeps (the cent, xero-rules.md 5.2) is not asked here.

A yen has no hundredths and a dinar has thousandths, so half a cent is no measure of what rounding can explain. Three
steps of a currency are told apart: its unit, in which amounts are worked out; the step to which a sender may have rounded
them, by which amounts are judged; and the steps to which a total is rounded because smaller coins are not in use.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from iso4217 import Currency

from daybook.kit.money import CENT
from daybook.kit.translation import told
from daybook.mapping.orders import Order

_UNITS = {each.code: Decimal(1).scaleb(-each.exponent) for each in Currency if each.exponent is not None}
"""ISO 4217: JPY 1, GBP 0.01, KWD 0.001."""
_FIVE_CENTS, _TEN_CENTS, _WHOLE = Decimal("0.05"), Decimal("0.1"), Decimal(1)
USUAL_CASH_STEPS: Mapping[str, tuple[Decimal, ...]] = {
    "AUD": (_FIVE_CENTS,),
    "CAD": (_FIVE_CENTS,),
    "CHF": (_FIVE_CENTS,),
    "CZK": (_WHOLE,),
    "DKK": (Decimal("0.5"), _WHOLE),
    "EUR": (_FIVE_CENTS,),
    "HKD": (_TEN_CENTS,),
    "HUF": (_WHOLE, Decimal(5)),
    "ILS": (_TEN_CENTS,),
    "KRW": (Decimal(10),),
    "MYR": (_FIVE_CENTS,),
    "NOK": (_WHOLE,),
    "NZD": (_TEN_CENTS,),
    "SEK": (_WHOLE,),
    "SGD": (_FIVE_CENTS,),
    "TWD": (_WHOLE,),
    "ZAR": (_TEN_CENTS,),
}
"""To what totals are rounded where the smaller coins are gone: by law or by custom of the trade."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one order's currency, as its sender counts."""

    unit: Decimal
    """The smallest unit of the currency: what is worked out is rounded to it."""
    judged: Decimal
    """To what the sender may have rounded any amount: the unit, or the company's own step where that is coarser."""
    cash: tuple[Decimal, ...]
    """To what the sender may have rounded a total, the tax of the goods left as it was."""

    @property
    def kept(self) -> Decimal:
        """Return the step at which stated amounts are kept: the unit, or the cent, whichever is finer."""
        return min(self.unit, CENT)

    @property
    def most_rounding(self) -> Decimal:
        """Return how much a rounding of the total may be: below one whole, or below the coarsest step there is."""
        return max((_WHOLE, self.unit * 10, *self.cash))


def split_in(currency: str) -> Decimal:
    """Return the step in which amounts of a document are split: the currency's unit, or the cent that ledgers keep if finer.

    So yen are split whole, and dinars in hundredths (xero-rules.md 5.2).
    """
    return max(_UNITS.get(currency, CENT), CENT)


def steps_of(order: Order) -> Steps:
    """Return the steps in which the order's sender counts."""
    unit = _UNITS.get(order.currency, CENT)
    own = (order.cash_step,) if order.cash_step is not None else ()
    return Steps(
        unit=unit, judged=max(unit, *own) if own else unit, cash=(*own, *USUAL_CASH_STEPS.get(order.currency, ()))
    )


def coarseness_in_words(amounts: Iterable[Decimal]) -> str:
    """Return the advice to name the sender's own step, where none of the amounts that do not fit shows any finer one."""
    if any(not amount.is_finite() or amount % _FIVE_CENTS for amount in amounts):
        return ""
    return " " + told(
        "If the OMS rounds its amounts to whole units or to 5 cents, say so in the settings: Amounts are rounded to."
    )
