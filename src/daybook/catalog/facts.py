"""What the organisation has, as last read, for those who map, post and choose. Only queries; each names its organisation."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.db.models.functions import Upper

from daybook.catalog.models import Account, CatalogRead, Contact, Currency, Item, TaxRate
from daybook.companies.settings_table import LABELS
from daybook.connections import roster
from daybook.connections.models import Connection, LineAccount, Organisation, PostingSettings, TaxMapping
from daybook.documents.line_kinds import LineKind
from daybook.kit.money import plain
from daybook.mapping.rules import ItemFacts, ProcessMethod
from daybook.mapping.rules import LineAccount as ChosenAccount

ACTIVE = "ACTIVE"
SALES_TYPES = frozenset({"REVENUE", "SALES", "OTHERINCOME"})
COST_TYPES = frozenset({"DIRECTCOSTS", "EXPENSE", "OVERHEADS"})
INVENTORY_TYPES = frozenset({"INVENTORY"})
DEBT_TYPES = frozenset({"CURRLIAB", "LIABILITY", "TERMLIAB"})
OF_LINE_KINDS = {
    LineKind.FEE: SALES_TYPES | COST_TYPES,
    LineKind.TIP: SALES_TYPES | DEBT_TYPES,
    LineKind.DUTY: SALES_TYPES | COST_TYPES | DEBT_TYPES,
    LineKind.GIFT_CARD: DEBT_TYPES,
    LineKind.DEPOSIT: DEBT_TYPES,
}
"""Which accounts a line that is no sale of goods may stand on: what is owed until later is no income."""
USUAL_CODES = {"sales_account": "200", "cogs_account": "310", "inventory_account": "630"}
"""Hints for preselection, by the field of PostingSettings; charts differ (xero-rules.md 5.8)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a connection's settings that keeps documents from going."""

    field: str
    """The field of PostingSettings, or `connection` or `tax_mapping`."""
    words: str
    """What is wrong and what to do."""
    blocks: bool = True
    """Whether it keeps back every document; False: only those that it concerns."""


def sales_accounts(connection: Connection) -> QuerySet[Account]:
    """Return the accounts that sales and shipping may go to."""
    return _accounts(connection, SALES_TYPES)


def cogs_accounts(connection: Connection) -> QuerySet[Account]:
    """Return the accounts that the cost of goods sold may go to."""
    return _accounts(connection, COST_TYPES)


def inventory_accounts(connection: Connection) -> QuerySet[Account]:
    """Return the accounts that hold stock of tracked items."""
    return _accounts(connection, INVENTORY_TYPES)


def line_accounts(connection: Connection, kind: LineKind) -> QuerySet[Account]:
    """Return the accounts that lines of this kind may stand on."""
    return _accounts(connection, OF_LINE_KINDS[kind])


def chosen_line_accounts(connection: Connection) -> dict[LineKind, ChosenAccount]:
    """Return where lines that are no sale of goods are booked, and whether that can still be."""
    taxes = set(sales_tax_rates(connection).values_list("tax_type", flat=True))
    return {
        LineKind(row.kind): ChosenAccount(
            account=row.account,
            tax_type=row.tax_type,
            is_offered=row.tax_type in {"", *taxes}
            and line_accounts(connection, LineKind(row.kind)).filter(code=row.account).exists(),
        )
        for row in LineAccount.objects.filter(connection=connection).exclude(account="")
    }


def preselected(connection: Connection) -> dict[str, str]:
    """Return, by field of PostingSettings, the usual codes that exist here and are of the right type."""
    offered = _offered(connection)
    return {field: code for field, code in USUAL_CODES.items() if offered[field].filter(code=code).exists()}


def sales_tax_rates(connection: Connection) -> QuerySet[TaxRate]:
    """Return the tax rates that lines of an invoice may carry."""
    return _tax_rates(connection).filter(applies_to_revenue=True)


def purchase_tax_rates(connection: Connection) -> QuerySet[TaxRate]:
    """Return the tax rates that lines of a purchase order may carry."""
    return _tax_rates(connection).filter(applies_to_expenses=True)


