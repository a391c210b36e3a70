"""PURE: Xero's lists, asked for and read. An element that lacks its key is left out.

Accounts, tax rates and currencies are short and read whole. Items may be thousands: If-Modified-Since serves them
(xero-rules.md 5.5, 6).
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from daybook.kit.money import round4
from daybook.ledgers import lists
from daybook.ledgers.lists import (
    Account,
    AccountUse,
    Contact,
    Currency,
    Item,
    Listing,
    ListName,
    TaxRate,
    TrackingOption,
)
from daybook.ledgers.talk import Talk
from daybook.ledgers.xero import elements, looking, protocol
from daybook.ledgers.xero.elements import Element
from daybook.wire.errors import Refused, Unexpected

MOST_CONTACTS = 100
MOST_OFFERED = 10
"""Contacts that a search offers; who does not find theirs types more of it."""
"""Contacts in one answer; a name that more share is too common to choose by."""
_NOT_IN_WHERE = frozenset('"\\')
"""A `where` with these is a QueryParseException, or another question (xero-rules.md 6; 10, 11)."""
_LARGEST_PRICE = Decimal(10) ** 14
_USES: Mapping[str, AccountUse] = {
    "REVENUE": AccountUse.SALES,
    "SALES": AccountUse.SALES,
    "OTHERINCOME": AccountUse.SALES,
    "DIRECTCOSTS": AccountUse.COST,
    "EXPENSE": AccountUse.COST,
    "OVERHEADS": AccountUse.COST,
    "INVENTORY": AccountUse.STOCK,
    "CURRLIAB": AccountUse.DEBT,
    "LIABILITY": AccountUse.DEBT,
    "TERMLIAB": AccountUse.DEBT,
}
"""By Type (xero-rules.md 5.7); the others take no lines of ours."""
_APPROVALS = {"STARTER": 20}
"""Invoices approved in a month, by the plan that Class names (xero-rules.md 10, 17; likely)."""
_USUAL_CODES = {"sales_account": "200", "cogs_account": "310", "inventory_account": "630"}
"""Of a new organisation's chart (xero-rules.md 5.8)."""
_USUAL_NAMES = {"sales_account": "Sales", "cogs_account": "Cost of Goods Sold", "inventory_account": "Inventory"}
"""The chart of the United States has other numbers (5.8, unsure)."""
_USUAL_TAXES = {
    "GB": lists.UsualTaxes({Decimal("0.2"): "OUTPUT2", Decimal("0.05"): "RROUTPUT"}, "INPUT2", "NONE"),
    "AU": lists.UsualTaxes({Decimal("0.1"): "OUTPUT"}, "INPUT", "BASEXCLUDED"),
    "NZ": lists.UsualTaxes({Decimal("0.15"): "OUTPUT2"}, "INPUT2", "NONE"),
}
"""The defaults of those countries (xero-rules.md 5.7)."""


def organisation() -> Talk[tuple[lists.Organisation, datetime | None]]:
    """Ask for the organisation's facts (xero-rules.md 5.7)."""
    answer = yield protocol.ask("/Organisation")
    rows = elements.elements(answer, "Organisations")
    if not rows:
        raise Unexpected("Xero answered without an organisation", answer.status)
    return read_organisation(rows[0]), protocol.answered_at(answer)


def read_organisation(element: Element) -> lists.Organisation:
    """Read an organisation: locked is what the later of its two lock dates covers; partner editions cannot invoice."""
    zone, edition = elements.text(element, "Timezone"), elements.text(element, "Edition", longest=20)
    days = (elements.day(element, key) for key in ("PeriodLockDate", "EndOfYearLockDate"))
    return lists.Organisation(
        name=elements.text(element, "Name"),
        country_code=elements.text(element, "CountryCode", longest=2),
        base_currency=elements.text(element, "BaseCurrency", longest=3),
        time_zone=elements.iana_zone(zone),
        their_time_zone=zone,
        short_code=elements.text(element, "ShortCode", longest=20),
        edition=edition,
        can_invoice=not edition.startswith("PARTNER"),
        lock_date=max((day for day in days if day is not None), default=None),
        approvals_a_month=_APPROVALS.get(elements.text(element, "Class", longest=20).upper()),
    )


