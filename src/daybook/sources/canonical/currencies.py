"""PURE: the currencies of ISO 4217, as the package `iso4217` keeps them."""

from iso4217 import Currency
from pydantic_core import PydanticCustomError

_NOT_MONEY = frozenset({"XXX", "XTS", "XAU", "XAG", "XPD", "XPT", "XBA", "XBB", "XBC", "XBD", "XDR", "XSU", "XUA"})
"""Metals, test codes and units of account: in the standard, but nobody is invoiced in them."""
CODES = frozenset(currency.code for currency in Currency) - _NOT_MONEY


def check_currency(code: str) -> str:
    """Return a currency's code in capitals. Raises PydanticCustomError where nobody can be invoiced in it."""
    if (capitals := code.strip().upper()) in CODES:
        return capitals
    if capitals in _NOT_MONEY:
        raise PydanticCustomError(
            "currency_unknown", "{code} is no currency people are invoiced in.", {"code": capitals}
        )
    raise PydanticCustomError("currency_unknown", "{code} is not a currency of ISO 4217.", {"code": code[:20]})