def currencies(connection: Connection) -> frozenset[str]:
    """Return the codes of the currencies that the organisation is subscribed to."""
    rows = Currency.objects.filter(organisation=connection.organisation_id)
    return frozenset(rows.values_list("code", flat=True))


def rounding_account(connection: Connection) -> str:
    """Return the code of the account for rounding lines, "" where there is none (xero-rules.md 5.2: not always 860)."""
    rows = _active_accounts(connection).filter(system_account="ROUNDING")
    return rows.values_list("code", flat=True).first() or ""


def effective_rates(connection: Connection) -> dict[str, Decimal]:
    """Return each active TaxType with its effective rate as a fraction: 20 % is 0.2."""
    rows = _tax_rates(connection).values_list("tax_type", "effective_rate")
    return {tax_type: (rate / 100).normalize() for tax_type, rate in rows}


def items(connection: Connection, codes: Collection[str]) -> dict[str, ItemFacts]:
    """Return what is known of those of `codes` that are items of the organisation, whatever their capitals.

    Where two items differ only in capitals, the one spelt as asked for counts.
    """
    mine = Item.objects.filter(organisation=connection.organisation_id).annotate(upper=Upper("code"))
    rows = list(mine.filter(upper__in={code.upper() for code in codes}))
    known = {row.code.upper(): row for row in rows} | {row.code: row for row in rows}
    found = {code: known.get(code) or known.get(code.upper()) for code in codes}
    return {
        code: ItemFacts(is_tracked=row.is_tracked, purchase_price=row.purchase_price)
        for code, row in found.items()
        if row is not None
    }


def settings_problems(
    connection: Connection,
    *,
    settings: PostingSettings | None = None,
    stale: Sequence[TaxMapping] | None = None,
) -> list[Problem]:
    """Return what is missing in a connection's settings, or no longer valid in its organisation, worst first.

    Looks at the catalog as last read, and asks Xero nothing. `settings`, `stale` (of `stale_tax_mappings`): where the
    caller has read them already.
    """
    organisation = connection.organisation
    if organisation is None:
        return [Problem("connection", "The company is not connected to Xero. Press Get Access Token.")]
    if not CatalogRead.objects.filter(organisation=organisation, resource="Accounts").exists():
        return [Problem("connection", "The organisation's accounts have not been read yet. Press Refresh from Xero.")]
    settings = settings or roster.posting_of(connection)
    stale = stale_tax_mappings(connection) if stale is None else stale
    return [
        *_organisation_problems(organisation),
        *_account_problems(settings, _offered(connection)),
        *_contact_problems(settings, organisation),
        *_tax_problems(connection, settings, stale),
        *_currency_problems(connection, settings),
    ]


def stale_tax_mappings(connection: Connection) -> list[TaxMapping]:
    """Return the rates whose TaxType the organisation no longer uses for sales, as last read."""
    sales = sales_tax_rates(connection).values_list("tax_type", flat=True)
    return list(TaxMapping.objects.filter(connection=connection).exclude(tax_type="").exclude(tax_type__in=list(sales)))


def _organisation_problems(organisation: Organisation) -> Iterator[Problem]:
    if organisation.edition.startswith("PARTNER"):
        words = "The organisation is on one of Xero's partner editions, which cannot invoice. Change its plan in Xero."
        yield Problem("connection", words)


def _account_problems(settings: PostingSettings, offered: Mapping[str, QuerySet[Account]]) -> Iterator[Problem]:
    wanted = {"sales_account": True, "shipping_account": False}
    if _is_tracked(settings):
        wanted |= {"cogs_account": True, "inventory_account": True}
    for field, needed in wanted.items():
        code = getattr(settings, field)
        label = LABELS[field]
        if not code and needed:
            yield Problem(field, f"{label} is not chosen. Choose one of the organisation's accounts.")
        elif code and not offered[field].filter(code=code).exists():
            words = f"{label} {code} is archived, gone, or not of a kind that can be used here. Restore it in Xero, then press Refresh from Xero; or choose another account."
            yield Problem(field, words)


