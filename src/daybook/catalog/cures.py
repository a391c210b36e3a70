"""Whether what a ledger refused a document for is cured, as far as the organisation's lists tell.

A refusal is cured where a list that was read after it says so: the contact is active again, the account is back, the
lock date moved. What no list tells (a plan's limit, a price) only a person knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from daybook.catalog.known import ACTIVE
from daybook.catalog.models import Account, CatalogRead, Contact, Currency, TaxRate, TrackingOption
from daybook.connections.models import Connection
from daybook.documents.causes import Cause
from daybook.ledgers.lists import ListName

C = Cause
LIST_OF: dict[str, str] = {
    C.CONTACT_ARCHIVED: ListName.CONTACTS,
    C.CONTACT_MISSING: ListName.CONTACTS,
    C.ACCOUNT_ARCHIVED: ListName.ACCOUNTS,
    C.ACCOUNT_NOT_USABLE: ListName.ACCOUNTS,
    C.ACCOUNT_OR_PRICE_INVALID: ListName.ACCOUNTS,
    C.TAX_RATE_INVALID: ListName.TAX_RATES,
    C.TRACKING_INVALID: ListName.TRACKING,
    C.CURRENCY_NOT_SUBSCRIBED: ListName.CURRENCIES,
    C.PERIOD_LOCKED: ListName.ORGANISATION,
    C.EDITION_WITHOUT_INVOICES: ListName.ORGANISATION,
    C.ITEM_UNKNOWN: ListName.ITEMS,
}
"""By cause of a refusal: the list that tells whether it is cured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the lists of an organisation say, as last read."""

    organisation_id: int
    read_at: Mapping[str, datetime] = field(default_factory=dict)
    """By list, when it was asked for, by our clock."""
    contacts: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    tax_types: frozenset[str] = frozenset()
    currencies: frozenset[str] = frozenset()
    tracking: frozenset[str] = frozenset()
    """Active options, as "category: option"."""
    lock_date: date | None = None
    edition: str = ""
    can_invoice: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A document that the ledger refused."""

    cause: str
    at: datetime
    date: date | None
    currency: str
    contact_id: str
    accounts: frozenset[str]
    tax_types: frozenset[str]
    items: frozenset[str] = frozenset()
    tracking: frozenset[str] = frozenset()
    """As `Ground` has them."""
    finds_an_open_day: bool = False
    """It is a credit note, which moves out of locked books by itself, in sight (decision 61)."""


def ground(connection: Connection) -> Ground | None:
    """Return what is known of the organisation that the connection reaches, None where it reaches none."""
    organisation = connection.organisation
    if organisation is None:
        return None
    mine = {"organisation": organisation}
    active = {**mine, "status": ACTIVE}
    reads = CatalogRead.objects.filter(**mine, asked_at__isnull=False).values_list("resource", "asked_at")
    return Ground(
        organisation_id=organisation.pk,
        read_at={resource: asked_at for resource, asked_at in reads if asked_at is not None},
        contacts=frozenset(Contact.objects.filter(**active).values_list("contact_id", flat=True)),
        accounts=frozenset(Account.objects.filter(**active).values_list("code", flat=True)),
        tax_types=frozenset(TaxRate.objects.filter(**active).values_list("tax_type", flat=True)),
        currencies=frozenset(Currency.objects.filter(**mine).values_list("code", flat=True)),
        tracking=frozenset(str(option) for option in TrackingOption.objects.filter(**active)),
        lock_date=organisation.lock_date,
        edition=organisation.edition,
        can_invoice=organisation.can_invoice,
    )


def fact(refused: Refused, known: Ground) -> str:
    """Return the fact that cures the refusal, "" where it still stands or nothing read since tells. PURE.

    The same text is the same cure: it sends a document again once.
    """
    asked_at = known.read_at.get(LIST_OF.get(refused.cause, ""))
    if asked_at is None or asked_at <= refused.at:
        return ""
    named = _named(refused, known).get(LIST_OF[refused.cause])
    if named is not None:
        return _there(*named)
    if refused.cause == C.PERIOD_LOCKED:
        is_behind = refused.date is not None and known.lock_date is not None and refused.date > known.lock_date
        is_open = known.lock_date is None or refused.finds_an_open_day or is_behind
        return f"locked up to {known.lock_date or 'no day'}" if is_open else ""
    return f"edition {known.edition}" if known.can_invoice else ""


def _named(refused: Refused, known: Ground) -> dict[str, tuple[str, frozenset[str], frozenset[str]]]:
    """Return by list what the document names of it, and what of it is there."""
    return {
        ListName.CONTACTS: ("contact", frozenset({refused.contact_id}), known.contacts),
        ListName.ACCOUNTS: ("accounts", refused.accounts, known.accounts),
        ListName.TAX_RATES: ("tax rates", refused.tax_types, known.tax_types),
        ListName.TRACKING: ("tracking", refused.tracking, known.tracking),
        ListName.CURRENCIES: ("currency", frozenset({refused.currency}), known.currencies),
        # Daybook makes those that are missing before the document goes
        ListName.ITEMS: ("items", refused.items, refused.items),
    }


def _there(what: str, wanted: frozenset[str], there: frozenset[str]) -> str:
    named = wanted - {""}
    return f"{what} {', '.join(sorted(named))} there"[:200] if named and named <= there else ""