def read_account(element: Element) -> Account | None:
    """Read an account; some have no code, and system accounts (DEBTORS, GST, ...) take no lines (xero-rules.md 5.7)."""
    account_id = elements.text(element, "AccountID", longest=36)
    if not account_id:
        return None
    kind = elements.text(element, "Type", longest=20).upper()
    return Account(
        account_id=account_id,
        code=elements.text(element, "Code", longest=10),
        name=elements.text(element, "Name", longest=150),
        type=kind,
        use=_use(kind, elements.text(element, "SystemAccount", longest=40).upper()),
        tax_type=elements.text(element, "TaxType", longest=50),
        status=elements.text(element, "Status", longest=20).upper() or lists.ACTIVE,
        takes_payments=kind == "BANK" or elements.flag(element, "EnablePaymentsToAccount"),
        currency=elements.text(element, "CurrencyCode", longest=3).upper(),
    )


def _use(kind: str, system: str) -> AccountUse:
    """The rounding account is the one so marked, whatever its code (xero-rules.md 5.2)."""
    if system:
        return AccountUse.ROUNDING if system == "ROUNDING" else AccountUse.NONE
    return _USES.get(kind, AccountUse.NONE)


def read_tax_rate(element: Element) -> TaxRate | None:
    """Read a tax rate. EffectiveRate counts; DisplayTaxRate may show another (xero-rules.md 5.7)."""
    tax_type = elements.text(element, "TaxType", longest=50)
    rate = elements.number(element, "EffectiveRate")
    if not tax_type or rate is None or abs(rate) > 1000:
        return None
    return TaxRate(
        tax_type=tax_type,
        name=elements.text(element, "Name", longest=100),
        status=elements.text(element, "Status", longest=20).upper() or lists.ACTIVE,
        effective_rate=rate,
        applies_to_revenue=elements.flag(element, "CanApplyToRevenue"),
        applies_to_expenses=elements.flag(element, "CanApplyToExpenses"),
        applies_to_assets=elements.flag(element, "CanApplyToAssets"),
        applies_to_liabilities=elements.flag(element, "CanApplyToLiabilities"),
    )


def read_currency(element: Element) -> Currency | None:
    """Read a currency."""
    code = elements.text(element, "Code", longest=3).upper()
    return Currency(code=code, name=elements.text(element, "Description", longest=100)) if code else None


def read_item(element: Element) -> Item | None:
    """Read an item; its purchase price is in the base currency, excluding tax (xero-rules.md 5.3, 5.5)."""
    code = elements.text(element, "Code", longest=30)
    if not code:
        return None
    price = elements.number(elements.part(element, "PurchaseDetails"), "UnitPrice")
    on_hand, value = elements.number(element, "QuantityOnHand"), elements.number(element, "TotalCostPool")
    is_tracked = elements.flag(element, "IsTrackedAsInventory")
    return Item(
        code=code,
        item_id=elements.text(element, "ItemID", longest=36),
        name=elements.text(element, "Name", longest=50),
        is_tracked=is_tracked,
        purchase_price=None if price is None or abs(price) >= _LARGEST_PRICE else round4(price),
        on_hand=round4(on_hand) if is_tracked and on_hand is not None and abs(on_hand) < _LARGEST_PRICE else None,
        stock_value=round4(value) if is_tracked and value is not None and abs(value) < _LARGEST_PRICE else None,
    )


def read_tracking(element: Element) -> list[TrackingOption]:
    """Read a tracking category: a row for each option; what is archived in either way takes no lines (xero-rules.md 5.7)."""
    category_id, category = elements.text(element, "TrackingCategoryID", longest=36), elements.text(element, "Name")
    status = elements.text(element, "Status", longest=20).upper() or lists.ACTIVE
    options = element.get("Options")
    rows = [each for each in options if isinstance(each, dict)] if isinstance(options, list) else []
    return [
        TrackingOption(
            option_id=option_id,
            category_id=category_id,
            category=category,
            name=elements.text(each, "Name"),
            status=status if status != lists.ACTIVE else elements.text(each, "Status", longest=20).upper() or status,
        )
        for each in rows
        if category_id and (option_id := elements.text(each, "TrackingOptionID", longest=36))
    ]


def tracking(_since: datetime | None) -> Talk[Listing]:
    """Ask for the tracking categories, archived ones too, so that a rule can say what became of its option."""
    answer = yield protocol.ask(f"/{ListName.TRACKING}", {"includeArchived": "true"})
    found = elements.elements(answer, ListName.TRACKING) if answer.status == 200 else []
    return Listing([row for element in found for row in read_tracking(element)], protocol.answered_at(answer))


