"""What is missing in a connection's settings, or no longer valid in its organisation as last read."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from daybook.catalog import known
from daybook.catalog.known import ACTIVE, Known
from daybook.companies.settings_table import LABELS
from daybook.connections.models import Connection
from daybook.documents.kinds import Kind
from daybook.kit.money import plain
from daybook.ledgers.ledger import Ledger, Wire
from daybook.ledgers.lists import AccountUse
from daybook.ledgers.registry import LEDGERS, title
from daybook.mapping.rules import ProcessMethod

_USES = {
    "sales_account": AccountUse.SALES,
    "shipping_account": AccountUse.SALES,
    "cogs_account": AccountUse.COST,
    "inventory_account": AccountUse.STOCK,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a connection's settings that keeps documents from going."""

    field: str
    """The field of PostingSettings, or `connection` or `tax_mapping`."""
    words: str
    """What is wrong and what to do."""
    blocks: bool = True
    """Whether it keeps back every document; False: only those that it concerns."""


def settings_problems(connection: Connection) -> list[Problem]:
    """Return what a person must put right, worst first. Looks at the catalog as last read, and asks the ledger nothing."""
    return problems_of(known.of_connection(connection))


_NOT_REACHED = {
    Wire.FILES: "No folder is connected. Say where it is, then press Check.",
    Wire.MAIL: "No mail server is connected. Say from whom the mails come, then press Check.",
}


def _reached_problems(known: Known, ledger: Ledger) -> list[Problem]:
    """Where there are no lists, neither accounts nor rates can be chosen: only that it is reached counts."""
    if known.organisation_id is not None:
        return []
    return [Problem("connection", _NOT_REACHED.get(ledger.wire) or _not_connected(known))]


def _not_connected(known: Known) -> str:
    return f"The company is not connected to {_title(known)}. Press Get Access Token."


def problems_of(known: Known) -> list[Problem]:
    """Return what a person must put right in what is known, worst first."""
    ledger = LEDGERS.get(known.ledger)
    if ledger is not None and ledger.lists is None:
        return _reached_problems(known, ledger)
    if known.organisation_id is None:
        return [Problem("connection", _not_connected(known))]
    if not known.is_read:
        return [
            Problem(
                "connection", f"The organisation's accounts have not been read yet. Press Refresh from {_title(known)}."
            )
        ]
    return [
        *_organisation_problems(known),
        *_method_problems(known),
        *_account_problems(known),
        *_contact_problems(known),
        *_tax_problems(known),
        *_currency_problems(known),
    ]


def stale_taxes(known: Known) -> list[tuple[Decimal, str]]:
    """Return the rates, each with its tax type, whose tax type the organisation no longer uses for sales."""
    for_sales = {each.tax_type for each in known.rates if each.is_of_sales}
    return [(rate, tax_type) for rate, tax_type in known.mapped if tax_type and tax_type not in for_sales]


def _is_offered(known: Known, field: str, code: str) -> bool:
    """Tell whether an account may be chosen."""
    return any(each.code == code and each.use == _USES[field] for each in known.accounts)


def _organisation_problems(known: Known) -> Iterator[Problem]:
    if not known.organisation.can_invoice:
        words = "The organisation's edition of {ledger} ({edition}) cannot invoice. Change its plan in {ledger}."
        words = words.format(ledger=_title(known), edition=known.organisation.edition)
        yield Problem("connection", words)


def _method_problems(known: Known) -> Iterator[Problem]:
    if _is_tracked(known) and not takes(known.ledger, Kind.PURCHASE_ORDER):
        yield Problem("process_method", f"{_title(known)} takes no purchase orders. Choose Untracked.")


def takes(ledger: str, kind: Kind) -> bool:
    """Tell whether a ledger has a form for a kind; one that is not known has none."""
    return ledger in LEDGERS and kind in LEDGERS[ledger].forms


def _account_problems(known: Known) -> Iterator[Problem]:
    settings = known.settings
    wanted = {"sales_account": True, "shipping_account": False}
    if _is_tracked(known):
        wanted |= {"cogs_account": True, "inventory_account": True}
    for field, needed in wanted.items():
        code = getattr(settings, field)
        label = LABELS[field]
        if not code and needed:
            yield Problem(field, f"{label} is not chosen. Choose one of the organisation's accounts.")
        elif code and not _is_offered(known, field, code):
            words = f"{label} {code} is archived, gone, or not of a kind that can be used here. Restore it in {_title(known)}, then press Refresh from {_title(known)}; or choose another account."
            yield Problem(field, words)


def _contact_problems(known: Known) -> Iterator[Problem]:
    settings = known.settings
    if not settings.contact_id:
        words = f"Contact Name is missing, or was not looked up in this organisation yet. Type the name of a contact in {_title(known)}."
        yield Problem("contact_name", words)
    yield from _lost_contact(known, "contact_name", settings.contact_id)
    if _is_tracked(known):
        yield from _lost_contact(known, "supplier_contact_name", settings.supplier_contact_id)
    if settings.supplier_contact_name and not settings.supplier_contact_id:
        words = f"Supplier Contact Name was not found in {_title(known)}. Correct it, or leave it empty to use Contact Name."
        yield Problem("supplier_contact_name", words)


def _lost_contact(known: Known, field: str, contact_id: str) -> Iterator[Problem]:
    """A contact that was found once may be archived, merged or deleted since; one not read since it was found is fine."""
    status = known.contacts.get(contact_id, ACTIVE)
    if status == ACTIVE:
        return
    label, name, there = LABELS[field], getattr(known.settings, field), _title(known)
    if status == "ARCHIVED":
        words = (
            f"{label} “{name}” is archived in {there}. Restore it there, then press Refresh from {there}; or name another "
            "contact here."
        )
    else:
        words = (
            f"{label} “{name}” is not in {there} any more: it was merged or deleted there. Type the name of the contact "
            "that counts now, and press Save."
        )
    yield Problem(field, words)


def _tax_problems(known: Known) -> Iterator[Problem]:
    """A rate that nobody has mapped, or whose TaxType is gone, holds its own documents only."""
    for rate, tax_type in stale_taxes(known):
        words = (
            f"Tax of {plain(rate * 100)} % goes to {tax_type}, which the organisation no longer uses "
            "for sales. Choose another tax rate."
        )
        yield Problem("tax_mapping", words, blocks=False)
    if not _is_tracked(known):
        return
    chosen = known.settings.purchase_tax_type
    if not chosen:
        yield Problem("purchase_tax_type", "Tax on purchase orders is not chosen. Choose one of the tax rates.")
    elif not any(each.tax_type == chosen and each.is_of_purchases for each in known.rates):
        words = f"{chosen} is no longer used for purchases. Choose another tax rate."
        yield Problem("purchase_tax_type", words)


def _currency_problems(known: Known) -> Iterator[Problem]:
    code = known.settings.default_currency
    if code and code not in known.currencies:
        words = f"The organisation does not use {code}. Add the currency in {_title(known)}, or choose another one."
        yield Problem("default_currency", words)


def _is_tracked(known: Known) -> bool:
    return known.settings.process_method == ProcessMethod.TRACKED


def _title(known: Known) -> str:
    return title(known.ledger)
