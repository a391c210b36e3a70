"""PURE: whether an organisation may be probed, and what there is in it to probe with."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from daybook.ledgers.probing import Facts
from daybook.ledgers.talk import Talk
from daybook.ledgers.xero import elements, protocol
from daybook.ledgers.xero.elements import Element
from daybook.ledgers.xero.probing import asking
from daybook.wire.errors import Unexpected

CONTACT, OTHER_CONTACT = " Customer", " Another"
"""Behind the mark of a run: the names of the two contacts that all its documents are of."""
NO_DEMO = (
    "{name} is not a demo company. Probing makes and voids documents, so it is done in a demo company only: open one in "
    "Xero (My Xero, Try the Demo Company), connect it, and probe that connection."
)
LACKING = {
    "lock_date": "the organisation has no lock date: set one in Xero (Advanced, Financial settings) and ask again",
    "taxed": "the organisation has no tax rate above 0 for sales",
    "bank": "the organisation has no bank account in its own currency",
    "clearing": "no account but bank accounts takes payments: let one in Xero's chart of accounts, and ask again",
    "foreign": "the organisation has no second currency",
    "stock": "the chart of accounts has no inventory account",
    "costs": "the chart of accounts has no account for direct costs",
    "sales": "the chart of accounts has no account for sales",
    "expenses": "the chart of accounts has no account for expenses",
}
"""Why a probe cannot be asked, by the fact that is missing."""


def why_not() -> Talk[str]:
    """Return why this organisation may not be probed, "" where it may: a demo company (xero-rules.md 5.7)."""
    own, _ = yield from _organisation()
    is_demo = elements.flag(own, "IsDemoCompany")
    return "" if is_demo else NO_DEMO.format(name=elements.text(own, "Name") or "The organisation")


def set_up(mark: str) -> Talk[Facts]:
    """Look round, and make the two contacts."""
    own, today = yield from _organisation()
    accounts = [row for row in (yield from asking.get("Accounts")).rows if elements.text(row, "Status") != "ARCHIVED"]
    rates = (yield from asking.get("TaxRates")).rows
    currencies = (yield from asking.get("Currencies")).rows
    contacts = yield from asking.put("Contacts", {"Name": f"{mark}{CONTACT}"}, {"Name": f"{mark}{OTHER_CONTACT}"})
    if not contacts.is_taken or len(contacts.rows) != 2:
        raise Unexpected(f"the contacts to probe with could not be made: {contacts.said}")
    base = elements.text(own, "BaseCurrency")
    codes = [elements.text(row, "Code") for row in currencies]
    locked = max(
        filter(None, (elements.day(own, key) for key in ("PeriodLockDate", "EndOfYearLockDate"))), default=None
    )
    return {
        "contact": elements.text(contacts.rows[0], "ContactID"),
        "other_contact": elements.text(contacts.rows[1], "ContactID"),
        "today": today.isoformat(),
        "lock_date": locked.isoformat() if locked else "",
        "foreign": next((code for code in codes if code and code != base), ""),
        "taxed": next((elements.text(row, "TaxType") for row in rates if _is_taxed(row)), ""),
        "sales": _code(accounts, "REVENUE", "SALES"),
        "expenses": _code(accounts, "EXPENSE", "OVERHEADS"),
        "costs": _code(accounts, "DIRECTCOSTS"),
        "stock": _code(accounts, "INVENTORY"),
        "bank": _bank(accounts, base),
        "clearing": _clearing(accounts),
    }


def _organisation() -> Talk[tuple[Element, date]]:
    """Return the organisation, and which day it is there by Xero's own clock."""
    answer = yield protocol.ask("/Organisation")
    rows, now = elements.elements(answer, "Organisations"), protocol.answered_at(answer)
    if not rows or now is None:
        raise Unexpected("Xero answered without an organisation, or without saying when", answer.status)
    zone = elements.iana_zone(elements.text(rows[0], "Timezone"))
    return rows[0], now.astimezone(ZoneInfo(zone or "UTC")).date()


def _code(accounts: Iterable[Element], *types: str) -> str:
    """Return the first code of an account of these types that lines may name: system accounts take none."""
    rows = [row for row in accounts if elements.text(row, "Type") in types and not elements.text(row, "SystemAccount")]
    return next((code for row in rows if (code := elements.text(row, "Code"))), "")


def _bank(accounts: Iterable[Element], base: str) -> str:
    rows = (row for row in accounts if elements.text(row, "Type") == "BANK")
    mine = (row for row in rows if elements.text(row, "CurrencyCode") in {"", base})
    return next((elements.text(row, "AccountID") for row in mine), "")


def _clearing(accounts: Iterable[Element]) -> str:
    rows = (
        row
        for row in accounts
        if elements.text(row, "Type") != "BANK" and elements.flag(row, "EnablePaymentsToAccount")
    )
    return next((elements.text(row, "AccountID") for row in rows), "")


def _is_taxed(row: Element) -> bool:
    rate = elements.number(row, "EffectiveRate") or Decimal(0)
    is_open = elements.text(row, "Status") in {"", "ACTIVE"} and elements.flag(row, "CanApplyToRevenue")
    return is_open and rate > 0