def reminders() -> Talk[bool | None]:
    """Ask whether invoice reminders are on, `/InvoiceReminders/Settings` (xero-openapi); where it does not say, nobody knows."""
    try:
        answer = yield protocol.ask("/InvoiceReminders/Settings")
    except (Refused, Unexpected):
        return None  # a switch of Xero's that is gone keeps no list from being read
    found = elements.elements(answer, ListName.REMINDERS)
    return elements.flag(found[0], "Enabled") if found else None


def read_contact(element: Element) -> Contact:
    """Read a contact."""
    return Contact(
        contact_id=elements.text(element, "ContactID", longest=36),
        name=" ".join(elements.text(element, "Name").split()),
        status=elements.text(element, "ContactStatus", longest=20).upper() or lists.ACTIVE,
        number=elements.text(element, "ContactNumber", longest=50),
        email=elements.text(element, "EmailAddress"),
        tax_number=elements.text(element, "TaxNumber", longest=50),
        merged_into=elements.text(element, "MergedToContactID", longest=36),
    )


def _listing(
    name: ListName, read: Callable[[Element], Any | None], query: Mapping[str, str] | None = None
) -> Callable[[datetime | None], Talk[Listing]]:
    """Return the talk that asks for one list; 304 says that nothing changed (xero-rules.md 6)."""

    def ask(since: datetime | None) -> Talk[Listing]:
        answer = yield protocol.ask(f"/{name}", query, modified_since=since)
        found = elements.elements(answer, name) if answer.status == 200 else []
        rows = [row for element in found if (row := read(element)) is not None]
        return Listing(rows, protocol.answered_at(answer))

    return ask


def contacts_by_id(contact_ids: Collection[str]) -> Talk[list[Contact]]:
    """Ask for some contacts by their ids, 40 a call (xero-rules.md 2.2)."""
    ids, found = sorted(contact_ids), list[Contact]()
    for begin in range(0, len(ids), looking.NUMBERS_IN_ONE_CALL):
        found += yield from _contacts({"IDs": ",".join(ids[begin : begin + looking.NUMBERS_IN_ONE_CALL])})
    return found


def contacts_by_name(name: str) -> Talk[list[Contact]]:
    """Ask for the contacts of a name; spaces and case do not count (xero-rules.md 10, 9)."""
    exact = _NOT_IN_WHERE.isdisjoint(name)
    found = yield from _contacts({"where": f'Name=="{name}"'} if exact else {"searchTerm": name})
    return [contact for contact in found if _key(contact.name) == _key(name)]


def contacts_like(text: str) -> Talk[list[Contact]]:
    """Ask for active contacts by a part of their name, e-mail address or number: `searchTerm` (xero-rules.md 6)."""
    query = {"searchTerm": text, "summaryOnly": "true", "page": "1", "pageSize": str(MOST_OFFERED)}
    answer = yield protocol.ask("/Contacts", query)
    return [read_contact(element) for element in elements.elements(answer, "Contacts")]


def _contacts(query: Mapping[str, str]) -> Talk[list[Contact]]:
    """`summaryOnly` leaves out what is not needed: reading is metered (xero-rules.md 2.3, 6)."""
    page = {"includeArchived": "true", "summaryOnly": "true", "page": "1", "pageSize": str(MOST_CONTACTS)}
    answer = yield protocol.ask("/Contacts", {**query, **page})
    return [read_contact(element) for element in elements.elements(answer, "Contacts")]


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


LISTS = lists.Lists(
    organisation=organisation,
    whole={
        ListName.ACCOUNTS: _listing(ListName.ACCOUNTS, read_account),
        ListName.TAX_RATES: _listing(ListName.TAX_RATES, read_tax_rate),
        ListName.CURRENCIES: _listing(ListName.CURRENCIES, read_currency),
        ListName.ITEMS: _listing(ListName.ITEMS, read_item, {"unitdp": "4"}),
        ListName.TRACKING: tracking,
    },
    only_changes=frozenset({ListName.ITEMS}),
    contacts_by_id=contacts_by_id,
    contacts_by_name=contacts_by_name,
    contacts_like=contacts_like,
    reminders=reminders,
    usual_accounts=_USUAL_CODES,
    usual_names=_USUAL_NAMES,
    usual_taxes=_USUAL_TAXES,
)