def _contact_problems(settings: PostingSettings, organisation: Organisation) -> Iterator[Problem]:
    if not settings.contact_id:
        words = "Contact Name is missing, or was not looked up in this organisation yet. Type the name of a contact in Xero."
        yield Problem("contact_name", words)
    yield from _lost_contact(settings, organisation, "contact_name", settings.contact_id)
    if _is_tracked(settings):
        yield from _lost_contact(settings, organisation, "supplier_contact_name", settings.supplier_contact_id)
    if settings.supplier_contact_name and not settings.supplier_contact_id:
        words = "Supplier Contact Name was not found in Xero. Correct it, or leave it empty to use Contact Name."
        yield Problem("supplier_contact_name", words)


def _lost_contact(
    settings: PostingSettings, organisation: Organisation, field: str, contact_id: str
) -> Iterator[Problem]:
    """A contact that was found once may be archived, merged or deleted since; one not read since it was found is fine."""
    mine = Contact.objects.filter(organisation=organisation, contact_id=contact_id)
    lost = mine.exclude(status=ACTIVE).first() if contact_id else None
    if lost is None:
        return
    label = LABELS[field]
    if lost.status == "ARCHIVED":
        what, cure = "is archived in Xero", "Restore it there (Contacts, Archived), then press Refresh from Xero; or"
    else:
        what, cure = "is not in Xero any more: it was merged or deleted there", "Type"
    other = (
        "name another contact here." if cure != "Type" else "the name of the contact that counts now, and press Save."
    )
    yield Problem(field, f"{label} “{getattr(settings, field)}” {what}. {cure} {other}")


def _tax_problems(connection: Connection, settings: PostingSettings, stale: Sequence[TaxMapping]) -> Iterator[Problem]:
    """A rate that nobody has mapped, or whose TaxType is gone, holds its own documents only."""
    for mapping in stale:
        words = (
            f"Tax of {plain(mapping.percent)} % goes to {mapping.tax_type}, which the organisation no longer uses "
            "for sales. Choose another tax rate."
        )
        yield Problem("tax_mapping", words, blocks=False)
    if not _is_tracked(settings):
        return
    if not settings.purchase_tax_type:
        yield Problem("purchase_tax_type", "Tax on purchase orders is not chosen. Choose one of the tax rates.")
    elif not purchase_tax_rates(connection).filter(tax_type=settings.purchase_tax_type).exists():
        words = f"{settings.purchase_tax_type} is no longer used for purchases. Choose another tax rate."
        yield Problem("purchase_tax_type", words)


def _currency_problems(connection: Connection, settings: PostingSettings) -> Iterator[Problem]:
    code = settings.default_currency
    if code and code not in currencies(connection):
        words = f"The organisation does not use {code}. Add the currency in Xero, or choose another one."
        yield Problem("default_currency", words)


def _is_tracked(settings: PostingSettings) -> bool:
    return settings.process_method == ProcessMethod.TRACKED


def _offered(connection: Connection) -> dict[str, QuerySet[Account]]:
    return {
        "sales_account": sales_accounts(connection),
        "shipping_account": sales_accounts(connection),
        "cogs_account": cogs_accounts(connection),
        "inventory_account": inventory_accounts(connection),
    }


def _accounts(connection: Connection, types: Collection[str]) -> QuerySet[Account]:
    """System accounts (DEBTORS, CREDITORS, GST, ...) take no lines; nor do accounts without a code (5.7)."""
    return _active_accounts(connection).filter(type__in=types, system_account="").exclude(code="")


def _active_accounts(connection: Connection) -> QuerySet[Account]:
    return Account.objects.filter(organisation=connection.organisation_id, status=ACTIVE)


def _tax_rates(connection: Connection) -> QuerySet[TaxRate]:
    return TaxRate.objects.filter(organisation=connection.organisation_id, status=ACTIVE)
