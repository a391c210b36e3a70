"""PURE: on which account the money that a gateway carries is booked.

A gateway is whoever carried the money; a gift card, store credit and a deposit are gateways too, whoever took them, on an
account of what is owed. Between the sale and the payout the money stands on the gateway's clearing account: what stands
there is under way to the bank.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from daybook.documents.causes import Cause, Hold

LONGEST_NAME = 100
MONEY = "money"
"""The kind of payment that a gateway carries; the others (gift card, store credit, deposit) are known by their kind."""

OWED = frozenset({"gift_card", "store_credit", "deposit"})
"""The other kinds: what was paid so is owed to somebody, until then or from then on."""
_CODES = {False: range(611, 700), True: range(841, 900)}
"""Codes offered for what is held and for what is owed, where charts usually have such accounts (xero-rules.md 5.8)."""
_MORE_CODES = range(6110, 7000)


class GatewayKey(NamedTuple):
    """What decides about the account."""

    source: str
    """Of the order; "": of any."""
    gateway: str
    """As `name_of` gives it."""
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """How a gateway's fees are booked where each payout becomes a bill."""

    gateway: str
    """As people call it: "stripe in GBP"."""
    since: date
    """The first day of payouts that become one."""
    contact_id: str
    """Who bills them."""
    contact_name: str
    account: str
    tax_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearingAccount:
    """An account that a person chose for a gateway."""

    account: str
    """Its code, or where it has none the ledger's id of it; "" while nobody has decided."""
    name: str = ""
    currency: str = ""
    """Of a bank account; "": it is kept in the organisation's own."""
    why_not: str = ""
    """In words why it can not be used now; "" where it can."""
    fees: Fees | None = None
    """None: they are left to the bank's lines."""


Gateways = Mapping[GatewayKey, ClearingAccount]


def name_of(kind: str, gateway: str) -> str:
    """Return what a payment's gateway is called in the table: small letters, single spaces; what is no money by its kind."""
    if kind != MONEY:
        return kind
    return " ".join(gateway.split()).casefold()[:LONGEST_NAME]


def title_of(gateway: str) -> str:
    """Return how a gateway is called to people."""
    return gateway.replace("_", " ") if gateway else "no gateway named"


def proposed_code(gateway: str, taken: Collection[str]) -> str:
    """Return a code that no account has, for an account of this gateway's money; "" where none of those offered is free."""
    free = (str(code) for codes in (_CODES[gateway in OWED], _MORE_CODES) for code in codes)
    return next((code for code in free if code not in taken), "")


def proposed_name(gateway: str, currency: str, longest: int) -> str:
    """Return how an account of this gateway's money may be called: "Stripe clearing GBP", "Gift card owed GBP"."""
    what = " owed " if gateway in OWED else " clearing "
    called = title_of(gateway) if gateway else "other"
    ending = what + currency
    return called[:1].upper() + called[1 : longest - len(ending)] + ending


def chosen_for(gateways: Gateways, *, source: str, name: str, currency: str) -> ClearingAccount | None:
    """Return what was decided of a gateway, for the orders' own source before any; None: nobody has."""
    keys = (GatewayKey(source, name, currency), GatewayKey("", name, currency))
    return next((found for key in keys if (found := gateways.get(key)) is not None and found.account), None)


def clearing_account(
    gateways: Gateways, *, source: str, kind: str, gateway: str, currency: str
) -> ClearingAccount | Hold:
    """Return where money of this kind, carried by this gateway in this currency, is booked, or why it has to wait.

    What was decided for the order's own source goes before what holds for any.
    """
    name = name_of(kind, gateway)
    chosen = chosen_for(gateways, source=source, name=name, currency=currency)
    subject = f"{title_of(name)} in {currency}"
    if chosen is None:
        return Hold(Cause.GATEWAY_NOT_MAPPED, subject)
    if chosen.why_not:
        return Hold(Cause.GATEWAY_ACCOUNT_UNUSABLE, subject, chosen.why_not)
    if chosen.currency and chosen.currency != currency:
        words = f"{chosen.name or chosen.account} is kept in {chosen.currency}."
        return Hold(Cause.GATEWAY_ACCOUNT_UNUSABLE, subject, words)
    return chosen
