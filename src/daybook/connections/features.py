"""PURE: what a connection can do, each of which a consent must cover: which of it is switched on, and what is lacking.

The scopes of each feature are the ledger's (`Ledger.scopes`); RFC 6749, 3.3.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from daybook.documents.causes import Cause, Hold
from daybook.documents.kinds import Kind
from daybook.kit.translation import gettext
from daybook.ledgers.ledger import Ledger
from daybook.mapping.rules import OF_CUSTOMERS, ProcessMethod


class Feature(StrEnum):
    """Something that Daybook does at the far side; the values are the keys of a ledger's `scopes`."""

    SIGN_IN = "sign_in"
    """That somebody let Daybook in, and that it may come back: always asked for, never compared."""
    LISTS = "lists"
    CONTACTS = "contacts"
    INVOICES = "invoices"
    PURCHASE_ORDERS = "purchase_orders"
    ITEMS = "items"
    CUSTOMERS = "customers"
    CREDIT_NOTES = "credit_notes"
    PAYMENTS = "payments"
    BILLS = "bills"
    ACCOUNTS = "accounts"
    CURRENCIES = "currencies"
    """Asked for when a person has one added: no setting switches it on."""
    ATTACHMENTS = "attachments"


class Told(NamedTuple):
    """A feature as people are asked for it."""

    title: str
    may: str
    """What Daybook may do then."""


IN_WORDS: Mapping[Feature, Told] = {
    Feature.SIGN_IN: Told("Signing in", "come back without asking each time"),
    Feature.LISTS: Told("Lists", "read accounts, tax rates and currencies"),
    Feature.CONTACTS: Told("Contacts", "look contacts up"),
    Feature.INVOICES: Told("Invoices", "write sales invoices"),
    Feature.PURCHASE_ORDERS: Told("Purchase orders", "write purchase orders"),
    Feature.ITEMS: Told("Items", "make tracked items"),
    Feature.CUSTOMERS: Told("Customers as contacts", "make contacts"),
    Feature.CREDIT_NOTES: Told("Credit notes", "write credit notes"),
    Feature.PAYMENTS: Told("Payments", "write payments"),
    Feature.BILLS: Told("Bills", "write bills of gateways' fees"),
    Feature.ACCOUNTS: Told("Accounts", "make accounts"),
    Feature.CURRENCIES: Told("Currencies", "add currencies"),
    Feature.ATTACHMENTS: Told("Attachments", "attach files"),
}
_ALWAYS = (Feature.SIGN_IN, Feature.LISTS, Feature.CONTACTS, Feature.INVOICES)


def features_of(settings: object) -> tuple[Feature, ...]:
    """Return what the settings of a connection (a `PostingSettings`) switch on, in the order of `Feature`."""
    is_tracked = getattr(settings, "process_method", "") == ProcessMethod.TRACKED
    chosen = {
        Feature.PURCHASE_ORDERS: is_tracked,
        Feature.ITEMS: is_tracked,
        Feature.CUSTOMERS: getattr(settings, "contact_per", "") in OF_CUSTOMERS,
        Feature.CREDIT_NOTES: getattr(settings, "post_credit_notes", False),
        Feature.PAYMENTS: getattr(settings, "post_payments", False),
        Feature.ACCOUNTS: getattr(settings, "make_accounts", False),
    }
    return tuple(each for each in Feature if each in _ALWAYS or chosen.get(each))


def scopes_of(ledger: Ledger, features: Iterable[Feature]) -> tuple[str, ...]:
    """Return what a consent must cover for these, each scope once; one that another covers is left out."""
    wanted = dict.fromkeys(scope for each in features for scope in ledger.scopes.get(each, ()))
    return tuple(
        scope
        for scope in wanted
        if not any(other != scope and ledger.covers(frozenset({other}), scope) for other in wanted)
    )


def is_granted(ledger: Ledger, scope: str, feature: str) -> bool:
    """Tell whether what was granted covers a feature. `scope`: as it was granted, parted by spaces.

    Empty: nobody noted it, and it is what was asked of everybody then; where that is not known nothing is lacking.
    """
    granted = frozenset(scope.split()) or frozenset(ledger.scopes_before)
    return not granted or all(ledger.covers(granted, each) for each in ledger.scopes.get(feature, ()))


def lacking(ledger: Ledger, settings: object, scope: str) -> tuple[Feature, ...]:
    """Return what is switched on and not granted."""
    wanted = (each for each in features_of(settings) if each is not Feature.SIGN_IN)
    return tuple(each for each in wanted if not is_granted(ledger, scope, each))


def hold(feature: str) -> Hold:
    """Return why something waits that needs a feature which is not granted."""
    return Hold(Cause.CONSENT_LACKS, IN_WORDS[Feature(feature)].title)


def kept_back(ledger: Ledger, scope: str) -> dict[Kind, Hold]:
    """Return the kinds that may not go as long as no more is granted, each with why."""
    return {
        form.kind: hold(form.feature)
        for form in ledger.forms.values()
        if form.feature and not is_granted(ledger, scope, form.feature)
    }


def asked_for(feature: Feature, ledger: str) -> str:
    """Return in words what a person is asked for; `ledger`: its title."""
    title, may = IN_WORDS[feature]
    said = gettext("{title}: Daybook may {may}; {ledger} will ask you again.")
    return said.format(title=gettext(title), may=gettext(may), ledger=ledger)
